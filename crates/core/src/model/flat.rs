//! Structures as flattened parameters: `InstanceIds.0=ins-1`, `Filters.0.Values.1=b`.

use super::{List, Model, Problem, Ref};

/// Variant of the format.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Function that writes booleans.
    pub truth: fn(bool) -> &'static str,
    /// Advice for a caller that sets an empty list, for the error.
    pub instead: &'static str,
}

/// Flattens the fields that have a value. Lists are counted from 0, and names are joined with a dot.
///
/// JSON that is not in a string is flattened in the same way. Booleans are `True` and `False`, as in Python.
///
/// # Errors
/// The first value that the format cannot represent: an empty list, an object without fields, a null.
pub fn flatten(model: &dyn Model) -> Result<Vec<(String, String)>, Problem> {
    let truth = |value| if value { "True" } else { "False" };
    flatten_as(model, Form { truth, instead: "TC3-HMAC-SHA256 with POST can" })
}

/// Flattens the fields like [`flatten`], in a variant of the format.
///
/// # Errors
/// As [`flatten`].
pub fn flatten_as(model: &dyn Model, form: Form) -> Result<Vec<(String, String)>, Problem> {
    let mut flat = Flat { form, out: Vec::new(), problem: None };
    flat.members(model, "");
    flat.problem.map_or(Ok(flat.out), Err)
}

struct Flat {
    form: Form,
    out: Vec<(String, String)>,
    /// First value that cannot be represented.
    problem: Option<Problem>,
}

impl Flat {
    fn members(&mut self, model: &dyn Model, path: &str) {
        model.each(&mut |member, value| match (value, member.fixed) {
            (Ref::Absent, None) => {}
            (Ref::Absent, Some(fixed)) => self.value(Ref::Text(fixed), join(path, member.wire)),
            (Ref::Text(text), _) => self.value(Ref::Text(&member.text(text)), join(path, member.wire)),
            (value, _) => self.value(value, join(path, member.wire)),
        });
    }

    /// Writes a value, and records a problem if that adds no parameter.
    fn given(&mut self, path: &str, what: &str, write: impl FnOnce(&mut Self)) {
        let before = self.out.len();
        write(self);
        if self.out.len() == before {
            self.cannot_say(path, what);
        }
    }

    fn cannot_say(&mut self, path: &str, what: &str) {
        let instead = self.form.instead;
        self.problem.get_or_insert_with(|| Problem {
            field: path.to_owned(),
            reason: format!("is empty: {what} cannot be said in this form; {instead}"),
        });
    }

    fn list(&mut self, list: &dyn List, path: &str) {
        for at in 0..list.len() {
            self.value(list.item(at), join(path, &at.to_string()));
        }
    }

    fn value(&mut self, value: Ref<'_>, path: String) {
        let text = match value {
            Ref::Absent => return self.cannot_say(&path, "nothing"),
            Ref::Object(model) => {
                return self.given(&path, "an object without members", |flat| flat.members(model, &path));
            }
            Ref::List(list) => return self.given(&path, "an empty list", |flat| flat.list(list, &path)),
            Ref::Map(map) => {
                return self.given(&path, "an object without members", |flat| {
                    map.each(&mut |name, value| flat.value(value, join(&path, name)));
                });
            }
            Ref::Json(json) => return self.json(json, path),
            Ref::Text(text) => text.to_owned(),
            Ref::Int(number) => number.to_string(),
            Ref::Uint(number) => number.to_string(),
            Ref::Float(number) => serde_json::Value::from(number).to_string(),
            Ref::Bool(value) => (self.form.truth)(value).to_owned(),
        };
        self.out.push((path, text));
    }

    fn json(&mut self, json: &serde_json::Value, path: String) {
        use serde_json::Value;
        match json {
            Value::Null => self.cannot_say(&path, "null"),
            Value::Array(items) => self.given(&path, "an empty list", |flat| {
                for (at, item) in items.iter().enumerate() {
                    flat.json(item, join(&path, &at.to_string()));
                }
            }),
            Value::Object(members) => self.given(&path, "an object without members", |flat| {
                for (name, value) in members {
                    flat.json(value, join(&path, name));
                }
            }),
            Value::String(text) => self.out.push((path, text.clone())),
            Value::Bool(value) => self.out.push((path, (self.form.truth)(*value).to_owned())),
            scalar => self.out.push((path, scalar.to_string())),
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
