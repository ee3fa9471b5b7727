//! What the packages' texts state about fields, where it fits what is known and decided, and other texts.

use super::facts::{Facts, Field};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Drops what a text states and something else excludes.
pub(super) fn settle(field: &mut Field) {
    // A secret has no known values, and an enumeration lists its own.
    if field.sensitive || field.enumeration.is_some() {
        field.values.clear();
        field.default = field.default.take().filter(|default| !default.is_string() && !field.sensitive);
    }
    // What has to be given has no default.
    if field.required || field.token {
        field.default = None;
    }
}

/// Drops the lists of fields of one name that differ in the case of their letters: one of them is wrong.
pub(super) fn agree(facts: &mut Facts) {
    let mut spellings: BTreeMap<(String, BTreeSet<String>), BTreeSet<BTreeSet<String>>> = BTreeMap::new();
    let key = |field: &Field| {
        (field.name.to_lowercase(), field.values.iter().map(|value| value.to_lowercase()).collect::<BTreeSet<_>>())
    };
    for field in facts.fields().filter(|field| !field.values.is_empty()) {
        spellings.entry(key(field)).or_default().insert(field.values.iter().cloned().collect());
    }
    let differ = |field: &Field| spellings.get(&key(field)).is_some_and(|spellings| spellings.len() > 1);
    for field in facts.fields().filter(|field| differ(field)) {
        field.values.clear();
        field.default = None;
    }
}

/// The keys of a field in a spec that its texts state. Numbers and defaults are those of requests.
pub(super) fn keys(field: &Field, input: bool) -> [(&'static str, Option<Value>); 5] {
    let number = |number: Option<i64>| number.filter(|_| input).map(Value::from);
    let ranged = field.min.or(field.max).is_some();
    [
        ("values", Some(json!(field.values)).filter(|_| !field.values.is_empty())),
        ("default", field.default.clone().filter(|_| input)),
        ("min", number(field.min)),
        ("max", number(field.max)),
        // A number from a text can be wrong, and must not stop a call that the service takes.
        ("unchecked", Some(json!(true)).filter(|_| input && ranged)),
    ]
}

/// Removes from a field that several structures have what the texts of two of them do not both state.
pub(super) fn reconcile(value: &mut Value, other: &Field, input: bool) {
    let Some(members) = value.as_object_mut() else { return };
    for (key, stated) in keys(other, input) {
        if members.get(key) != stated.as_ref() {
            members.remove(key);
        }
    }
    if !members.contains_key("min") && !members.contains_key("max") {
        members.remove("unchecked");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn field(value: Value) -> Field {
        serde_json::from_value(value).unwrap()
    }

    fn facts(types: &[(&str, Value)]) -> Facts {
        let shapes = types.iter().map(|(shape, field)| ((*shape).to_owned(), json!({"fields": [field]})));
        serde_json::from_value(json!({"operations": {}, "shapes": shapes.collect::<serde_json::Map<_, _>>()})).unwrap()
    }

    #[test]
    fn what_is_known_otherwise_excludes_what_a_text_states() {
        let stated = json!({"name": "A", "type": "string", "values": ["a", "b"], "default": "a"});
        for (key, value, left) in [
            ("nullable", json!(true), json!({"values": ["a", "b"], "default": "a"})),
            ("enum", json!("Letter"), json!({})),
            ("required", json!(true), json!({"values": ["a", "b"]})),
        ] {
            let mut given = stated.clone();
            given[key] = value;
            let mut given = field(given);
            settle(&mut given);
            let kept = keys(&given, true).into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
            assert_eq!(Value::Object(kept.collect()), left, "{key}");
        }
        let mut secret = field(stated);
        secret.sensitive = true;
        settle(&mut secret);
        assert!(keys(&secret, true).iter().all(|(_, value)| value.is_none()));
    }

    #[test]
    fn numbers_and_defaults_are_those_of_requests_and_a_range_is_never_checked() {
        let size = field(json!({"name": "Size", "type": "int", "min": 1, "default": 2, "max": 3}));
        let given: Vec<_> = keys(&size, true).into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        assert_eq!(given, [("default", json!(2)), ("min", json!(1)), ("max", json!(3)), ("unchecked", json!(true))]);
        assert!(keys(&size, false).iter().all(|(_, value)| value.is_none()));
    }

    #[test]
    fn lists_of_one_name_that_differ_in_the_case_of_letters_are_dropped() {
        let kind = |values: Value| json!({"name": "Kind", "type": "string", "values": values});
        let mut facts = facts(&[
            ("A", kind(json!(["Round", "FlatTop"]))),
            ("B", kind(json!(["Flattop", "Round"]))),
            ("C", kind(json!(["Round", "Square"]))),
            ("D", json!({"name": "Form", "type": "string", "values": ["Round", "FlatTop"]})),
        ]);
        agree(&mut facts);
        let left = facts.fields().map(|field| field.values.len()).collect::<Vec<_>>();
        assert_eq!(left, [0, 0, 2, 2]);
    }

    #[test]
    fn a_field_of_several_structures_keeps_what_all_of_them_state() {
        let mut size = json!({"name": "Size", "type": "int", "min": 1, "max": 3, "default": 2, "unchecked": true});
        let other = field(json!({"name": "Size", "type": "int", "min": 1, "max": 4, "default": 2}));
        reconcile(&mut size, &other, true);
        assert_eq!(size, json!({"name": "Size", "type": "int", "min": 1, "default": 2, "unchecked": true}));
        reconcile(&mut size, &field(json!({"name": "Size", "type": "int"})), true);
        assert_eq!(size, json!({"name": "Size", "type": "int"}));
        let mut kind = json!({"name": "Kind", "type": "string", "values": ["a", "b"]});
        reconcile(&mut kind, &field(json!({"name": "Kind", "type": "string", "values": ["a", "c"]})), false);
        assert_eq!(kind, json!({"name": "Kind", "type": "string"}));
    }
}
