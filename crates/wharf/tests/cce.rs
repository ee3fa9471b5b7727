//! CCE's clients against prepared answers: where the parts of a call go, what the waiters make of a phase.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};
use wharf::ErrorKind;
use wharf::cce::types::{
    AddonRequestMetadata, CertContextName, ClusterAddonInstall, ClusterFlavor, ClusterSpec, CoreDnsValues, Login,
    NodeSpec, ResetNode, Volume,
};
use wharf::cce::{ClusterAddressing, Connection, NodePassword};
use wharf::clock::ManualClock;
use wharf::transport::{Limits, Transport, TransportError};

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
        Ok(Response::builder().status(status).body(body.to_string().into()).unwrap())
    }
}

impl Script {
    /// Method, path with query, and body of a request.
    fn asked(&self, at: usize) -> (String, String, Value) {
        let asked = self.asked.lock().unwrap();
        let request = &asked[at];
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        (request.method().to_string(), request.uri().path_and_query().unwrap().to_string(), body)
    }

    fn host(&self, at: usize) -> String {
        self.asked.lock().unwrap()[at].uri().host().unwrap().to_owned()
    }

    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn bench(answers: impl IntoIterator<Item = (u16, Value)>) -> (Arc<Script>, Connection) {
    let script = Arc::new(Script { answers: Mutex::new(answers.into_iter().collect()), ..Script::default() });
    let connection = Connection::builder()
        .region("cn-north-1")
        .project_id("p-1")
        .credentials(wharf::Credentials::new("key", "secret"))
        .transport(script.clone())
        .clock(Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000))))
        .build()
        .unwrap();
    (script, connection)
}

fn cluster(phase: &str) -> (u16, Value) {
    (200, json!({ "metadata": { "name": "c", "uid": "c-1" }, "status": { "phase": phase, "jobID": "j-1" } }))
}

fn job(phase: &str, parts: &[(&str, &str)], reason: &str) -> (u16, Value) {
    let parts: Vec<_> = parts
        .iter()
        .map(|(name, phase)| json!({ "spec": { "type": name }, "status": { "phase": phase, "reason": reason } }))
        .collect();
    let status = json!({ "phase": phase, "reason": "" });
    (200, json!({ "spec": { "type": "CreateCluster", "subJobs": parts }, "status": status }))
}

#[tokio::test]
async fn a_cluster_is_made_as_the_document_shows() {
    let created = json!({ "metadata": { "uid": "c-1" }, "status": { "phase": "Creating", "jobid": "j-1" } });
    let (script, cce) = bench([(201, created)]);
    let coredns = ClusterAddonInstall::default()
        .addon_template_name("coredns")
        .values(CoreDnsValues::default().flavor(|flavor| flavor.name("2500").replicas(2)));
    let spec = ClusterSpec::virtual_machines(ClusterFlavor::CceS1Small, "vpc", "subnet").version("v1.19");
    let answer = cce
        .clusters()
        .create_cluster()
        .metadata(|cluster| cluster.name("mycluster").install_addons([coredns]))
        .set_spec(spec)
        .send()
        .await
        .unwrap();
    assert_eq!((answer.job_id(), answer.metadata.uid.as_deref()), (Some("j-1"), Some("c-1")));
    let (method, path, body) = script.asked(0);
    assert_eq!((method.as_str(), path.as_str()), ("POST", "/api/v3/projects/p-1/clusters"));
    assert_eq!((&body["kind"], &body["apiVersion"]), (&"Cluster".into(), &"v3".into()));
    let addons = body["metadata"]["annotations"]["cluster.install.addons/install"].as_str().unwrap();
    let flavor = json!({ "name": "2500", "replicas": 2 });
    let expected = json!([{ "addonTemplateName": "coredns", "values": { "flavor": flavor } }]);
    assert_eq!(serde_json::from_str::<Value>(addons).unwrap(), expected);
    let spec = json!({
        "type": "VirtualMachine", "flavor": "cce.s1.small", "version": "v1.19",
        "hostNetwork": { "vpc": "vpc", "subnet": "subnet" }, "containerNetwork": { "mode": "overlay_l2" }
    });
    assert_eq!(body["spec"], spec);

    let error = cce.clusters().create_cluster().send().await.unwrap_err();
    assert_eq!((error.kind(), error.field(), script.count()), (ErrorKind::InvalidInput, Some("metadata"), 1));
}

#[tokio::test]
async fn what_names_the_object_is_an_argument_and_the_project_can_be_another() {
    let answers = [(200, json!({})), (200, json!({ "jobid": "j-2" })), (200, json!({})), (200, json!({}))];
    let (script, cce) = bench(answers);
    cce.nodes().get_node("c 1", "n/1").project_id("p-2").send().await.unwrap();
    assert_eq!(script.asked(0).1, "/api/v3/projects/p-2/clusters/c%201/nodes/n%2F1");
    assert!(cce.nodes().get_node("c", "").send().await.unwrap_err().message().contains("node_id"));

    let answer = cce
        .nodes()
        .reset_nodes("c-1")
        .node_list([ResetNode::default()
            .node_id("n")
            .spec(|spec| spec.os("EulerOS 2.5").set_login(Login::key_pair("k")))])
        .send()
        .await
        .unwrap();
    assert_eq!((answer.job_id(), &script.asked(1).2["kind"]), (Some("j-2"), &"List".into()));

    cce.clusters().delete_cloud_pvc("c-1", "default", "claim").delete_volume(true).send().await.unwrap();
    let path = "/api/v1/namespaces/default/cloudpersistentvolumeclaims/claim?deleteVolume=true";
    assert_eq!(
        (script.asked(2).1, script.host(2)),
        (path.to_owned(), "c-1.cce.cn-north-1.myhuaweicloud.com".to_owned())
    );

    let request = cce.clusters().create_addon_instance().set_metadata(AddonRequestMetadata::install());
    let request = request.spec(|spec| spec.version("1").cluster_id("c-9").addon_template_name("x").values([("a", 1)]));
    request.send().await.unwrap();
    assert_eq!(script.host(3), "c-9.cce.cn-north-1.myhuaweicloud.com");
    assert_eq!(script.asked(3).2["metadata"]["annotations"]["addon.install/type"], "install");
}

#[tokio::test]
async fn clusters_can_be_named_without_a_host_of_their_own() {
    let script = Arc::new(Script { answers: Mutex::new([(200, json!({ "items": [] }))].into()), ..Script::default() });
    let cce = Connection::builder()
        .region("r")
        .credentials(wharf::Credentials::new("key", "secret"))
        .cluster_addressing(ClusterAddressing::Path)
        .transport(script.clone())
        .build()
        .unwrap();
    cce.clusters().list_addon_templates().cluster_id("c-1").send().await.unwrap();
    assert_eq!(script.host(0), "cce.r.myhuaweicloud.com");
    assert_eq!(script.asked.lock().unwrap()[0].headers()["x-cluster-id"], "c-1");
}

#[tokio::test]
async fn nodes_are_ordered_with_what_the_service_insists_on() {
    let (script, cce) = bench([(201, json!({ "status": { "jobID": "j-1" } }))]);
    let password = NodePassword::from_plain("Correct-Horse-7").unwrap();
    let server = NodeSpec::server("s6.large.2", "az1", Login::password(password.clone()))
        .root_volume(|_| Volume::new("SAS", 50));
    let request = cce.nodes().create_node("c-1").metadata(|node| node.name("node-1")).set_spec(server);
    assert!(!format!("{:?}", request.input()).contains(password.expose()));
    request.send().await.unwrap();
    let spec = script.asked(0).2["spec"].clone();
    assert_eq!(spec["rootVolume"], json!({ "size": 50, "volumetype": "SAS" }));
    assert_eq!(spec["dataVolumes"], json!([{ "size": 100, "volumetype": "SATA" }]));
    let login = json!({ "userPassword": { "username": "root", "password": password.expose() } });
    assert_eq!((&spec["login"], &spec["count"]), (&login, &1.into()));
}

#[tokio::test]
async fn codes_of_the_gateway_have_their_kind() {
    for (status, code, kind) in [
        (404, "APIGW.0101", ErrorKind::Unsupported),
        (405, "APIGW.0101", ErrorKind::Unsupported),
        (404, "APIG.0101", ErrorKind::Unsupported),
        (413, "APIGW.0201", ErrorKind::InvalidInput),
        (504, "APIG.0201", ErrorKind::Transient),
    ] {
        let refusal = json!({ "error_code": code, "error_msg": "no", "request_id": "r" });
        // What passes is tried again.
        let (_, cce) = bench(vec![(status, refusal); 5]);
        let error = cce.call("cce", "GetCluster", json!({ "cluster_id": "c-1" })).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{code}");
    }
}

#[tokio::test]
async fn what_the_document_spells_in_two_ways_is_read_in_both() {
    let node = json!({
        "metadata": { "name": "n", "creationTimestamp": "2018-08-02 08:12:40.124294439 +0000 UTC" },
        "spec": { "dataVolumes": { "diskSize": 100, "volumeType": "SSD" } },
        "status": { "jobId": "j-1" }
    });
    let cluster =
        json!({ "spec": { "hostNetwok": { "vpc": "v" } }, "status": { "endpoints": { "url": "https://x" } } });
    let addon = json!({ "status": { "status": "abnormal", "reason": "told" } });
    let (_, cce) = bench([(200, node), (200, cluster), (200, addon)]);
    let node = cce.nodes().get_node("c", "n").send().await.unwrap();
    let disk = &node.spec.data_volumes.unwrap()[0];
    assert_eq!((disk.size, disk.volume_type.as_ref().unwrap().as_str()), (Some(100), "SSD"));
    assert_eq!(node.status.job_id.as_deref(), Some("j-1"));
    let created = node.metadata.creation_timestamp.unwrap().parse().unwrap();
    assert_eq!(created.duration_since(UNIX_EPOCH).unwrap().as_secs(), 1_533_197_560);
    let cluster = cce.clusters().get_cluster("c").send().await.unwrap();
    assert_eq!(cluster.spec.host_network.unwrap().vpc.as_deref(), Some("v"));
    assert_eq!(cluster.status.endpoints[0].url, "https://x");
    let addon = cce.clusters().get_addon_instance("a", "c").send().await.unwrap();
    assert_eq!(addon.status.reason.as_deref(), Some("told"));
}

#[tokio::test]
async fn a_cluster_that_fails_ends_the_waiting_with_the_reason_of_its_job() {
    let failed = job("Failed", &[("InstallMaster", "Failed"), ("CreatePSMCert", "Success")], "no servers are left");
    let (script, cce) = bench([cluster("Creating"), cluster("Unavailable"), failed]);
    let error = cce.clusters().wait_until_available("c-1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("Unavailable (no servers are left)"), "{error}");
    assert_eq!(script.asked(0).1, "/api/v3/projects/p-1/clusters/c-1?errorStatus=true");
    assert_eq!(script.asked(2).1, "/api/v3/projects/p-1/jobs/j-1");

    let (_, cce) = bench([cluster("Error"), (404, json!({ "code": 404, "message": "no such job" }))]);
    let error = cce.clusters().wait_until_available("c-1").await.unwrap_err();
    assert!(error.message().contains("the state is Error,"), "{error}");
}

#[tokio::test]
async fn clusters_come_sleep_wake_and_go() {
    let (_, cce) = bench(["Creating", "Brand new", "Available"].map(cluster));
    let available = cce.clusters().wait_until_available("c-1").await.unwrap();
    assert_eq!(available.metadata.uid.as_deref(), Some("c-1"));
    let (_, cce) = bench(["Hibernation", "Awaking", "Available"].map(cluster));
    cce.clusters().wait_until_available("c-1").await.unwrap();
    let (_, cce) = bench(["Available", "Hibernating", "Hibernation"].map(cluster));
    cce.clusters().wait_until_hibernated("c-1").await.unwrap();

    let gone = (404, json!({ "errorCode": "CCE.01404001", "errorMsg": "not found" }));
    let (_, cce) = bench([cluster("Available"), cluster("Deleting"), gone]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = seen.clone();
    let waiter = cce.clusters().wait_until_deleted("c-1");
    waiter.on_progress(move |progress| note.lock().unwrap().push(progress.to_string())).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["Available", "Deleting", "Deleted"]);

    let (_, cce) = bench([cluster("Deleting"), cluster("Error"), job("Failed", &[("X", "Failed")], "in use")]);
    let error = cce.clusters().wait_until_deleted("c-1").await.unwrap_err();
    assert!(error.message().contains("Error (in use)"), "{error}");
}

#[tokio::test]
async fn jobs_tell_how_far_they_are() {
    let (script, cce) = bench([
        job("Running", &[("InstallMaster", "Running"), ("CreatePSMCert", "Initializing")], ""),
        job("Running", &[("InstallMaster", "Success"), ("CreatePSMCert", "Running")], ""),
        job("Success", &[("InstallMaster", "Success"), ("CreatePSMCert", "Success")], ""),
    ]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = seen.clone();
    let handle = cce.job("j-1");
    let waiter = handle.wait().on_progress(move |progress| note.lock().unwrap().push(progress.to_string()));
    assert_eq!(waiter.await.unwrap().spec.sub_jobs.len(), 2);
    let expected = [
        "Running, 0 of 2 parts done, now InstallMaster",
        "Running, 1 of 2 parts done, now CreatePSMCert",
        "Success, 2 of 2 parts done",
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
    assert_eq!((handle.id(), script.asked(0).1.as_str()), ("j-1", "/api/v3/projects/p-1/jobs/j-1"));

    let (_, cce) = bench([job("Failed", &[("InstallMaster", "Failed"), ("Other", "Failed")], "no quota")]);
    let error = cce.job("j-1").wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("Failed, 0 of 2 parts done (no quota)"), "{error}");
}

#[tokio::test]
async fn nodes_and_pools_settle() {
    let node = |phase: &str| (200, json!({ "status": { "phase": phase } }));
    let (_, cce) = bench(["Build", "Installing", "Active"].map(node));
    cce.nodes().wait_until_active("c", "n").await.unwrap();
    let (_, cce) = bench(["Build", "Abnormal"].map(node));
    let error = cce.nodes().wait_until_active("c", "n").await.unwrap_err();
    assert!(error.message().contains("node n of cluster c to be Active: the state is Abnormal"), "{error}");
    let (_, cce) = bench([node("Deleting"), (404, json!({ "code": 404, "message": "gone" }))]);
    cce.nodes().wait_until_deleted("c", "n").await.unwrap();

    let pool = |phase: Value, nodes: Value| {
        (200, json!({ "spec": { "initialNodeCount": 2 }, "status": { "phase": phase, "currentNode": nodes } }))
    };
    let steps = [pool("".into(), 0.into()), pool("Synchronizing".into(), 1.into()), pool("".into(), 2.into())];
    let (script, cce) = bench(steps);
    cce.scaling().wait_until_node_pool_settled("c", "p").await.unwrap();
    assert_eq!(script.count(), 3);
    let (_, cce) = bench([pool(Value::Null, Value::Null)]);
    cce.scaling().wait_until_node_pool_settled("c", "p").await.unwrap();
    let (_, cce) = bench([pool("SoldOut".into(), 1.into())]);
    let error = cce.scaling().wait_until_node_pool_settled("c", "p").await.unwrap_err();
    assert!(error.message().contains("the state is SoldOut with 1 of 2 nodes"), "{error}");
    let (_, cce) = bench([pool("Deleting".into(), 2.into()), (404, json!({ "code": 404, "message": "gone" }))]);
    cce.scaling().wait_until_node_pool_deleted("c", "p").await.unwrap();
}

#[tokio::test]
async fn a_certificate_becomes_a_file_for_kubectl() {
    let certificate = json!({
        "kind": "Config", "apiVersion": "v1", "preferences": {},
        "clusters": [
            { "name": "internalCluster", "cluster": { "server": "https://10.0.0.1:5443", "certificate-authority-data": "Q0E=" } },
            { "name": "externalCluster", "cluster": { "server": "https://1.2.3.4:5443", "insecure-skip-tls-verify": true } }
        ],
        "users": [{ "name": "user", "user": { "client-certificate-data": "Q0M=", "client-key-data": "cGxhbnRlZA==" } }],
        "contexts": [{ "name": "internal", "context": { "cluster": "internalCluster", "user": "user" } }],
        "current-context": "internal"
    });
    let (_, cce) = bench([(200, certificate)]);
    let mut certificate = cce.clusters().get_cluster_cert("c-1").send().await.unwrap();
    assert!(!format!("{certificate:?}").contains("cGxhbnRlZA"));
    certificate.current_context = CertContextName::External;
    let expected = r#"apiVersion: "v1"
clusters:
- cluster:
    certificate-authority-data: "Q0E="
    server: "https://10.0.0.1:5443"
  name: "internalCluster"
- cluster:
    insecure-skip-tls-verify: true
    server: "https://1.2.3.4:5443"
  name: "externalCluster"
contexts:
- context:
    cluster: "internalCluster"
    user: "user"
  name: "internal"
current-context: "external"
kind: "Config"
preferences: {}
users:
- name: "user"
  user:
    client-certificate-data: "Q0M="
    client-key-data: "cGxhbnRlZA=="
"#;
    assert_eq!(certificate.kubeconfig().expose(), expected);
    assert_eq!(certificate.kubeconfig().to_string(), "[hidden]");
}
