//! Load balancers of services, by the annotations that ACK documents
//! (help/en/ack/ack-managed-and-ack-dedicated/user-guide/add-annotations-to-the-yaml-file-of-a-service-to-configure-clb-instances).

use super::{SUBNET, running, server};
use serde_json::{Value, json};
use std::time::Duration;
use wharf_server::Server;
use wharf_world::kubernetes::request::ApiRequest;

const SERVICES: &str = "/api/v1/namespaces/default/services";

fn ask(server: &Server, id: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    // The account of the default key.
    let account = "100000000001".to_owned();
    let body = body.to_string();
    let request = ApiRequest {
        method,
        path_and_query: path,
        content_type: "application/json",
        body: body.as_bytes(),
        ..ApiRequest::default()
    };
    server.with_world(|world| {
        let response = world.ack(&account, "cn-beijing").control_plane().request(id, request).unwrap();
        (response.status, serde_json::from_slice(&response.body).unwrap())
    })
}

fn service(name: &str, annotations: &[(&str, &str)]) -> Value {
    let notes: serde_json::Map<String, Value> = annotations
        .iter()
        .map(|(key, value)| (format!("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-{key}"), json!(value)))
        .collect();
    json!({"kind": "Service", "apiVersion": "v1", "metadata": {"name": name, "annotations": notes},
        "spec": {"type": "LoadBalancer", "selector": {"app": "nginx"}, "ports": [{"port": 80}]}})
}

#[tokio::test]
async fn services_get_an_address_in_world_time() {
    let server = server().await;
    let id = running(&server).await;
    for made in [
        service("public", &[("address-type", "internet"), ("charge-type", "paybytraffic")]),
        service("inner", &[("address-type", "intranet"), ("vswitch-id", SUBNET)]),
        service("anywhere", &[("address-type", "intranet")]),
    ] {
        let (status, answer) = ask(&server, &id, "POST", SERVICES, &made);
        assert_eq!(status, 201, "{answer}");
    }
    let address = |name: &str| {
        let shown = ask(&server, &id, "GET", &format!("{SERVICES}/{name}"), &Value::Null).1;
        shown["status"]["loadBalancer"]["ingress"][0]["ip"].as_str().map(str::to_owned)
    };
    assert_eq!(address("public"), None, "it takes time");
    server.advance(Duration::from_secs(15));
    // Public addresses are of the range for benchmarks, RFC 2544.
    let public = |name: &str| address(name).unwrap().starts_with("198.1");
    assert_eq!([public("public"), public("inner"), public("anywhere")], [true, false, false]);
    for wrong in [("address-type", "outer"), ("charge-type", "free"), ("force-override-listeners", "yes")] {
        let (status, answer) = ask(&server, &id, "POST", SERVICES, &service("wrong", &[wrong]));
        let field = format!("metadata.annotations[service.beta.kubernetes.io/alibaba-cloud-loadbalancer-{}]", wrong.0);
        assert_eq!((status, &answer["details"]["causes"][0]["field"]), (422, &json!(field)));
    }
}
