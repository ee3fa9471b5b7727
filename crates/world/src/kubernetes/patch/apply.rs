//! Server-side apply: the manager that applies a field owns it, and the fields of other managers are kept.

use super::fields::{self, Fields, Step};
use crate::kernel::Millis;
use crate::kernel::time::iso;
use crate::kubernetes::refusal::{Answer, Refusal};
use crate::kubernetes::schema::ListKind;
use crate::kubernetes::schema::shape::Shape;
use serde_json::{Map, Value, json};

/// Who changes fields, and how.
#[derive(Debug, Clone, Copy)]
pub struct Manager<'a> {
    pub name: &'a str,
    /// Whether the fields are applied, not written.
    pub applies: bool,
    pub api_version: &'a str,
    pub subresource: &'a str,
    pub now: Millis,
}

impl Manager<'_> {
    fn is(&self, entry: &Value) -> bool {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let operation = if self.applies { "Apply" } else { "Update" };
        text("manager") == self.name && text("operation") == operation && text("subresource") == self.subresource
    }

    fn entry(&self, fields: &Fields) -> Value {
        let mut entry = json!({
            "manager": self.name, "operation": if self.applies { "Apply" } else { "Update" },
            "apiVersion": self.api_version, "time": iso(self.now), "fieldsType": "FieldsV1",
            "fieldsV1": fields::write(fields),
        });
        if !self.subresource.is_empty() {
            entry["subresource"] = json!(self.subresource);
        }
        entry
    }
}

fn entries(object: &Value) -> Vec<Value> {
    object.pointer("/metadata/managedFields").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn set_entries(object: &mut Value, entries: Vec<Value>) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        if entries.is_empty() {
            metadata.remove("managedFields");
        } else {
            metadata.insert("managedFields".to_owned(), Value::Array(entries));
        }
    }
}

fn fields_of(entry: &Value) -> Fields {
    entry.get("fieldsV1").map(fields::read).unwrap_or_default()
}

/// Gives the fields that differ from before to the manager that wrote them.
pub fn track(before: Option<&Value>, after: &mut Value, manager: Manager<'_>, shape: Shape<'_>) {
    let (old, new) = (before.map(|before| fields::of(before, shape)).unwrap_or_default(), fields::of(after, shape));
    let differs = |path: &fields::Path| match before {
        None => true,
        Some(before) => {
            !old.contains(path) || fields::value_at(before, path, shape) != fields::value_at(after, path, shape)
        }
    };
    let changed: Fields = new.iter().filter(|path| differs(path)).cloned().collect();
    let mut kept = Vec::new();
    let mut own = Fields::new();
    for entry in before.map(entries).unwrap_or_default() {
        let mut there = fields_of(&entry);
        if manager.is(&entry) {
            own = there.into_iter().filter(|path| new.contains(path)).collect();
            continue;
        }
        let count = there.len();
        there.retain(|path| new.contains(path) && !changed.contains(path));
        if there.len() == count {
            kept.push(entry);
        } else if !there.is_empty() {
            let mut entry = entry;
            entry["fieldsV1"] = fields::write(&there);
            kept.push(entry);
        }
    }
    own.extend(changed);
    if !own.is_empty() {
        kept.push(manager.entry(&own));
    }
    set_entries(after, kept);
}

/// Applies a configuration to an object, which may not be there yet, and gives the object that it becomes.
pub fn apply(
    live: Option<&Value>,
    applied: &Value,
    manager: Manager<'_>,
    force: bool,
    shape: Shape<'_>,
) -> Answer<Value> {
    let wanted = fields::of(applied, shape);
    let Some(live) = live else {
        let mut object = applied.clone();
        set_entries(&mut object, vec![manager.entry(&wanted)]);
        return Ok(object);
    };
    let mut conflicts = Vec::new();
    let (mut kept, mut previous) = (Vec::new(), Fields::new());
    for entry in entries(live) {
        let mut there = fields_of(&entry);
        if manager.is(&entry) {
            previous = there;
            continue;
        }
        let contested = |path: &&fields::Path| {
            let (old, new) = (fields::value_at(live, path, shape), fields::value_at(applied, path, shape));
            wanted.contains(*path) && !matches!(path.last(), Some(Step::Item(_))) && old != new
        };
        let lost: Vec<fields::Path> = there.iter().filter(contested).cloned().collect();
        if lost.is_empty() {
            kept.push((entry, there));
            continue;
        }
        conflicts.extend(lost.iter().map(|path| conflict(&entry, path)));
        there.retain(|path| !lost.contains(path));
        if !there.is_empty() {
            let mut entry = entry;
            entry["fieldsV1"] = fields::write(&there);
            kept.push((entry, there));
        }
    }
    if !conflicts.is_empty() && !force {
        return Err(refuse(conflicts));
    }
    let mut object = live.clone();
    merge(&mut object, applied, shape);
    let others: Fields = kept.iter().flat_map(|(_, fields)| fields.iter().cloned()).collect();
    drop_given_up(&mut object, &previous, &wanted, &others, shape);
    let mut entries: Vec<Value> = kept.into_iter().map(|(entry, _)| entry).collect();
    entries.push(manager.entry(&wanted));
    set_entries(&mut object, entries);
    Ok(object)
}

fn conflict(entry: &Value, path: &[Step]) -> (String, String) {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let who = format!("conflict with \"{}\" using {}", text("manager"), text("apiVersion"));
    (who, fields::display(path))
}

fn refuse(conflicts: Vec<(String, String)>) -> Refusal {
    let texts: Vec<String> = conflicts.iter().map(|(who, field)| format!("{who}: {field}")).collect();
    let message = match texts.as_slice() {
        [one] => format!("Apply failed with 1 conflict: {one}"),
        several => format!("Apply failed with {} conflicts: {}", several.len(), several.join("\n")),
    };
    let cause = |(who, field)| json!({"reason": "FieldManagerConflict", "message": who, "field": field});
    Refusal::new(409, "Conflict", message).with_causes(conflicts.into_iter().map(cause))
}

/// Takes the fields out that the manager applied before and no longer does, unless they belong to others too.
fn drop_given_up(object: &mut Value, previous: &Fields, wanted: &Fields, others: &Fields, shape: Shape<'_>) {
    let owned = |path: &fields::Path| {
        let below = |owner: &fields::Path| owner.starts_with(path);
        wanted.iter().any(below) || others.iter().any(below)
    };
    let gone: Vec<&fields::Path> = previous.iter().filter(|path| !wanted.contains(*path) && !owned(path)).collect();
    for path in gone {
        fields::remove(object, path, shape);
        // What held nothing but given-up fields goes with them.
        let mut parent = &path[..path.len().saturating_sub(1)];
        while parent.len() > 1 {
            let empty = match fields::value_at(object, parent, shape) {
                Some(Value::Object(inner)) => inner.is_empty(),
                Some(Value::Array(inner)) => inner.is_empty(),
                _ => false,
            };
            if !empty || owned(&parent.to_vec()) {
                break;
            }
            fields::remove(object, parent, shape);
            parent = &parent[..parent.len() - 1];
        }
    }
}

fn merge(object: &mut Value, applied: &Value, shape: Shape<'_>) {
    match applied {
        Value::Object(fields) => {
            if !object.is_object() {
                *object = Value::Object(Map::new());
            }
            let Some(object) = object.as_object_mut() else { return };
            for (name, value) in fields {
                if value.is_null() {
                    continue;
                }
                merge(object.entry(name.clone()).or_insert(Value::Null), value, shape.child(name));
            }
        }
        Value::Array(items) => merge_list(object, items, shape),
        value => *object = value.clone(),
    }
}

fn merge_list(object: &mut Value, items: &[Value], shape: Shape<'_>) {
    let kind = shape.list();
    if kind == ListKind::Atomic || !object.is_array() {
        *object = Value::Array(items.to_vec());
        return;
    }
    let Some(list) = object.as_array_mut() else { return };
    for item in items {
        match &kind {
            ListKind::Map(keys) => {
                let key = fields::key_of(item, keys);
                match list.iter_mut().find(|there| fields::key_of(there, keys) == key) {
                    Some(there) => merge(there, item, shape.item()),
                    None => list.push(item.clone()),
                }
            }
            _ if !list.contains(item) => list.push(item.clone()),
            _ => {}
        }
    }
}
