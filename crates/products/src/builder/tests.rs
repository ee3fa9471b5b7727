//! Tests of the builder, with Tencent's options.

#![allow(clippy::unwrap_used)]

use crate::tencent::Builder;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use wharf_core::clock::ManualClock;
use wharf_core::credentials::Credentials;
use wharf_core::operation::{Entry, OperationMeta};
use wharf_core::transport::Replay;
use wharf_core::{Connection, ErrorKind, Operation};

struct Facade(Connection);

impl From<Connection> for Facade {
    fn from(connection: Connection) -> Self {
        Self(connection)
    }
}

fn builder<C>() -> Builder<C> {
    crate::tke::builder().credentials(Credentials::new("id", "planted-secret")).region("ap-guangzhou")
}

#[test]
fn it_makes_what_is_asked_for() {
    let facade: Facade = builder().domain("cloud.example.com").build().unwrap();
    assert_eq!((facade.0.product().name(), facade.0.region()), ("tke", Some("ap-guangzhou")));
    assert!(!format!("{:?} {:?}", builder::<Facade>(), facade.0).contains("planted-secret"));
}

#[test]
fn a_wrong_setting_is_named() {
    type Change = fn(Builder) -> Builder;
    let cases: [(&str, Change); 4] = [
        ("region", |b| b.region("ap guangzhou")),
        ("domain", |b| b.domain("https://cloud.example.com")),
        ("endpoint", |b| b.endpoint("cloud")),
        ("root_certificate", |b| b.root_certificate("")),
    ];
    for (setting, change) in cases {
        let error = change(builder()).build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(setting)));
    }
}

#[derive(Clone, Default, PartialEq)]
struct Ask {
    name: Option<String>,
}
wharf_core::model! { Ask = "Ask" { name = "Name"; } }

impl Operation for Ask {
    type Output = Ask;
    const META: &'static OperationMeta = &OperationMeta::new("tke", "Ask")
        .with_version("2018-05-25")
        .with_service("cluster")
        .with_region(true)
        .with_rate_limit(20);
}

#[tokio::test]
async fn calls_by_name_travel_through_the_whole_connection() {
    let refused = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"late"},"RequestId":"1"}}"#;
    let refused = http::Response::builder().header("date", "Fri, 15 Jan 2027 08:00:00 GMT").body(refused.into());
    let answer = r#"{"Response":{"Name":"a","New":[{"Deep":null}],"RequestId":"2"}}"#;
    let replay = Replay::new().answer(refused.unwrap()).answer(http::Response::new(answer.into()));
    let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    let connection: Connection = builder().transport(Arc::new(replay.clone())).clock(Arc::new(clock)).build().unwrap();
    let answer = connection.call(&Entry::of::<Ask>(), serde_json::json!({"Name": "a"})).await.unwrap();
    assert_eq!(answer, serde_json::json!({"Name": "a", "New": [{"Deep": null}], "RequestId": "2"}));

    let requests = replay.requests();
    assert_eq!(requests[0].0.uri(), "https://tke.tencentcloudapi.com/");
    assert_eq!(requests[0].0.headers()["x-tc-timestamp"], "1700000000");
    assert_eq!(requests[1].0.headers()["x-tc-timestamp"], "1800000000");
    assert_ne!(requests[0].0.headers()["authorization"], requests[1].0.headers()["authorization"]);
}

#[cfg(feature = "cce")]
#[test]
fn a_profile_stands_beside_no_other_identity() {
    use crate::huawei::PasswordLogin;

    let cce = || crate::cce::builder::<Connection>().profile("other");
    let login = PasswordLogin::new("user", "planted-secret", "account");
    for (error, setting) in [
        (builder::<Connection>().profile("other").build().unwrap_err(), "profile"),
        (builder::<Connection>().profile(" ").build().unwrap_err(), "profile"),
        (cce().token("planted-secret").build().unwrap_err(), "token"),
        (cce().password_login(login).build().unwrap_err(), "password_login"),
    ] {
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(setting)));
        assert!(!format!("{error:?}").contains("planted"));
    }
    crate::tke::builder::<Connection>().profile("other").build().unwrap();
    crate::ccs::builder::<Connection>().profile("other").build().unwrap();
    crate::ack::builder::<Connection>().profile("other").build().unwrap();
    cce().build().unwrap();
}

#[cfg(all(feature = "ack", feature = "cce", feature = "ccs", feature = "tcr"))]
#[test]
fn headers_of_a_vendors_protocol_are_not_the_callers() {
    let refused = |built: Result<Connection, wharf_core::Error>| built.unwrap_err().field().map(str::to_owned);
    for (error, name) in [
        (refused(builder().header("X-TC-Token", "a").build()), "x-tc-token"),
        (refused(crate::ccs::builder().header("X-TC-Action", "a").build()), "x-tc-action"),
        (refused(crate::cce::builder().header("X-Auth-Token", "a").build()), "x-auth-token"),
        (refused(crate::cce::builder().header("X-Sdk-Date", "a").build()), "x-sdk-date"),
        (refused(crate::ack::builder().header("x-acs-version", "a").build()), "x-acs-version"),
    ] {
        assert_eq!(error.as_deref(), Some("headers"), "{name}");
    }
    builder::<Connection>().header("X-Gateway-Key", "a").header("X-Tenant", "b").build().unwrap();
}

#[cfg(all(feature = "ack", feature = "cce", feature = "ccs", feature = "tcr"))]
#[test]
fn products_know_the_regions_of_the_public_cloud_and_take_others_too() {
    for (regions, known) in [
        (crate::tke::REGIONS, "ap-guangzhou"),
        (crate::tcr::REGIONS, "ap-guangzhou"),
        (crate::ccs::REGIONS, "ap-guangzhou"),
        (crate::cce::REGIONS, "cn-north-4"),
        (crate::ack::REGIONS, "cn-hangzhou"),
    ] {
        assert!(regions.binary_search(&known).is_ok(), "{known}");
    }
    let connection: Connection = builder().region("zone-1").build().unwrap();
    assert_eq!(connection.product().regions(), crate::tke::REGIONS);
}
