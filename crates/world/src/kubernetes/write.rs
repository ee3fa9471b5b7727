//! Objects that are made and changed.

use super::api::Call;
use super::convert;
use super::names::{self, name_of, namespace_of, text};
use super::patch::{self, PatchKind, apply};
use super::refusal::{Answer, FieldFault, Refusal};
use super::request::{body, yaml};
use super::resource::Resource;
use super::schema::check::prune;
use super::{ControlPlane, crd, defaults, suffix, validate};
use crate::kernel::time::iso;
use serde_json::{Map, Value, json};

/// The minor release from which on unknown fields are warned about.
const WARNS_SINCE: u32 = 25;

/// Which part of an object a request may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Whole,
    Status,
}

impl ControlPlane<'_, '_> {
    /// Makes an object.
    pub(super) fn create_object(&mut self, call: &Call<'_>) -> Answer<Value> {
        if call.resource.key == "nodes" {
            return Err(belongs_to_the_cloud(&call.resource));
        }
        let object = self.accept(call, body(call.request.content_type, call.request.body)?)?;
        self.make(call, object, false)
    }

    /// Replaces an object.
    pub(super) fn update_object(&mut self, call: &Call<'_>) -> Answer<Value> {
        let old = self.get_object(call)?;
        let object = self.accept(call, body(call.request.content_type, call.request.body)?)?;
        self.replace(call, &old, object, Part::Whole, false)
    }

    /// Changes an object as a patch says.
    pub(super) fn patch_object(&mut self, call: &Call<'_>) -> Answer<(u16, Value)> {
        self.patch_part(call, Part::Whole)
    }

    /// Changes a part of an object as a patch says.
    pub(super) fn patch_part(&mut self, call: &Call<'_>, part: Part) -> Answer<(u16, Value)> {
        let kind = PatchKind::read(call.request.content_type, &call.resource)?;
        if kind == PatchKind::Apply {
            return self.apply_object(call, part);
        }
        let old = self.get_object(call)?;
        let before = convert::shown(&call.resource, old.clone());
        let mut after = before.clone();
        patch::change(kind, &call.resource, &mut after, call.request.body)?;
        // A patch names the version that it is for only if the caller cares.
        let object = self.accept(call, after)?;
        self.replace(call, &old, object, part, false).map(|object| (200, object))
    }

    fn apply_object(&mut self, call: &Call<'_>, part: Part) -> Answer<(u16, Value)> {
        if call.query.get("fieldManager").is_none() {
            let fault = FieldFault::required("fieldManager", "is required for apply patch");
            return Err(Refusal::invalid(&call.resource, call.name(), &[fault]));
        }
        let applied = yaml(call.request.body)?;
        if applied.pointer("/metadata/managedFields").is_some_and(|fields| !fields.is_null()) {
            return Err(Refusal::bad_request("metadata.managedFields must be nil"));
        }
        for field in ["apiVersion", "kind"] {
            if text(&applied, &format!("/{field}")).is_empty() {
                return Err(Refusal::bad_request(format!("invalid object type: {field} must be set")));
            }
        }
        let force = call.query.flag("force")?;
        let live = self.cluster(call.cluster)?.kubernetes.store.get(&call.key()).map(|live| Value::clone(live));
        let api_version = call.resource.api_version();
        let manager = call.manager(true, &api_version, self.0.now);
        let applied = self.accept(call, applied)?;
        if text(&applied, "/metadata/name") != call.name() && !name_of(&applied).is_empty() {
            return Err(wrong_name(&applied, call.name()));
        }
        let asked = text(&applied, "/metadata/resourceVersion").to_owned();
        if let Some(live) = &live
            && !asked.is_empty()
            && asked != text(live, "/metadata/resourceVersion")
        {
            return Err(Refusal::stale(&call.resource, call.name()));
        }
        let shape = call.shape();
        let object = apply::apply(live.as_ref(), &without_version(applied), manager, force, shape)?;
        match live {
            Some(old) => self.replace(call, &old, object, part, true).map(|object| (200, object)),
            None if part == Part::Status => Err(Refusal::not_found(&call.resource, call.name())),
            None => {
                let mut object = object;
                object["metadata"]["name"] = json!(call.name());
                self.make(call, object, true).map(|object| (201, object))
            }
        }
    }

    /// Checks the form of an object and gives it in the form in which it is kept.
    pub(super) fn accept(&self, call: &Call<'_>, mut object: Value) -> Answer<Value> {
        let resource = &call.resource;
        let Some(fields) = object.as_object_mut() else {
            return Err(Refusal::bad_request("the object provided is unrecognized: the body is not an object"));
        };
        for (field, wanted) in [("kind", resource.kind.clone()), ("apiVersion", resource.api_version())] {
            match fields.get(field) {
                None | Some(Value::Null) => drop(fields.insert(field.to_owned(), Value::String(wanted))),
                Some(Value::String(given)) if *given == wanted => {}
                Some(given) => {
                    let given = given.as_str().unwrap_or_default();
                    let message = if field == "kind" {
                        format!("{wanted} in version \"{}\" cannot be handled as a {given}", resource.version)
                    } else {
                        format!(
                            "the API version in the data ({given}) does not match the expected API version ({wanted})"
                        )
                    };
                    return Err(Refusal::bad_request(message));
                }
            }
        }
        if !fields.get("metadata").is_some_and(Value::is_object) {
            if fields.get("metadata").is_some_and(|metadata| !metadata.is_null()) {
                return Err(Refusal::bad_request("metadata is not an object"));
            }
            fields.insert("metadata".to_owned(), Value::Object(Map::new()));
        }
        let (unknown, mistyped, missing) = match &resource.custom {
            Some(custom) => crd::prune(&custom.schema, &mut object),
            None => {
                let found = prune(&resource.kind, &mut object);
                (found.unknown, found.mistyped, found.missing)
            }
        };
        if let Some((path, expected)) = mistyped.first() {
            return Err(Refusal::bad_request(format!(
                "{} in version \"{}\" cannot be handled as a {}: {path}: expected {expected}",
                resource.kind, resource.version, resource.kind
            )));
        }
        // Releases from 1.25 on warn unless they are told otherwise.
        let usual = if self.cluster(call.cluster)?.minor() >= WARNS_SINCE { "Warn" } else { "Ignore" };
        match call.query.get("fieldValidation").unwrap_or(usual) {
            "Ignore" => {}
            "Warn" => {
                let told = unknown.iter().map(|path| format!("unknown field \"{path}\""));
                call.warnings.borrow_mut().extend(told);
            }
            "Strict" if unknown.is_empty() => {}
            "Strict" => {
                let fields: Vec<String> = unknown.iter().map(|path| format!("unknown field \"{path}\"")).collect();
                return Err(Refusal::bad_request(format!("strict decoding error: {}", fields.join(", "))));
            }
            other => {
                return Err(Refusal::bad_request(format!(
                    "fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""
                )));
            }
        }
        if !missing.is_empty() && !call.request.content_type.contains("apply-patch") {
            return Err(Refusal::invalid(resource, name_of(&object), &missing));
        }
        Ok(convert::stored(resource, object))
    }

    /// Makes an object that was read. `applied` says whether its managed fields are set already.
    pub(super) fn make(&mut self, call: &Call<'_>, mut object: Value, applied: bool) -> Answer<Value> {
        let resource = &call.resource;
        if resource.key == "nodes" {
            return Err(belongs_to_the_cloud(resource));
        }
        let given = namespace_of(&object);
        if resource.namespaced && !given.is_empty() && given != call.namespace() {
            return Err(Refusal::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
        if resource.namespaced {
            self.check_namespace(call)?;
        }
        let uid = self.0.ids.uuid();
        let random = suffix(self.0.ids);
        let now = self.0.now;
        let metadata =
            object["metadata"].as_object_mut().ok_or_else(|| Refusal::bad_request("metadata is not an object"))?;
        for field in ["resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"] {
            if field == "resourceVersion" && metadata.get(field).and_then(Value::as_str).is_some_and(|v| !v.is_empty())
            {
                return Err(Refusal::bad_request("resourceVersion should not be set on objects to be created"));
            }
            metadata.remove(field);
        }
        if !applied {
            metadata.remove("managedFields");
        }
        let base = metadata.get("generateName").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut name = metadata.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if name.is_empty() && !base.is_empty() {
            name = format!("{}{random}", base.chars().take(58).collect::<String>());
        }
        metadata.insert("name".to_owned(), json!(name));
        if resource.namespaced {
            metadata.insert("namespace".to_owned(), json!(call.namespace()));
        } else {
            metadata.remove("namespace");
        }
        metadata.insert("uid".to_owned(), json!(uid));
        metadata.insert("creationTimestamp".to_owned(), json!(iso(now)));
        if has_generation(&resource.kind, resource.has("status") || resource.custom.is_some()) {
            metadata.insert("generation".to_owned(), json!(1));
        } else {
            metadata.remove("generation");
        }
        if let (true, Some(fields)) = (resource.has("status"), object.as_object_mut()) {
            fields.remove("status");
        }
        defaults::set(resource, None, &mut object, now);
        let limits = (resource.key == "pods").then(|| self.limits_in(call.cluster, call.namespace()));
        if let (Some(limits), Some(spec)) = (&limits, object.get_mut("spec").and_then(Value::as_object_mut)) {
            limits.set_defaults(spec);
        }
        let mut faults = Vec::new();
        if name.is_empty() {
            faults.push(FieldFault::required("metadata.name", "name or generateName is required"));
        } else if let Some(why) = names::fault(&resource.kind, &name) {
            faults.push(FieldFault::invalid("metadata.name", name.as_str(), why));
        }
        faults.extend(self.faults(call, None, &object));
        if !faults.is_empty() {
            return Err(Refusal::invalid(resource, &name, &faults));
        }
        self.check_escalation(call, None, &object)?;
        let key = super::store::Key { name: name.clone(), ..call.key() };
        if self.cluster(call.cluster)?.kubernetes.store.get(&key).is_some() {
            return Err(Refusal::already_exists(resource, &name));
        }
        if let (Some(limits), Some(spec)) = (&limits, object.get("spec").and_then(Value::as_object))
            && let Some(why) = limits.fault(spec)
        {
            return Err(Refusal::forbidden(resource, &name, &why));
        }
        if resource.namespaced {
            self.check_quotas(call, &object)?;
        }
        self.check_policies(call, &object, false)?;
        if !applied {
            let api_version = resource.api_version();
            apply::track(None, &mut object, call.manager(false, &api_version, now), call.shape());
        }
        if call.dry {
            return Ok(object);
        }
        self.commit_new(call, &key, object)
    }

    /// Replaces an object, or the part of it that the request may change.
    pub(super) fn replace(
        &mut self,
        call: &Call<'_>,
        old: &Value,
        mut new: Value,
        part: Part,
        applied: bool,
    ) -> Answer<Value> {
        let resource = &call.resource;
        if name_of(&new).is_empty() {
            new["metadata"]["name"] = old["metadata"]["name"].clone();
        }
        if name_of(&new) != name_of(old) {
            return Err(wrong_name(&new, name_of(old)));
        }
        let asked = text(&new, "/metadata/resourceVersion");
        if !asked.is_empty() && asked != text(old, "/metadata/resourceVersion") {
            return Err(Refusal::stale(resource, name_of(old)));
        }
        let (asked, there) = (text(&new, "/metadata/uid"), text(old, "/metadata/uid"));
        if !asked.is_empty() && asked != there {
            let why = format!("Precondition failed: UID in precondition: {asked}, UID in object meta: {there}");
            return Err(Refusal::conflict(resource, name_of(old), &why));
        }
        keep_metadata(old, &mut new);
        let managed = new.pointer("/metadata/managedFields").cloned();
        match part {
            Part::Whole if resource.has("status") => keep(old, &mut new, "status"),
            Part::Whole => {}
            Part::Status => {
                let status = new.get("status").cloned();
                let mut next = old.clone();
                if let (Some(next), Some(status)) = (next.as_object_mut(), status) {
                    next.insert("status".to_owned(), status);
                }
                new = next;
                if let (true, Some(managed)) = (applied, managed) {
                    new["metadata"]["managedFields"] = managed;
                }
            }
        }
        defaults::set(resource, Some(old), &mut new, self.0.now);
        if part == Part::Whole {
            let faults = self.faults(call, Some(old), &new);
            if !faults.is_empty() {
                return Err(Refusal::invalid(resource, name_of(old), &faults));
            }
            self.check_escalation(call, Some(old), &new)?;
        }
        if !applied {
            // An empty list gives all fields up; otherwise clients do not write managed fields.
            let before = if new.pointer("/metadata/managedFields").and_then(Value::as_array).is_some_and(Vec::is_empty)
            {
                without_managed(old)
            } else {
                old.clone()
            };
            let api_version = resource.api_version();
            apply::track(Some(&before), &mut new, call.manager(false, &api_version, self.0.now), call.shape());
        }
        if part == Part::Whole && wanted(&new) != wanted(old) && old.pointer("/metadata/generation").is_some() {
            let generation = names::number(old, "/metadata/generation").unwrap_or(1);
            new["metadata"]["generation"] = json!(generation + 1);
        }
        if same(old, &new) {
            return Ok(old.clone());
        }
        if part == Part::Whole {
            self.check_policies(call, &new, false)?;
        }
        if call.dry {
            return Ok(new);
        }
        let dying = new.pointer("/metadata/deletionTimestamp").is_some();
        let held = !names::items(&new, "/metadata/finalizers").is_empty();
        let stored = self.commit_change(call, old, new, part)?;
        if dying && !held {
            self.finish_deletion(call.cluster, &call.key());
        }
        Ok(stored)
    }

    /// What is wrong with the values of an object.
    fn faults(&self, call: &Call<'_>, old: Option<&Value>, new: &Value) -> Vec<FieldFault> {
        let mut faults = match &call.resource.custom {
            Some(custom) => crd::validate(&custom.schema, new),
            None => validate::check(&call.resource.kind, old, new),
        };
        validate::check_metadata(old, new, &mut faults);
        if call.resource.kind == "Service"
            && call.resource.custom.is_none()
            && let Ok(cluster) = self.cluster(call.cluster)
        {
            faults.extend(cluster.service_faults(new));
        }
        faults
    }

    /// Whether objects can be made in the namespace of a request.
    fn check_namespace(&self, call: &Call<'_>) -> Answer<()> {
        let cluster = self.cluster(call.cluster)?;
        match cluster.kubernetes.namespaces.get(call.namespace()) {
            None => {
                let namespaces = super::api::resource_of(cluster, "namespaces").ok_or_else(Refusal::unavailable)?;
                Err(Refusal::not_found(&namespaces, call.namespace()))
            }
            Some(there) if there.stopping => {
                let why = format!(
                    "unable to create new content in namespace {} because it is being terminated",
                    call.namespace()
                );
                let cause = json!({"reason": "NamespaceTerminating", "field": "metadata.namespace",
                    "message": format!("namespace {} is being terminated", call.namespace())});
                Err(Refusal::forbidden(&call.resource, "", &why).with_causes([cause]))
            }
            Some(_) => Ok(()),
        }
    }
}

fn belongs_to_the_cloud(nodes: &Resource) -> Refusal {
    Refusal::forbidden(nodes, "", "nodes belong to the cloud: add a machine to the cluster")
}

fn wrong_name(object: &Value, name: &str) -> Refusal {
    let given = name_of(object);
    Refusal::bad_request(format!("the name of the object ({given}) does not match the name on the URL ({name})"))
}

fn without_version(mut object: Value) -> Value {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("resourceVersion");
        metadata.remove("uid");
    }
    object
}

fn without_managed(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    object
}

/// Whether the server counts the generations of objects of that kind.
fn has_generation(kind: &str, has_status: bool) -> bool {
    has_status
        && !matches!(kind, "Namespace" | "Node" | "Pod" | "Service" | "PersistentVolume" | "PersistentVolumeClaim")
}

/// Metadata that belong to the server stay as they are.
fn keep_metadata(old: &Value, new: &mut Value) {
    let (Some(before), Some(after)) = (old["metadata"].as_object(), new["metadata"].as_object_mut()) else { return };
    for field in [
        "uid",
        "namespace",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generateName",
    ] {
        match before.get(field) {
            Some(value) => drop(after.insert(field.to_owned(), value.clone())),
            None => drop(after.remove(field)),
        }
    }
    after.remove("selfLink");
}

fn keep(old: &Value, new: &mut Value, field: &str) {
    let Some(new) = new.as_object_mut() else { return };
    match old.get(field) {
        Some(value) => drop(new.insert(field.to_owned(), value.clone())),
        None => drop(new.remove(field)),
    }
}

/// What an object is to be: all but metadata and status.
fn wanted(object: &Value) -> Map<String, Value> {
    let fields = object.as_object().into_iter().flatten();
    let fields = fields.filter(|(name, _)| !matches!(name.as_str(), "metadata" | "status"));
    fields.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether two states of an object differ in nothing but their version and who manages its fields.
pub(super) fn same(old: &Value, new: &Value) -> bool {
    let times = |object: &Value| -> Vec<Value> {
        let mut entries = names::items(object, "/metadata/managedFields").to_vec();
        for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
            entry.remove("time");
        }
        entries
    };
    let bare = |object: &Value| {
        let mut object = without_managed(object);
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("resourceVersion");
        }
        object
    };
    bare(old) == bare(new) && times(old) == times(new)
}
