//! Logging in, keeping the token, renewing it.

use crate::{answer, meta, now};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wharf_core::clock::ManualClock;
use wharf_core::credentials::Credentials;
use wharf_core::error::Error;
use wharf_core::model::In;
use wharf_core::operation::{Entry, Operation, OperationMeta};
use wharf_core::transport::{Limits, Replay, Transport, TransportError};
use wharf_core::{Connection, ErrorKind};
use wharf_products::cce;
use wharf_products::huawei::{Builder, PasswordLogin, Scope};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[derive(Clone, Default, PartialEq)]
struct Create {
    project: Option<String>,
}
wharf_core::model! { Create = "Create" { project = "project_id" .place(In::Path); } }

impl Operation for Create {
    type Output = Create;
    const META: &'static OperationMeta = &meta("CreateCluster", "POST", "/api/v3/projects/{project_id}/clusters");
}

/// A cloud that gives tokens, and takes the last one alone.
#[derive(Debug, Default)]
struct Cloud {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    logins: Vec<Request<Bytes>>,
    calls: Vec<Request<Bytes>>,
    /// The number of the token that is good.
    good: usize,
    /// Says when the token ends.
    body: Option<Value>,
    refuses_logins: bool,
    refuses_everything: bool,
}

#[async_trait]
impl Transport for Cloud {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        // Others get their turn, as they do on a network.
        tokio::task::yield_now().await;
        let mut state = self.state.lock().unwrap();
        if request.uri().path().ends_with("/v3/auth/tokens") {
            state.logins.push(request);
            if state.refuses_logins {
                return Ok(answer(401, r#"{"error":{"code":401,"message":"wrong password","title":"Unauthorized"}}"#));
            }
            state.good += 1;
            let token = format!("planted-token-{}", state.good);
            let body = state.body.clone().map_or_else(Bytes::new, |body| body.to_string().into());
            return Ok(Response::builder().status(201).header("x-subject-token", token).body(body).unwrap());
        }
        let good = format!("planted-token-{}", state.good);
        let fits = request.headers().get("x-auth-token").is_some_and(|token| token.as_bytes() == good.as_bytes());
        state.calls.push(request);
        Ok(if fits && !state.refuses_everything {
            answer(201, "{}")
        } else {
            answer(401, r#"{"error_code":"APIGW.0301","error_msg":"decrypt token fail"}"#)
        })
    }
}

impl Cloud {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    fn counts(&self) -> (usize, usize) {
        let state = self.state.lock().unwrap();
        (state.logins.len(), state.calls.len())
    }

    fn login(&self) -> (String, Value) {
        let state = self.state.lock().unwrap();
        let request = state.logins.last().unwrap();
        for name in ["authorization", "x-auth-token", "x-project-id"] {
            assert!(!request.headers().contains_key(name), "{name}");
        }
        (request.uri().to_string(), serde_json::from_slice(request.body()).unwrap())
    }
}

fn builder(cloud: &Arc<Cloud>, clock: &ManualClock) -> Builder {
    cce::builder()
        .region("cn-north-1")
        .project_id("project-1")
        .password_login(PasswordLogin::new("ann", "planted-password", "acme"))
        .transport(cloud.clone())
        .clock(Arc::new(clock.clone()))
}

fn bench() -> (Arc<Cloud>, ManualClock, Connection) {
    let (cloud, clock) = (Arc::new(Cloud::default()), ManualClock::new(now()));
    let connection = builder(&cloud, &clock).build().unwrap();
    (cloud, clock, connection)
}

async fn call(connection: &Connection) -> Result<Value, Error> {
    connection.call(&Entry::of::<Create>(), Value::Null).await
}

#[tokio::test]
async fn one_login_serves_many_calls() {
    let (cloud, clock, connection) = bench();
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { call(&connection).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    clock.advance(DAY - Duration::from_secs(600));
    call(&connection).await.unwrap();
    assert_eq!(cloud.counts(), (1, 21));
}

#[tokio::test]
async fn the_login_says_who_and_what_for() {
    let (cloud, clock, connection) = bench();
    call(&connection).await.unwrap();
    let user = json!({"name": "ann", "password": "planted-password", "domain": {"name": "acme"}});
    let identity = json!({"methods": ["password"], "password": {"user": user}});
    let scoped = |scope: Value| json!({"auth": {"identity": identity, "scope": scope}});
    let (url, body) = cloud.login();
    assert_eq!(url, "https://iam.cn-north-1.myhuaweicloud.com/v3/auth/tokens");
    assert_eq!(body, scoped(json!({"project": {"id": "project-1"}})));

    let login = || PasswordLogin::new("ann", "planted-password", "acme");
    for (scope, expected) in [
        (Scope::Project("cn-north-1_sub".into()), json!({"project": {"name": "cn-north-1_sub"}})),
        (Scope::ProjectId("p".into()), json!({"project": {"id": "p"}})),
        (Scope::Account, json!({"domain": {"name": "acme"}})),
    ] {
        let builder = builder(&cloud, &clock).domain("cloud.example.com").password_login(login().scope(scope));
        call(&builder.build().unwrap()).await.unwrap();
        assert_eq!(cloud.login(), ("https://iam.cn-north-1.cloud.example.com/v3/auth/tokens".into(), scoped(expected)));
    }
    let everywhere = builder(&cloud, &clock).endpoint("https://gate.example.com/x");
    call(&everywhere.clone().build().unwrap()).await.unwrap();
    assert_eq!(cloud.login().0, "https://gate.example.com/x/v3/auth/tokens");
    call(&everywhere.iam_endpoint("https://iam.example.com").build().unwrap()).await.unwrap();
    assert_eq!(cloud.login().0, "https://iam.example.com/v3/auth/tokens");
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    for (body, life) in [
        (None, 24 * 3600),
        (Some(json!({"token": {"expires_at": "2023-11-15T00:13:20.000000Z"}})), 2 * 3600),
        // A clock that is years behind the cloud's.
        (
            Some(json!({"token": {
                "issued_at": "2030-01-01T00:00:00.000000Z", "expires_at": "2030-01-01T03:00:00.000000Z"
            }})),
            3 * 3600,
        ),
        (Some(json!({"token": {"expires_at": "2001-01-01T00:00:00Z"}})), 24 * 3600),
    ] {
        let (cloud, clock, connection) = bench();
        cloud.change(|state| state.body = body);
        call(&connection).await.unwrap();
        clock.set(now() + Duration::from_secs(life - 600));
        call(&connection).await.unwrap();
        assert_eq!(cloud.counts(), (1, 2), "{life}");
        clock.set(now() + Duration::from_secs(life - 60));
        call(&connection).await.unwrap();
        assert_eq!(cloud.counts(), (2, 3), "{life}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once_and_the_call_goes_on() {
    let (cloud, clock, connection) = bench();
    call(&connection).await.unwrap();
    // Withdrawn: nobody has the good one.
    cloud.change(|state| state.good += 1);
    call(&connection).await.unwrap();
    assert_eq!((cloud.counts(), clock.slept()), ((2, 3), vec![]));

    // Many calls meet the refusal, and one login follows.
    cloud.change(|state| state.good += 1);
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { call(&connection).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(cloud.counts().0, 3);

    cloud.change(|state| state.refuses_everything = true);
    let before = cloud.counts();
    let error = call(&connection).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.code()), (ErrorKind::Credentials, Some(401), Some("APIGW.0301")));
    assert_eq!(error.attempts().len(), 1);
    assert_eq!(cloud.counts(), (before.0 + 1, before.1 + 2));
}

#[tokio::test]
async fn a_login_that_fails_is_told_without_the_password() {
    let (cloud, _, connection) = bench();
    cloud.change(|state| state.refuses_logins = true);
    let error = call(&connection).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.status()), (ErrorKind::Credentials, Some("Unauthorized"), Some(401)));
    assert_eq!((error.operation().unwrap().name, error.message()), ("IAMCreateToken", "wrong password"));
    assert_eq!(cloud.counts(), (1, 0));

    cloud.change(|state| state.refuses_logins = false);
    call(&connection).await.unwrap();
    let shown = format!("{error:?} {error} {connection:?} {:?}", builder(&Arc::default(), &ManualClock::new(now())));
    assert!(!shown.contains("planted"), "{shown}");
}

#[tokio::test]
async fn a_login_without_a_token_in_its_answer_cannot_be_read() {
    let replay = Replay::new().answer(answer(201, "{}"));
    let connection: Connection =
        builder(&Arc::new(Cloud::default()), &ManualClock::new(now())).transport(Arc::new(replay)).build().unwrap();
    let error = call(&connection).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Decode, Some("X-Subject-Token")));
}

#[tokio::test]
async fn a_ready_token_and_a_key_need_no_login() {
    let (cloud, clock) = (Arc::new(Cloud::default()), ManualClock::new(now()));
    let connection: Connection = builder(&cloud, &clock).token("planted-token-0").build().unwrap();
    call(&connection).await.unwrap();
    assert_eq!(cloud.counts(), (0, 1));

    // A key that is refused is not tried again: five refusals would lock it.
    let key = cce::builder::<Connection>()
        .region("cn-north-1")
        .project_id("p")
        .credentials(Credentials::new("key", "planted-secret"))
        .transport(cloud.clone())
        .clock(Arc::new(clock));
    assert_eq!(call(&key.build().unwrap()).await.unwrap_err().status(), Some(401));
    assert_eq!(cloud.counts(), (0, 2));
}

#[tokio::test]
async fn a_signature_refused_for_its_time_is_made_again() {
    let body =
        r#"{"error_code":"APIGW.0301","error_msg":"calc aksk signature fail:signature expired, signature time:x"}"#;
    let mut late = answer(401, body);
    late.headers_mut().insert("date", "Fri, 15 Jan 2027 08:00:00 GMT".parse().unwrap());
    let replay = Replay::new().answer(late).answer(answer(201, "{}"));
    let connection: Connection = cce::builder()
        .region("cn-north-1")
        .project_id("p")
        .credentials(Credentials::new("key", "secret"))
        .transport(Arc::new(replay.clone()))
        .clock(Arc::new(ManualClock::new(now())))
        .build()
        .unwrap();
    call(&connection).await.unwrap();
    let dates: Vec<_> = replay.requests().iter().map(|(request, _)| request.headers()["x-sdk-date"].clone()).collect();
    assert_eq!(dates, ["20231114T221320Z", "20270115T080000Z"]);
}

#[test]
fn wrong_settings_are_named() {
    let cloud = Arc::new(Cloud::default());
    type Change = fn(Builder) -> Builder;
    let cases: [(&str, Change); 7] = [
        ("region", |b| b.region("cn north")),
        ("project_id", |b| b.project_id("a b")),
        ("domain", |b| b.domain("https://cloud.example.com")),
        ("endpoint", |b| b.endpoint("cloud")),
        ("iam_endpoint", |b| b.iam_endpoint("iam")),
        ("password_login", |b| b.password_login(PasswordLogin::new("ann", "", "acme"))),
        ("password_login", |b| b.password_login(PasswordLogin::new("ann", "planted", ""))),
    ];
    for (setting, change) in cases {
        let error = change(builder(&cloud, &ManualClock::new(now()))).build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(setting)));
        assert!(!error.to_string().contains("planted"));
    }
    let plain = cce::builder::<Connection>().region("r").iam_endpoint("http://iam.example.com");
    let plain = plain.credentials(Credentials::new("key", "secret"));
    assert_eq!(plain.clone().build().unwrap_err().field(), Some("iam_endpoint"));
    plain.clone().danger_accept_plain_http(true).build().unwrap();
    plain.iam_endpoint("http://127.0.0.1:8080").build().unwrap();
}
