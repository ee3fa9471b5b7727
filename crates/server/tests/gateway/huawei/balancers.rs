//! Load balancers of services, by the annotations of cce:8348-8443.

use super::{Call, available, server};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use wharf_server::Server;

const SERVICES: &str = "/api/v1/namespaces/default/services";

async fn ask(server: &Server, id: &str, method: Method, path: &str, body: Value) -> (u16, Value) {
    let host = format!("{id}.cce.cn-north-4.example.com");
    let answer = Call::new(method, path, body).with(|call| call.host = Some(host)).send(server).await;
    (answer.status, answer.whole())
}

fn service(name: &str, annotations: Value) -> Value {
    json!({"kind": "Service", "apiVersion": "v1", "metadata": {"name": name, "annotations": annotations},
        "spec": {"type": "LoadBalancer", "selector": {"app": "nginx"},
            "ports": [{"name": "service0", "port": 80, "protocol": "TCP", "targetPort": 80}]}})
}

async fn address(server: &Server, id: &str, name: &str) -> Value {
    let shown = ask(server, id, Method::GET, &format!("{SERVICES}/{name}"), Value::Null).await.1;
    shown["status"]["loadBalancer"]["ingress"][0]["ip"].clone()
}

#[tokio::test]
async fn annotations_choose_the_load_balancer() {
    let server = server().await;
    let id = available(&server).await;
    let public = json!({
        "kubernetes.io/elb.class": "union", "kubernetes.io/session-affinity-mode": "SOURCE_IP",
        "kubernetes.io/elb.subnet-id": "subnet-default1",
        "kubernetes.io/elb.autocreate": json!({"type": "public", "bandwidth_name": "cce-bandwidth-1551163379627",
            "bandwidth_chargemode": "bandwidth", "bandwidth_size": 5, "bandwidth_sharetype": "PER",
            "eip_type": "5_bgp", "name": "james"}).to_string(),
    });
    let inner = json!({"kubernetes.io/elb.class": "union", "kubernetes.io/elb.subnet-id": "subnet-default1",
        "kubernetes.io/elb.autocreate": r#"{"type":"inner"}"#});
    let mut existing = service(
        "existing",
        json!({"kubernetes.io/elb.class": "union",
        "kubernetes.io/elb.id": "3c7caa5a-a641-4bff-801a-feace27424b6"}),
    );
    existing["spec"]["loadBalancerIP"] = json!("10.78.42.242");
    for made in [service("public", public), service("inner", inner), existing, service("none", json!({}))] {
        let (status, answer) = ask(&server, &id, Method::POST, SERVICES, made).await;
        assert_eq!(status, 201, "{answer}");
    }
    assert_eq!(address(&server, &id, "public").await, Value::Null, "it takes time");
    server.advance(Duration::from_secs(15));
    assert!(address(&server, &id, "public").await.is_string());
    let private = address(&server, &id, "inner").await;
    assert!(private.as_str().is_some_and(|address| address.starts_with("10.200.1.")), "of the subnet: {private}");
    assert_eq!(address(&server, &id, "existing").await, "10.78.42.242");
    assert_eq!(address(&server, &id, "none").await, Value::Null);
    let events = ask(&server, &id, Method::GET, "/api/v1/namespaces/default/events", Value::Null).await.1;
    let event = events["items"].as_array().unwrap().iter().find(|event| event["type"] == "Warning").unwrap();
    assert_eq!(
        (&event["involvedObject"]["name"], &event["reason"]),
        (&json!("none"), &json!("SyncLoadBalancerFailed")),
        "{events}"
    );
}

#[tokio::test]
async fn annotations_that_are_wrong_are_refused() {
    let server = server().await;
    let id = available(&server).await;
    let order = |order: Value| json!({"kubernetes.io/elb.subnet-id": "subnet-default1", "kubernetes.io/elb.autocreate": order.to_string()});
    const CREATE: &str = "metadata.annotations[kubernetes.io/elb.autocreate]";
    for (annotations, field) in [
        (json!({"kubernetes.io/elb.class": "other"}), "metadata.annotations[kubernetes.io/elb.class]".to_owned()),
        (
            json!({"kubernetes.io/session-affinity-mode": "COOKIE"}),
            "metadata.annotations[kubernetes.io/session-affinity-mode]".to_owned(),
        ),
        (json!({"kubernetes.io/elb.subnet-id": "s", "kubernetes.io/elb.autocreate": "{"}), CREATE.to_owned()),
        (
            json!({"kubernetes.io/elb.autocreate": r#"{"type":"inner"}"#}),
            "metadata.annotations[kubernetes.io/elb.subnet-id]".to_owned(),
        ),
        (order(json!({"type": "private"})), format!("{CREATE}.type")),
        (order(json!({})), format!("{CREATE}.type")),
        (order(json!({"type": "public", "bandwidth_chargemode": "free"})), format!("{CREATE}.bandwidth_chargemode")),
        (order(json!({"type": "public", "bandwidth_sharetype": "x"})), format!("{CREATE}.bandwidth_sharetype")),
        (order(json!({"type": "public", "bandwidth_size": "5"})), format!("{CREATE}.bandwidth_size")),
        (order(json!({"type": "public", "name": "n".repeat(65)})), format!("{CREATE}.name")),
    ] {
        let (status, answer) = ask(&server, &id, Method::POST, SERVICES, service("a", annotations.clone())).await;
        assert_eq!((status, &answer["details"]["causes"][0]["field"]), (422, &json!(field)), "{annotations}: {answer}");
    }
}
