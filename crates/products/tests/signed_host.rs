//! A proxy between: requests are sent to one address, and signed for the host and the path that the service has.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, UNIX_EPOCH};
use wharf_core::credentials::Credentials;
use wharf_core::operation::OperationMeta;
use wharf_core::product::{EncodeInput, Endpoint, Product, Signing};
use wharf_products::alibaba::{self, Alibaba, AlibabaSettings, Asapi};
use wharf_products::ccs::Ccs;
use wharf_products::huawei::{ClusterAddressing, HuaweiSettings};
use wharf_products::tencent::{HttpMethod, SignatureMethod, TencentSettings};
use wharf_products::{ack, cce, sts, tke};

#[derive(Clone, Default, PartialEq)]
struct Ask {
    cluster: Option<String>,
    name: Option<String>,
}
wharf_core::model! { Ask = "Ask" { cluster = "cluster_id" .place(wharf_core::model::In::Query); name = "Name"; } }

const fn meta(method: &'static str, path: &'static str, host: &'static str) -> OperationMeta {
    OperationMeta::new("test", "Ask")
        .with_version("2018-05-25")
        .with_service("cluster")
        .with_route(method, path)
        .with_host(host)
        .with_idempotent(true)
        .with_region(true)
        .with_rate_limit(20)
}

static ACTION: OperationMeta = meta("POST", "/", "");
static RESOURCE: OperationMeta = meta("POST", "/things/a%20b", "");
static OF_A_CLUSTER: OperationMeta = meta("GET", "/things", "cluster");

/// Sends through an address what a service with that host gets.
fn request(
    product: &dyn Product,
    operation: &'static OperationMeta,
    endpoint: &str,
    signed: &str,
) -> http::Request<bytes::Bytes> {
    let (endpoint, signed) = (Endpoint::parse(endpoint).unwrap(), Endpoint::signed(signed).unwrap());
    let input = Ask { cluster: Some("c-1".to_owned()), name: Some("值 +".to_owned()) };
    let (region, user_agent) = (Some("region0"), "wharf");
    let call = EncodeInput { operation, input: &input, endpoint: &endpoint, signed: &signed, region, user_agent };
    let credentials = Credentials::new("id", "secret").with_token("token");
    let time = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let signing = Signing { credentials: &credentials, time, nonce: 7 };
    product.sign(&product.encode(&call).unwrap(), &signing).unwrap()
}

/// Compares what goes through a proxy with what goes to the service itself: they differ in the address alone.
fn check(product: &dyn Product, operation: &'static OperationMeta, service: &str, host: &str, path: &str) {
    let through = request(product, operation, "http://10.0.0.1:8080/prefix", service);
    let direct = request(product, operation, &format!("https://{service}"), service);
    assert_eq!(direct.uri().authority().unwrap().as_str(), host);
    assert_eq!(through.uri().authority().unwrap().as_str(), "10.0.0.1:8080");
    assert_eq!((direct.uri().path(), through.uri().path()), (path, format!("/prefix{path}").as_str()));
    assert_eq!(through.uri().scheme_str(), Some("http"));
    assert_eq!(through.headers()["host"], host);
    assert_eq!(through.uri().query(), direct.uri().query());
    assert_eq!((through.headers(), through.body()), (direct.headers(), direct.body()));
}

#[test]
fn tencents_signatures_cover_the_services_own_host_and_path() {
    for signature_method in [SignatureMethod::Tc3HmacSha256, SignatureMethod::HmacSha1, SignatureMethod::HmacSha256] {
        for http_method in [HttpMethod::Post, HttpMethod::Get] {
            let mut settings = TencentSettings::default();
            (settings.signature_method, settings.http_method) = (signature_method, http_method);
            let host = "tke.example.com";
            check(&tke::product(settings.clone()).unwrap(), &ACTION, host, host, "/");
            if signature_method != SignatureMethod::Tc3HmacSha256 {
                check(&Ccs::new(settings).unwrap(), &ACTION, "ccs.example.com", "ccs.example.com", "/v2/index.php");
            }
        }
    }
}

#[test]
fn huaweis_signature_covers_the_services_own_host_and_path() {
    let product = |addressing| {
        let mut settings = HuaweiSettings::default();
        settings.cluster_addressing = addressing;
        cce::product(settings).unwrap()
    };
    let host = "cce.example.com:8443";
    for addressing in [ClusterAddressing::Host, ClusterAddressing::Path] {
        check(&product(addressing), &RESOURCE, host, host, "/things/a%20b");
    }
    // The proxy has one address for all clusters.
    check(&product(ClusterAddressing::Host), &OF_A_CLUSTER, host, "c-1.cce.example.com:8443", "/things");
    check(&product(ClusterAddressing::Path), &OF_A_CLUSTER, host, host, "/things");
    let same = request(&product(ClusterAddressing::Host), &OF_A_CLUSTER, "http://cce.example.com", "cce.example.com");
    assert_eq!(same.uri().authority().unwrap().as_str(), "c-1.cce.example.com");
}

/// A nonce is another one each time, so that signatures are compared with a given one.
#[derive(Debug)]
struct Fixed(Alibaba);

impl Product for Fixed {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn host(&self, operation: &OperationMeta, region: Option<&str>) -> Result<String, wharf_core::Error> {
        self.0.host(operation, region)
    }
    fn check_region(&self, region: &str) -> Result<(), wharf_core::Error> {
        self.0.check_region(region)
    }
    fn encode(&self, input: &EncodeInput<'_>) -> Result<wharf_core::product::Unsigned, wharf_core::Error> {
        self.0.encode(input)
    }
    fn sign(
        &self,
        unsigned: &wharf_core::product::Unsigned,
        signing: &Signing<'_>,
    ) -> Result<http::Request<bytes::Bytes>, wharf_core::Error> {
        self.0.sign_with_nonce(unsigned, signing, "nonce")
    }
    fn decode(
        &self,
        response: &http::Response<bytes::Bytes>,
        output: &mut dyn wharf_core::model::Model,
    ) -> Result<wharf_core::product::Answer, wharf_core::Error> {
        self.0.decode(response, output)
    }
    fn code(&self, code: &str) -> Option<&'static wharf_core::error::CodeMeta> {
        self.0.code(code)
    }
    fn is_clock_skew(&self, error: &wharf_core::Error) -> bool {
        self.0.is_clock_skew(error)
    }
}

#[test]
fn alibabas_signatures_cover_the_services_own_host_and_path() {
    for signature in [alibaba::SignatureMethod::RoaHmacSha1, alibaba::SignatureMethod::Acs3HmacSha256] {
        let mut settings = AlibabaSettings::default();
        settings.signature_method = signature;
        let host = "cs.example.com";
        check(&Fixed(ack::product(settings.clone()).unwrap()), &RESOURCE, host, host, "/things/a%20b");
        settings.asapi = Some(Asapi::new());
        let path = "/asapi/v3/roa/things/a%20b";
        check(&Fixed(ack::product(settings).unwrap()), &RESOURCE, host, host, path);
    }
    let host = "sts.example.com";
    check(&Fixed(sts::product(AlibabaSettings::default()).unwrap()), &ACTION, host, host, "/");
}
