//! What is sent, where to, and what an answer means.

use super::{bad, bench, builder, good, pairs, parameters};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use wharf::ccs::{Connection, ErrorCode, module_code};
use wharf::ccs::{HttpMethod, SignatureMethod};
use wharf::clock::Clock;
use wharf::transport::{Limits, Transport, TransportError};
use wharf::{Credentials, ErrorKind};

#[derive(Debug, Default)]
struct Capture(Mutex<Option<http::Request<Bytes>>>);

#[async_trait]
impl Transport for Capture {
    async fn send(&self, request: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        *self.0.lock().unwrap() = Some(request);
        Ok(http::Response::new(Bytes::from_static(br#"{"code":0,"message":"","codeDesc":"Success"}"#)))
    }
}

/// A clock that stands still, and whose chance is known.
#[derive(Debug)]
struct Frozen {
    time: SystemTime,
    nonce: u64,
}

#[async_trait]
impl Clock for Frozen {
    fn now(&self) -> SystemTime {
        self.time
    }
    fn monotonic(&self) -> Instant {
        Instant::now()
    }
    async fn sleep(&self, _: Duration) {}
    fn random(&self) -> u64 {
        self.nonce
    }
}

async fn send(vector: &Value) -> http::Request<Bytes> {
    let text = |name: &str| vector[name].as_str();
    let key = &vector["credentials"];
    let mut credentials = Credentials::new(key["secret_id"].as_str().unwrap(), key["secret_key"].as_str().unwrap());
    if let Some(token) = text("token") {
        credentials = credentials.with_token(token);
    }
    let time = UNIX_EPOCH + Duration::from_secs(vector["time"].as_u64().unwrap());
    let capture = Arc::new(Capture::default());
    let connection = Connection::builder()
        // The long name is known, the short one travels.
        .region(wharf::ccs::long_region(text("region").unwrap()))
        .credentials(credentials)
        .transport(capture.clone())
        .clock(Arc::new(Frozen { time, nonce: vector["nonce"].as_u64().unwrap() }))
        .request_client(text("request_client").unwrap())
        .signature_method(match text("signature_method").unwrap() {
            "HmacSHA256" => SignatureMethod::HmacSha256,
            _ => SignatureMethod::HmacSha1,
        })
        .http_method(if text("http_method") == Some("GET") { HttpMethod::Get } else { HttpMethod::Post })
        .build()
        .unwrap();
    connection.call("ccs", text("operation").unwrap(), vector["input"].clone()).await.unwrap();
    capture.0.lock().unwrap().take().unwrap()
}

/// The same parameters and the same signature as Tencent's own client, for the same time and nonce.
#[tokio::test]
async fn requests_are_those_of_the_vendors_client() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/ccs");
    let (mut sent, mut operations) = (0, BTreeSet::new());
    for file in std::fs::read_dir(folder).unwrap() {
        let vector: Value = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        // The vendor's client lets a caller forget the region; ours asks for it.
        if vector["region"].is_null() {
            continue;
        }
        let request = send(&vector).await;
        let text = |name: &str| vector[name].as_str().unwrap();
        let expected: BTreeMap<_, _> = pairs(text("data")).into_iter().collect();
        assert_eq!(parameters(&request), expected, "{}", text("name"));
        assert_eq!(request.method().as_str(), text("http_method"));
        assert_eq!((request.uri().host(), request.uri().path()), (Some(text("host")), text("path")));
        if let Some(form) = vector["headers"]["Content-Type"].as_str() {
            assert_eq!(request.headers()["content-type"], form);
            assert_eq!(request.uri().query(), None);
        }
        sent += 1;
        operations.insert(text("operation").to_owned());
    }
    assert!(sent >= 10 && operations.len() >= 7, "{sent} {operations:?}");
}

#[tokio::test]
async fn each_service_has_a_host() {
    let answers = || [good(json!({})), good(json!({})), good(json!({}))];
    let (script, public) = bench(answers());
    public.clusters().describe_cluster().send().await.unwrap();
    public.registries().get_limit().send().await.unwrap();
    public
        .call(
            "ccs",
            "GetMonitorData",
            json!({
                "namespace": "qce/cvm", "metricName": "dc_cpu_usage",
                "dimensions": [{ "name": "docker_clusterid", "value": "cls-1" }]
            }),
        )
        .await
        .unwrap();
    let hosts: Vec<_> = (0..3).map(|at| script.host(at)).collect();
    assert_eq!(hosts, ["ccs.api.qcloud.com", "ccr.api.qcloud.com", "monitor.api.qcloud.com"]);
    assert_eq!((&*script.asked(0)["Region"], script.asked(0).get("Version")), ("gz", None));

    for (domain, host) in [("Cloud.Example.com", "ccr.api.cloud.example.com"), ("api.c.d", "ccr.api.c.d")] {
        let capture = Arc::new(Capture::default());
        let private = builder().domain(domain).region("chongqing-2").transport(capture.clone()).build().unwrap();
        private.registries().get_limit().send().await.unwrap();
        let request = capture.0.lock().unwrap().take().unwrap();
        assert_eq!(request.uri().host(), Some(host));
        assert_eq!(parameters(&request)["Region"], "chongqing-2");
    }
}

#[test]
fn wrong_settings_are_named() {
    type Change = fn(wharf::ccs::Builder) -> wharf::ccs::Builder;
    let cases: [(&str, Change); 4] = [
        ("signature_method", |b| b.signature_method(SignatureMethod::Tc3HmacSha256)),
        ("region", |b| b.region("ap guangzhou")),
        ("domain", |b| b.domain("https://cloud.example.com")),
        ("request client", |b| b.request_client("a\nb")),
    ];
    for (setting, change) in cases {
        let error = change(builder()).build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(setting)));
    }
    assert!(!format!("{:?} {:?}", builder(), builder().build().unwrap()).contains("planted-secret"));
}

#[tokio::test]
async fn truth_values_are_small_and_an_empty_list_is_refused() {
    let (script, ccs) = bench([good(json!(null))]);
    let mut input = json!({
        "clusterId": "cls-1", "serviceName": "web", "replicas": 1,
        "containers": [{ "containerName": "a", "image": "b", "privileged": true }]
    });
    assert_eq!(ccs.call("ccs", "CreateClusterService", input.clone()).await.unwrap(), json!({}));
    let asked = script.asked(0);
    assert_eq!(asked["containers.0.privileged"], "true");
    input["portMappings"] = json!([]);
    let error = ccs.call("ccs", "CreateClusterService", input).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("portMappings")));
}

#[tokio::test]
async fn outputs_stand_under_data_or_beside_the_code() {
    let beside = json!({ "code": 0, "message": "ok", "successList": ["a"], "failedMap": [] });
    let task = good(json!({ "status": "succ" }));
    let (_, ccs) = bench([beside, task, good(json!({ "instanaces": [{ "name": "pod-1" }], "totalCount": 1 }))]);
    let deleted = ccs.nodes().delete_instances("cls-1").instances(["a"]).send().await.unwrap();
    assert_eq!((deleted.success_list.len(), deleted.failed_map.len()), (1, 0));
    let status = ccs.call("ccs", "DescribeClusterTaskResult", json!({ "requestId": 7 })).await.unwrap();
    assert_eq!(status, json!({ "status": "succ" }));
    let pods = ccs.nodes().describe_service_instance("cls-1").service_name("web").send().await.unwrap();
    assert_eq!(pods.instances[0].name, "pod-1");
}

#[tokio::test]
async fn one_error_for_all_forms() {
    let unnamed = json!({ "code": 5100, "message": "(100004)projectId" });
    let cases = [
        (unnamed, ErrorKind::InvalidInput, "5100"),
        (bad(4100, "AuthFailure", "sign"), ErrorKind::Credentials, "AuthFailure"),
        (bad(4100, "", "sign"), ErrorKind::Credentials, "AuthFailure"),
        (bad(4104, "", "no id"), ErrorKind::Credentials, "4104"),
        (bad(4000, "InvalidParameter", "(-160004)none"), ErrorKind::NotFound, "InvalidParameter"),
        (bad(-502, "", "gone"), ErrorKind::NotFound, "OperationDenied.SourceNotExists"),
        (
            bad(-509, "InvalidParameter.DimensionGroupError", "d"),
            ErrorKind::InvalidInput,
            "InvalidParameter.DimensionGroupError",
        ),
        (bad(77, "", "new"), ErrorKind::Other, "77"),
        (bad(77, "Brand.New", "new"), ErrorKind::Other, "Brand.New"),
    ];
    for (answer, kind, code) in cases {
        let (_, ccs) = bench([answer.clone()]);
        let error = ccs.registries().get_limit().send().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, Some(code)), "{answer}");
        assert_eq!(error.operation().unwrap().name, "GetLimit");
    }
    let (script, ccs) = bench([bad(4400, "", "slow down"), good(json!({ "limitInfo": [] }))]);
    ccs.registries().get_limit().send().await.unwrap();
    assert_eq!(script.count(), 2, "too many calls pass");
    assert_eq!(module_code("(100004)projectId"), Some("100004"));
    let error = wharf::Error::service(ErrorKind::NotFound, "OperationDenied.SourceNotExists", "m");
    assert_eq!(ErrorCode::of(&error).unwrap(), ErrorCode::OperationDeniedSourceNotExists);
}
