//! Tasks, waiters and the roll-out of a service.

use super::{bad, bench, good};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wharf::ErrorKind;
use wharf::ccs::types::{Container, HealthCheck, NodeAffinity, NodeAffinityOperator, PortMapping, Volume};

fn task(status: &str) -> Value {
    good(json!({ "status": status }))
}

fn cluster(status: &str) -> Value {
    good(json!({ "totalCount": 1, "clusters": [{ "clusterId": "cls-1", "status": status }] }))
}

fn service(status: &str, current: i64, reasons: Value) -> Value {
    good(json!({ "service": {
        "serviceName": "web", "status": status, "currentReplicas": current, "desiredReplicas": 2, "reasonMap": reasons
    } }))
}

#[tokio::test]
async fn a_task_is_found_from_the_answer_that_began_it_and_waited_for() {
    let begun = good(json!({ "clusterId": "cls-1", "requestId": 11333 }));
    let (script, ccs) = bench([begun, task("running"), task("running"), task("succ")]);
    let begun = ccs.clusters().delete_cluster("cls-1").send().await.unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = seen.clone();
    let waiter = ccs.task(begun.task_id()).wait();
    waiter.on_progress(move |status| keep.lock().unwrap().push(status.to_string())).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["running", "succ"]);
    assert_eq!((&*script.asked(1)["Action"], &*script.asked(1)["requestId"]), ("DescribeClusterTaskResult", "11333"));

    let (_, ccs) = bench([good(json!({ "instanceIds": ["ins-1"], "requestId": 5 })), task("fail")]);
    let added = ccs.nodes().delete_cluster_instances("cls-1").instance_ids(["ins-1"]).send().await.unwrap();
    let error = ccs.task(added.task_id()).wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("task 5") && error.message().contains("fail"), "{error}");
}

#[tokio::test]
async fn clusters_run_or_are_gone() {
    let (script, ccs) = bench([cluster("Creating"), cluster("Odd"), cluster("Running")]);
    assert_eq!(ccs.clusters().wait_until_running("cls-1").await.unwrap().cluster_id, "cls-1");
    assert_eq!(script.asked(0)["clusterIds.0"], "cls-1");
    for status in ["Abnormal", "Isolated", "Deleting"] {
        let (_, ccs) = bench([cluster(status)]);
        let error = ccs.clusters().wait_until_running("cls-1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WaitFailed, "{status}");
    }
    let none = || good(json!({ "totalCount": 0, "clusters": [] }));
    let (_, ccs) = bench([none(), cluster("Deleting"), none()]);
    let error = ccs.clusters().wait_until_running("cls-1").grace(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    ccs.clusters().wait_until_deleted("cls-1").await.unwrap();
}

#[tokio::test]
async fn nodes_and_pods_are_waited_for_over_all_pages() {
    let page = |ids: &[(&str, i64)], total: i64| {
        let nodes: Vec<_> = ids.iter().map(|(id, normal)| json!({ "instanceId": id, "isNormal": normal })).collect();
        good(json!({ "totalCount": total, "nodes": nodes }))
    };
    let answers = [page(&[("ins-1", 1)], 2), page(&[("ins-2", 0)], 2), page(&[("ins-2", 1), ("ins-1", 1)], 2)];
    let (script, ccs) = bench(answers);
    let nodes = ccs.nodes().wait_until_nodes_normal("cls-1", ["ins-1", "ins-2"]).await.unwrap();
    assert_eq!(nodes.iter().map(|node| node.instance_id.as_str()).collect::<Vec<_>>(), ["ins-1", "ins-2"]);
    assert_eq!((&*script.asked(1)["offset"], script.count()), ("1", 3));

    let pods = |statuses: &[&str]| {
        let pods: Vec<_> =
            statuses.iter().map(|status| json!({ "name": status, "status": status, "reason": "" })).collect();
        good(json!({ "totalCount": pods.len(), "instances": pods }))
    };
    let (script, ccs) = bench([pods(&["Running"]), pods(&["Running", "Waiting"]), pods(&["Running", "Running"])]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = seen.clone();
    let waiter = ccs.nodes().wait_until_pods_running("cls-1", "shop", "web", 2);
    let running = waiter.on_progress(move |progress| keep.lock().unwrap().push(progress.to_string())).await.unwrap();
    assert_eq!((running.len(), &*script.asked(0)["namespace"]), (2, "shop"));
    assert_eq!(*seen.lock().unwrap(), ["1 of 2 ready", "1 of 2 ready, Waiting: Waiting", "2 of 2 ready"]);
}

#[tokio::test]
async fn a_service_is_created_changed_paused_and_taken_back() {
    let done = || good(json!(null));
    let (script, ccs) = bench(std::iter::repeat_with(done).take(9));
    let web = ccs.service("cls-1", "web").namespace("shop");
    let container = Container::new("web", "nginx:1.13")
        .env("MODE", "test")
        .mount_read_only("conf", "/etc/web")
        .live_check(HealthCheck::http(80, "/healthy").interval_time(3).timeout(2))
        .ready_check(HealthCheck::tcp(80));
    web.create(2)
        .port_mappings([PortMapping::tcp(80, 8080), PortMapping::udp(53, 5353)])
        .volumes([Volume::configuration("conf", "config-1", "v1", ["web.conf"])])
        .containers([container, Container::new("side", "busybox").live_check(HealthCheck::command("true"))])
        .node_affinity([NodeAffinity::new("disk", NodeAffinityOperator::In, ["ssd"])])
        .send()
        .await
        .unwrap();
    let asked = script.asked(0);
    for (name, value) in [
        ("Action", "CreateClusterService"),
        ("clusterId", "cls-1"),
        ("serviceName", "web"),
        ("namespace", "shop"),
        ("replicas", "2"),
        ("portMappings.1.protocol", "UDP"),
        ("portMappings.1.containerPort", "5353"),
        ("volumes.0.volumeType", "configMap"),
        ("volumes.0.configKeys.0", "web.conf"),
        ("containers.0.image", "nginx:1.13"),
        ("containers.0.envs.0.value", "test"),
        ("containers.0.volumeMounts.0.mode", "ro"),
        ("containers.0.healthCheck.0.type", "liveCheck"),
        ("containers.0.healthCheck.0.checkMethod", "methodHttp"),
        ("containers.0.healthCheck.0.path", "/healthy"),
        ("containers.0.healthCheck.1.type", "readyCheck"),
        ("containers.0.healthCheck.1.checkMethod", "methodTcp"),
        ("containers.1.healthCheck.0.cmd", "true"),
        ("nodeAffinity.0.values.0", "ssd"),
    ] {
        assert_eq!(asked.get(name).map(String::as_str), Some(value), "{name}");
    }
    web.set_image("nginx:1.14").send().await.unwrap();
    web.set_images([("web", "nginx:1.14"), ("side", "busybox:1")]).send().await.unwrap();
    web.pause().send().await.unwrap();
    web.resume().send().await.unwrap();
    web.roll_back().send().await.unwrap();
    web.redeploy().send().await.unwrap();
    web.set_description("new").send().await.unwrap();
    web.delete().send().await.unwrap();
    let actions: Vec<_> = (1..9).map(|at| script.asked(at)["Action"].clone()).collect();
    let expected = [
        "ModifyClusterServiceImage",
        "ModifyClusterServiceImage",
        "PauseClusterService",
        "ResumeClusterService",
        "RollBackClusterService",
        "RedeployClusterService",
        "ModifyServiceDescription",
        "DeleteClusterService",
    ];
    assert_eq!(actions, expected);
    assert_eq!(script.asked(2)["containers.1.image"], "busybox:1");
    assert!((1..9).all(|at| script.asked(at)["namespace"] == "shop" && script.asked(at)["serviceName"] == "web"));

    let error = web.create(1).containers([Container::default().image("a")]).send().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("containers.0.containerName")));
    assert_eq!(script.count(), 9, "nothing was sent");
}

#[tokio::test]
async fn a_roll_out_ends_normal_or_with_the_reasons() {
    let none = || json!({});
    let answers = [
        service("Waiting", 0, json!([])),
        service("Updating", 1, none()),
        service("Normal", 1, none()),
        service("Normal", 2, none()),
    ];
    let (_, ccs) = bench(answers);
    let web = ccs.service("cls-1", "web");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = seen.clone();
    let normal = web.wait_until_normal().on_progress(move |progress| keep.lock().unwrap().push(progress.to_string()));
    assert_eq!(normal.await.unwrap().current_replicas, 2);
    let expected = ["Waiting, 0 of 2 pods", "Updating, 1 of 2 pods", "Normal, 1 of 2 pods", "Normal, 2 of 2 pods"];
    assert_eq!(*seen.lock().unwrap(), expected);

    let (_, ccs) = bench([service("Abnormal", 0, json!({ "ImagePullBackOff": 2 })), service("Paused", 1, none())]);
    let web = ccs.service("cls-1", "web");
    let error = web.wait_until_normal().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("Abnormal, 0 of 2 pods (ImagePullBackOff: 2)"), "{error}");
    let error = web.wait_until_normal().grace(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);

    let gone = || bad(4000, "KubeResourceNotFound", "(-160004)none");
    let (_, ccs) = bench([gone(), service("Normal", 2, none()), gone()]);
    let web = ccs.service("cls-1", "web");
    let error = web.wait_until_normal().grace(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    web.wait_until_deleted().await.unwrap();
}
