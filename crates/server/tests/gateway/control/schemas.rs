//! Real answers against the schemas of the OpenAPI document.

use super::{call, document, get, manual, new_cluster};
use crate::client::Call;
use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::{Value, json};
use std::time::Duration;

/// The schemas of the document.
struct Validator {
    schemas: Schemas,
    compiler: Compiler,
}

impl Validator {
    fn new() -> Self {
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler.add_resource("http://wharf/openapi.json", document()).unwrap();
        Self { schemas: Schemas::new(), compiler }
    }

    fn compile(&mut self, pointer: &str) -> SchemaIndex {
        let place = format!("http://wharf/openapi.json#{pointer}");
        self.compiler.compile(&place, &mut self.schemas).unwrap_or_else(|error| panic!("{pointer}: {error:#}"))
    }

    /// Holds a value against the schema of an answer.
    fn answer(&mut self, method: &str, path: &str, status: u16, body: &Value) {
        let escaped =
            format!("/_wharf/{path}").replace('~', "~0").replace('/', "~1").replace('{', "%7B").replace('}', "%7D");
        let place = format!("/paths/{escaped}/{method}/responses/{status}/content/application~1json/schema");
        let schema = self.compile(&place);
        self.schemas.validate(body, schema).unwrap_or_else(|error| panic!("{method} {path}: {error:#}\n{body:#}"));
    }
}

#[test]
fn every_schema_can_be_used_and_every_example_fits() {
    let mut validator = Validator::new();
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let index = validator.compile(&format!("/components/schemas/{name}"));
        for example in schema["examples"].as_array().into_iter().flatten() {
            validator.schemas.validate(example, index).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        }
    }
}

#[tokio::test]
async fn answers_are_as_the_document_says() {
    let server = manual().await;
    let mut validator = Validator::new();
    let created = Call::tke("CreateCluster", new_cluster()).send(&server).await;
    assert_eq!(created.code(), "");
    Call::tke("DescribeClusters", json!({})).with(|call| call.region = "nowhere".into()).send(&server).await;
    let steps = [
        ("POST", "clouds", "clouds", json!({"region": "ap-shanghai", "speed": 60})),
        ("POST", "clock", "clock", json!({"advance": 61.5, "speed": "manual", "skew": -3, "expire_tokens": true})),
        (
            "POST",
            "faults",
            "faults",
            json!({"operation": "DescribeClusters", "times": 2, "effect": {"kind": "throttle"}}),
        ),
        ("POST", "mishaps", "mishaps", json!({"kind": "next_fails", "point": "node_creation"})),
        ("POST", "mishaps", "mishaps", json!({"kind": "sold_out", "product": "tke", "zone": "ap-guangzhou-2"})),
        ("POST", "accounts", "accounts", json!({"account": "42"})),
        ("POST", "accounts/sub-accounts", "accounts/sub-accounts", json!({"name": "reader", "policies": []})),
        ("POST", "explain", "explain", json!({"request": "POST / HTTP/1.1\r\nHost: tke.example.com\r\n\r\n{}"})),
        ("POST", "images", "images", json!({"repository": "team/web", "tag": "v1"})),
    ];
    for (method, path, template, body) in steps {
        let (status, answer) = call(&server, method, path, &body).await;
        assert!(status < 300, "{path}: {answer}");
        validator.answer("post", template, status, &answer);
    }
    server.advance(Duration::from_secs(10));
    let key = server.key();
    let gets = [
        ("health", "health"),
        ("state", "state"),
        ("clouds", "clouds"),
        (&format!("clouds/{key}"), "clouds/{key}"),
        ("world", "world"),
        ("clock", "clock"),
        ("faults", "faults"),
        ("mishaps", "mishaps"),
        ("accounts", "accounts"),
        ("images", "images"),
        ("journal", "journal"),
        ("journal/0", "journal/{sequence}"),
    ];
    for (path, template) in gets {
        let (status, answer) = get(&server, path).await;
        assert_eq!(status, 200, "{path}: {answer}");
        validator.answer("get", template, status, &answer);
    }
    let (status, world) = get(&server, "world").await;
    assert_eq!(status, 200);
    let (status, loaded) = call(&server, "PUT", "world", &world).await;
    assert_eq!(status, 200, "{loaded}");
    validator.answer("put", "world", 200, &loaded);
}

#[tokio::test]
async fn the_state_shows_what_changes() {
    let server = manual().await;
    Call::tke("CreateCluster", new_cluster()).send(&server).await;
    let (_, state) = get(&server, "state").await;
    let cluster = &state["clusters"][0];
    assert_eq!((&cluster["product"], &cluster["name"]), (&json!("tke"), &json!("web")));
    assert_eq!((&cluster["state"], &cluster["condition"]), (&json!("Creating"), &json!("creating")));
    assert_eq!((&state["speed"], &state["counts"]["clusters"]), (&json!("manual"), &json!(1)));
    let planned = state["planned"].as_array().unwrap();
    let up = planned.iter().find(|event| event["what"] == "ClusterUp").unwrap();
    assert_eq!(up["cluster"], cluster["id"]);
    let (_, clock) = call(&server, "POST", "clock", &json!({"advance": 60})).await;
    let (_, state) = get(&server, "state").await;
    assert_eq!(state["time"], clock["time"]);
    let cluster = &state["clusters"][0];
    assert_eq!((&cluster["state"], &cluster["condition"]), (&json!("Running"), &json!("running")));
    assert_eq!(state["metrics"]["calls"], 1);
    assert!(state["counts"]["pods"].as_u64().unwrap() > 0, "{state}");
    assert_eq!(call(&server, "POST", "reset", &json!({})).await.0, 204);
    let (_, state) = get(&server, "state").await;
    assert_eq!((&state["clusters"], &state["metrics"]["calls"]), (&json!([]), &json!(0)));
    assert_eq!(state["time"], clock["time"]);
}
