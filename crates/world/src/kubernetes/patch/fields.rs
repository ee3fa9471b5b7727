//! Sets of fields, as `managedFields` keeps them.

use crate::kubernetes::schema::ListKind;
use crate::kubernetes::schema::shape::Shape;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A step from an object or list into it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Field(String),
    /// The item of a list with these keys, as JSON.
    Item(String),
    /// The value of a set, as JSON.
    Value(String),
}

/// The path of a field.
pub type Path = Vec<Step>;
/// A set of fields.
pub type Fields = BTreeSet<Path>;

/// Metadata that belong to the server.
const SERVERS: [&str; 10] = [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
];

/// The fields that an object has.
pub fn of(object: &Value, shape: Shape<'_>) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        let start = vec![Step::Field(name.clone())];
        match name.as_str() {
            "apiVersion" | "kind" => {}
            "metadata" => {
                for (inner, value) in value.as_object().into_iter().flatten() {
                    if !SERVERS.contains(&inner.as_str()) {
                        let path = vec![Step::Field("metadata".to_owned()), Step::Field(inner.clone())];
                        collect(value, shape.child("metadata").child(inner), path, &mut fields);
                    }
                }
            }
            _ => collect(value, shape.child(name), start, &mut fields),
        }
    }
    fields
}

fn with(path: &Path, step: Step) -> Path {
    let mut longer = path.clone();
    longer.push(step);
    longer
}

fn collect(value: &Value, shape: Shape<'_>, path: Path, fields: &mut Fields) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (name, value) in object {
                collect(value, shape.child(name), with(&path, Step::Field(name.clone())), fields);
            }
        }
        Value::Array(items) if !items.is_empty() => match shape.list() {
            ListKind::Atomic => drop(fields.insert(path)),
            ListKind::Set => fields.extend(items.iter().map(|item| with(&path, Step::Value(item.to_string())))),
            ListKind::Map(keys) => {
                for item in items {
                    let here = with(&path, Step::Item(key_of(item, &keys)));
                    fields.insert(here.clone());
                    for (name, value) in item.as_object().into_iter().flatten() {
                        collect(value, shape.item().child(name), with(&here, Step::Field(name.clone())), fields);
                    }
                }
            }
        },
        _ => drop(fields.insert(path)),
    }
}

/// The keys of an item of a list, as JSON. A protocol that is not given is TCP.
pub fn key_of(item: &Value, keys: &[String]) -> String {
    let mut found = Map::new();
    for key in keys {
        let there = item.get(key).cloned();
        let value = there.or_else(|| (key == "protocol").then(|| Value::String("TCP".to_owned())));
        if let Some(value) = value {
            found.insert(key.clone(), value);
        }
    }
    Value::Object(found).to_string()
}

/// The value at a path, if it is there.
pub fn value_at<'a>(object: &'a Value, path: &[Step], shape: Shape<'_>) -> Option<&'a Value> {
    let Some((step, rest)) = path.split_first() else { return Some(object) };
    match step {
        Step::Field(name) => value_at(object.get(name)?, rest, shape.child(name)),
        Step::Value(value) => object.as_array()?.iter().find(|there| there.to_string() == *value),
        Step::Item(key) => {
            let ListKind::Map(keys) = shape.list() else { return None };
            let item = object.as_array()?.iter().find(|item| key_of(item, &keys) == *key)?;
            value_at(item, rest, shape.item())
        }
    }
}

/// Takes the value at a path out of an object.
pub fn remove(object: &mut Value, path: &[Step], shape: Shape<'_>) {
    let Some((step, rest)) = path.split_first() else { return };
    match (step, rest.is_empty()) {
        (Step::Field(name), true) => {
            if let Some(object) = object.as_object_mut() {
                object.remove(name);
            }
        }
        (Step::Field(name), false) => {
            if let Some(inner) = object.get_mut(name) {
                remove(inner, rest, shape.child(name));
            }
        }
        (Step::Value(value), _) => {
            if let Some(list) = object.as_array_mut() {
                let gone: Value = serde_json::from_str(value).unwrap_or_default();
                list.retain(|there| *there != gone);
            }
        }
        (Step::Item(key), end) => {
            let ListKind::Map(keys) = shape.list() else { return };
            let Some(list) = object.as_array_mut() else { return };
            if end {
                list.retain(|item| key_of(item, &keys) != *key);
            } else if let Some(item) = list.iter_mut().find(|item| key_of(item, &keys) == *key) {
                remove(item, rest, shape.item());
            }
        }
    }
}

/// A set of fields in the form of `fieldsV1`.
pub fn write(fields: &Fields) -> Value {
    let mut root = Map::new();
    for path in fields {
        insert(&mut root, path);
    }
    Value::Object(root)
}

fn insert(map: &mut Map<String, Value>, path: &[Step]) {
    let Some((step, rest)) = path.split_first() else { return };
    let name = match step {
        Step::Field(name) => format!("f:{name}"),
        Step::Item(key) => format!("k:{key}"),
        Step::Value(value) => format!("v:{value}"),
    };
    let inner = map.entry(name).or_insert_with(|| Value::Object(Map::new()));
    if let Some(inner) = inner.as_object_mut() {
        match (step, rest.is_empty()) {
            (Step::Item(_), true) => drop(inner.insert(".".to_owned(), Value::Object(Map::new()))),
            _ => insert(inner, rest),
        }
    }
}

/// Reads the form of `fieldsV1`.
pub fn read(written: &Value) -> Fields {
    let mut fields = Fields::new();
    read_into(written, Path::new(), &mut fields);
    fields
}

fn read_into(written: &Value, path: Path, fields: &mut Fields) {
    let Some(written) = written.as_object() else { return };
    if written.is_empty() && !path.is_empty() {
        fields.insert(path);
        return;
    }
    for (name, inner) in written {
        let step = match name.split_once(':') {
            Some(("f", name)) => Step::Field(name.to_owned()),
            Some(("k", key)) => Step::Item(key.to_owned()),
            Some(("v", value)) => Step::Value(value.to_owned()),
            _ if name == "." => {
                fields.insert(path.clone());
                continue;
            }
            _ => continue,
        };
        read_into(inner, with(&path, step), fields);
    }
}

/// A path for people: `.spec.containers[name="a"].image`.
pub fn display(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Field(name) => text.push_str(&format!(".{name}")),
            Step::Value(value) => text.push_str(&format!("[={value}]")),
            Step::Item(key) => {
                let key: Value = serde_json::from_str(key).unwrap_or_default();
                let pairs = key.as_object().into_iter().flatten().map(|(name, value)| format!("{name}={value}"));
                text.push_str(&format!("[{}]", pairs.collect::<Vec<_>>().join(",")));
            }
        }
    }
    text
}
