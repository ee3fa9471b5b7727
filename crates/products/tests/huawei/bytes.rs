//! What is sent.

use crate::ordered::{Json, Object};
use crate::{meta, now, settings};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use wharf_core::ErrorKind;
use wharf_core::credentials::Credentials;
use wharf_core::error::Error;
use wharf_core::model::{Field, In, Member, Model, Ref, Shape};
use wharf_core::operation::{Authorization, OperationMeta};
use wharf_core::product::{EncodeInput, Endpoint, Product, Signing, Unsigned};
use wharf_products::cce;
use wharf_products::huawei::{Authentication, ClusterAddressing, Huawei, HuaweiSettings};

#[derive(Debug, Deserialize)]
struct Vector {
    name: String,
    operation: String,
    method: String,
    path: String,
    query: Vec<String>,
    host_members: Vec<String>,
    project_id: String,
    endpoint: String,
    time: u64,
    user_agent: String,
    credentials: Key,
    token: Option<String>,
    input: Json,
    expected: Expected,
}

#[derive(Debug, Deserialize)]
struct Key {
    access_key: String,
    secret_key: String,
}

#[derive(Debug, Deserialize)]
struct Expected {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// An input whose members travel where the operation says.
#[derive(Debug)]
struct Placed<'a> {
    object: &'a Object,
    shape: &'static Shape,
}

impl<'a> Placed<'a> {
    fn new(json: &'a Json, place: impl Fn(&str) -> In) -> Self {
        let Json::Object(object) = json else { panic!("{json:?}") };
        let placed = |member: &Member| Member::new(member.wire).place(place(member.wire));
        let members: Vec<Member> = object.shape().members.iter().map(placed).collect();
        // Shapes live for ever; a test may leak the few it makes.
        let shape = Box::leak(Box::new(Shape::new("Input", members.leak())));
        Self { object, shape }
    }
}

impl Model for Placed<'_> {
    fn shape(&self) -> &'static Shape {
        self.shape
    }
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
        let mut members = self.shape.members.iter();
        self.object.each(&mut |_, value| visit(members.next().unwrap(), value));
    }
    fn find(&mut self, _: &str) -> Option<(&'static str, &mut dyn Field)> {
        None
    }
}

fn leaked(name: &str, method: &str, path: &str) -> &'static OperationMeta {
    let leak = |text: &str| -> &'static str { text.to_owned().leak() };
    Box::leak(Box::new(meta(leak(name), leak(method), leak(path))))
}

#[test]
fn the_bytes_are_those_of_the_vendors_client() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/huawei");
    let mut compared = 0;
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vector: Vector = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let settings = settings(|settings| {
            settings.project_id = Some(vector.project_id.clone());
            settings.cluster_addressing = ClusterAddressing::Path;
        });
        let place = |wire: &str| match wire {
            _ if vector.query.iter().any(|name| name == wire) => In::Query,
            _ if vector.host_members.iter().any(|name| name == wire) => In::Host,
            _ if vector.path.contains(&format!("{{{wire}}}")) => In::Path,
            _ => In::Body,
        };
        let call = EncodeInput {
            operation: leaked(&vector.operation, &vector.method, &vector.path),
            input: &Placed::new(&vector.input, place),
            endpoint: &Endpoint::parse(&vector.endpoint).unwrap(),
            signed: &Endpoint::parse(&vector.endpoint).unwrap(),
            region: None,
            user_agent: &vector.user_agent,
        };
        let mut credentials = Credentials::new(&vector.credentials.access_key, vector.credentials.secret_key.as_str());
        if let Some(token) = &vector.token {
            credentials = credentials.with_token(token.as_str());
        }
        let time = UNIX_EPOCH + Duration::from_secs(vector.time);
        let signing = Signing { credentials: &credentials, time, nonce: 1 };
        let product = cce::product(settings).unwrap();
        let request = product.sign(&product.encode(&call).unwrap(), &signing).unwrap();

        let (name, expected) = (&vector.name, &vector.expected);
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), expected.body, "{name}");
        assert_eq!(request.method().as_str(), expected.method, "{name}");
        assert_eq!(request.uri().path(), expected.path, "{name}");
        assert_eq!(request.uri().query().unwrap_or_default(), expected.query, "{name}");
        assert_eq!(request.uri().authority().unwrap().as_str(), expected.headers["host"], "{name}");
        let text = |value: &http::HeaderValue| String::from_utf8(value.as_bytes().to_vec()).unwrap();
        let headers: BTreeMap<String, String> =
            request.headers().iter().map(|(header, value)| (header.to_string(), text(value))).collect();
        assert_eq!(headers, expected.headers, "{name}");
        compared += 1;
    }
    assert!(compared >= 20, "only {compared} calls were compared");
}

const CLUSTERS: OperationMeta = meta("ListClusters", "GET", "/api/v3/projects/{project_id}/clusters");
const ADDONS: OperationMeta = meta("ListAddonInstances", "GET", "/api/v3/addons");
const INSTALL: OperationMeta = meta("CreateAddonInstance", "POST", "/api/v3/addons");
const CLAIM: OperationMeta =
    meta("CreateCloudPVC", "POST", "/api/v1/namespaces/{namespace}/cloudpersistentvolumeclaims");
const PROJECTS: OperationMeta = meta("IAMListProjects", "GET", "/v3/projects");
const LOGIN: OperationMeta =
    meta("IAMCreateToken", "POST", "/v3/auth/tokens").with_authorization(Authorization::Anonymous);

#[test]
fn hosts() {
    let product = cce::product(settings(|settings| settings.domain = Some("cloud.example.com".into()))).unwrap();
    let host = |meta: &OperationMeta| product.host(meta, Some("region0")).unwrap();
    assert_eq!(host(&CLUSTERS), "cce.region0.cloud.example.com");
    assert_eq!(host(&CLAIM), "cce.region0.cloud.example.com");
    assert_eq!(host(&PROJECTS), "iam.region0.cloud.example.com");
    let error = product.host(&CLUSTERS, None).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("region")));
    for region in ["", "a.b", "a/b", "a@b"] {
        assert_eq!(product.check_region(region).unwrap_err().field(), Some("region"));
    }
}

/// Where an input with that cluster goes: the host, and the header that names the cluster.
fn address(
    meta: &'static OperationMeta,
    input: &str,
    endpoint: &str,
    addressing: ClusterAddressing,
) -> Result<(String, Option<String>), Error> {
    let product = cce::product(settings(|settings| settings.cluster_addressing = addressing)).unwrap();
    let unsigned = encode(&product, meta, input, endpoint)?;
    let header = unsigned.headers.get("x-cluster-id").map(|value| value.to_str().unwrap().to_owned());
    Ok((unsigned.endpoint.authority, header))
}

fn encode(product: &Huawei, meta: &'static OperationMeta, input: &str, endpoint: &str) -> Result<Unsigned, Error> {
    let input: Json = serde_json::from_str(input).unwrap();
    let place = |wire: &str| match wire {
        "host:cluster_id" => In::Host,
        "cluster_id" if meta.method == "GET" => In::Query,
        "cluster_id" => In::Host,
        _ if meta.path.contains(&format!("{{{wire}}}")) => In::Path,
        _ => In::Body,
    };
    let input = Placed::new(&input, place);
    let endpoint = Endpoint::parse(endpoint).unwrap();
    let (region, user_agent) = (None, "wharf");
    let signed = &endpoint;
    product.encode(&EncodeInput { operation: meta, input: &input, endpoint: signed, signed, region, user_agent })
}

#[test]
fn storage_and_addons_are_at_their_cluster() {
    let by_host = ClusterAddressing::Host;
    let claim = r#"{"cluster_id": "c-1", "namespace": "default"}"#;
    let install = r#"{"spec": {"clusterID": "c-2"}}"#;
    let both = r#"{"cluster_id": "c-1", "spec": {"clusterID": "c-2"}}"#;
    let list = r#"{"cluster_id": "c-3"}"#;
    let endpoint = "https://cce.example.com:8443";
    let found = |host: &str, header: Option<&str>| (host.to_owned(), header.map(str::to_owned));
    for (meta, input, by_host_expected, header) in [
        (&CLAIM, claim, "c-1.cce.example.com:8443", Some("c-1")),
        (&INSTALL, install, "c-2.cce.example.com:8443", None),
        (&INSTALL, both, "c-1.cce.example.com:8443", Some("c-1")),
        (&ADDONS, list, "c-3.cce.example.com:8443", None),
        (&ADDONS, "{}", "cce.example.com:8443", None),
        (&CLUSTERS, "{}", "cce.example.com:8443", None),
    ] {
        assert_eq!(address(meta, input, endpoint, by_host).unwrap(), found(by_host_expected, None));
        let below = address(meta, input, endpoint, ClusterAddressing::Path).unwrap();
        assert_eq!(below, found("cce.example.com:8443", header), "{}", meta.name);
        for local in ["127.0.0.1:80", "[::1]:80", "localhost:80", "10.0.0.1"] {
            let below = address(meta, input, &format!("http://{local}"), by_host).unwrap();
            assert_eq!(below, found(local, header), "{}", meta.name);
        }
    }
}

#[test]
fn a_clusters_id_cannot_lead_elsewhere() {
    for id in ["evil.example.com/", "a.b", "a@b", "é", "-a", "a\r\nx: y", &"a".repeat(64)] {
        let input = serde_json::json!({"cluster_id": id, "namespace": "default"}).to_string();
        for addressing in [ClusterAddressing::Host, ClusterAddressing::Path] {
            let error = address(&CLAIM, &input, "https://cce.example.com", addressing).unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("cluster_id")), "{id:?}");
        }
    }
}

fn sign(
    settings: HuaweiSettings,
    meta: &'static OperationMeta,
    input: &str,
) -> Result<http::Request<::bytes::Bytes>, Error> {
    let product = cce::product(settings).unwrap();
    let unsigned = encode(&product, meta, input, "https://cce.example.com")?;
    let credentials = Credentials::new("key", "planted-secret").with_token("planted-token");
    match meta.authorization {
        Authorization::Anonymous => unsigned.without_signature(),
        _ => product.sign(&unsigned, &Signing { credentials: &credentials, time: now(), nonce: 1 }),
    }
}

#[test]
fn who_calls_is_said_in_one_of_two_ways_or_not_at_all() {
    let signature = || settings(|_| {});
    let token = || settings(|settings| settings.authentication = Authentication::Token);
    let request = sign(signature(), &CLUSTERS, "{}").unwrap();
    assert!(request.headers()["authorization"].to_str().unwrap().starts_with("SDK-HMAC-SHA256 Access=key, "));
    assert_eq!(request.headers()["x-project-id"], "project-1");
    assert!(!request.headers().contains_key("x-auth-token"));

    let request = sign(token(), &CLUSTERS, "{}").unwrap();
    assert_eq!(request.headers()["x-auth-token"], "planted-token");
    for name in ["authorization", "x-sdk-date", "x-security-token", "x-project-id"] {
        assert!(!request.headers().contains_key(name), "{name}");
    }
    for settings in [signature(), token()] {
        let request = sign(settings, &LOGIN, r#"{"auth": {}}"#).unwrap();
        for name in ["authorization", "x-auth-token", "x-security-token", "x-project-id"] {
            assert!(!request.headers().contains_key(name), "{name}");
        }
    }
}

#[test]
fn the_project_is_the_calls_or_the_connections() {
    let request = sign(settings(|_| {}), &CLUSTERS, r#"{"project_id": "other"}"#).unwrap();
    assert_eq!(request.uri().path(), "/api/v3/projects/other/clusters");
    assert_eq!(request.headers()["x-project-id"], "other");
    let error = sign(settings(|settings| settings.project_id = None), &CLUSTERS, "{}").unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("project_id")));
}

#[test]
fn the_identity_service_has_an_endpoint_of_its_own_if_it_is_set() {
    let with = settings(|settings| settings.iam_endpoint = Some("https://iam.other.example.com/base".into()));
    let host = |settings: HuaweiSettings, meta| sign(settings, meta, "{}").unwrap().uri().to_string();
    assert_eq!(host(with.clone(), &PROJECTS), "https://iam.other.example.com/base/v3/projects");
    assert_eq!(host(settings(|_| {}), &PROJECTS), "https://cce.example.com/v3/projects");
    assert!(host(with, &CLUSTERS).starts_with("https://cce.example.com/"));
}

#[test]
fn a_body_of_12_mb_can_be_signed_and_a_larger_one_needs_a_token() {
    let wrapping = r#"{"text": ""}"#.len();
    let input = |bytes: usize| format!(r#"{{"text": "{}"}}"#, "x".repeat(bytes - wrapping));
    let most = 12 * 1024 * 1024;
    assert_eq!(sign(settings(|_| {}), &INSTALL, &input(most)).unwrap().body().len(), most);
    let error = sign(settings(|_| {}), &INSTALL, &input(most + 1)).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("request")));
    assert!(error.message().contains("12 MB"), "{error}");
    let token = settings(|settings| settings.authentication = Authentication::Token);
    assert_eq!(sign(token, &INSTALL, &input(most + 1)).unwrap().body().len(), most + 1);
}

#[test]
fn codes_and_the_clock() {
    let product = cce::product(settings(|_| {})).unwrap();
    for code in ["APIGW.0308", "APIG.0308"] {
        assert_eq!(product.code(code).unwrap().kind, ErrorKind::Throttled);
    }
    assert!(product.code("APIG.9999").is_none() && product.code("").is_none());
    let skew = |message: &str| product.is_clock_skew(&Error::service(ErrorKind::Credentials, "APIGW.0301", message));
    assert!(skew(
        "Incorrect IAM authentication information: calc aksk signature fail:signature expired, \
         signature time:20211217T064303Z,server time:20211217T065804Z"
    ));
    assert!(!skew("Incorrect IAM authentication information: verify aksk signature fail"));
}
