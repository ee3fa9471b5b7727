//! The bytes of a call are those of Tencent's Python client for the same call, time and nonce, and
//! what cannot be sent is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod ordered;

use bytes::Bytes;
use ordered::{Json, Object};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf_core::ErrorKind;
use wharf_core::credentials::Credentials;
use wharf_core::error::Error;
use wharf_core::operation::OperationMeta;
use wharf_core::product::{EncodeInput, Endpoint, Product, Signing};
use wharf_products::tencent::{HttpMethod, SignatureMethod, Tencent, TencentSettings, protocol};
use wharf_products::{tcr, tke};

#[derive(Debug, Deserialize)]
struct Vector {
    name: String,
    product: String,
    version: String,
    operation: String,
    signature_method: String,
    http_method: String,
    region: Option<String>,
    host: String,
    time: u64,
    nonce: u64,
    language: Option<String>,
    request_client: String,
    credentials: Key,
    token: Option<String>,
    input: Json,
    expected: Expected,
}

#[derive(Debug, Deserialize)]
struct Key {
    secret_id: String,
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

fn vectors() -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/tencent");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    found.sort();
    found.iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
}

fn meta(product: &str, version: &str, operation: &str) -> &'static OperationMeta {
    let leak = |text: &str| -> &'static str { text.to_owned().leak() };
    Box::leak(Box::new(
        OperationMeta::new(leak(product), leak(operation))
            .with_version(leak(version))
            .with_service("test")
            .with_idempotent(true)
            .with_region(true)
            .with_rate_limit(20),
    ))
}

fn product(name: &str, settings: TencentSettings) -> Tencent {
    match name {
        tke::NAME => tke::product(settings).unwrap(),
        tcr::NAME => tcr::product(settings).unwrap(),
        other => panic!("{other}"),
    }
}

fn endpoint(host: &str) -> Endpoint {
    Endpoint { scheme: "https".into(), authority: host.into(), base_path: String::new() }
}

fn settings(signature: &str, method: &str) -> TencentSettings {
    let mut settings = TencentSettings::default();
    settings.signature_method = match signature {
        "TC3-HMAC-SHA256" => SignatureMethod::Tc3HmacSha256,
        "HmacSHA1" => SignatureMethod::HmacSha1,
        "HmacSHA256" => SignatureMethod::HmacSha256,
        other => panic!("{other}"),
    };
    settings.http_method = if method == "GET" { HttpMethod::Get } else { HttpMethod::Post };
    settings
}

fn object(json: &Json) -> &Object {
    match json {
        Json::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

/// Takes away an empty list, and an object that has nothing else.
fn forget_what_is_empty(json: &mut Json) {
    let empty = match json {
        Json::List(list) => {
            list.0.iter_mut().for_each(forget_what_is_empty);
            list.0.is_empty()
        }
        Json::Object(object) => {
            object.values.iter_mut().for_each(forget_what_is_empty);
            object.values.iter().all(|value| matches!(value, Json::Null))
        }
        _ => false,
    };
    if empty {
        *json = Json::Null;
    }
}

#[test]
fn the_bytes_are_those_of_the_vendors_client() {
    let vectors = vectors();
    assert!(vectors.len() >= 20, "{}", vectors.len());
    for mut vector in vectors {
        // The vendor's client leaves out what a flat list of parameters cannot say.
        let flat = vector.signature_method != "TC3-HMAC-SHA256" || vector.http_method == "GET";
        if let (true, Json::Object(object)) = (flat, &mut vector.input) {
            object.values.iter_mut().for_each(forget_what_is_empty);
        }
        let vector = &vector;
        let mut settings = settings(&vector.signature_method, &vector.http_method);
        settings.language = vector.language.clone();
        settings.request_client = Some(vector.request_client.clone());
        settings.domain = vector.host.strip_prefix(&format!("{}.api3.", vector.product)).map(str::to_owned);
        let product = product(&vector.product, settings);
        let meta = meta(&vector.product, &vector.version, &vector.operation);
        let host = product.host(meta, vector.region.as_deref()).unwrap();
        assert_eq!(host, vector.host);
        let call = EncodeInput {
            operation: meta,
            input: object(&vector.input),
            endpoint: &endpoint(&host),
            signed: &endpoint(&host),
            region: vector.region.as_deref(),
            user_agent: "wharf",
        };
        let mut credentials = Credentials::new(&vector.credentials.secret_id, vector.credentials.secret_key.as_str());
        if let Some(token) = &vector.token {
            credentials = credentials.with_token(token.as_str());
        }
        let time = UNIX_EPOCH + Duration::from_secs(vector.time);
        let signing = Signing { credentials: &credentials, time, nonce: vector.nonce };
        let request = product.sign(&product.encode(&call).unwrap(), &signing).unwrap();
        compare(vector, &request);
    }
}

fn compare(vector: &Vector, request: &http::Request<Bytes>) {
    let (name, expected) = (&vector.name, &vector.expected);
    assert_eq!(std::str::from_utf8(request.body()).unwrap(), expected.body, "{name}");
    assert_eq!(request.uri().query().unwrap_or_default(), expected.query, "{name}");
    assert_eq!(request.method().as_str(), expected.method, "{name}");
    assert_eq!(request.uri().path(), expected.path, "{name}");
    assert_eq!(request.uri().authority().unwrap().as_str(), vector.host, "{name}");
    let headers: BTreeMap<String, String> = request
        .headers()
        .iter()
        .filter(|(header, _)| *header != http::header::USER_AGENT)
        .map(|(header, value)| (header.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    assert_eq!(&headers, &expected.headers, "{name}");
}

/// Tries to make a request with one long text in it.
fn attempt(settings: TencentSettings, length: usize, credentials: &Credentials) -> Result<http::Request<Bytes>, Error> {
    let product = product("tke", settings);
    let input: Json = serde_json::from_str(&format!(r#"{{"Text":"{}"}}"#, "x".repeat(length))).unwrap();
    let call = EncodeInput {
        operation: meta("tke", tke::VERSION, "DescribeClusters"),
        input: object(&input),
        endpoint: &endpoint("tke.example.com"),
        signed: &endpoint("tke.example.com"),
        region: Some("ap-guangzhou"),
        user_agent: "wharf",
    };
    let unsigned = product.encode(&call)?;
    product.sign(&unsigned, &Signing { credentials, time: SystemTime::now(), nonce: 7 })
}

#[test]
fn too_large_requests_are_refused_with_the_limit() {
    let key = Credentials::new("id", "key");
    let (kb, mb) = (1024, 1024 * 1024);
    for (signature, method, limit, most) in [
        ("TC3-HMAC-SHA256", "GET", "32 KB", 32 * kb),
        ("HmacSHA1", "GET", "32 KB", 32 * kb),
        ("HmacSHA256", "GET", "32 KB", 32 * kb),
        ("HmacSHA1", "POST", "1 MB", mb),
        ("HmacSHA256", "POST", "1 MB", mb),
        ("TC3-HMAC-SHA256", "POST", "10 MB", 10 * mb),
    ] {
        let settings = || settings(signature, method);
        attempt(settings(), most - 400, &key).unwrap();
        for length in [most - 4, most + 8 * kb] {
            let error = attempt(settings(), length, &key).unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("request")));
            assert!(error.message().contains(limit), "{error}");
        }
    }
    assert_eq!((protocol::MAX_QUERY, protocol::MAX_FORM, protocol::MAX_JSON), (32 * kb, mb, 10 * mb));
}

#[test]
fn a_get_request_may_be_exactly_as_long_as_documented() {
    let key = Credentials::new("id", "key");
    let length = |request: &http::Request<Bytes>| request.uri().path_and_query().unwrap().as_str().len();
    for signature in ["TC3-HMAC-SHA256", "HmacSHA1"] {
        let settings = || settings(signature, "GET");
        // The length of a signature varies with what must be escaped in it: try around the border.
        let around = protocol::MAX_QUERY - length(&attempt(settings(), 0, &key).unwrap());
        for text in around - 20..around + 20 {
            if let Ok(request) = attempt(settings(), text, &key) {
                assert!(length(&request) <= protocol::MAX_QUERY);
            }
        }
        assert!(attempt(settings(), around - 20, &key).is_ok());
        assert!(attempt(settings(), around + 20, &key).is_err());
    }
}

#[test]
fn credentials_that_cannot_sign_are_refused_without_being_shown() {
    for signature in ["TC3-HMAC-SHA256", "HmacSHA256"] {
        for (id, key, token) in [
            ("", "planted", None),
            ("id", "", None),
            ("id", " planted", None),
            ("id", "planted\n", None),
            ("i d", "planted", None),
            ("id\r\nX-Evil: 1", "planted", None),
            ("id/x", "planted", None),
            ("id", "planted", Some("")),
            ("id", "planted", Some("planted token")),
            ("id", "planted", Some("planted\r\nX-Evil: 1")),
        ] {
            let mut credentials = Credentials::new(id, key);
            if let Some(token) = token {
                credentials = credentials.with_token(token);
            }
            let error = attempt(settings(signature, "POST"), 1, &credentials).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials, "{id:?}");
            assert!(!format!("{error} {error:?}").contains("planted"), "{error}");
        }
    }
}

#[test]
fn nothing_shows_signature_or_token() {
    let credentials = Credentials::new("id", "planted-key").with_token("planted-token");
    let request = attempt(settings("TC3-HMAC-SHA256", "POST"), 1, &credentials).unwrap();
    let authorization = request.headers()["authorization"].to_str().unwrap();
    let signature = authorization.rsplit('=').next().unwrap();
    let shown = format!("{:?}", request.headers());
    assert!(!shown.contains("planted") && !shown.contains(signature), "{shown}");
    assert!(!format!("{:?}", product("tke", settings("HmacSHA1", "GET"))).contains("planted"));
}

#[test]
fn every_code_has_a_kind_that_is_the_same_for_all_products() {
    for product in [product("tke", TencentSettings::default()), product("tcr", TencentSettings::default())] {
        for (code, kind, retryable) in [
            ("AuthFailure.Anything", ErrorKind::Credentials, false),
            ("AuthFailure.SignatureFailure", ErrorKind::Credentials, false),
            ("AuthFailure.UnauthorizedOperation", ErrorKind::PermissionDenied, false),
            ("UnauthorizedOperation.CamNoAuth", ErrorKind::PermissionDenied, false),
            ("InvalidParameter.Anything", ErrorKind::InvalidInput, false),
            ("InvalidParameterValue.Anything", ErrorKind::InvalidInput, false),
            ("MissingParameter", ErrorKind::InvalidInput, false),
            ("FailedOperation.Anything", ErrorKind::Service, false),
            ("ResourceNotFound", ErrorKind::NotFound, false),
            ("ResourceNotFound.Anything", ErrorKind::NotFound, false),
            ("ResourceInUse", ErrorKind::Conflict, false),
            ("LimitExceeded.Anything", ErrorKind::Quota, false),
            ("RequestLimitExceeded", ErrorKind::Throttled, true),
            ("RequestLimitExceeded.UinLimitExceeded", ErrorKind::Throttled, true),
            ("UnsupportedOperation.Anything", ErrorKind::Unsupported, false),
            ("ServiceUnavailable", ErrorKind::Transient, true),
        ] {
            let meta = product.code(code).unwrap_or_else(|| panic!("{code}"));
            assert_eq!((meta.kind, meta.retryable), (kind, retryable), "{code}");
        }
        assert_eq!(product.code("NeverHeardOf.It"), None);
        let skew = |code: &str| product.is_clock_skew(&Error::service(ErrorKind::Credentials, code, ""));
        assert!(skew("AuthFailure.SignatureExpire"));
        assert!(!skew("AuthFailure.SignatureFailure"));
    }
}

#[test]
fn the_tables_can_be_searched() {
    for table in [tke::CODES, tcr::CODES] {
        assert!(table.windows(2).all(|pair| pair[0].code < pair[1].code));
    }
    let error = Error::service(ErrorKind::NotFound, "InternalError.ClusterNotFound", "");
    assert_eq!(tke::ErrorCode::of(&error).map(|code| code.kind()), Some(ErrorKind::NotFound));
}

#[test]
fn wrong_settings_make_no_product() {
    let mut settings = TencentSettings::default();
    settings.domain = Some("https://cloud.example.com".into());
    assert_eq!(tke::product(settings).unwrap_err().field(), Some("domain"));
}
