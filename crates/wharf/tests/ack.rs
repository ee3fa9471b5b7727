//! ACK's clients against prepared answers: where the parts of a call go, what the waiters make of a state.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};
use wharf::ack::types::{AttachOptions, AutoScaling, ClusterState, CreateScalingGroup, InstallAddon, Taint};
use wharf::ack::{Connection, SignatureMethod, UpgradeProgress};
use wharf::clock::ManualClock;
use wharf::transport::{Limits, Transport, TransportError};
use wharf::{ErrorKind, JsonText, sts};

/// Gives prepared answers, one after the other, and keeps what was asked.
#[derive(Debug, Default)]
struct Script {
    answers: Mutex<VecDeque<(u16, Value)>>,
    asked: Mutex<Vec<Request<Bytes>>>,
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        self.asked.lock().unwrap().push(request);
        let (status, body) = self.answers.lock().unwrap().pop_front().expect("no answer is left");
        let body = match body {
            Value::Null => String::new(),
            Value::String(text) => text,
            body => body.to_string(),
        };
        Ok(Response::builder().status(status).body(body.into()).unwrap())
    }
}

impl Script {
    /// Method and path with query, and body, of a request.
    fn asked(&self, at: usize) -> (String, Value) {
        let asked = self.asked.lock().unwrap();
        let request = &asked[at];
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        (format!("{} {}", request.method(), request.uri().path_and_query().unwrap()), body)
    }

    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000)))
}

fn connect(transport: Arc<dyn Transport>) -> Connection {
    Connection::builder()
        .region("cn-beijing")
        .credentials(wharf::Credentials::new("key", "secret"))
        // The other one says the region in every query.
        .signature_method(SignatureMethod::Acs3HmacSha256)
        .transport(transport)
        .clock(clock())
        .build()
        .unwrap()
}

fn bench(answers: impl IntoIterator<Item = (u16, Value)>) -> (Arc<Script>, Connection) {
    let script = Arc::new(Script { answers: Mutex::new(answers.into_iter().collect()), ..Script::default() });
    (script.clone(), connect(script))
}

fn cluster(state: &str, version: &str) -> (u16, Value) {
    (200, json!({ "cluster_id": "c-1", "name": "c", "state": state, "current_version": version }))
}

fn gone() -> (u16, Value) {
    (404, json!({ "code": "ErrorClusterNotFound", "message": "cluster not found", "requestId": "r" }))
}

fn upgrade(status: &str, step: &str, message: &str) -> (u16, Value) {
    let task = json!({ "message": message, "status": "running" });
    (200, json!({ "error_message": "", "status": status, "upgrade_step": step, "upgrade_task": task }))
}

/// What a waiter tells on its way.
type Notes = Arc<Mutex<Vec<String>>>;

fn notes() -> (Notes, Notes) {
    let seen = Notes::default();
    (seen.clone(), seen)
}

#[tokio::test]
async fn a_cluster_is_made_described_and_deleted() {
    let created = json!({ "cluster_id": "c-1", "task_id": "T-1", "request_id": "r-1" });
    let (script, ack) = bench([(202, created), cluster("initial", ""), (200, Value::Null)]);
    let clusters = ack.clusters();
    let answer = clusters
        .create_cluster()
        .name("demo")
        .cluster_type("Kubernetes")
        .num_of_nodes(3)
        .master_vswitch_ids(["vsw-1"])
        .tags([("team", "web")])
        .taints([Taint::no_schedule("dedicated", "db")])
        .runtime(|runtime| runtime.name("docker").version("19.03.15"))
        .login_password("Hello-1234")
        .send()
        .await
        .unwrap();
    assert_eq!((answer.cluster_id.as_str(), answer.task_id.as_deref()), ("c-1", Some("T-1")));
    let (line, body) = script.asked(0);
    assert_eq!(line, "POST /clusters");
    let expected = json!({
        "cluster_type": "Kubernetes", "name": "demo", "login_password": "Hello-1234",
        "tags": [{ "key": "team", "value": "web" }], "num_of_nodes": 3, "master_vswitch_ids": ["vsw-1"],
        "taints": [{ "key": "dedicated", "value": "db", "effect": "NoSchedule" }],
        "runtime": { "name": "docker", "version": "19.03.15" }
    });
    assert_eq!(body, expected);

    let cluster = clusters.describe_cluster_detail("c 1").send().await.unwrap();
    assert_eq!((script.asked(1).0.as_str(), cluster.state), ("GET /clusters/c%201", ClusterState::Initial));

    let request = clusters.delete_cluster("c-1").keep_slb(true).retain_resources(["sg-1", "sg-2"]);
    request.send().await.unwrap();
    let (line, _) = script.asked(2);
    assert!(line.starts_with("DELETE /clusters/c-1?"), "{line}");
    assert!(line.contains("keep_slb=true"), "{line}");
    assert!(line.contains("retain_resources=%5B%22sg-1%22%2C%22sg-2%22%5D"), "{line}");

    let error = clusters.describe_cluster_detail("").send().await.unwrap_err();
    assert_eq!((error.kind(), script.count()), (ErrorKind::InvalidInput, 3));
}

#[tokio::test]
async fn a_body_can_be_a_list_and_an_answer_a_list_or_a_map() {
    let version = json!({ "component_name": "nginx", "version": "1", "can_upgrade": "true" });
    let (script, ack) = bench([
        (200, Value::Null),
        (200, Value::Null),
        (200, json!([{ "ID": 1, "cluster_log": "started" }])),
        (200, json!({ "nginx": version })),
        (200, json!({ "resources": { "instance_id": "lb-1", "auto_create": 1 } })),
        (200, json!([{ "instance_id": "lb-1" }, { "instance_id": "sg-1" }])),
        (200, Value::from("#!/bin/sh\ncurl http://x | sh -s -- --token planted")),
    ]);
    let clusters = ack.clusters();
    clusters.modify_cluster_tags("c-1").body([("a", "1"), ("b", "2")]).send().await.unwrap();
    let tags = json!([{ "key": "a", "value": "1" }, { "key": "b", "value": "2" }]);
    assert_eq!(script.asked(0), ("POST /clusters/c-1/tags".to_owned(), tags));
    let addon = InstallAddon::default().name("nginx").version("1.2.0").config(json!({ "replicas": 2 }));
    clusters.install_cluster_addons("c-1").body([addon]).send().await.unwrap();
    assert_eq!(script.asked(1).1, json!([{ "config": "{\"replicas\":2}", "name": "nginx", "version": "1.2.0" }]));

    let logs = ack.monitoring().describe_cluster_logs("c-1").send().await.unwrap();
    assert_eq!(logs.data[0].cluster_log.as_deref(), Some("started"));
    let addons = clusters.describe_cluster_addons_version("c-1").send().await.unwrap().addons;
    assert_eq!(addons["nginx"].can_upgrade, Some(true));
    // The document prints a member and one object, the vendor's client reads a bare list.
    for expected in [vec!["lb-1"], vec!["lb-1", "sg-1"]] {
        let resources = clusters.describe_cluster_resources("c-1").send().await.unwrap().resources;
        let ids: Vec<_> = resources.iter().filter_map(|each| each.instance_id.as_deref()).collect();
        assert_eq!(ids, expected);
    }

    let options = AttachOptions::default().quiet(true).allowed_cluster_addons(["flannel"]);
    let request = ack.nodes().describe_cluster_attach_scripts("c-1").arch("amd64").options(options);
    let answer = request.send().await.unwrap();
    let text = script.asked(6).1["options"].as_str().unwrap().to_owned();
    assert_eq!(text, r#"{"quiet":true,"allowedClusterAddons":["flannel"]}"#);
    assert!(answer.script.as_ref().unwrap().expose().starts_with("#!/bin/sh\n"));
    assert!(!format!("{answer:?}").contains("planted"));
}

#[tokio::test]
async fn a_kubeconfig_is_never_printed() {
    let config = "apiVersion: v1\nusers:\n- user:\n    token: planted\n";
    let (script, ack) = bench([(200, json!({ "config": config, "expiration": "2024-03-10T09:56:17Z" }))]);
    let request = ack.clusters().describe_cluster_user_kubeconfig("c-1");
    let answer = request.private_ip_address(true).temporary_duration_minutes(15).send().await.unwrap();
    assert_eq!(answer.config.expose(), config);
    assert!(!format!("{answer:?} {}", answer.config).contains("planted"));
    let (line, _) = script.asked(0);
    assert!(line.starts_with("GET /k8s/c-1/user_config?"), "{line}");
    assert!(answer.expiration.unwrap().parse().is_some());
}

/// Answers lists page by page, in all three spellings, and cuts pages at `most`.
#[derive(Debug)]
struct Pages {
    held: usize,
    most: usize,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Pages {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        self.asked.lock().unwrap().push(query.clone());
        let number = |names: [&str; 2]| -> usize {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| names.contains(name)).unwrap().1.parse().unwrap()
        };
        let (items, info, page) = match request.uri().path() {
            "/api/v1/clusters" => ("clusters", "page_info", number(["page_number", ""])),
            "/templates" => ("templates", "page_info", number(["page_num", ""])),
            _ => ("nodes", "page", number(["pageNumber", ""])),
        };
        let size = number(["page_size", "pageSize"]).min(self.most);
        let range = ((page - 1) * size).min(self.held)..(page * size).min(self.held);
        let list: Vec<_> = range
            .map(|at| {
                let name = format!("n-{at}");
                json!({ "cluster_id": name, "instance_id": name, "id": name, "name": name, "state": "running" })
            })
            .collect();
        let page = json!({ "page_number": page, "page_size": size, "total_count": self.held });
        Ok(Response::new(json!({ items: list, info: page }).to_string().into()))
    }
}

#[tokio::test]
async fn three_spellings_of_pages_are_one_stream() {
    for (held, most) in [(0, 100), (1, 100), (6, 100), (7, 100), (7, 2), (250, 100)] {
        let transport = Arc::new(Pages { held, most, asked: Mutex::default() });
        let ack = connect(transport.clone());
        let names: Vec<_> = (0..held).map(|at| format!("n-{at}")).collect();
        let size = if held > 100 { 50 } else { 3 };
        let clusters = ack.clusters().describe_clusters_v1().page_size(size).items().collect_all().await.unwrap();
        assert_eq!(clusters.into_iter().map(|each| each.cluster_id).collect::<Vec<_>>(), names);
        let nodes = ack.nodes().describe_cluster_nodes("c-1").page_size(size).items().collect_all().await.unwrap();
        assert_eq!(nodes.into_iter().map(|each| each.instance_id).collect::<Vec<_>>(), names);
        let templates = ack.clusters().describe_templates().page_size(size).items().collect_all().await.unwrap();
        assert_eq!(templates.into_iter().map(|each| each.id).collect::<Vec<_>>(), names);
        let calls = held.div_ceil(size.min(most as i64) as usize).max(1);
        assert_eq!(transport.asked.lock().unwrap().len(), 3 * calls, "{held} items, {most} a page");
    }
    let transport = Arc::new(Pages { held: 8, most: 100, asked: Mutex::default() });
    let ack = connect(transport.clone());
    let mut pages = ack.nodes().describe_cluster_nodes("c-1").page_size(3).page_number(2).pages();
    assert_eq!(pages.try_next().await.unwrap().unwrap().nodes[0].instance_id, "n-3");
    assert_eq!((pages.page(), pages.offset()), (Some(3), 6));
    assert_eq!(pages.try_next().await.unwrap().unwrap().nodes.len(), 2);
    assert!(pages.try_next().await.unwrap().is_none());
    let asked = transport.asked.lock().unwrap();
    assert!(asked[0].contains("pageNumber=2") && asked[1].contains("pageNumber=3"), "{asked:?}");
}

#[tokio::test]
async fn clusters_come_to_run_and_go() {
    let (_, ack) = bench(["initial", "brand new", "running"].map(|state| cluster(state, "1.16")));
    let running = ack.clusters().wait_until_running("c-1").await.unwrap();
    assert_eq!(running.cluster_id, "c-1");
    for state in ["failed", "updating_failed", "stopped", "deleting", "deleted", "delete_failed"] {
        let (_, ack) = bench([cluster(state, "")]);
        let error = ack.clusters().wait_until_running("c-1").grace(Duration::ZERO).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WaitFailed);
        assert!(error.message().contains(&format!("the state is {state},")), "{error}");
    }
    let (_, ack) = bench([gone()]);
    let error = ack.clusters().wait_until_running("c-1").grace(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);

    for end in [gone(), cluster("deleted", "")] {
        let (_, ack) = bench([cluster("running", ""), cluster("deleting", ""), end]);
        let (seen, note) = notes();
        let waiter = ack.clusters().wait_until_deleted("c-1");
        waiter.on_progress(move |state| note.lock().unwrap().push(state.to_string())).await.unwrap();
        assert_eq!(*seen.lock().unwrap(), ["running", "deleting", "deleted"]);
    }
    let (_, ack) = bench([cluster("deleting", ""), cluster("delete_failed", "")]);
    assert_eq!(ack.clusters().wait_until_deleted("c-1").await.unwrap_err().kind(), ErrorKind::WaitFailed);
}

#[tokio::test]
async fn an_upgrade_is_started_watched_paused_resumed_and_given_up() {
    let (script, ack) = bench([
        (200, Value::Null),
        upgrade("running", "prechecking", "checks"),
        upgrade("pause", "pause", ""),
        upgrade("running", "upgrading", "node 1 of 3"),
        upgrade("success", "success", ""),
        (200, Value::Null),
        (200, Value::Null),
        (200, Value::Null),
    ]);
    let handle = ack.clusters().upgrade("c-1");
    handle.start("1.18.8-aliyun.1").send().await.unwrap();
    let body = json!({ "component_name": "k8s", "next_version": "1.18.8-aliyun.1" });
    assert_eq!(script.asked(0), ("POST /api/v2/clusters/c-1/upgrade".to_owned(), body));
    let (seen, note) = notes();
    let waiter = handle.wait().on_progress(move |progress| note.lock().unwrap().push(progress.to_string()));
    let end = waiter.await.unwrap();
    assert_eq!(UpgradeProgress::of(&end).status.as_str(), "success");
    let expected = ["running, prechecking (checks)", "pause", "running, upgrading (node 1 of 3)", "success"];
    assert_eq!(*seen.lock().unwrap(), expected);
    assert_eq!(script.asked(1).0, "GET /api/v2/clusters/c-1/upgrade/status");
    handle.pause().send().await.unwrap();
    handle.resume().send().await.unwrap();
    handle.cancel().send().await.unwrap();
    let lines: Vec<_> = (5..8).map(|at| script.asked(at).0).collect();
    assert_eq!(lines, ["pause", "resume", "cancel"].map(|end| format!("POST /api/v2/clusters/c-1/upgrade/{end}")));
    assert_eq!(handle.cluster_id(), "c-1");

    let failed = json!({ "status": "fail", "upgrade_step": "upgrading", "error_message": "no room" });
    let (_, ack) = bench([(200, failed)]);
    let error = ack.clusters().upgrade("c-1").wait().grace(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("fail, upgrading (no room)"), "{error}");
    let (_, ack) = bench([upgrade("running", "upgrading", ""), upgrade("Canceled", "", "")]);
    assert_eq!(ack.clusters().upgrade("c-1").wait().await.unwrap_err().kind(), ErrorKind::WaitFailed);
}

#[tokio::test]
async fn a_cluster_is_waited_for_until_it_has_the_version() {
    let (_, ack) = bench([cluster("running", "1.16"), cluster("updating", "1.16"), cluster("running", "1.18")]);
    let (seen, note) = notes();
    let waiter = ack.clusters().wait_until_upgraded("c-1", "1.18");
    waiter.on_progress(move |progress| note.lock().unwrap().push(progress.to_string())).await.unwrap();
    let expected = ["running with version 1.16", "updating with version 1.16", "running with version 1.18"];
    assert_eq!(*seen.lock().unwrap(), expected);

    let failed = json!({ "status": "fail", "error_message": "no room" });
    let (_, ack) = bench([cluster("updating_failed", "1.16"), (200, failed)]);
    let error = ack.clusters().wait_until_upgraded("c-1", "1.18").grace(Duration::ZERO).await.unwrap_err();
    assert!(error.message().contains("updating_failed with version 1.16 (no room)"), "{error}");
    let (_, ack) = bench([cluster("updating_failed", ""), (404, json!({ "code": "X", "message": "no upgrade" }))]);
    let error = ack.clusters().wait_until_upgraded("c-1", "1.18").grace(Duration::ZERO).await.unwrap_err();
    assert!(error.message().contains("the state is updating_failed,"), "{error}");
}

#[tokio::test]
async fn node_pools_are_set_up_and_settle() {
    let pool = |state: &str, creating: i64, failed: i64| {
        let status = json!({ "state": state, "initial_nodes": creating, "failed_nodes": failed, "total_nodes": 3 });
        (200, json!({ "nodepool_info": { "name": "p", "nodepool_id": "np-1" }, "status": status }))
    };
    let (script, ack) = bench([
        (200, json!({ "nodepool_id": "np-1" })),
        pool("scaling", 2, 0),
        pool("active", 1, 0),
        pool("active", 0, 1),
        (200, json!({ "task_id": "T-1" })),
    ]);
    let pools = ack.scaling();
    let created = pools
        .create_cluster_node_pool("c-1")
        .nodepool_info(|pool| pool.name("p"))
        .set_scaling_group(CreateScalingGroup::servers(["ecs.n4.large"], ["vsw-1"]).tags([("team", "web")]))
        .kubernetes_config(|config| config.labels([("tier", "front")]).node_names("web.", 5, ".com"))
        .set_auto_scaling(AutoScaling::between(1, 10))
        .send()
        .await
        .unwrap();
    let (line, body) = script.asked(0);
    assert_eq!(line, "POST /clusters/c-1/nodepools");
    let scaling = json!({ "enable": true, "max_instances": 10, "min_instances": 1, "type": "cpu" });
    assert_eq!((&body["auto_scaling"], &body["nodepool_info"]), (&scaling, &json!({ "name": "p" })));
    let config = json!({ "labels": [{ "key": "tier", "value": "front" }], "node_name_mode": "customized,web.,5,.com" });
    assert_eq!(body["kubernetes_config"], config);
    assert_eq!(body["scaling_group"]["vswitch_ids"], json!(["vsw-1"]));

    let (seen, note) = notes();
    let waiter = pools.wait_until_node_pool_settled("c-1", &created.nodepool_id);
    let settled = waiter.on_progress(move |progress| note.lock().unwrap().push(progress.to_string())).await.unwrap();
    assert_eq!(settled.status.failed_nodes, Some(1));
    let expected = [
        "scaling with 3 nodes, 2 being created",
        "active with 3 nodes, 1 being created",
        "active with 3 nodes, 1 failed",
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
    assert_eq!(script.asked(1).0, "GET /clusters/c-1/nodepools/np-1");
    pools.scale_cluster_node_pool("c-1", "np-1").count(2).send().await.unwrap();
    assert_eq!(script.asked(4), ("POST /clusters/c-1/nodepools/np-1".to_owned(), json!({ "count": 2 })));
    let error = pools.scale_cluster_node_pool("c-1", "np-1").send().await.unwrap_err();
    assert_eq!((error.field(), script.count()), (Some("count"), 5));

    let (_, ack) = bench([pool("deleting", 0, 0)]);
    assert_eq!(
        ack.scaling().wait_until_node_pool_settled("c-1", "np-1").await.unwrap_err().kind(),
        ErrorKind::WaitFailed
    );
    let (_, ack) = bench([pool("deleting", 0, 0), gone()]);
    ack.scaling().wait_until_node_pool_deleted("c-1", "np-1").await.unwrap();
}

#[tokio::test]
async fn nodes_come_to_run_and_leave() {
    let nodes = |states: &[(&str, &str, &str)]| {
        let list: Vec<_> = states
            .iter()
            .map(|(id, state, status)| {
                json!({ "instance_id": id, "state": state, "node_status": status, "error_message": "sold out" })
            })
            .collect();
        let page = json!({ "page_number": 1, "page_size": 100, "total_count": list.len() });
        (200, json!({ "nodes": list, "page": page }))
    };
    let (script, ack) = bench([
        nodes(&[("i-1", "initial", "")]),
        nodes(&[("i-9", "running", "Ready"), ("i-1", "running", "NotReady"), ("i-2", "running", "Ready")]),
        nodes(&[("i-2", "running", "Ready"), ("i-1", "running", "Ready")]),
    ]);
    let (seen, note) = notes();
    let waiter = ack.nodes().wait_until_nodes_running("c-1", ["i-1", "i-2"]);
    let ready = waiter.on_progress(move |progress| note.lock().unwrap().push(progress.to_string())).await.unwrap();
    assert_eq!(ready.iter().map(|node| node.instance_id.as_str()).collect::<Vec<_>>(), ["i-1", "i-2"]);
    let expected = ["0 of 2 running, 0 ready, i-2 not listed", "2 of 2 running, 1 ready", "2 of 2 running, 2 ready"];
    assert_eq!(*seen.lock().unwrap(), expected);
    let (line, _) = script.asked(0);
    assert!(line.contains("instanceIds=i-1%2Ci-2") && line.contains("pageSize=100"), "{line}");

    let (_, ack) = bench([nodes(&[("i-1", "failed", "Unknown")])]);
    let error = ack.nodes().wait_until_nodes_running("c-1", ["i-1"]).await.unwrap_err();
    assert!(error.message().contains("i-1 failed (sold out)"), "{error}");
    let (_, ack) = bench([nodes(&[("i-1", "removing", "NotReady")]), nodes(&[])]);
    ack.nodes().wait_until_nodes_removed("c-1", ["i-1"]).await.unwrap();
}

#[tokio::test]
async fn operations_are_called_by_name() {
    let answer = json!({ "clusters": [], "page_info": { "page_number": 1, "page_size": 10, "total_count": 0 } });
    let (script, ack) = bench([(200, answer.clone())]);
    let found = ack.call("ack", "DescribeClustersV1", json!({ "page_size": 10, "name": "a" })).await.unwrap();
    assert_eq!(found, answer);
    assert!(script.asked(0).0.starts_with("GET /api/v1/clusters?"));
    let error = ack.call("ack", "DescribeClusterV1", json!({})).await.unwrap_err();
    assert!(error.message().contains("did you mean DescribeClustersV1?"), "{error}");
    assert!(ack.call("sts", "AssumeRole", json!({})).await.is_err());
    assert!(ack.call("ack", "ScaleClusterNodePool", json!({ "ClusterId": "c" })).await.is_err());
    assert_eq!(script.count(), 1);
    let text: JsonText = json!({ "a": 1 }).into();
    assert_eq!(text.as_str(), r#"{"a":1}"#);
}

#[tokio::test]
async fn a_role_is_assumed() {
    let answer = json!({
        "Credentials": {
            "AccessKeyId": "STS.1", "AccessKeySecret": "planted-secret", "SecurityToken": "planted-token",
            "Expiration": "2023-11-14T23:13:20Z"
        },
        "AssumedRoleUser": { "Arn": "acs:ram::1:role/r/s", "AssumedRoleId": "2:s" },
        "RequestId": "r-1"
    });
    let script = Arc::new(Script { answers: Mutex::new([(200, answer)].into()), ..Script::default() });
    let sts = sts::Connection::builder()
        .region("cn-beijing")
        .credentials(wharf::Credentials::new("key", "secret"))
        .transport(script.clone())
        .clock(clock())
        .build()
        .unwrap();
    let request = sts.assume_role().role_arn("acs:ram::1:role/r").role_session_name("s").duration_seconds(900);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.credentials.security_token.expose(), "planted-token");
    assert!(answer.credentials.expiration.parse().is_some());
    assert!(!format!("{answer:?}").contains("planted"));
    let (line, _) = script.asked(0);
    let body = String::from_utf8(script.asked.lock().unwrap()[0].body().to_vec()).unwrap();
    let sent = format!("{line}&{body}");
    for part in ["Action=AssumeRole", "Version=2015-04-01", "RoleSessionName=s", "DurationSeconds=900"] {
        assert!(sent.contains(part), "{sent}");
    }
    let error = sts.assume_role().role_session_name("s").send().await.unwrap_err();
    assert_eq!((error.kind(), error.field(), script.count()), (ErrorKind::InvalidInput, Some("RoleArn"), 1));
}
