//! OpenAPI documents of the kinds that a cluster serves, made of the table of structures and of custom schemas.
//!
//! They have names, types and what tells items of lists apart, and no descriptions.

use super::resource::Resource;
use super::schema::{ListKind, Structure, Type, find};
use crate::cluster::Cluster;
use crate::kernel::ids::hexadecimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Where definitions are: version 2 or 3 of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    V2,
    V3,
}

impl Dialect {
    fn reference(self, name: &str) -> Value {
        let place = match self {
            Self::V2 => "#/definitions/",
            Self::V3 => "#/components/schemas/",
        };
        json!({"$ref": format!("{place}{name}")})
    }
}

/// The whole document in version 2.
pub fn v2(cluster: &Cluster) -> Value {
    let all = cluster.resources();
    let schemas = schemas(&all.iter().collect::<Vec<_>>(), Dialect::V2);
    json!({
        "swagger": "2.0", "info": {"title": "Kubernetes", "version": cluster.release},
        "paths": paths(&all.iter().collect::<Vec<_>>(), Dialect::V2), "definitions": schemas,
    })
}

fn document_name(group: &str, version: &str) -> String {
    if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") }
}

/// The list of the documents in version 3.
pub fn v3_index(cluster: &Cluster) -> Value {
    let mut paths = Map::new();
    let definitions = cluster.kubernetes.store.count(super::crd::DEFINITIONS);
    for resource in cluster.resources() {
        let name = document_name(&resource.group, &resource.version);
        // The address changes with the content, so that clients may keep what they read.
        let changes = if resource.custom.is_some() { cluster.kubernetes.version() } else { definitions as u64 };
        let hash = hexadecimal(&format!("{name}/{}/{changes}", cluster.version), 32).to_uppercase();
        paths.insert(name.clone(), json!({"serverRelativeURL": format!("/openapi/v3/{name}?hash={hash}")}));
    }
    json!({"paths": paths})
}

/// One document in version 3.
pub fn v3(cluster: &Cluster, name: &str) -> Option<Value> {
    let all = cluster.resources();
    let own: Vec<&Resource> = all.iter().filter(|there| document_name(&there.group, &there.version) == name).collect();
    if own.is_empty() {
        return None;
    }
    Some(json!({
        "openapi": "3.0.0", "info": {"title": "Kubernetes", "version": cluster.release},
        "paths": paths(&own, Dialect::V3), "components": {"schemas": schemas(&own, Dialect::V3)},
    }))
}

/// The name of the definition of a kind.
fn definition(resource: &Resource) -> String {
    let group = if resource.group.is_empty() { "core" } else { resource.group.as_str() };
    format!("{group}.{}.{}", resource.version, resource.kind)
}

fn paths(resources: &[&Resource], dialect: Dialect) -> Value {
    let mut paths = Map::new();
    for resource in resources {
        let base = if resource.group.is_empty() {
            format!("/api/{}", resource.version)
        } else {
            format!("/apis/{}/{}", resource.group, resource.version)
        };
        let namespace = if resource.namespaced { "/namespaces/{namespace}" } else { "" };
        let list = format!("{base}{namespace}/{}", resource.plural);
        let mut one = operations(resource, dialect, &["get", "put", "patch", "delete"]);
        one["parameters"] = parameters(resource, dialect, true);
        let mut many = operations(resource, dialect, &["get", "post", "delete"]);
        many["parameters"] = parameters(resource, dialect, false);
        paths.insert(format!("{list}/{{name}}"), one);
        paths.insert(list, many);
    }
    Value::Object(paths)
}

fn parameters(resource: &Resource, dialect: Dialect, named: bool) -> Value {
    let mut names = Vec::new();
    if named {
        names.push("name");
    }
    if resource.namespaced {
        names.push("namespace");
    }
    names.into_iter().map(|name| parameter(name, "path", dialect)).collect()
}

fn parameter(name: &str, place: &str, dialect: Dialect) -> Value {
    let mut parameter = json!({"name": name, "in": place});
    if place == "path" {
        parameter["required"] = json!(true);
    }
    match dialect {
        Dialect::V2 => parameter["type"] = json!("string"),
        Dialect::V3 => parameter["schema"] = json!({"type": "string"}),
    }
    parameter
}

fn operations(resource: &Resource, dialect: Dialect, methods: &[&str]) -> Value {
    let mut operations = Map::new();
    let gvk = json!({"group": resource.group, "version": resource.version, "kind": resource.kind});
    for method in methods {
        let (action, queries): (&str, &[&str]) = match *method {
            "get" => ("get", &[]),
            "post" => ("post", &["dryRun", "fieldManager", "fieldValidation"]),
            "put" => ("put", &["dryRun", "fieldManager", "fieldValidation"]),
            "patch" => ("patch", &["dryRun", "fieldManager", "fieldValidation", "force"]),
            _ => ("delete", &["dryRun", "gracePeriodSeconds", "propagationPolicy"]),
        };
        let queries: Vec<Value> = queries.iter().map(|name| parameter(name, "query", dialect)).collect();
        let reference = dialect.reference(&definition(resource));
        let answer = match dialect {
            Dialect::V2 => json!({"description": "OK", "schema": reference}),
            Dialect::V3 => json!({"description": "OK", "content": {"application/json": {"schema": reference}}}),
        };
        operations.insert(
            (*method).to_owned(),
            json!({
                "operationId": format!("{action}{}{}", resource.version, resource.kind), "parameters": queries,
                "responses": {"200": answer}, "x-kubernetes-action": action, "x-kubernetes-group-version-kind": gvk,
            }),
        );
    }
    Value::Object(operations)
}

fn schemas(resources: &[&Resource], dialect: Dialect) -> Value {
    let mut schemas = Map::new();
    let mut named: BTreeSet<String> = BTreeSet::new();
    for resource in resources {
        let mut schema = match &resource.custom {
            Some(custom) => {
                let mut schema = Value::clone(&custom.schema);
                if !schema.is_object() {
                    schema = json!({"type": "object"});
                }
                let meta = dialect.reference("ObjectMeta");
                schema["properties"]["apiVersion"] = json!({"type": "string"});
                schema["properties"]["kind"] = json!({"type": "string"});
                schema["properties"]["metadata"] = meta;
                named.insert("ObjectMeta".to_owned());
                schema
            }
            None => match find(&resource.kind) {
                Some(structure) => structure_schema(structure, dialect, &mut named),
                None => json!({"type": "object"}),
            },
        };
        schema["x-kubernetes-group-version-kind"] =
            json!([{"group": resource.group, "version": resource.version, "kind": resource.kind}]);
        schemas.insert(definition(resource), schema);
    }
    // What is named by what was written, until nothing new is named.
    let mut written: BTreeSet<String> = BTreeSet::new();
    while let Some(name) = named.difference(&written).next().cloned() {
        if let Some(structure) = find(&name) {
            schemas.insert(name.clone(), structure_schema(structure, dialect, &mut named));
        }
        written.insert(name);
    }
    Value::Object(schemas)
}

fn structure_schema(structure: &Structure, dialect: Dialect, named: &mut BTreeSet<String>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in &structure.fields {
        if field.required {
            required.push(json!(field.name));
        }
        properties.insert(field.name.clone(), type_schema(&field.kind, dialect, named));
    }
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = Value::Array(required);
    }
    schema
}

fn type_schema(kind: &Type, dialect: Dialect, named: &mut BTreeSet<String>) -> Value {
    match kind {
        Type::Text => json!({"type": "string"}),
        Type::Integer => json!({"type": "integer", "format": "int64"}),
        Type::Number => json!({"type": "number"}),
        Type::Boolean => json!({"type": "boolean"}),
        Type::Time => json!({"type": "string", "format": "date-time"}),
        Type::Quantity if dialect == Dialect::V3 => json!({"oneOf": [{"type": "string"}, {"type": "number"}]}),
        Type::Quantity => json!({"type": "string"}),
        Type::IntegerOrText if dialect == Dialect::V3 => {
            json!({"oneOf": [{"type": "integer"}, {"type": "string"}], "format": "int-or-string"})
        }
        Type::IntegerOrText => json!({"type": "string", "format": "int-or-string"}),
        Type::Any => json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true}),
        Type::Map(inner) => json!({"type": "object", "additionalProperties": type_schema(inner, dialect, named)}),
        Type::List(inner, list) => {
            let mut schema = json!({"type": "array", "items": type_schema(inner, dialect, named)});
            match list {
                ListKind::Atomic => schema["x-kubernetes-list-type"] = json!("atomic"),
                ListKind::Set => {
                    schema["x-kubernetes-list-type"] = json!("set");
                    schema["x-kubernetes-patch-strategy"] = json!("merge");
                }
                ListKind::Map(keys) => {
                    schema["x-kubernetes-list-type"] = json!("map");
                    schema["x-kubernetes-list-map-keys"] = json!(keys);
                    schema["x-kubernetes-patch-strategy"] = json!("merge");
                    schema["x-kubernetes-patch-merge-key"] = json!(keys.first());
                }
            }
            schema
        }
        Type::Structure(name) => {
            named.insert(name.clone());
            let reference = dialect.reference(name);
            match dialect {
                Dialect::V2 => reference,
                Dialect::V3 => json!({"allOf": [reference], "default": {}}),
            }
        }
    }
}
