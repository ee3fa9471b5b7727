//! Effect of a failure on the change that a call was meant to make.

use crate::error::{Change, Error, ErrorKind};
use crate::model::{Model, Ref};
use bytes::Bytes;
use http::Response;
use serde_json::Value;

/// Maximum number of identifiers in an error.
const MAX_IDS: usize = 5;
/// Maximum length of an identifier, and of its path, in an error, in bytes.
const MAX_ID: usize = 100;
/// Maximum depth of nested objects that are searched.
const DEPTH: usize = 4;

/// Knowledge about a change after a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) change: Change,
    /// Identifiers that could be read from the response.
    pub(super) ids: Vec<String>,
}

impl Found {
    pub(super) fn maybe() -> Self {
        Self { change: Change::Maybe, ids: Vec::new() }
    }

    /// Returns the result of the two attempts that knows more about the change; the later one if both know the same.
    pub(super) fn or(self, earlier: Self) -> Self {
        if self.change >= earlier.change { self } else { earlier }
    }
}

/// Returns the meaning of a failed response. `output` contains the fields that could be read.
pub(super) fn after(
    error: &Error,
    response: &Response<Bytes>,
    output: &dyn Model,
    mask: &dyn Fn(&str) -> Option<String>,
) -> Found {
    match error.kind() {
        // The whole response comes from another source, or does not exist.
        ErrorKind::Decode if matches!(error.field(), None | Some("answer" | "Response" | "code")) => Found::maybe(),
        ErrorKind::Decode if response.status().is_success() => {
            let mut ids = Vec::new();
            match serde_json::from_slice(response.body()) {
                Ok(answer) => of_json(&answer, "", 0, &mut ids),
                Err(_) => of_model(output, "", 0, &mut ids),
            }
            let ids = ids.into_iter().take(MAX_IDS).map(|(way, id)| format!("{way} {:?}", mask(&id).unwrap_or(id)));
            Found { change: Change::Made, ids: ids.collect() }
        }
        ErrorKind::Decode | ErrorKind::Transient => Found::maybe(),
        _ => Found::default(),
    }
}

fn joined(way: &str, name: &str) -> String {
    if way.is_empty() { name.to_owned() } else { format!("{way}.{name}") }
}

/// Returns whether a field of that name identifies the subject of a response.
fn is_id(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends = name.ends_with("Id") || name.ends_with("ID") || lower.ends_with("_id");
    let request = lower.replace('_', "").ends_with("requestid");
    !request && (ends || matches!(lower.as_str(), "id" | "uid" | "jobid" | "name"))
}

fn fits(way: &str, id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_ID && way.len() <= MAX_ID
}

fn of_json(value: &Value, way: &str, depth: usize, ids: &mut Vec<(String, String)>) {
    if depth > DEPTH || ids.len() >= MAX_IDS {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let way = joined(way, name);
                match value {
                    Value::String(id) if is_id(name) && fits(&way, id) => ids.push((way, id.clone())),
                    Value::Number(id) if is_id(name) && fits(&way, "0") => ids.push((way, id.to_string())),
                    value => of_json(value, &way, depth + 1, ids),
                }
            }
        }
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate().take(MAX_IDS) {
                of_json(value, &joined(way, &at.to_string()), depth + 1, ids);
            }
        }
        _ => {}
    }
}

fn of_model(model: &dyn Model, way: &str, depth: usize, ids: &mut Vec<(String, String)>) {
    model.each(&mut |member, value| {
        if depth > DEPTH || ids.len() >= MAX_IDS || member.sensitive {
            return;
        }
        let way = joined(way, member.wire);
        match value {
            Ref::Text(id) if is_id(member.wire) && fits(&way, id) => ids.push((way, id.to_owned())),
            Ref::Object(model) => of_model(model, &way, depth + 1, ids),
            _ => {}
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_identify() {
        for name in ["ClusterId", "cluster_id", "uid", "jobID", "jobid", "id", "name", "task_id"] {
            assert!(is_id(name), "{name}");
        }
        for name in ["RequestId", "request_id", "requestID", "paid", "valid", "names", "asapiRequestId"] {
            assert!(!is_id(name), "{name}");
        }
    }
}
