//! Requests that are passed on to a cluster's API server.

use super::{Cloud, PODS, RANGE, pod, refused};
use serde_json::{Value, json};

scenarios![
    what_kubernetes_does_not_know_it_says_itself,
    namespaces_come_and_go_with_their_pods,
    pods_wait_for_room_run_and_go,
    lists_are_selected_and_continued,
    bodies_come_encoded,
];

async fn what_kubernetes_does_not_know_it_says_itself(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    for (method, path, code, reason) in [
        ("GET", "/apis/none/v1/deployments", 404, "NotFound"),
        ("GET", "/api/v1/namespaces/default/pods/none", 404, "NotFound"),
        ("DELETE", "/api/v1/namespaces/none", 404, "NotFound"),
        ("PUT", "/api/v1/nodes", 405, "MethodNotAllowed"),
        ("DELETE", "/api/v1/namespaces/kube-system", 403, "Forbidden"),
    ] {
        let status = cloud.kube(&id, method, path, json!({})).await;
        assert_eq!((&status["kind"], &status["status"]), (&json!("Status"), &json!("Failure")), "{method} {path}");
        assert_eq!((&status["code"], &status["reason"]), (&json!(code), &json!(reason)), "{method} {path}");
    }
    let forward = || cloud.clusters.forward_request().method("GET").path("/healthz");
    let health = forward().cluster_id(&id).send().await.unwrap();
    assert_eq!(health.response_body.unwrap().expose(), "ok");
    refused(forward().send().await, "MissingParameter", "ClusterName");
    refused(forward().cluster_name("cls-none").send().await, "ResourceNotFound", "cls-none");
    refused(forward().cluster_name(&id).cluster_id("cls-other").send().await, "InvalidParameter", "different clusters");
}

async fn namespaces_come_and_go_with_their_pods(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    cloud.add_nodes(&id, 1).await;
    let names = async || {
        let listed = cloud.items(&id, "/api/v1/namespaces").await;
        listed.iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = names().await;
    let team = json!({"metadata": {"name": "team"}});
    cloud.kube(&id, "POST", "/api/v1/namespaces", team.clone()).await;
    assert!(names().await.contains(&"team".to_owned()));
    assert_eq!(cloud.kube(&id, "POST", "/api/v1/namespaces", team).await["reason"], "AlreadyExists");
    let pods = "/api/v1/namespaces/team/pods";
    cloud.kube(&id, "POST", pods, pod("a", "100m")).await;
    cloud.pass(3);
    assert_eq!(cloud.items(&id, pods).await[0]["status"]["phase"], "Running");
    let path = "/api/v1/namespaces/team";
    assert_eq!(cloud.kube(&id, "DELETE", path, Value::Null).await["status"]["phase"], "Terminating");
    cloud.pass(6);
    assert_eq!(names().await, before);
    assert_eq!(cloud.items(&id, pods).await.len(), 0);
}

async fn pods_wait_for_room_run_and_go(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    cloud.kube(&id, "POST", PODS, pod("web", "500m")).await;
    cloud.pass(60);
    let path = format!("{PODS}/web");
    assert_eq!(cloud.get(&id, &path).await["status"]["phase"], "Pending", "there is no node");
    cloud.add_nodes(&id, 1).await;
    let running = cloud.get(&id, &path).await;
    assert_eq!(running["status"]["phase"], "Running");
    assert!(running["status"]["podIP"].as_str().unwrap().starts_with("172.16."), "{running}");
    let node = cloud.items(&id, "/api/v1/nodes").await[0].clone();
    assert_eq!(running["spec"]["nodeName"], node["metadata"]["name"]);
    cloud.kube(&id, "DELETE", &path, Value::Null).await;
    cloud.pass(5);
    assert_eq!(cloud.get(&id, &path).await["code"], 404);
    let events = cloud.items(&id, "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=web").await;
    let reasons: Vec<&str> = events.iter().map(|event| event["reason"].as_str().unwrap()).collect();
    assert!(reasons.ends_with(&["Scheduled", "Started", "Killing"]), "{reasons:?}");
}

async fn lists_are_selected_and_continued(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    for number in 0..5 {
        let mut pod = pod(&format!("p{number}"), "0");
        pod["metadata"]["labels"] = json!({"odd": (number % 2 == 1).to_string()});
        cloud.kube(&id, "POST", PODS, pod).await;
    }
    assert_eq!(cloud.items(&id, &format!("{PODS}?labelSelector=odd%3Dtrue")).await.len(), 2);
    let first = cloud.get(&id, &format!("{PODS}?limit=3")).await;
    let next = first["metadata"]["continue"].as_str().unwrap();
    let second = cloud.get(&id, &format!("{PODS}?limit=3&continue={next}")).await;
    let names: Vec<&str> = [&first, &second]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|item| item["metadata"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["p0", "p1", "p2", "p3", "p4"]);
}

async fn bodies_come_encoded(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let create = |body: &str| {
        let request = cloud.clusters.forward_request().cluster_name(&id).method("POST").path("/api/v1/namespaces");
        request.encoded_body(true).request_body(body).send()
    };
    // {"metadata":{"name":"coded"}}
    create("eyJtZXRhZGF0YSI6eyJuYW1lIjoiY29kZWQifX0=").await.unwrap();
    assert_eq!(cloud.get(&id, "/api/v1/namespaces/coded").await["kind"], "Namespace");
    refused(create("*").await, "InvalidParameter", "base64");
}
