//! Assuming roles, keeping what they give, renewing it.

use crate::bytes::pairs;
use crate::{Update, answer, now, update};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf_core::clock::{Clock, ManualClock};
use wharf_core::credentials::Credentials;
use wharf_core::error::Error;
use wharf_core::transport::{Limits, Replay, Transport, TransportError};
use wharf_core::{Connection, ErrorKind};
use wharf_products::ack;
use wharf_products::alibaba::{Asapi, Builder, Role};

const ARN: &str = "acs:ram::123456789012:role/adminrole";
const HOUR: Duration = Duration::from_secs(3600);

/// A cloud that hands out temporary credentials, and takes them as long as they are good.
#[derive(Debug)]
struct Cloud {
    state: Mutex<State>,
    clock: ManualClock,
}

#[derive(Debug, Default)]
struct State {
    assumed: Vec<Request<Bytes>>,
    calls: Vec<Request<Bytes>>,
    /// The number of the session that is good, and when it ends.
    good: (usize, Option<SystemTime>),
    refuses_roles: bool,
    refuses_everything: bool,
}

#[async_trait]
impl Transport for Cloud {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        // Others get their turn, as they do on a network.
        tokio::task::yield_now().await;
        let mut state = self.state.lock().unwrap();
        if request.uri().query().is_some_and(|query| query.contains("Action=AssumeRole")) {
            state.assumed.push(request);
            if state.refuses_roles {
                return Ok(answer(
                    403,
                    r#"{"Code":"NoPermission","Message":"You are not authorized.","HostId":"sts"}"#,
                ));
            }
            let ends = self.clock.now() + HOUR;
            state.good = (state.good.0 + 1, Some(ends));
            let number = state.good.0;
            let seconds = i64::try_from(ends.duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
            let body = serde_json::json!({
                "RequestId": "r",
                "AssumedRoleUser": {"Arn": "acs:ram::1:role/a/wharf", "AssumedRoleId": "1:wharf"},
                "Credentials": {
                    "AccessKeyId": format!("STS.{number}"),
                    "AccessKeySecret": format!("planted-secret-{number}"),
                    "SecurityToken": format!("planted-token-{number}"),
                    "Expiration": wharf_sign::acs3::date(seconds),
                },
            });
            return Ok(Response::new(body.to_string().into()));
        }
        let token = format!("planted-token-{}", state.good.0);
        let fits =
            request.headers().get("x-acs-security-token").is_some_and(|given| given.as_bytes() == token.as_bytes());
        let fits = fits && state.good.1.is_some_and(|ends| self.clock.now() < ends) && !state.refuses_everything;
        state.calls.push(request);
        let expired = r#"{"Code":"InvalidSecurityToken.Expired","Message":"Specified SecurityToken is expired."}"#;
        Ok(if fits { answer(200, "{}") } else { answer(400, expired) })
    }
}

impl Cloud {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    fn counts(&self) -> (usize, usize) {
        let state = self.state.lock().unwrap();
        (state.assumed.len(), state.calls.len())
    }

    fn asked(&self) -> (String, Vec<(String, String)>) {
        let state = self.state.lock().unwrap();
        let request = state.assumed.last().unwrap();
        let uri = request.uri();
        let at =
            format!("{} {}://{}{}", request.method(), uri.scheme_str().unwrap(), uri.authority().unwrap(), uri.path());
        (at, pairs(uri.query().unwrap()))
    }
}

fn builder(cloud: &Arc<Cloud>) -> Builder {
    ack::builder()
        .region("cn-beijing")
        .credentials(Credentials::new("key", "planted-secret"))
        .assume_role(Role::new(ARN))
        .transport(cloud.clone())
        .clock(Arc::new(cloud.clock.clone()))
}

fn bench() -> (Arc<Cloud>, Connection) {
    let cloud = Arc::new(Cloud { state: Mutex::default(), clock: ManualClock::new(now()) });
    let connection = builder(&cloud).build().unwrap();
    (cloud, connection)
}

async fn call(connection: &Connection) -> Result<(), Error> {
    wharf_core::request::Call::<Update>::new(connection.clone(), update()).send().await.map(|_| ())
}

async fn many(connection: &Connection, count: usize) {
    let calls: Vec<_> = (0..count)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { call(&connection).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn one_session_serves_many_calls_and_is_renewed_before_it_ends() {
    let (cloud, connection) = bench();
    many(&connection, 20).await;
    assert_eq!(cloud.counts(), (1, 20));
    cloud.clock.advance(HOUR - Duration::from_secs(600));
    call(&connection).await.unwrap();
    assert_eq!(cloud.counts(), (1, 21));
    cloud.clock.advance(Duration::from_secs(500));
    many(&connection, 20).await;
    assert_eq!(cloud.counts(), (2, 41));
}

#[tokio::test]
async fn a_session_that_is_refused_is_renewed_once_and_the_calls_go_on() {
    let (cloud, connection) = bench();
    call(&connection).await.unwrap();
    // Withdrawn: nobody has the good one.
    cloud.change(|state| state.good.0 += 1);
    many(&connection, 10).await;
    assert_eq!(cloud.counts().0, 2);
    assert!(cloud.clock.slept().is_empty());

    cloud.change(|state| state.refuses_everything = true);
    let before = cloud.counts();
    let error = call(&connection).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Credentials, Some("InvalidSecurityToken.Expired")));
    assert_eq!(error.attempts().len(), 1);
    assert_eq!(cloud.counts(), (before.0 + 1, before.1 + 2));
}

#[tokio::test]
async fn what_is_asked_for_and_where() {
    let (cloud, connection) = bench();
    call(&connection).await.unwrap();
    let (at, parameters) = cloud.asked();
    assert_eq!(at, "POST https://sts.cn-beijing.aliyuncs.com/");
    let get = |parameters: &[(String, String)], name: &str| {
        parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
    };
    for (name, value) in [
        ("RoleArn", Some(ARN)),
        ("RoleSessionName", Some("wharf")),
        ("DurationSeconds", Some("3600")),
        ("Policy", None),
        ("ExternalId", None),
        ("SourceIdentity", None),
        ("Version", Some("2015-04-01")),
        ("AccessKeyId", Some("key")),
        ("SecurityToken", None),
    ] {
        assert_eq!(get(&parameters, name).as_deref(), value, "{name}");
    }

    let role = Role::new(ARN).session_name("me@x").duration(Duration::from_secs(900)).policy("{}");
    let role = role.external_id("团队/1").region("eu-west-1");
    let at = async |builder: Builder| {
        call(&builder.build().unwrap()).await.unwrap();
        cloud.asked().0
    };
    let plain = || {
        let mut plain = builder(&cloud);
        plain = plain.credentials(Credentials::new("key", "planted-secret").with_token("planted-first"));
        plain.domain("env30.com").organization("37")
    };
    assert_eq!(at(plain()).await, "POST https://sts-vpc.cn-beijing.env30.com/");
    let (_, parameters) = cloud.asked();
    assert_eq!(get(&parameters, "SecurityToken").as_deref(), Some("planted-first"));
    assert_eq!(at(plain().endpoint("https://pop.env30.com/x")).await, "POST https://pop.env30.com/x/");
    let asapi = plain().endpoint("https://asapi.env30.com").asapi(Asapi::new());
    assert_eq!(at(asapi).await, "POST https://sts-vpc.cn-beijing.env30.com/");
    assert_eq!(at(plain().sts_endpoint("https://sts.example.com")).await, "POST https://sts.example.com/");

    // A role assumed with what another gives.
    let before = cloud.counts().0;
    assert_eq!(at(builder(&cloud).assume_role(role)).await, "POST https://sts.eu-west-1.aliyuncs.com/");
    assert_eq!(cloud.counts().0, before + 2);
    let (_, parameters) = cloud.asked();
    for (name, value) in
        [("RoleSessionName", "me@x"), ("DurationSeconds", "900"), ("Policy", "{}"), ("ExternalId", "团队/1")]
    {
        assert_eq!(get(&parameters, name).as_deref(), Some(value));
    }
    assert!(get(&parameters, "SecurityToken").unwrap().starts_with("planted-token-"));
}

#[tokio::test]
async fn a_role_that_is_refused_is_told_without_secrets() {
    let (cloud, connection) = bench();
    cloud.change(|state| state.refuses_roles = true);
    let error = call(&connection).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code(), error.status()),
        (ErrorKind::PermissionDenied, Some("NoPermission"), Some(403))
    );
    assert_eq!(error.operation().unwrap().name, "AssumeRole");
    assert_eq!(cloud.counts(), (1, 0));
    cloud.change(|state| state.refuses_roles = false);
    call(&connection).await.unwrap();
    let shown = format!("{error:?} {error} {connection:?} {:?}", builder(&cloud));
    assert!(!shown.contains("planted"), "{shown}");
}

#[tokio::test]
async fn an_answer_without_credentials_cannot_be_read() {
    for body in [
        r#"{"RequestId": "r"}"#,
        r#"{"Credentials": {"AccessKeyId": "a", "AccessKeySecret": "planted", "SecurityToken": ""}}"#,
        r#"{"Credentials": {"AccessKeyId": "a", "AccessKeySecret": "planted", "SecurityToken": "t", "Expiration": "?"}}"#,
    ] {
        let (cloud, _) = bench();
        let replay = Replay::new().answer(answer(200, body));
        let connection = builder(&cloud).transport(Arc::new(replay)).build().unwrap();
        let error = call(&connection).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.field().unwrap().starts_with("Credentials."), "{error}");
        assert!(!format!("{error} {error:?}").contains("planted"));
    }
}

#[test]
fn a_role_that_cannot_be_is_refused_before_anything_is_sent() {
    let (cloud, _) = bench();
    for (setting, role) in [
        ("role_arn", Role::new("")),
        ("role_arn", Role::new("acs:ram::1:user/a")),
        ("session_name", Role::new(ARN).session_name("a")),
        ("session_name", Role::new(ARN).session_name("a b")),
        ("session_name", Role::new(ARN).session_name("a".repeat(65))),
        ("duration", Role::new(ARN).duration(Duration::from_secs(899))),
    ] {
        let error = builder(&cloud).assume_role(role).build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(setting)));
    }
}
