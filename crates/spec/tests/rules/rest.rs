//! The rules of operations with a method and a path.

use super::{field, put};
use serde_json::{Value, json};
use wharf_spec::{Catalog, Source};

const AT: &str = "shop/v1.json: operation PutThing";
const PUT: &str = "/operations/PutThing";

fn placed(name: &str, ty: &str, place: &str) -> Value {
    let mut field = field(name, ty);
    field["in"] = json!(place);
    field
}

fn spec() -> Value {
    let mut id = placed("thing_id", "string", "path");
    id["required"] = json!(true);
    json!({
        "product": "shop", "version": "v1", "crate": "cluster", "protocol": "rest",
        "operations": { "PutThing": {
            "doc": "Puts a thing.", "source": "doc:1", "method": "PUT", "path": "/v1/things/{thing_id}", "host": "cluster",
            "success": [200], "rate_limit": 0, "authorization": "token_or_signature", "idempotent": false,
            "input": [
                id, placed("cluster_id", "string", "host"), placed("Names", "list<string>", "query"),
                placed("X-Trace", "string", "header"), placed("Size", "int", "body"),
            ],
            "output": [placed("X-Token", "string", "header"), field("jobID", "string")],
            "job": { "id": "jobID" },
            "errors": []
        } }
    })
}

fn problems(spec: &Value) -> Vec<String> {
    let source = Source { name: "shop/v1.json".into(), text: spec.to_string().into() };
    match Catalog::from_sources(&[source]) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.0.iter().map(ToString::to_string).collect(),
    }
}

/// Puts a value at a place of the operation and gives the problems.
fn with(place: &str, value: Value) -> Vec<String> {
    let mut spec = spec();
    put(&mut spec, &format!("{PUT}{place}"), value);
    problems(&spec)
}

#[test]
fn the_whole_spec_breaks_no_rule() {
    assert_eq!(problems(&spec()), Vec::<String>::new());
    let source = Source { name: "shop/v1.json".into(), text: spec().to_string().into() };
    let catalog = Catalog::from_sources(&[source]).unwrap();
    let put = catalog.product("shop").unwrap().operation("PutThing").unwrap();
    assert_eq!((put.method(), put.path(), put.host()), ("PUT", "/v1/things/{thing_id}", "cluster"));
    assert_eq!(put.job(), Some("jobID"));
}

#[test]
fn an_operation_has_a_method_a_path_a_host_and_success() {
    for key in ["method", "path", "host", "success"] {
        let mut spec = spec();
        spec.pointer_mut(PUT).unwrap().as_object_mut().unwrap().remove(key);
        assert!(problems(&spec).contains(&format!("{AT}: {key}: is missing")), "{key}");
    }
    assert_eq!(with("/authorization", json!("signature")), Vec::<String>::new());
    assert_eq!(with("/authorization", json!("cam")), [format!("{AT}: authorization: is none of the protocol rest")]);
    assert_eq!(with("/success", json!([200, 404])), [format!("{AT}: success: 404 is not one of success")]);
    assert_eq!(with("/failure", json!([200])), [format!("{AT}: failure: 200 is not one of failure")]);
}

#[test]
fn what_stands_in_braces_is_an_input_and_the_other_way_round() {
    let gone = "{name} is no input that travels in the path";
    let homeless = "travels in the path, which has no place for it";
    for (path, problems) in [
        ("v1/things/{thing_id}", vec!["path: does not begin with a slash".to_owned()]),
        ("/v1/{thing_id}/{thing_id}", vec!["path: {thing_id} is there twice".to_owned()]),
        ("/v1/{thing_id}/{name}", vec![format!("path: {gone}")]),
        ("/v1/{cluster_id}/{thing_id}", vec!["path: {cluster_id} is no input that travels in the path".to_owned()]),
        ("/v1/things", vec![format!("input thing_id: {homeless}")]),
        (
            "/v1/x{thing_id}",
            vec![
                format!("input thing_id: {homeless}"),
                "path: `x{thing_id}` is neither a word nor a name in braces".to_owned(),
            ],
        ),
    ] {
        let expected: Vec<_> = problems.iter().map(|problem| format!("{AT}: {problem}")).collect();
        assert_eq!(with("/path", json!(path)), expected);
    }
    let optional = placed("thing_id", "string", "path");
    assert_eq!(with("/input/0", optional), [format!("{AT}: input thing_id: travels in the path and is not required")]);
}

#[test]
fn every_input_has_a_place_that_suits_it() {
    assert_eq!(with("/input/-", field("More", "int")), [format!("{AT}: input More: does not say where it travels")]);
    for (ty, place) in [
        ("map<string>", "query"),
        ("list<map<int>>", "query"),
        ("any", "header"),
        ("list<string>", "header"),
        ("int", "host"),
    ] {
        let message = format!("{AT}: input More: the type `{ty}` does not fit in the {place}");
        assert_eq!(with("/input/-", placed("More", ty, place)), [message]);
    }
    let more = |facts: Value, place: &str| {
        let mut more = placed("More", "string", place);
        for (key, value) in facts.as_object().unwrap() {
            more[key] = value.clone();
        }
        with("/input/-", more)
    };
    let message = "a style, which only lists in the query have";
    assert_eq!(more(json!({ "style": "comma" }), "query"), [format!("{AT}: input More: {message}")]);
    let list = json!({ "style": "json", "type": "list<string>" });
    assert_eq!(more(list.clone(), "body"), [format!("{AT}: input More: {message}")]);
    assert_eq!(more(list, "query"), Vec::<String>::new());
    assert_eq!(more(json!({ "const": "a" }), "query"), [format!("{AT}: input More: a const outside of the body")]);
    let message = "from_connection outside of the path";
    assert_eq!(more(json!({ "from_connection": true }), "body"), [format!("{AT}: input More: {message}")]);
    let message = "is the whole body and travels elsewhere";
    assert_eq!(more(json!({ "payload": true }), "query"), [format!("{AT}: input More: {message}")]);
    let message = "is the whole body, and there are other fields in it";
    assert_eq!(more(json!({ "payload": true }), "body"), [format!("{AT}: input More: {message}")]);
}

#[test]
fn a_host_with_a_cluster_has_an_input_for_it() {
    let message = "is that of a cluster, and no input cluster_id names it";
    assert_eq!(with("/input/1", placed("Other", "string", "query")), [format!("{AT}: host: {message}")]);
    assert_eq!(with("/input/1", placed("cluster_id", "string", "query")), Vec::<String>::new());
    let message = "travels in the host name, which is not that of a cluster";
    assert_eq!(with("/host", json!("iam")), [format!("{AT}: input cluster_id: {message}")]);
}

#[test]
fn answers_have_headers_and_a_body() {
    for place in ["path", "query", "host"] {
        let message = format!("{AT}: output More: an answer has no {place}");
        assert_eq!(with("/output/-", placed("More", "string", place)), [message]);
    }
    let mut more = field("More", "string");
    more["const"] = json!("a");
    assert_eq!(with("/output/-", more), [format!("{AT}: output More: an answer is not filled in")]);
    let mut more = field("More", "list<int>");
    more["payload"] = json!(true);
    let message = "is the whole body, and there are other fields in it";
    assert_eq!(with("/output/-", more), [format!("{AT}: output More: {message}")]);
}
