//! Kinds that CustomResourceDefinitions define.

use super::Kubernetes;
use super::names::{items, text};
use super::refusal::FieldFault;
use super::resource::{Custom, Resource};
use super::selectors::is_key;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The kind of definitions.
pub const DEFINITIONS: &str = "customresourcedefinitions.apiextensions.k8s.io";

impl Kubernetes {
    /// The kinds that are defined, in every version that is served.
    pub fn custom_resources(&self) -> impl Iterator<Item = Resource> {
        self.store.list(DEFINITIONS, None).flat_map(|definition| resources(definition))
    }

    /// The kind of that group, version and name.
    pub fn custom_resource(&self, group: &str, version: &str, plural: &str) -> Option<Resource> {
        self.custom_resources().find(|there| there.group == group && there.version == version && there.plural == plural)
    }
}

fn resources(definition: &Value) -> Vec<Resource> {
    let established = items(definition, "/status/conditions")
        .iter()
        .any(|condition| text(condition, "/type") == "Established" && text(condition, "/status") == "True");
    if !established {
        return Vec::new();
    }
    let (group, names) =
        (text(definition, "/spec/group"), definition.pointer("/spec/names").cloned().unwrap_or_default());
    let name = |field: &str| names.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |field: &str| -> Vec<String> {
        let all = names.get(field).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let versions = items(definition, "/spec/versions");
    let stored = versions.iter().find(|version| version.get("storage") == Some(&Value::Bool(true)));
    let stored = stored.map_or("", |version| text(version, "/name"));
    let (plural, kind) = (name("plural"), name("kind"));
    let served = versions.iter().filter(|version| version.get("served") == Some(&Value::Bool(true)));
    served
        .map(|version| {
            let sub =
                |field: &str| version.pointer(&format!("/subresources/{field}")).filter(|there| there.is_object());
            let subresources = ["status", "scale"].into_iter().filter(|field| sub(field).is_some());
            Resource {
                group: group.to_owned(),
                version: text(version, "/name").to_owned(),
                stored: format!("{group}/{stored}"),
                kind: kind.clone(),
                list: Some(name("listKind")).filter(|list| !list.is_empty()).unwrap_or_else(|| format!("{kind}List")),
                plural: plural.clone(),
                singular: Some(name("singular")).filter(|s| !s.is_empty()).unwrap_or_else(|| kind.to_lowercase()),
                short: list("shortNames"),
                categories: list("categories"),
                namespaced: text(definition, "/spec/scope") == "Namespaced",
                verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
                    .map(str::to_owned)
                    .to_vec(),
                subresources: subresources.map(str::to_owned).collect(),
                key: format!("{plural}.{group}"),
                custom: Some(Custom {
                    schema: Arc::new(version.pointer("/schema/openAPIV3Schema").cloned().unwrap_or_default()),
                    scale: sub("scale").cloned(),
                    columns: Arc::new(version.get("additionalPrinterColumns").cloned().unwrap_or_default()),
                }),
            }
        })
        .collect()
}

/// What is wrong with a definition.
pub fn faults(definition: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let (plural, group) = (text(definition, "/spec/names/plural"), text(definition, "/spec/group"));
    let name = text(definition, "/metadata/name");
    if name != format!("{plural}.{group}") {
        let why = format!("must be spec.names.plural+\".\"+spec.group (\"{plural}.{group}\")");
        faults.push(FieldFault::invalid("metadata.name", name, why));
    }
    if !is_key(group) || !group.contains('.') {
        faults.push(FieldFault::invalid("spec.group", group, "should be a domain with at least one dot"));
    }
    let scope = text(definition, "/spec/scope");
    if !matches!(scope, "Namespaced" | "Cluster") {
        faults.push(FieldFault::not_supported("spec.scope", scope, &["Cluster", "Namespaced"]));
    }
    let versions = items(definition, "/spec/versions");
    let stored = versions.iter().filter(|version| version.get("storage") == Some(&Value::Bool(true))).count();
    if stored != 1 {
        let why = "must have exactly one version marked as storage version";
        faults.push(FieldFault::invalid("spec.versions", Value::Array(versions.to_vec()), why));
    }
    for (place, version) in versions.iter().enumerate() {
        let schema = version.pointer("/schema/openAPIV3Schema");
        let field = format!("spec.versions[{place}].schema.openAPIV3Schema");
        match schema {
            None => faults.push(FieldFault::required(field, "schemas are required")),
            Some(schema) if text(schema, "/type") != "object" => {
                faults.push(FieldFault::invalid(
                    format!("{field}.type"),
                    text(schema, "/type"),
                    "must be object at the root",
                ));
            }
            Some(_) => {}
        }
    }
    faults
}

/// The status of a definition that is accepted.
pub fn status(definition: &Value, now: &str) -> Value {
    let mut names = definition.pointer("/spec/names").cloned().unwrap_or_default();
    let kind = text(&names, "/kind").to_owned();
    if let Some(names) = names.as_object_mut() {
        names.entry("listKind").or_insert_with(|| json!(format!("{kind}List")));
        names.entry("singular").or_insert_with(|| json!(kind.to_lowercase()));
    }
    let stored = items(definition, "/spec/versions").iter().find(|v| v.get("storage") == Some(&Value::Bool(true)));
    let condition = |kind: &str, reason: &str, message: &str| json!({"type": kind, "status": "True", "lastTransitionTime": now, "reason": reason, "message": message});
    json!({
        "conditions": [
            condition("NamesAccepted", "NoConflicts", "no conflicts found"),
            condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        ],
        "acceptedNames": names, "storedVersions": [stored.map_or("", |version| text(version, "/name"))],
    })
}

/// Fills the defaults of a schema in.
pub fn fill(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                if let (false, Some(default)) = (object.contains_key(name), property.get("default")) {
                    object.insert(name.clone(), default.clone());
                }
                if let Some(inner) = object.get_mut(name) {
                    fill(property, inner);
                }
            }
        }
        Value::Array(list) => {
            if let Some(inner) = schema.get("items") {
                list.iter_mut().for_each(|item| fill(inner, item));
            }
        }
        _ => {}
    }
}

/// Takes fields out of an object that its schema does not have. Gives the fields that were
/// taken out; types are checked by [`validate`].
pub fn prune(schema: &Value, object: &mut Value) -> (Vec<String>, Vec<(String, &'static str)>, Vec<FieldFault>) {
    let mut unknown = Vec::new();
    if let Some(fields) = object.as_object_mut() {
        let head: Vec<(String, Value)> = ["apiVersion", "kind", "metadata"]
            .into_iter()
            .filter_map(|name| fields.remove(name).map(|value| (name.to_owned(), value)))
            .collect();
        prune_at(schema, object, "", &mut unknown);
        if let Some(fields) = object.as_object_mut() {
            fields.extend(head);
        }
    }
    (unknown, Vec::new(), Vec::new())
}

fn is_open(schema: &Value) -> bool {
    schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true))
}

fn prune_at(schema: &Value, value: &mut Value, path: &str, unknown: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            let additional = schema.get("additionalProperties");
            object.retain(|name, inner| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match (properties.and_then(|there| there.get(name)), additional) {
                    (Some(property), _) => {
                        prune_at(property, inner, &path, unknown);
                        !inner.is_null() || property.get("nullable") == Some(&Value::Bool(true))
                    }
                    (None, Some(other)) if other.is_object() => {
                        prune_at(other, inner, &path, unknown);
                        true
                    }
                    (None, Some(Value::Bool(true))) => true,
                    (None, _) if is_open(schema) => true,
                    (None, _) => {
                        unknown.push(path);
                        false
                    }
                }
            });
        }
        Value::Array(items) => {
            if let Some(inner) = schema.get("items") {
                for (place, item) in items.iter_mut().enumerate() {
                    prune_at(inner, item, &format!("{path}[{place}]"), unknown);
                }
            }
        }
        _ => {}
    }
}

/// What is wrong with a custom object by its schema.
pub fn validate(schema: &Value, object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let head = ["apiVersion", "kind", "metadata"];
    let own = |(name, value): (&String, &Value)| (name.clone(), value.clone());
    let rest: Map<String, Value> =
        object.as_object().into_iter().flatten().filter(|(name, _)| !head.contains(&name.as_str())).map(own).collect();
    let mut schema = schema.clone();
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !name.as_str().is_some_and(|name| head.contains(&name)));
    }
    check(&schema, &Value::Object(rest), "", &mut faults);
    faults
}

fn check(schema: &Value, value: &Value, path: &str, faults: &mut Vec<FieldFault>) {
    let shown = if path.is_empty() { "<nil>".to_owned() } else { path.to_owned() };
    if value.is_null() && schema.get("nullable") == Some(&Value::Bool(true)) {
        return;
    }
    let either = schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true));
    let kind = text(schema, "/type");
    let is_right = match kind {
        _ if either => value.is_string() || value.is_i64() || value.is_u64(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        _ => true,
    };
    if !is_right {
        let why = format!("{shown} in body must be of type {kind}: {}", json!(type_of(value)));
        faults.push(FieldFault::wrong_type(shown, type_of(value), why));
        return;
    }
    let mut fault = |why: String| faults.push(FieldFault::invalid(shown.clone(), value.clone(), why));
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        let allowed: Vec<String> = allowed.iter().map(Value::to_string).collect();
        let why = format!("supported values: {}", allowed.join(", "));
        faults.push(FieldFault {
            field: shown,
            reason: super::refusal::FieldReason::NotSupported,
            value: Some(value.clone()),
            why,
        });
        return;
    }
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let length = |name: &str| schema.get(name).and_then(Value::as_u64);
    match value {
        Value::String(given) => {
            if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
                && regex_lite::Regex::new(pattern).is_ok_and(|pattern| !pattern.is_match(given))
            {
                fault(format!("{shown} in body should match '{pattern}'"));
            }
            let count = given.chars().count() as u64;
            if length("minLength").is_some_and(|least| count < least) {
                fault(format!("{shown} in body should be at least {} chars long", length("minLength").unwrap_or(0)));
            }
            if length("maxLength").is_some_and(|most| count > most) {
                fault(format!("may not be longer than {}", length("maxLength").unwrap_or(0)));
            }
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or(0.0);
            if bound("minimum").is_some_and(|least| number < least) {
                fault(format!(
                    "{shown} in body should be greater than or equal to {}",
                    bound("minimum").unwrap_or(0.0)
                ));
            }
            if bound("maximum").is_some_and(|most| number > most) {
                fault(format!("{shown} in body should be less than or equal to {}", bound("maximum").unwrap_or(0.0)));
            }
        }
        Value::Array(items) => {
            let count = items.len() as u64;
            if length("minItems").is_some_and(|least| count < least) {
                fault(format!("{shown} in body should have at least {} items", length("minItems").unwrap_or(0)));
            }
            if length("maxItems").is_some_and(|most| count > most) {
                fault(format!("must have at most {} items", length("maxItems").unwrap_or(0)));
            }
            if let Some(inner) = schema.get("items") {
                for (place, item) in items.iter().enumerate() {
                    check(inner, item, &format!("{path}[{place}]"), faults);
                }
            }
        }
        Value::Object(object) => {
            let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            for name in items(schema, "/required").iter().filter_map(Value::as_str) {
                if !object.contains_key(name) {
                    faults.push(FieldFault::required(join(name), ""));
                }
            }
            let properties = schema.get("properties").and_then(Value::as_object);
            let additional = schema.get("additionalProperties").filter(|other| other.is_object());
            for (name, inner) in object {
                if let Some(property) = properties.and_then(|there| there.get(name)).or(additional) {
                    check(property, inner, &join(name), faults);
                }
            }
        }
        _ => {}
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
