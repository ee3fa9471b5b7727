//! The rules of operations of Tencent's API 2.0.

use super::{field, put};
use serde_json::{Value, json};
use wharf_spec::{Catalog, Source};

const AT: &str = "old/v2.json: operation ListThings";

fn spec() -> Value {
    json!({
        "product": "old", "version": "v2", "crate": "cluster", "protocol": "tencent_v2",
        "operations": { "ListThings": {
            "doc": "Lists things.", "source": "doc:1", "host": "oldr", "envelope": "data",
            "rate_limit": 0, "authorization": "signature", "idempotent": true,
            "input": [field("src_image", "string"), field("clusterIds", "list<string>")],
            "output": [field("totalCount", "int")], "errors": []
        } }
    })
}

fn problems(spec: &Value) -> Vec<String> {
    let source = Source { name: "old/v2.json".into(), text: spec.to_string().into() };
    match Catalog::from_sources(&[source]) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.0.iter().map(ToString::to_string).collect(),
    }
}

fn with(place: &str, value: Value) -> Vec<String> {
    let mut spec = spec();
    put(&mut spec, &format!("/operations/ListThings{place}"), value);
    problems(&spec)
}

#[test]
fn hosts_envelopes_and_one_path() {
    assert_eq!(problems(&spec()), Vec::<String>::new());
    let source = Source { name: "old/v2.json".into(), text: spec().to_string().into() };
    let catalog = Catalog::from_sources(&[source]).unwrap();
    let list = catalog.product("old").unwrap().operation("ListThings").unwrap();
    assert_eq!((list.method(), list.path(), list.host()), ("POST", "/v2/index.php", "oldr"));
    assert_eq!(list.envelope(), Some("data"));
}

#[test]
fn what_the_protocol_fixes() {
    for key in ["method", "path"] {
        let value = if key == "method" { json!("GET") } else { json!("/") };
        assert_eq!(with(&format!("/{key}"), value), [format!("{AT}: {key}: is fixed by the protocol tencent_v2")]);
    }
    assert_eq!(with("/envelope", json!("answer")), [format!("{AT}: envelope: is not data")]);
    for name in ["code", "codeDesc", "message", "data"] {
        let message = format!("{AT}: output {name}: belongs to the envelope of the answer");
        assert_eq!(with("/output/-", field(name, "string")), [message]);
    }
}
