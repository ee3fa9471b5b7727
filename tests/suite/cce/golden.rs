//! The requests our client sends are those of Huawei's Python client for the same input and date.
//!
//! The vectors in `golden/huawei` were recorded from that client by `witness/record_huawei.py`. Here they go
//! through the whole client: input by name, generated structures, protocol, signature, transport.

use crate::witness_tencent_bytes::{Capture, Frozen};
use bytes::Bytes;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use wharf::cce::types::{ClusterMetadata, ClusterSpec};
use wharf::cce::{self, ClusterAddressing};
use wharf::{Credentials, Error};
use wharf_core::Connection;
use wharf_core::connection::Settings;
use wharf_core::error::CodeMeta;
use wharf_core::model::Model;
use wharf_core::operation::OperationMeta;
use wharf_core::product::{Answer, EncodeInput, Product, Signing, Unsigned};

/// A product whose requests name another program: the name is among the signed headers.
#[derive(Debug)]
struct Named {
    connection: Connection,
    user_agent: String,
}

impl Product for Named {
    fn name(&self) -> &'static str {
        self.connection.product().name()
    }

    fn host(&self, operation: &OperationMeta, region: Option<&str>) -> Result<String, Error> {
        self.connection.product().host(operation, region)
    }

    fn check_region(&self, region: &str) -> Result<(), Error> {
        self.connection.product().check_region(region)
    }

    fn encode(&self, call: &EncodeInput<'_>) -> Result<Unsigned, Error> {
        self.connection.product().encode(&EncodeInput { user_agent: &self.user_agent, ..*call })
    }

    fn sign(&self, unsigned: &Unsigned, signing: &Signing<'_>) -> Result<http::Request<Bytes>, Error> {
        self.connection.product().sign(unsigned, signing)
    }

    fn decode(&self, response: &http::Response<Bytes>, output: &mut dyn Model) -> Result<Answer, Error> {
        self.connection.product().decode(response, output)
    }

    fn code(&self, code: &str) -> Option<&'static CodeMeta> {
        self.connection.product().code(code)
    }

    fn is_clock_skew(&self, error: &Error) -> bool {
        self.connection.product().is_clock_skew(error)
    }
}

fn vectors() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/huawei");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let vectors = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    vectors.map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()).collect()
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

/// A connection with the settings of the vector, and what it sends.
fn connection(vector: &Value) -> (cce::Connection, Arc<Capture>) {
    let capture = Arc::new(Capture::default());
    let key = &vector["credentials"];
    let credentials = Credentials::new(text(key, "access_key"), text(key, "secret_key"));
    let settings = cce::Connection::builder()
        .project_id(text(vector, "project_id"))
        .cluster_addressing(ClusterAddressing::Path)
        .credentials(credentials.clone())
        .transport(capture.clone());
    let connection = settings.endpoint(text(vector, "endpoint")).build().unwrap().into();
    let mut settings = Settings::default();
    settings.endpoint = Some(text(vector, "endpoint").to_owned());
    settings.credentials = Some(Arc::new(match vector["token"].as_str() {
        Some(token) => credentials.with_token(token),
        None => credentials,
    }));
    settings.transport = Some(capture.clone());
    let time = UNIX_EPOCH + Duration::from_secs(vector["time"].as_u64().unwrap());
    settings.clock = Some(Arc::new(Frozen { time, nonce: 1 }));
    let product = Named { connection, user_agent: text(vector, "user_agent").to_owned() };
    (settings.connect(Arc::new(product)).unwrap().into(), capture)
}

fn assert_same(vector: &Value, capture: &Capture) {
    let (name, expected) = (text(vector, "name"), &vector["expected"]);
    let request = capture.0.lock().unwrap().take().unwrap_or_else(|| panic!("{name}: nothing was sent"));
    assert_eq!(std::str::from_utf8(request.body()).unwrap(), text(expected, "body"), "{name}: body");
    assert_eq!(request.method().as_str(), text(expected, "method"), "{name}");
    assert_eq!(request.uri().path(), text(expected, "path"), "{name}");
    assert_eq!(request.uri().query().unwrap_or_default(), text(expected, "query"), "{name}: query");
    assert_eq!(request.uri().authority().unwrap().as_str(), text(&expected["headers"], "host"), "{name}");
    let header = |(header, value): (&http::HeaderName, &http::HeaderValue)| {
        (header.to_string(), String::from_utf8(value.as_bytes().to_vec()).unwrap())
    };
    let headers: BTreeMap<String, String> = request.headers().iter().map(header).collect();
    let wanted: BTreeMap<String, String> = serde_json::from_value(expected["headers"].clone()).unwrap();
    assert_eq!(headers, wanted, "{name}: headers, the signature among them");
}

#[tokio::test]
async fn twenty_requests_are_the_vendors_to_the_byte() {
    let vectors = vectors();
    assert!(vectors.len() >= 20, "only {} requests are compared", vectors.len());
    for vector in &vectors {
        let (cce, capture) = connection(vector);
        let input = match &vector["input"] {
            Value::Array(_) => Value::Null,
            input => input.clone(),
        };
        let answer = cce.call("cce", text(vector, "operation"), input).await;
        answer.unwrap_or_else(|error| panic!("{}: {error}", vector["name"]));
        assert_same(vector, &capture);
    }
}

/// The same by builders, whose setters come in any order.
#[tokio::test]
async fn a_cluster_that_is_built_is_the_vendors_too() {
    let vectors = vectors();
    let vector = vectors.into_iter().find(|vector| vector["name"] == "create-cluster").unwrap();
    let (cce, capture) = connection(&vector);
    let given = |name: &str| vector["input"]["metadata"]["annotations"][name].as_str().unwrap();
    let install = "cluster.install.addons/install";
    let metadata = ClusterMetadata::default()
        .labels([("z", ""), ("团队", "容器")])
        .annotations([(install, given(install))])
        .name("wharf-测试");
    let spec = ClusterSpec::virtual_machines("cce.s1.small", "vpc-1", "subnet-1")
        .kubernetes_svc_ip_range("10.247.0.0/16")
        .authentication(|by| by.mode("rbac").authenticating_proxy(|proxy| proxy))
        .container_network(|network| network.cidr("172.16.0.0/16"))
        .billing_mode(0)
        .description("first line\nsecond\t\"quoted\" \\ \u{7f} é 😀")
        .version("v1.21")
        .category("CCE");
    let request = cce.clusters().create_cluster().set_spec(spec).set_metadata(metadata);
    request.send().await.unwrap();
    assert_same(&vector, &capture);
}
