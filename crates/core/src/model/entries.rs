//! Structures as entries of a map with free keys, for APIs that send them in one.

use super::{Model, json};
use serde_json::{Map, Value};

/// Returns the fields that have a value, each as JSON.
pub fn entries(model: &dyn Model) -> Map<String, Value> {
    let text = json::to_string(model, json::Style::Compact);
    // Text written by this crate can be read back.
    serde_json::from_str(&text).unwrap_or_default()
}

/// Returns the fields that have a value, each as a text: unchanged if it is one, and as JSON otherwise.
pub fn text_entries(model: &dyn Model) -> Vec<(String, String)> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    entries(model).into_iter().map(|(name, value)| (name, text(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::JsonText;

    #[derive(Clone, Default, PartialEq)]
    struct Notes {
        addons: Option<JsonText>,
        size: Option<i64>,
        absent: Option<bool>,
    }
    crate::model! { Notes = "Notes" { addons = "cluster.addons/install"; size = "size"; absent = "absent"; } }

    #[test]
    fn members_become_entries() {
        let inner = Notes { size: Some(2), ..Notes::default() };
        let notes = Notes { addons: Some(vec![inner.clone(), inner].into()), size: Some(1), absent: None };
        let addons = r#"[{"size":2},{"size":2}]"#.to_owned();
        let texts = text_entries(&notes);
        assert_eq!(texts, [("cluster.addons/install".into(), addons.clone()), ("size".into(), "1".into())]);
        assert_eq!(Value::Object(entries(&notes)), serde_json::json!({ "cluster.addons/install": addons, "size": 1 }));
    }
}
