//! Requests and answers of APIs with resources.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};
use wharf_core::ErrorKind;
use wharf_core::credentials::Credentials;
use wharf_core::error::{CodeMeta, Error};
use wharf_core::model::{Any, In, ListStyle, Model, Secret};
use wharf_core::operation::OperationMeta;
use wharf_core::product::{Answer, Body, EncodeInput, Endpoint, Signing, Unsigned};
use wharf_core::protocol::rest::{self, Rules};
use wharf_core::protocol::rest_answer::{self, Reading};

#[derive(Clone, Default, PartialEq)]
struct Put {
    project: Option<String>,
    id: Option<String>,
    number: Option<i64>,
    detail: Option<bool>,
    names: Option<Vec<String>>,
    labels: Option<BTreeMap<String, String>>,
    trace: Option<String>,
    secret: Option<Secret>,
    kind: Option<String>,
    size: Option<i64>,
}
wharf_core::model! {
    Put = "Put" {
        project = "project_id" .place(In::Path);
        id = "id" .place(In::Path);
        number = "number" .place(In::Path);
        detail = "detail" .place(In::Query);
        names = "names" .place(In::Query);
        labels = "labels" .place(In::Query);
        trace = "X-Trace" .place(In::Header);
        secret = "X-Secret" .place(In::Header) .sensitive();
        kind = "kind" .fixed("Thing");
        size = "size";
    }
}

/// Lists in the query, in the three ways that APIs write them.
#[derive(Clone, Default, PartialEq)]
struct Lists {
    repeated: Option<Vec<String>>,
    joined: Option<Vec<String>>,
    json: Option<Vec<String>>,
}
wharf_core::model! {
    Lists = "Lists" {
        repeated = "repeated" .place(In::Query);
        joined = "joined" .place(In::Query) .style(ListStyle::Comma);
        json = "json" .place(In::Query) .style(ListStyle::Json);
    }
}

#[derive(Clone, Default, PartialEq)]
struct Get {
    id: Option<String>,
}
wharf_core::model! { Get = "Get" { id = "id" .place(In::Path); } }

#[derive(Clone, Default, PartialEq)]
struct Items {
    items: Option<Vec<Get>>,
}
wharf_core::model! { Items = "Items" { items = "items" .payload(); } }

#[derive(Clone, Default, PartialEq)]
struct Raw {
    text: Option<String>,
}
wharf_core::model! { Raw = "Raw" { text = "text" .payload(); } }

#[derive(Clone, Default, PartialEq)]
struct Nothing {}
wharf_core::model! { Nothing = "Nothing" {} }

#[derive(Clone, Default, PartialEq)]
struct Output {
    token: Option<Secret>,
    id: String,
    sizes: Vec<i64>,
}
wharf_core::model! {
    Output = "Output" {
        token = "X-Subject-Token" .place(In::Header) .sensitive();
        id = "id";
        sizes = "sizes";
    }
}

fn meta(method: &'static str, path: &'static str) -> &'static OperationMeta {
    Box::leak(Box::new(
        OperationMeta::new("test", "Put")
            .with_version("v1")
            .with_service("things")
            .with_route(method, path)
            .with_idempotent(true),
    ))
}

const PATH: &str = "/v1/projects/{project_id}/things/{id}/{number}/end";

fn encode(method: &'static str, path: &'static str, input: &dyn Model, rules: &Rules<'_>) -> Result<Unsigned, Error> {
    let endpoint = Endpoint { scheme: "https".into(), authority: "api.example.com".into(), base_path: "/base".into() };
    let (operation, region, user_agent) = (meta(method, path), None, "ua");
    let call = EncodeInput { operation, input, endpoint: &endpoint, signed: &endpoint, region, user_agent };
    rest::encode(&call, rules)
}

fn put() -> Put {
    Put { project: Some("p".into()), id: Some("a b/c%é..~".into()), number: Some(-7), ..Put::default() }
}

fn bytes(unsigned: &Unsigned) -> &str {
    match &unsigned.body {
        Body::Bytes(bytes) => std::str::from_utf8(bytes).unwrap(),
        Body::Empty => "",
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_member_travels_in_its_place() {
    let input = Put {
        detail: Some(true),
        names: Some(vec!["b".into(), "a b".into()]),
        trace: Some("é".into()),
        secret: Some("planted".into()),
        size: Some(1),
        ..put()
    };
    let unsigned = encode("PUT", PATH, &input, &Rules::default()).unwrap();
    assert_eq!(unsigned.path, "/v1/projects/p/things/a%20b%2Fc%25%C3%A9..~/-7/end");
    let query: Vec<_> = unsigned.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(query, ["detail=true", "names=b", "names=a b"]);
    assert_eq!(unsigned.headers["x-trace"].as_bytes(), "é".as_bytes());
    assert_eq!(unsigned.headers["content-type"], "application/json");
    assert_eq!(unsigned.headers["user-agent"], "ua");
    assert_eq!(bytes(&unsigned), r#"{"kind": "Thing", "size": 1}"#);
    assert!(!format!("{unsigned:?}").contains("planted"));
    let request = unsigned.without_signature().unwrap();
    let end = "/v1/projects/p/things/a%20b%2Fc%25%C3%A9..~/-7/end?detail=true&names=a%20b&names=b";
    assert_eq!(request.uri().to_string(), format!("https://api.example.com/base{end}"));
    assert_eq!(request.headers()["host"], "api.example.com");
}

/// A list that is the whole body is read too where it is a member of that name, and one object is a list of one.
#[test]
fn a_list_is_read_whether_it_is_the_body_or_a_member_of_it() {
    let read = |body: &str| {
        let mut items = Items::default();
        let response = Response::new(body.to_owned().into());
        let reading =
            Reading { request_id_headers: &[], retry_after_header: None, output_headers: &[], meaning: &|_| None };
        rest_answer::decode(&response, &mut items, &reading).unwrap();
        items.items.map(|items| items.into_iter().filter_map(|item| item.id).collect::<Vec<_>>())
    };
    let ids = |ids: &[&str]| Some(ids.iter().map(|id| (*id).to_owned()).collect());
    assert_eq!(read(r#"[{"id":"a"},{"id":"b"}]"#), ids(&["a", "b"]));
    assert_eq!(read(r#"{"items":[{"id":"a"}],"more":1}"#), ids(&["a"]));
    assert_eq!(read(r#"{"items":{"id":"a"}}"#), ids(&["a"]));
    assert_eq!(read(r#"{"id":"a"}"#), ids(&["a"]));
    assert_eq!(read("[]"), ids(&[]));
}

#[test]
fn lists_in_the_query_are_written_as_the_api_does() {
    let list = |items: &[&str]| Some(items.iter().map(|item| (*item).to_owned()).collect());
    let query = |input: &Lists| encode("GET", "/v1", input, &Rules::default()).unwrap().query;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let input = Lists { repeated: list(&["a", "b"]), joined: list(&["a", "b"]), json: list(&["a\"", "集"]) };
    let expected =
        [pair("repeated", "a"), pair("repeated", "b"), pair("joined", "a,b"), pair("json", r#"["a\"","集"]"#)];
    assert_eq!(query(&input), expected);
    let empty = Lists { repeated: None, joined: list(&[]), json: list(&[]) };
    assert_eq!(query(&empty), [pair("joined", ""), pair("json", "[]")]);
    assert_eq!(query(&Lists::default()), []);
}

#[test]
fn lists_that_a_query_cannot_say_are_refused() {
    let list = |items: &[&str]| Some(items.iter().map(|item| (*item).to_owned()).collect());
    let none = Lists::default();
    for (input, field, reason) in [
        (Lists { repeated: list(&[]), ..none.clone() }, "repeated", "an empty list cannot be said in a query"),
        (Lists { joined: list(&["a", "b,c"]), ..none.clone() }, "joined.1", "is empty or has a comma"),
        (Lists { joined: list(&["", "a"]), ..none.clone() }, "joined.0", "is empty or has a comma"),
    ] {
        let error = encode("GET", "/v1", &input, &Rules::default()).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)));
        assert!(error.message().contains(reason), "{error}");
    }
}

#[test]
fn bodies() {
    let get = Get { id: Some("1".into()) };
    let unsigned = encode("POST", "/v1/{id}/start", &get, &Rules::default()).unwrap();
    assert!(matches!(unsigned.body, Body::Empty));
    let list = Items { items: Some(vec![]) };
    assert_eq!(bytes(&encode("POST", "/v1", &list, &Rules::default()).unwrap()), "[]");
    assert_eq!(bytes(&encode("POST", "/v1", &Items::default(), &Rules::default()).unwrap()), "");
    let raw = Raw { text: Some("a \"b\"\n".into()) };
    let unsigned = encode("PATCH", "/v1", &raw, &Rules::default()).unwrap();
    assert_eq!(bytes(&unsigned), "a \"b\"\n");
    // As Huawei's own client sends every body.
    assert_eq!(unsigned.headers["content-type"], "application/json");
}

#[test]
fn what_the_path_cannot_hold_is_refused() {
    for id in ["", ".", ".."] {
        let error = encode("GET", PATH, &Put { id: Some(id.into()), ..put() }, &Rules::default()).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("id")), "{id:?}");
    }
    let error = encode("GET", PATH, &Put { id: None, ..put() }, &Rules::default()).unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::InvalidInput, "id is required"));
    for (member, wrong) in [
        ("labels", Put { labels: Some(BTreeMap::new()), ..put() }),
        ("X-Trace", Put { trace: Some("a\r\nX-Evil: 1".into()), ..put() }),
        ("X-Trace", Put { trace: Some(" a".into()), ..put() }),
    ] {
        let error = encode("GET", PATH, &wrong, &Rules::default()).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(member)));
    }
}

#[test]
fn the_connection_fills_in_what_it_knows() {
    let input = Put { project: None, ..put() };
    let encode = |input: &Put, known| {
        let rules = Rules { known: &[("project_id", known)], max_body: None };
        encode("GET", PATH, input, &rules).map(|unsigned| unsigned.path)
    };
    assert!(encode(&input, Some("from the connection")).unwrap().contains("/from%20the%20connection/"));
    assert!(encode(&put(), Some("other")).unwrap().contains("/projects/p/"));
    let error = encode(&input, None).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("project_id")));
}

#[test]
fn large_bodies_are_refused_with_the_limit() {
    let rules = Rules { known: &[], max_body: Some((1 << 20, "because")) };
    let body = |bytes: usize| Raw { text: Some("x".repeat(bytes)) };
    encode("POST", "/v1", &body(1 << 20), &rules).unwrap();
    let error = encode("POST", "/v1", &body((1 << 20) + 1), &rules).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("request")));
    assert!(error.message().contains("1 MB") && error.message().ends_with("because"), "{error}");
}

#[test]
fn tokens_are_not_shown() {
    let unsigned = encode("PUT", PATH, &put(), &Rules::default()).unwrap();
    let credentials = Credentials::new("key", "planted-key").with_token("planted-token");
    let signing =
        Signing { credentials: &credentials, time: UNIX_EPOCH + Duration::from_secs(1_700_000_000), nonce: 1 };
    let request = rest::sign_token(&unsigned, &signing, "x-auth-token").unwrap();
    assert_eq!(request.headers()["x-auth-token"], "planted-token");
    assert!(!request.headers().contains_key("authorization"));
    assert!(!format!("{:?}", request.headers()).contains("planted"));
    for token in [None, Some(""), Some("planted token"), Some("planted\r\nX-Evil: 1")] {
        let mut credentials = Credentials::new("key", "secret");
        if let Some(token) = token {
            credentials = credentials.with_token(token);
        }
        let signing = Signing { credentials: &credentials, ..signing };
        let error = rest::sign_token(&unsigned, &signing, "x-auth-token").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(!format!("{error:?}").contains("planted"));
    }
}

static FULL: CodeMeta = CodeMeta::new("X.400007", ErrorKind::Quota, false, "Full.");

fn decode(status: u16, headers: &[(&str, &str)], body: &str, output: &mut dyn Model) -> Result<Answer, Error> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    let reading = Reading {
        request_id_headers: &["x-request-id", "x-trace-id"],
        retry_after_header: Some("x-wait-millis"),
        output_headers: &["X-Subject-Token"],
        meaning: &|code| (code == FULL.code).then_some(&FULL),
    };
    rest_answer::decode(&response.body(Bytes::copy_from_slice(body.as_bytes())).unwrap(), output, &reading)
}

#[test]
fn good_answers() {
    let mut output = Output::default();
    let headers = [("x-subject-token", "planted"), ("x-trace-id", "t"), ("x-request-id", " r-1 ")];
    let answer = decode(201, &headers, r#"{"id": 7, "sizes": "8", "new": {"deep": [null]}}"#, &mut output).unwrap();
    assert_eq!(answer.request_id.as_deref(), Some("r-1"));
    assert_eq!((output.id.as_str(), &output.token.as_ref().unwrap().expose()), ("7", &"planted"));
    assert!(!format!("{output:?}").contains("planted"));

    let mut items = Items::default();
    decode(200, &[], r#"[{"id": "a"}, {"id": "b"}]"#, &mut items).unwrap();
    assert_eq!(items.items.unwrap().len(), 2);
    for (body, text) in [("plain text\n", "plain text"), (r#""quoted""#, "quoted"), ("{}", "{}")] {
        let mut raw = Raw::default();
        decode(200, &[], body, &mut raw).unwrap();
        assert_eq!(raw.text.unwrap(), text);
    }
    for body in ["", "{}", r#"{"string":"string"}"#, "success", "null", "[1]"] {
        decode(200, &[], body, &mut Nothing {}).unwrap();
    }
}

#[test]
fn nothing_is_no_answer_where_an_output_is_due() {
    for status in [200, 202, 204] {
        for body in ["", "  \n", "null", "\u{feff}"] {
            for output in [&mut Output::default() as &mut dyn Model, &mut Items::default(), &mut Raw::default()] {
                let error = decode(status, &[("x-request-id", "r")], body, output).unwrap_err();
                assert_eq!((error.kind(), error.request_id()), (ErrorKind::Decode, Some("r")), "{status} {body:?}");
                assert!(error.message().contains("empty"), "{error}");
            }
            decode(status, &[], body, &mut Nothing {}).unwrap();
        }
    }
}

#[test]
fn what_is_cut_or_of_something_else_is_no_answer() {
    let compressed = [("content-encoding", "gzip")];
    for (headers, body, said) in [
        (&[][..], r#"{"id": "a""#, "ends before it is complete"),
        (&[], r#"[{"id""#, "ends before it is complete"),
        (&[], "<!DOCTYPE html><title>Login</title>", "page for people"),
        (&compressed, "\u{1}\u{2}", "compressed (gzip), which was not asked for"),
    ] {
        for output in [&mut Output::default() as &mut dyn Model, &mut Items::default(), &mut Nothing {}] {
            let error = decode(200, headers, body, output).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
            assert!(error.message().contains(said) || body.starts_with('['), "{body}: {error}");
        }
    }
    let error = decode(403, &compressed, "\u{1}\u{2}", &mut Nothing {}).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.message().contains("compressed (gzip), which was not asked for"), "{error}");
}

#[test]
fn an_output_that_takes_anything() {
    let any = |body: &str| {
        let mut any = Any::default();
        decode(200, &[("X-Subject-Token", "t")], body, &mut any).unwrap();
        any.into_value()
    };
    assert_eq!(any(r#"{"a": {"b": null}}"#), json!({"a": {"b": null}, "X-Subject-Token": "t"}));
    assert_eq!(any("[1, 2]"), json!({"body": [1, 2], "X-Subject-Token": "t"}));
    assert_eq!(any("words"), json!({"body": "words", "X-Subject-Token": "t"}));
    assert_eq!(any(""), json!({"X-Subject-Token": "t"}));
    let mut none = Any::default();
    decode(200, &[], "", &mut none).unwrap();
    assert_eq!(none.into_value(), Value::Object(serde_json::Map::new()));
}

#[test]
fn good_statuses_with_bad_bodies() {
    for body in ["<html>", "[]", r#"{"id": "#, r#"{"id": "a"} x"#] {
        let error = decode(200, &[("x-request-id", "r")], body, &mut Output::default()).unwrap_err();
        assert_eq!((error.kind(), error.request_id()), (ErrorKind::Decode, Some("r")), "{body}");
    }
    let error = decode(200, &[], r#"{"sizes": {"a": 1}}"#, &mut Output::default()).unwrap_err();
    assert_eq!(error.field(), Some("sizes"));
    let html = [("content-type", "text/html; charset=utf-8")];
    assert_eq!(decode(200, &html, "<html>", &mut Nothing {}).unwrap_err().kind(), ErrorKind::Decode);
}

#[test]
fn every_form_of_an_error() {
    for (status, body, code, message, kind) in [
        (400, r#"{"error_code":"AS.0001","error_msg":"m"}"#, "AS.0001", "m", ErrorKind::InvalidInput),
        (400, r#"{"error_code":"X.400007","error_msg":"m"}"#, "X.400007", "m", ErrorKind::Quota),
        (403, r#"{"errorCode":"C.1","errorMsg":"m"}"#, "C.1", "m", ErrorKind::PermissionDenied),
        (500, r#"{"code":"S.500","message":"internal error"}"#, "S.500", "internal error", ErrorKind::Transient),
        (
            404,
            r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"m","reason":"NotFound","code":404}"#,
            "NotFound",
            "m",
            ErrorKind::NotFound,
        ),
        (
            401,
            r#"{"error":{"code":401,"message":"wrong","title":"Unauthorized"}}"#,
            "Unauthorized",
            "wrong",
            ErrorKind::Credentials,
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"m","title":"Bad Request"}}"#,
            "BadRequest",
            "m",
            ErrorKind::InvalidInput,
        ),
        (409, r#"{"error":{"code":409,"message":"m"}}"#, "409", "m", ErrorKind::Conflict),
        (404, r#"{"itemNotFound":{"code":404,"message":"m"}}"#, "itemNotFound", "m", ErrorKind::NotFound),
        (429, r#"{"error_msg":"slow down"}"#, "429", "slow down", ErrorKind::Throttled),
        (503, r#"{"error_code":"C.2"}"#, "C.2", "HTTP status 503 Service Unavailable", ErrorKind::Transient),
        (405, r#"{"message":"m","code":" C.3 "}"#, "C.3", "m", ErrorKind::Unsupported),
    ] {
        let error = decode(status, &[("X-Request-Id", "r-2")], body, &mut Output::default()).unwrap_err();
        assert_eq!((error.code(), error.message()), (Some(code), message), "{body}");
        assert_eq!((error.kind(), error.request_id()), (kind, Some("r-2")), "{body}");
        assert_eq!(error.is_retryable(), matches!(kind, ErrorKind::Transient | ErrorKind::Throttled), "{body}");
    }
}

#[test]
fn a_page_of_something_between_is_told_by_its_status() {
    for (status, kind, retryable) in [
        (302, ErrorKind::Other, false),
        (400, ErrorKind::InvalidInput, false),
        (401, ErrorKind::Credentials, false),
        (403, ErrorKind::PermissionDenied, false),
        // No thing is missing but the address.
        (404, ErrorKind::Other, false),
        (407, ErrorKind::Configuration, false),
        (429, ErrorKind::Throttled, true),
        (500, ErrorKind::Transient, true),
        (501, ErrorKind::Unsupported, false),
        (502, ErrorKind::Transient, true),
    ] {
        for body in ["<html>planted</html>", "", "[\"planted\"]", "{}", r#"{"planted": {"deep": {"code": 1}}}"#] {
            let error = decode(status, &[("content-type", "text/html")], body, &mut Output::default()).unwrap_err();
            assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{status} {body}");
            assert!(error.message().contains(&status.to_string()) && error.message().contains("text/html"));
            assert_eq!(error.code(), None);
            assert!(!format!("{error:?}").contains("planted"));
        }
    }
}
