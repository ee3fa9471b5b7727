//! The requests our client sends are those of Alibaba's Python clients for the same input, date and nonce.
//!
//! The vectors in `golden/alibaba` were recorded from those clients by `witness/record_alibaba.py`. Here they go
//! through the whole client: input by name, generated structures, protocol, signature, transport.

use crate::witness_tencent_bytes::{Capture, Frozen};
use bytes::Bytes;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use wharf::ack::SignatureMethod;
use wharf::ack::types::{Addon, WorkerDataDisk};
use wharf::{Credentials, Error, ack, sts};
use wharf_core::connection::Settings;
use wharf_core::error::CodeMeta;
use wharf_core::model::Model;
use wharf_core::operation::OperationMeta;
use wharf_core::product::{Answer, EncodeInput, Product, Signing, Unsigned};
use wharf_products::alibaba::{Alibaba, AlibabaSettings};

/// A product with a nonce that is known, and that names another program: the name may be signed.
#[derive(Debug)]
struct Fixed {
    product: Alibaba,
    nonce: String,
    user_agent: String,
}

impl Product for Fixed {
    fn name(&self) -> &'static str {
        self.product.name()
    }

    fn host(&self, operation: &OperationMeta, region: Option<&str>) -> Result<String, Error> {
        self.product.host(operation, region)
    }

    fn check_region(&self, region: &str) -> Result<(), Error> {
        self.product.check_region(region)
    }

    fn encode(&self, call: &EncodeInput<'_>) -> Result<Unsigned, Error> {
        self.product.encode(&EncodeInput { user_agent: &self.user_agent, ..*call })
    }

    fn sign(&self, unsigned: &Unsigned, signing: &Signing<'_>) -> Result<http::Request<Bytes>, Error> {
        self.product.sign_with_nonce(unsigned, signing, &self.nonce)
    }

    fn decode(&self, response: &http::Response<Bytes>, output: &mut dyn Model) -> Result<Answer, Error> {
        self.product.decode(response, output)
    }

    fn code(&self, code: &str) -> Option<&'static CodeMeta> {
        self.product.code(code)
    }

    fn is_clock_skew(&self, error: &Error) -> bool {
        self.product.is_clock_skew(error)
    }
}

/// The vectors of operations that we have, by our names.
fn vectors() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/alibaba");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let vectors = files.map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap());
    let ours = |vector: &Value| text(vector, "name").starts_with("own-") || text(vector, "operation") == "AssumeRole";
    vectors.filter(ours).collect()
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

/// A connection with the settings of the vector, and what it sends.
fn connection<C: From<wharf_core::Connection>>(vector: &Value) -> (C, Arc<Capture>) {
    let capture = Arc::new(Capture::default());
    let setting = |name: &str| vector["private"][name].as_str().map(str::to_owned);
    let mut alibaba = AlibabaSettings::default();
    (alibaba.organization, alibaba.resource_group) = (setting("organization"), setting("resource_group"));
    alibaba.instance = setting("instance");
    if text(vector, "signature") == "acs3" {
        alibaba.signature_method = SignatureMethod::Acs3HmacSha256;
    }
    let product = match text(vector, "signature") {
        "rpc" => wharf_products::sts::product(alibaba),
        _ => wharf_products::ack::product(alibaba),
    };
    let (nonce, user_agent) = (text(vector, "nonce").to_owned(), text(vector, "user_agent").to_owned());
    let key = &vector["credentials"];
    let credentials = Credentials::new(text(key, "id"), text(key, "secret"));
    let mut settings = Settings::default();
    settings.region = Some(text(vector, "region").to_owned());
    settings.endpoint = Some(text(vector, "endpoint").to_owned());
    settings.credentials = Some(Arc::new(match key["token"].as_str() {
        Some(token) => credentials.with_token(token),
        None => credentials,
    }));
    settings.transport = Some(capture.clone());
    let time = UNIX_EPOCH + Duration::from_secs(vector["time"].as_u64().unwrap());
    settings.clock = Some(Arc::new(Frozen { time, nonce: 1 }));
    let product = Fixed { product: product.unwrap(), nonce, user_agent };
    (settings.connect(Arc::new(product)).unwrap().into(), capture)
}

/// A query as a server reads it, in the order of its names.
fn query(uri: &http::Uri) -> Vec<(String, String)> {
    let plain = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            assert_ne!(byte, b'+', "a blank is written as %20");
            if byte == b'%' {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let mut pairs: Vec<_> = pairs.map(|(name, value)| (plain(name), plain(value))).collect();
    pairs.sort();
    pairs
}

fn assert_same(vector: &Value, capture: &Capture) {
    let (expected, kind) = (&vector["expected"], text(vector, "signature"));
    let name = format!("{kind} {}", text(vector, "name"));
    let request = capture.0.lock().unwrap().take().unwrap_or_else(|| panic!("{name}: nothing was sent"));
    assert_eq!(std::str::from_utf8(request.body()).unwrap(), text(expected, "body"), "{name}: body");
    assert_eq!(request.method().as_str(), text(expected, "method"), "{name}");
    assert_eq!(request.uri().path(), text(expected, "path"), "{name}");
    assert_eq!(request.uri().authority().unwrap().as_str(), text(expected, "host"), "{name}");
    let wanted: Vec<(String, String)> = serde_json::from_value(expected["query"].clone()).unwrap();
    let sent = query(request.uri());
    assert_eq!(sent, wanted, "{name}: query");
    let header = |(header, value): (&http::HeaderName, &http::HeaderValue)| {
        (header.to_string(), String::from_utf8(value.as_bytes().to_vec()).unwrap())
    };
    let mut headers: BTreeMap<String, String> = request.headers().iter().map(header).collect();
    let mut wanted: BTreeMap<String, String> = serde_json::from_value(expected["headers"].clone()).unwrap();
    // What HMAC-SHA1 does not cover.
    if kind != "acs3" {
        headers.retain(|header, _| !matches!(header.as_str(), "user-agent" | "host"));
    }
    if kind == "rpc" {
        assert_eq!(headers.remove("accept").as_deref(), Some("application/json"), "we ask for JSON");
        wanted.remove("accept");
        assert!(sent.iter().any(|pair| *pair == ("Signature".to_owned(), text(expected, "signature").to_owned())));
    } else {
        assert!(headers["authorization"].ends_with(text(expected, "signature")), "{name}");
    }
    assert_eq!(headers, wanted, "{name}: headers, the signature among them");
}

#[tokio::test]
async fn ten_requests_for_each_signature_are_the_vendors_to_the_byte() {
    let mut compared: BTreeMap<String, usize> = BTreeMap::new();
    for vector in &vectors() {
        let (operation, input) = (text(vector, "operation"), vector["input"].clone());
        let (answer, capture) = if text(vector, "signature") == "rpc" {
            let (sts, capture) = connection::<sts::Connection>(vector);
            (sts.call("sts", operation, input).await, capture)
        } else {
            let (ack, capture) = connection::<ack::Connection>(vector);
            (ack.call("ack", operation, input).await, capture)
        };
        answer.unwrap_or_else(|error| panic!("{}: {error}", vector["name"]));
        assert_same(vector, &capture);
        *compared.entry(text(vector, "signature").to_owned()).or_default() += 1;
    }
    assert!(compared.len() == 3 && compared.values().all(|count| *count >= 10), "{compared:?}");
}

/// The same by builders, whose setters come in any order.
#[tokio::test]
async fn a_cluster_that_is_built_is_the_vendors_too() {
    let created = vectors().into_iter().filter(|vector| vector["name"] == "own-create");
    let mut compared = 0;
    for vector in created {
        let (ack, capture) = connection::<ack::Connection>(&vector);
        let config: serde_json::Value = serde_json::json!({"a": "<&>"});
        let request = ack.clusters().create_cluster().runtime(|runtime| runtime.version("19.03.15").name("docker"));
        let request = request
            .master_vswitch_ids(["vsw-1"; 3])
            .vpc_id("vpc-1")
            .worker_data_disks([WorkerDataDisk::default().size("500").category("cloud_ssd")])
            .num_of_nodes(0)
            .master_count(3)
            .login_password("Hello1234!")
            .addons([
                Addon::default().name("flannel").config(config).disabled(true),
                Addon::default().name("logtail-ds"),
            ])
            .tags([("团队", "容器")])
            .user_ca("first line\nsecond\t\"quoted\" \\ \u{7f} é 😀")
            .snat_entry(false)
            .timeout_mins(60)
            .disable_rollback(true)
            .region_id("cn-beijing")
            .name("wharf-测试")
            .cluster_type("Kubernetes");
        request.send().await.unwrap();
        assert_same(&vector, &capture);
        compared += 1;
    }
    assert_eq!(compared, 2, "under both signatures");
}
