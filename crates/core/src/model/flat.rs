//! Structures to flattened parameters: `InstanceIds.0=ins-1`, `Filters.0.Values.1=b`.

use super::{List, Model, Ref};

/// Flattens the members that have a value, lists counted from 0, names joined with a dot.
///
/// JSON that is not in a string is flattened in the same way; an empty list leaves nothing behind,
/// because the form has no way to say it. Truth values are `True` and `False`, as Tencent's Python
/// client writes them.
pub fn flatten(model: &dyn Model) -> Vec<(String, String)> {
    flatten_with(model, |value| if value { "True" } else { "False" })
}

/// Like [`flatten`], with the truth values that the API reads.
pub fn flatten_with(model: &dyn Model, truth: fn(bool) -> &'static str) -> Vec<(String, String)> {
    let mut flat = Flat { truth, out: Vec::new() };
    flat.model(model, "");
    flat.out
}

struct Flat {
    truth: fn(bool) -> &'static str,
    out: Vec<(String, String)>,
}

impl Flat {
    fn model(&mut self, model: &dyn Model, path: &str) {
        model.each(&mut |member, value| match value {
            Ref::Text(text) => self.out.push((join(path, member.wire), member.text(text).into_owned())),
            value => self.value(value, join(path, member.wire)),
        });
    }

    fn list(&mut self, list: &dyn List, path: &str) {
        for at in 0..list.len() {
            self.value(list.item(at), join(path, &at.to_string()));
        }
    }

    fn value(&mut self, value: Ref<'_>, path: String) {
        let text = match value {
            Ref::Absent => return,
            Ref::Object(model) => return self.model(model, &path),
            Ref::List(list) => return self.list(list, &path),
            Ref::Map(map) => return map.each(&mut |name, value| self.value(value, join(&path, name))),
            Ref::Json(json) => return self.json(json, path),
            Ref::Text(text) => text.to_owned(),
            Ref::Int(number) => number.to_string(),
            Ref::Uint(number) => number.to_string(),
            Ref::Float(number) => serde_json::Value::from(number).to_string(),
            Ref::Bool(value) => (self.truth)(value).to_owned(),
        };
        self.out.push((path, text));
    }

    fn json(&mut self, json: &serde_json::Value, path: String) {
        use serde_json::Value;
        match json {
            Value::Null => {}
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.json(item, join(&path, &at.to_string()));
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    self.json(value, join(&path, name));
                }
            }
            Value::String(text) => self.out.push((path, text.clone())),
            Value::Bool(value) => self.out.push((path, (self.truth)(*value).to_owned())),
            scalar => self.out.push((path, scalar.to_string())),
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
