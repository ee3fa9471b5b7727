//! Structures as JSON values.

use super::{Model, Ref};
use serde_json::{Map, Value};

/// Names of the fields in a JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Names of the API (`ClusterIds`).
    Wire,
    /// Names of the fields in Rust (`cluster_ids`).
    Fields,
}

/// Converts a structure to JSON, with the fields that have a value. The result contains secrets: it is not for logs.
pub fn to_value(model: &dyn Model, names: Names) -> Value {
    let mut members = Map::new();
    model.each(&mut |member, value| {
        if !matches!(value, Ref::Absent) {
            let name = if names == Names::Wire { member.wire } else { member.name() };
            members.insert(name.to_owned(), json(value, names));
        }
    });
    Value::Object(members)
}

fn json(value: Ref<'_>, names: Names) -> Value {
    match value {
        Ref::Absent => Value::Null,
        Ref::Text(text) => text.into(),
        Ref::Int(number) => number.into(),
        Ref::Uint(number) => number.into(),
        Ref::Float(number) => number.into(),
        Ref::Bool(value) => value.into(),
        Ref::Json(value) => value.clone(),
        Ref::Object(model) => to_value(model, names),
        Ref::List(list) => (0..list.len()).map(|at| json(list.item(at), names)).collect(),
        Ref::Map(map) => {
            let mut values = Map::new();
            map.each(&mut |name, value| {
                values.insert(name.to_owned(), json(value, names));
            });
            Value::Object(values)
        }
    }
}
