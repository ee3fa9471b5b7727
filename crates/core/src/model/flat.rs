//! Structures to flattened parameters: `InstanceIds.0=ins-1`, `Filters.0.Values.1=b`.

use super::{List, Model, Ref};

/// Flattens the members that have a value, lists counted from 0, names joined with a dot.
///
/// JSON that is not in a string is flattened in the same way; an empty list leaves nothing behind,
/// because the form has no way to say it. Truth values are `True` and `False`, as Tencent's Python
/// client writes them.
pub fn flatten(model: &dyn Model) -> Vec<(String, String)> {
    let mut out = Vec::new();
    flatten_model(model, "", &mut out);
    out
}

fn flatten_model(model: &dyn Model, path: &str, out: &mut Vec<(String, String)>) {
    model.each(&mut |member, value| flatten_value(value, join(path, member.wire), out));
}

fn flatten_list(list: &dyn List, path: &str, out: &mut Vec<(String, String)>) {
    for at in 0..list.len() {
        flatten_value(list.item(at), join(path, &at.to_string()), out);
    }
}

fn flatten_value(value: Ref<'_>, path: String, out: &mut Vec<(String, String)>) {
    let text = match value {
        Ref::Absent => return,
        Ref::Object(model) => return flatten_model(model, &path, out),
        Ref::List(list) => return flatten_list(list, &path, out),
        Ref::Map(map) => return map.each(&mut |name, value| flatten_value(value, join(&path, name), out)),
        Ref::Json(json) => return flatten_json(json, path, out),
        Ref::Text(text) => text.to_owned(),
        Ref::Int(number) => number.to_string(),
        Ref::Uint(number) => number.to_string(),
        Ref::Float(number) => serde_json::Value::from(number).to_string(),
        Ref::Bool(value) => truth(value).to_owned(),
    };
    out.push((path, text));
}

fn flatten_json(json: &serde_json::Value, path: String, out: &mut Vec<(String, String)>) {
    use serde_json::Value;
    match json {
        Value::Null => {}
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                flatten_json(item, join(&path, &at.to_string()), out);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                flatten_json(value, join(&path, name), out);
            }
        }
        Value::String(text) => out.push((path, text.clone())),
        Value::Bool(value) => out.push((path, truth(*value).to_owned())),
        scalar => out.push((path, scalar.to_string())),
    }
}

fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
