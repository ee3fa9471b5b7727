//! Requests that our typed clients build carry the signatures of Tencent's own Python client for the same call,
//! time and nonce.
//!
//! The vectors in `golden/ccs` were recorded from that client by `witness/record_ccs.py`.

use crate::witness_tencent_bytes::{Capture, Frozen};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf::ccs::types::{
    AccessType, CheckMethod, Container, HealthCheck, HealthCheckType, NodeAffinity, NodeAffinityOperator, PortMapping,
    ProbeProtocol, Volume,
};
use wharf::ccs::{Connection, Metric, Period};
use wharf::ccs::{HttpMethod, SignatureMethod};
use wharf::{Credentials, Error};

const SIDE: &str = "/bin/sh";

fn vectors() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/ccs");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()).collect()
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

/// A connection with the settings of the vector, and what it sends.
fn connection(vector: &Value) -> (Connection, Arc<Capture>) {
    let capture = Arc::new(Capture::default());
    let key = &vector["credentials"];
    let mut credentials = Credentials::new(text(key, "secret_id"), text(key, "secret_key"));
    if let Some(token) = vector["token"].as_str() {
        credentials = credentials.with_token(token);
    }
    let time = UNIX_EPOCH + Duration::from_secs(vector["time"].as_u64().unwrap());
    let builder = Connection::builder()
        .region(text(vector, "region"))
        .credentials(credentials)
        .transport(capture.clone())
        .clock(Arc::new(Frozen { time, nonce: vector["nonce"].as_u64().unwrap() }))
        .request_client(text(vector, "request_client"))
        .signature_method(match text(vector, "signature_method") {
            "HmacSHA256" => SignatureMethod::HmacSha256,
            _ => SignatureMethod::HmacSha1,
        })
        .http_method(if text(vector, "http_method") == "GET" { HttpMethod::Get } else { HttpMethod::Post });
    (builder.build().unwrap(), capture)
}

fn pairs(form: &str) -> BTreeMap<String, String> {
    let decoded =
        |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned();
    form.split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

/// The time in China that a text names, 14:10 or 15:10 of the day of the document's examples.
fn moment(text: &str) -> SystemTime {
    let hour = match text {
        "2017-03-28 14:10:00" => 6,
        "2017-03-28 15:10:00" => 7,
        other => panic!("which moment is {other}?"),
    };
    UNIX_EPOCH + Duration::from_secs(1_490_659_200 + hour * 3_600 + 600)
}

fn side() -> Container {
    Container::new("side", "busybox").command(SIDE)
}

fn main_container() -> Container {
    let live = HealthCheck::default()
        .check_method(CheckMethod::MethodHttp)
        .port(80)
        .protocol(ProbeProtocol::Http)
        .path("/")
        .health_num(1)
        .unhealth_num(3)
        .interval_time(3)
        .timeout(2)
        .delay_time(0);
    Container::new("web", "nginx:1.13")
        .cpu(200)
        .memory(128)
        .env("MODE", "a_b c&d=e")
        .env("SPRACHE", "汉语 é")
        .mount("vol", "/data")
        .health_check([live.r#type(HealthCheckType::LiveCheck)])
        .arguments(["-c", "sleep 1"])
}

/// The call of the vector, built anew by hand; nothing of it is read from there.
async fn send(name: &str, ccs: &Connection) -> Result<(), Error> {
    let (clusters, registry) = (ccs.clusters(), ccs.registries());
    match name {
        "describe-cluster-sha1-get" => {
            clusters.describe_cluster().offset(0).limit(20).send().await?;
        }
        "describe-cluster-sha256-post-token" => {
            let ids = (0..12).map(|at| format!("cls-{at}"));
            clusters.describe_cluster().cluster_ids(ids).order_type("asc").send().await?;
        }
        "create-service-sha256-post" => {
            let request = clusters.create_cluster_service("cls-1").service_name("web").replicas(2);
            let request = request.access_type(AccessType::LoadBalancer).port_mappings([PortMapping::tcp(80, 8080)]);
            let request = request.volumes([Volume::on_host("vol", "")]);
            request.containers([main_container(), side()]).send().await?;
        }
        "create-service-sha1-get" => {
            let affinity = NodeAffinity::new("disk", NodeAffinityOperator::In, ["ssd", "nvme"]);
            let request = clusters.create_cluster_service("cls-1").service_name("web").replicas(1);
            request.containers([side()]).node_affinity([affinity]).send().await?;
        }
        "modify-image-sha1-post" => {
            let image = wharf::ccs::types::ContainerImage::new("web", "nginx:1.14");
            let request = clusters.modify_cluster_service_image("cls-1").service_name("web");
            request.containers([image]).send().await?;
        }
        "duplicate-image-sha256-get" => {
            let request = registry.duplicate_image().src_image("tencentyun/foo_bar:v1");
            request.dest_image("tencentyun/foo_bar:latest").send().await?;
        }
        "duplicate-image-sha256-post" => {
            registry.duplicate_image().src_image("a/b:v1").dest_image("a/b:v2").send().await?;
        }
        "monitor-container-sha256-get" => {
            let request = ccs.monitoring().series(Metric::ContainerCpuUsed).cluster("cls-1").service("test");
            let request = request.namespace("default").pod("test-3488000495-nj6s9").container("01c5509d2b39a6f4");
            let between = [moment("2017-03-28 14:10:00"), moment("2017-03-28 15:10:00")];
            let request = request.between(between[0], between[1]).period(Period::Minute);
            request.request()?.send().await?;
        }
        "change-password-sha256-post-at" | "change-password-sha1-get-at" => {
            registry.change_password().password("@b+c /~xyz").send().await?;
        }
        "batch-delete-tag-sha1-post" => {
            let request = registry.batch_delete_tag().repo_name("test/kube_test").tags(["v1", "v-2", "v_3"]);
            request.send().await?;
        }
        other => panic!("{other} is not built here"),
    }
    Ok(())
}

#[tokio::test]
async fn ten_requests_carry_the_vendors_signature() {
    let (mut compared, mut underscored, mut nested) = (0, 0, 0);
    let mut forms = BTreeSet::new();
    for vector in vectors() {
        // The vendor's client lets a caller forget the region; ours asks for it.
        if vector["region"].is_null() {
            continue;
        }
        let name = text(&vector, "name");
        let (ccs, capture) = connection(&vector);
        send(name, &ccs).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let request = capture.0.lock().unwrap().take().unwrap_or_else(|| panic!("{name}: nothing was sent"));
        let sent = match request.uri().query() {
            Some(query) => query.to_owned(),
            None => String::from_utf8(request.body().to_vec()).unwrap(),
        };
        let (sent, expected) = (pairs(&sent), pairs(text(&vector, "data")));
        assert_eq!(sent.get("Signature"), expected.get("Signature"), "{name}: {sent:?}");
        assert_eq!(sent, expected, "{name}");
        assert_eq!(request.method().as_str(), text(&vector, "http_method"), "{name}");
        assert_eq!((request.uri().host(), request.uri().path()), (Some(text(&vector, "host")), text(&vector, "path")));
        compared += 1;
        underscored += usize::from(sent.keys().any(|name| name.contains('_')));
        nested += usize::from(sent.keys().any(|name| name.matches('.').count() >= 3));
        forms.insert((text(&vector, "http_method").to_owned(), text(&vector, "signature_method").to_owned()));
    }
    assert!(compared >= 10 && underscored >= 2 && nested >= 2, "{compared} {underscored} {nested}");
    assert_eq!(forms.len(), 4);
}
