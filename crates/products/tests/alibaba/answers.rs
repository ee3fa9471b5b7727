//! Answers and errors in every form, and what follows from them.

use crate::{Update, Updated, answer, now, update};
use bytes::Bytes;
use http::Response;
use std::sync::Arc;
use std::time::Duration;
use wharf_core::clock::ManualClock;
use wharf_core::connection::Settings;
use wharf_core::credentials::Credentials;
use wharf_core::error::Error;
use wharf_core::model::Any;
use wharf_core::product::Product;
use wharf_core::transport::Replay;
use wharf_core::{Connection, ErrorKind};
use wharf_products::ack;
use wharf_products::alibaba::{AlibabaSettings, Asapi};

fn decode(settings: AlibabaSettings, response: &Response<Bytes>) -> Result<(Option<String>, Updated), Error> {
    let mut output = Updated::default();
    let answer = ack::product(settings).unwrap().decode(response, &mut output)?;
    Ok((answer.request_id, output))
}

fn bare(status: u16, form: &str, body: &str) -> Response<Bytes> {
    let response = Response::builder().status(status).header("content-type", form);
    response.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

#[test]
fn the_request_id_is_found_wherever_it_stands() {
    let id = |response: &Response<Bytes>| decode(AlibabaSettings::default(), response).unwrap().0;
    assert_eq!(id(&answer(200, r#"{"RequestId": "other"}"#)).as_deref(), Some("r-1"));
    for body in [r#"{"RequestId": "R"}"#, r#"{"requestId": "R"}"#, r#"{"request_id": "R", "RequestId": ""}"#] {
        assert_eq!(id(&bare(200, "application/json", body)).as_deref(), Some("R"), "{body}");
    }
    assert_eq!(id(&bare(202, "application/json", "{}")), None);
    let mut any = Any::default();
    let product = ack::product(AlibabaSettings::default()).unwrap();
    assert_eq!(product.decode(&bare(200, "application/json", "[1]"), &mut any).unwrap().request_id, None);
}

#[test]
fn every_form_of_an_error() {
    let json = "application/json; charset=utf-8";
    for (status, form, body, code, message, kind, id) in [
        (
            404,
            json,
            r#"{"code":"ErrorWhatever","message":"no such cluster","requestId":"R","status":404}"#,
            "ErrorWhatever",
            "no such cluster",
            ErrorKind::NotFound,
            Some("R"),
        ),
        (
            403,
            json,
            r#"{"Code":"Forbidden.RAM","Message":"no","RequestId":"R","HostId":"cs.aliyuncs.com"}"#,
            "Forbidden.RAM",
            "no [host cs.aliyuncs.com]",
            ErrorKind::PermissionDenied,
            Some("R"),
        ),
        (
            400,
            json,
            r#"{"code":"Throttling.User","message":"slow","request_id":"R"}"#,
            "Throttling.User",
            "slow",
            ErrorKind::Throttled,
            Some("R"),
        ),
        (
            400,
            "text/xml;charset=utf-8",
            "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>R</RequestId><HostId>cs.x</HostId>\
             <Code>InvalidVersion</Code><Message>Specified &lt;version&gt; is not valid.</Message></Error>",
            "InvalidVersion",
            "Specified <version> is not valid. [host cs.x]",
            ErrorKind::Unsupported,
            Some("R"),
        ),
        (
            503,
            json,
            r#"{"Code":"ServiceUnavailable","Message":""}"#,
            "ServiceUnavailable",
            "",
            ErrorKind::Transient,
            None,
        ),
        (409, json, r#"{"code":409,"message":"busy"}"#, "409", "busy", ErrorKind::Conflict, None),
    ] {
        let error = decode(AlibabaSettings::default(), &bare(status, form, body)).unwrap_err();
        let message = if message.is_empty() { "HTTP status 503 Service Unavailable" } else { message };
        assert_eq!((error.code(), error.message(), error.kind()), (Some(code), message, kind), "{body}");
        assert_eq!(error.request_id(), id, "{body}");
        assert_eq!(error.is_retryable(), matches!(kind, ErrorKind::Throttled | ErrorKind::Transient));
    }
    let error = decode(AlibabaSettings::default(), &bare(502, "text/html", "<html>planted</html>")).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Transient, None));
    assert!(!format!("{error:?}").contains("planted"));
}

#[test]
fn what_the_gateway_signed_is_not_told() {
    for body in [
        r#"{"Code":"SignatureDoesNotMatch","Message":"Specified signature is not matched with our calculation. server string to sign is:GET\nplanted-token"}"#,
        "<Error><Code>SignatureDoesNotMatch</Code><Message>Server String To Sign is:planted-token</Message></Error>",
    ] {
        let error = decode(AlibabaSettings::default(), &bare(400, "", body)).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Credentials, Some("SignatureDoesNotMatch")));
        assert!(!format!("{error} {error:?}").contains("planted"), "{error}");
        assert!(error.message().to_lowercase().contains("string to sign"), "{error}");
    }
}

#[test]
fn asapi_refuses_with_a_good_status_too() {
    let asapi = || {
        let mut settings = AlibabaSettings::default();
        settings.asapi = Some(Asapi::new());
        settings
    };
    let body = r#"{"asapiSuccess": false, "code": "NoPermission", "message": "no", "requestId": "R"}"#;
    let error = decode(asapi(), &bare(200, "application/json", body)).unwrap_err();
    assert_eq!(
        (error.kind(), error.code(), error.request_id()),
        (ErrorKind::PermissionDenied, Some("NoPermission"), Some("R"))
    );
    // Whichever gateway it is: the answer says no.
    let error = decode(AlibabaSettings::default(), &bare(200, "application/json", body)).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::PermissionDenied, Some("NoPermission")));
    let good = r#"{"asapiSuccess": true, "name": "n"}"#;
    assert_eq!(decode(asapi(), &bare(200, "application/json", good)).unwrap().1.name.as_deref(), Some("n"));
    let error = decode(asapi(), &bare(200, "application/json", "")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[derive(Debug)]
struct Bench {
    replay: Replay,
    clock: ManualClock,
    connection: Connection,
}

fn bench(script: impl IntoIterator<Item = Response<Bytes>>) -> Bench {
    let replay = script.into_iter().fold(Replay::new(), Replay::answer);
    let clock = ManualClock::new(now());
    let mut settings = Settings::default();
    settings.region = Some("cn-beijing".into());
    settings.credentials = Some(Arc::new(Credentials::new("key", "secret")));
    settings.transport = Some(Arc::new(replay.clone()));
    settings.clock = Some(Arc::new(clock.clone()));
    let connection = settings.connect(Arc::new(ack::product(AlibabaSettings::default()).unwrap())).unwrap();
    Bench { replay, clock, connection }
}

async fn call(connection: &Connection) -> Result<Updated, Error> {
    wharf_core::request::Call::<Update>::new(connection.clone(), update()).send().await
}

#[tokio::test]
async fn a_throttled_call_waits_as_long_as_it_is_told() {
    let mut told = answer(400, r#"{"Code":"Throttling.Api","Message":"slow"}"#);
    told.headers_mut().insert("x-acs-retry-after", "1500".parse().unwrap());
    let bench = bench([told, answer(200, "{}")]);
    call(&bench.connection).await.unwrap();
    assert!(bench.clock.slept()[0] >= Duration::from_millis(1500), "{:?}", bench.clock.slept());
    let sent = bench.replay.requests();
    let nonces: Vec<_> = sent.iter().map(|(request, _)| &request.headers()["x-acs-signature-nonce"]).collect();
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn a_signature_refused_for_its_time_is_made_again() {
    let mut late = answer(400, r#"{"Code":"InvalidTimeStamp.Expired","Message":"too old"}"#);
    late.headers_mut().insert("date", "Fri, 15 Jan 2027 08:00:00 GMT".parse().unwrap());
    let bench = bench([late, answer(200, "{}")]);
    call(&bench.connection).await.unwrap();
    let sent = bench.replay.requests();
    let dates: Vec<_> = sent.iter().map(|(request, _)| request.headers()["date"].clone()).collect();
    assert_eq!(dates, ["Tue, 14 Nov 2023 22:13:20 GMT", "Fri, 15 Jan 2027 08:00:00 GMT"]);
    assert!(bench.clock.slept().is_empty());
}

#[tokio::test]
async fn a_wrong_signature_is_not_tried_again() {
    let bench = bench([answer(403, r#"{"Code":"SignatureDoesNotMatch","Message":"wrong"}"#)]);
    let error = call(&bench.connection).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(403)));
    assert_eq!(error.request_id(), Some("r-1"));
    assert_eq!(bench.replay.requests().len(), 1);
}
