//! Errors of a table name file, entry and cause.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::docs;
use super::table::{Family, Table};
use serde_json::{Value, json};

fn families() -> Vec<Family> {
    let family = |name: &str, vendor: &'static str| Family { name: name.into(), vendor, feature: format!("_{name}") };
    vec![family("tencent", "tencent"), family("ccs", "tencent"), family("huawei", "huawei")]
}

fn parse(options: Value) -> Result<Table, String> {
    Table::parse(&json!({ "options": options }).to_string(), families()).map_err(|error| error.to_string())
}

/// Returns a valid entry with some keys changed; `null` removes a key.
fn entry(changes: Value) -> Value {
    let mut entry = json!({
        "name": "patience", "type": "seconds", "vendors": ["all"], "default": 10, "doc": "The longest time of all."
    });
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(entry.as_object_mut().unwrap().remove(key)),
            value => entry[key] = value.clone(),
        }
    }
    entry
}

#[test]
fn faults_are_named() {
    parse(json!([entry(json!({}))])).unwrap();
    let words = json!([{ "word": "a", "variant": "A" }, { "word": "b", "variant": "B", "vendors": ["huawei"] }]);
    for (changes, cause) in [
        (json!({"default": null}), "has no default"),
        (json!({"type": "minutes"}), "unknown variant `minutes`"),
        (json!({"type": null}), "missing field `type`"),
        (json!({"vendors": ["tencnt"]}), "vendors: tencnt is not `all` or one of tencent, ccs, huawei"),
        (json!({"vendors": []}), "vendors: are none"),
        (json!({"vendors": ["tencent"], "except": ["elephant"]}), "except: elephant is not"),
        (json!({"default": {"elephant": 1}}), "default: elephant is not"),
        (json!({"default": {"tencent": 1}}), "default: null does not fit the type for huawei"),
        (json!({"default": "10"}), "default: \"10\" does not fit the type for tencent"),
        (json!({"default": -1}), "default: -1 does not fit the type"),
        (json!({"unset": "it is endless"}), "must have either a default or"),
        (json!({"doc": "No full stop"}), "doc: must be sentences"),
        (json!({"doc": ""}), "doc: must be sentences"),
        (json!({"scope": ["session"]}), "unknown variant `session`"),
        (json!({"scope": []}), "has no scope"),
        (json!({"colour": "red"}), "unknown field `colour`"),
        (json!({"rust": "X"}), "needs no `rust`"),
        (json!({"type": "word", "default": "a", "rust": "X"}), "has no words"),
        (json!({"type": "word", "default": "a", "words": words}), "has no `rust`"),
        (
            json!({"type": "word", "default": "b", "words": words, "rust": "X"}),
            "\"b\" does not fit the type for tencent",
        ),
        (json!({"stored": "vendor"}), "stored: what all vendors have"),
    ] {
        let error = parse(json!([entry(changes.clone())])).unwrap_err();
        assert!(error.starts_with("specs/options.json: patience: "), "{changes}: {error}");
        assert!(error.contains(cause), "{changes}: {error}");
    }
    for (name, shown) in [(json!("Patience"), "Patience"), (json!("a-b"), "a-b"), (json!(5), "entry 0")] {
        let error = parse(json!([entry(json!({"name": name}))])).unwrap_err();
        assert!(error.starts_with(&format!("specs/options.json: {shown}: ")), "{error}");
    }
    let error = Table::parse("{}", families()).unwrap_err().to_string();
    assert_eq!(error, "specs/options.json: has no list `options`");
    assert!(Table::parse("[", families()).unwrap_err().to_string().starts_with("specs/options.json: "));
}

#[test]
fn a_name_has_one_description() {
    let one = entry(json!({"vendors": ["tencent"]}));
    let other = entry(json!({"vendors": ["huawei"], "doc": "Something else."}));
    let error = parse(json!([one, other])).unwrap_err();
    let cause = "is described twice, for tencent and for huawei: one name has one entry";
    assert_eq!(error, format!("specs/options.json: patience: {cause}"));
    // All errors are reported at once.
    let error = parse(json!([one, entry(json!({"name": "a", "doc": ""})), other])).unwrap_err();
    assert_eq!(error.lines().count(), 2, "{error}");
}

#[test]
fn what_is_said_of_an_option() {
    let words = json!([
        { "word": "A1", "variant": "A", "vendors": ["tencent"], "except": ["ccs"] },
        { "word": "B2", "variant": "B", "vendors": ["tencent"] },
    ]);
    let options = json!([
        entry(json!({"dangerous": true, "doc": "The longest time of all. See `colour`."})),
        entry(json!({
            "name": "colour", "type": "word", "rust": "Colour", "vendors": ["tencent"], "words": words,
            "default": {"tencent": "A1", "ccs": "B2"}, "doc": "The colour."
        })),
    ]);
    let table = parse(options).unwrap();
    let [tencent, ccs, huawei] = &table.families[..] else { panic!("{:?}", table.families) };
    let [patience, colour] = &table.entries[..] else { panic!("{:?}", table.entries) };
    assert_eq!(
        table.setter_docs(patience, tencent),
        ["**Dangerous.** Sets the longest time of all.", "", "See [`colour`](Self::colour). 10 seconds by default."]
    );
    assert_eq!(
        docs::sentences(patience, huawei),
        "Dangerous. The longest time of all. See `colour`. In seconds. 10 seconds by default."
    );
    assert_eq!(docs::sentences(colour, ccs), "The colour. One of `B2`. `B2` by default.");
    assert!(!colour.is_of(huawei) && table.of(huawei).count() == 1);
    assert_eq!(table.owners(colour), "Tencent");
    assert_eq!(table.value(colour), "`A1`, `B2` (Tencent); `B2` (CCS)");
    assert_eq!(table.sentences(colour), "The colour. By default `A1` (Tencent); `B2` (CCS).");
}
