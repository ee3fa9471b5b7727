//! Options of connections in every product: by name, and by the setters of the builder.
#![cfg(all(feature = "tke", feature = "tcr", feature = "ccs", feature = "cce", feature = "ack"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};
use wharf::any::{self, Connection, Extras};
use wharf::credentials::ProvideCredentials;
use wharf::transport::Recorder;
use wharf::{Credentials, Error, ErrorKind};
use wharf_server::Server;

/// Products, and an operation of each that needs no input.
const PRODUCTS: [(&str, &str); 5] = [
    ("tke", "DescribeRegions"),
    ("tcr", "DescribeInstances"),
    ("ccs", "DescribeCluster"),
    ("cce", "ListClusters"),
    ("ack", "DescribeClustersV1"),
];

fn connect(server: &Server, product: &str, provider: Arc<dyn ProvideCredentials>) -> Connection {
    let mut options = json!({"region": server.region(), "retry": {"max_attempts": 1}});
    if product == "cce" {
        options["project_id"] = server.project_id().into();
    }
    let mut extras = Extras::default();
    extras.transport = Some(server.transport());
    extras.credentials = Some(provider);
    Connection::with_extras(product, &options, extras).unwrap()
}

#[tokio::test]
async fn credentials_come_from_a_function_until_they_expire() {
    let server = Server::builder().without_socket().start().await.unwrap();
    for (product, operation) in PRODUCTS {
        let asked = Arc::new(AtomicU32::new(0));
        let (count, key) = (asked.clone(), server.credentials().clone());
        let provider = any::provider(move || {
            // The first ends soon, the second never.
            match count.fetch_add(1, Ordering::SeqCst) {
                0 => Ok(key.clone().with_expiry(SystemTime::now() + Duration::from_secs(1))),
                _ => Ok(key.clone()),
            }
        });
        let connection = connect(&server, product, provider);
        connection.call(operation, Value::Null).await.unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
        for _ in 0..2 {
            connection.call(operation, Value::Null).await.unwrap();
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2, "{product}");
    }
}

#[tokio::test]
async fn a_function_that_has_no_credentials_ends_the_call() {
    let server = Server::builder().without_socket().start().await.unwrap();
    let refuse = any::provider(|| Err(Error::new(ErrorKind::Credentials, "the vault is sealed")));
    let error = connect(&server, "tke", refuse).call("DescribeRegions", Value::Null).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(error.message().contains("the vault is sealed"), "{error}");
    let panics = any::provider(|| panic!("planted"));
    let error = connect(&server, "tke", panics).call("DescribeRegions", Value::Null).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(!format!("{error} {error:?}").contains("planted"));
}

#[test]
fn a_provider_stands_beside_no_other_identity() {
    for (product, options, field) in [
        ("tke", json!({"profile": "p"}), "profile"),
        ("cce", json!({"token": "t"}), "token"),
        ("cce", json!({"password_login": {"user": "u", "password": "p", "account": "a"}}), "password_login"),
        ("ack", json!({"profile": "p"}), "profile"),
    ] {
        let mut extras = Extras::default();
        extras.credentials = Some(Arc::new(Credentials::new("id", "secret")));
        let error = Connection::with_extras(product, &options, extras).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(field)), "{product}");
    }
    let login = json!({"token": "t", "profile": "p"});
    assert_eq!(Connection::from_options("cce", &login).unwrap_err().field(), Some("token"));
}

#[test]
fn products_have_their_vendors_options() {
    let names = |product| any::option_names(product).unwrap().into_iter().collect::<BTreeSet<_>>();
    let common =
        ["region", "credentials", "profile", "endpoint", "signed_host", "client_rate_limit", "retry", "domain"];
    for product in any::products() {
        assert!(common.iter().all(|name| names(product).contains(name)), "{product}");
        assert!(!names(product).contains("transport") && !names(product).contains("clock"), "{product}");
    }
    assert!(names("tke").contains("language") && !names("ccs").contains("language"));
    assert_eq!(names("ack"), names("sts"));
    assert_eq!(names("tke"), names("tcr"));
    for (product, only) in [("tke", "http_method"), ("cce", "project_id"), ("ack", "organization")] {
        let others = any::products().filter(|other| names(other).contains(only)).collect::<Vec<_>>();
        assert!(others.contains(&product) && others.len() <= 3, "{only}: {others:?}");
    }
    // A mistyped name is told with the nearest, and with no value.
    let error =
        Connection::from_options("tke", &json!({"regoin": "planted", "credentials": {"id": "a", "secret": "b"}}));
    let error = error.unwrap_err();
    assert!(error.message().contains("did you mean region?") && !error.to_string().contains("planted"), "{error}");
    let error = Connection::from_options("ccs", &json!({"signature_method": "TC3-HMAC-SHA256"})).unwrap_err();
    assert!(error.message().contains("must be one of HmacSHA1, HmacSHA256"), "{error}");
}

/// Notes the names of operations.
#[derive(Debug, Default)]
struct Names(std::sync::Mutex<Vec<(&'static str, &'static str)>>);

impl wharf::intercept::Intercept for Names {
    fn after_call(&self, call: &wharf::intercept::Call<'_>, _: &wharf::intercept::Outcome<'_>) {
        self.0.lock().unwrap().push((call.product(), call.operation().name));
    }
}

#[tokio::test]
async fn headers_and_interceptors_work_with_every_product_and_every_signature() {
    let server = Server::builder().without_socket().start().await.unwrap();
    let names = Arc::new(Names::default());
    let mut options = Vec::new();
    for (product, operation) in PRODUCTS {
        let methods: &[&str] = match product {
            "tke" | "tcr" => &["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"],
            "ccs" => &["HmacSHA1", "HmacSHA256"],
            "ack" => &["HMAC-SHA1", "ACS3-HMAC-SHA256"],
            _ => &[""],
        };
        options.extend(methods.iter().map(|method| (product, operation, *method)));
    }
    for (product, operation, method) in &options {
        let mut options = json!({"region": server.region(), "headers": {"X-Gateway-Key": "planted", "X-Tenant": "a"}});
        if *product == "cce" {
            options["project_id"] = server.project_id().into();
        }
        if !method.is_empty() {
            options["signature_method"] = (*method).into();
        }
        let recorder = Arc::new(Recorder::new(server.transport()));
        let mut extras = Extras::default();
        extras.transport = Some(recorder.clone());
        extras.credentials = Some(Arc::new(server.credentials().clone()));
        extras.interceptors.push(names.clone());
        let connection = Connection::with_extras(product, &options, extras).unwrap();
        connection.call(operation, Value::Null).await.unwrap();
        let sent = recorder.exchanges().pop().unwrap().request;
        let value = |name: &str| sent.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!((value("x-tenant"), value("x-gateway-key")), (Some("a"), Some("planted")), "{product} {method}");
    }
    let called = names.0.lock().unwrap().clone();
    assert_eq!(called, options.iter().map(|(product, operation, _)| (*product, *operation)).collect::<Vec<_>>());
}

#[test]
fn regions_are_known_without_a_request() {
    for (regions, one) in [
        (wharf::tke::regions(), "ap-guangzhou"),
        (wharf::tcr::regions(), "ap-guangzhou"),
        (wharf::ccs::regions(), "ap-guangzhou"),
        (wharf::cce::regions(), "cn-north-4"),
        (wharf::ack::regions(), "cn-hangzhou"),
    ] {
        assert!(regions.contains(&one) && regions.is_sorted(), "{regions:?}");
    }
}

#[test]
fn what_a_builder_shows_holds_no_secret() {
    let planted = "planted";
    let key = || Credentials::new("id", planted).with_token(planted);
    let shown = [
        format!("{:?}", wharf::tke::Connection::builder().credentials(key()).endpoint("https://u:planted@h")),
        format!("{:?}", wharf::ccs::Connection::builder().credentials(key()).proxy("http://u:planted@h:1")),
        format!("{:?}", wharf::cce::Connection::builder().token(planted).iam_endpoint("https://u:planted@h")),
        format!(
            "{:?}",
            wharf::cce::Connection::builder().password_login(wharf::cce::PasswordLogin::new("u", planted, "a"))
        ),
        format!(
            "{:?}",
            wharf::ack::Connection::builder().credentials(key()).sts_endpoint("https://u:planted@h").clone()
        ),
    ];
    for shown in shown {
        assert!(shown.starts_with("Builder {") && !shown.contains(planted), "{shown}");
    }
}
