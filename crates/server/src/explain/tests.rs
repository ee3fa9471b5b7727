#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use std::time::Duration;
use wharf_sign::{Payload, Request, tc3};

const ID: &str = "AKIDexample";
const SECRET: &str = "planted-secret";
const TIME: i64 = 1_551_113_065;
const BODY: &str = r#"{"Limit": 1}"#;

/// The head of a request that is signed rightly, with LF.
fn head(method: &str, query: &str, body: &str) -> String {
    let kind = if method == "GET" { "application/x-www-form-urlencoded" } else { "application/json" };
    let headers = [("content-type", kind), ("host", "tke.example.com")];
    let payload = Payload::Bytes(body.as_bytes());
    let request = Request { method, path: "/", query, headers: &headers, payload, ..Request::default() };
    let key = wharf_sign::Credentials { id: ID, secret: SECRET, token: None };
    let signed = tc3::sign(&request, &key, &tc3::Scope { service: "tke", timestamp: TIME });
    let mark = if query.is_empty() { "" } else { "?" };
    format!(
        "{method} /{mark}{query} HTTP/1.1\nHost: tke.example.com\nContent-Type: {kind}\nX-TC-Action: DescribeClusters\n\
         X-TC-Version: 2018-05-25\nX-TC-Timestamp: {TIME}\nAuthorization: {}\n",
        signed.authorization()
    )
}

fn keys() -> Keys {
    let at = UNIX_EPOCH + Duration::from_secs(1_551_113_000);
    Keys::new().key(&Credentials::new(ID, SECRET)).at(at)
}

fn verdict(capture: &str) -> Verdict {
    let found = explain(capture.as_bytes(), &keys()).unwrap_or_else(|error| panic!("{error}: {capture}"));
    assert!(!format!("{found} {found:?} {}", found.to_json()).contains(SECRET));
    found.verdict
}

#[test]
fn captures_are_read_as_programs_write_them() {
    let (post, get) = (head("POST", "", BODY), head("GET", "Limit=1", ""));
    let whole = format!("{post}\n{BODY}");
    assert_eq!(verdict(&whole), Verdict::Good);
    assert_eq!(verdict(&whole.replace('\n', "\r\n")), Verdict::Good, "as on the wire");
    assert_eq!(verdict(&format!("{whole}\n")), Verdict::Good, "with the line break of an editor");
    assert_eq!(verdict(&format!("{post}Content-Length: {}\n\n{BODY}\nmore", BODY.len())), Verdict::Good);
    let chunked =
        format!("{post}Transfer-Encoding: chunked\n\n5\r\n{}\r\n7\r\n{}\r\n0\r\n\r\n", &BODY[..5], &BODY[5..]);
    assert_eq!(verdict(&chunked), Verdict::Good);
    let packet = format!("10:15:20.1 IP a.1 > b.80: Flags [P.], length 9\nE..9.@.@...P...{get}\n");
    assert_eq!(verdict(&packet), Verdict::Good, "tcpdump -A");
    let marked: String = get.lines().map(|line| format!("> {line}\n")).collect();
    let verbose = format!("* Connected to a\n{marked}> \n< HTTP/1.1 200 OK\n< a: b\n");
    assert_eq!(verdict(&verbose), Verdict::Good, "curl -v");
    let second = get.replacen("HTTP/1.1", "HTTP/2", 1).replace("Host: ", ":authority: ");
    assert_eq!(verdict(&second), Verdict::Good, "HTTP/2");
}

#[test]
fn commands_of_curl_are_read() {
    let post = head("POST", "", BODY);
    let headers: String = post.lines().skip(1).map(|line| format!(" \\\n  -H '{line}'")).collect();
    for data in [format!("--data-raw '{BODY}'"), format!("-d '{BODY}'"), format!("--data='{BODY}' -X POST")] {
        let command = format!("curl -s 'https://tke.example.com/'{headers} \\\n  {data}");
        assert_eq!(verdict(&command), Verdict::Good, "{command}");
    }
    let get = head("GET", "Limit=1", "");
    let headers: String = get.lines().skip(1).map(|line| format!(" -H '{line}'")).collect();
    assert_eq!(verdict(&format!("$ curl 'https://tke.example.com/?Limit=1'{headers}")), Verdict::Good);
    assert_eq!(verdict(&format!("curl -G https://tke.example.com -d Limit=1{headers}")), Verdict::Good);
}

#[test]
fn archives_are_read_and_their_signed_request_is_taken() {
    let post = head("POST", "", BODY);
    let headers: Vec<Value> = post
        .lines()
        .skip(2)
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let plain = json!({ "request": { "method": "GET", "url": "https://example.com/" } });
    let request = json!({
        "method": "POST", "url": "https://tke.example.com/", "headers": headers, "postData": { "text": BODY },
    });
    let archive = json!({ "log": { "version": "1.2", "entries": [plain, { "request": request }] } });
    assert_eq!(verdict(&archive.to_string()), Verdict::Good);
}

#[test]
fn what_is_wrong_is_explained() {
    let found = |capture: &str, keys: &Keys| explain(capture.as_bytes(), keys).unwrap();
    let whole = format!("{}\n{}", head("POST", "", BODY), BODY.replace(' ', ""));
    let wrong = found(&whole, &keys());
    assert_eq!((wrong.verdict, wrong.product, wrong.is_good()), (Verdict::Wrong, Some("tke"), false));
    let cause = wrong.diagnosis.clone().unwrap().cause;
    assert!(
        cause.starts_with("The body that was signed is not the body that arrived: it was signed with spaces"),
        "{cause}"
    );
    let shown = wrong.to_string();
    assert!(shown.contains("The server signed") && shown.contains(" | The client signed"), "{shown}");
    assert!(
        shown.lines().any(|line| line.starts_with("! ")) && shown.lines().any(|line| line.starts_with("  POST")),
        "{shown}"
    );
    assert_eq!(wrong.to_json()["verdict"], "wrong");

    let right = format!("{}\n{BODY}", head("POST", "", BODY));
    let now = found(&right, &Keys::new().key(&Credentials::new(ID, SECRET)));
    assert_eq!((now.verdict, now.code.as_deref()), (Verdict::Expired, Some("AuthFailure.SignatureExpire")));
    let at = UNIX_EPOCH + Duration::from_secs(1_551_113_000);
    assert_eq!(found(&right, &Keys::new().secret(SECRET).at(at)).verdict, Verdict::Good, "of whatever key it names");
    assert_eq!(found(&right, &Keys::new().secret("other").at(at)).verdict, Verdict::Wrong);
    assert_eq!(found(&right, &Keys::new().at(at)).verdict, Verdict::UnknownKey);
    let unsigned = found("GET /clusters HTTP/1.1\nhost: cs.example.com\nx-acs-version: 2015-12-15\n\n", &keys());
    assert_eq!(unsigned.verdict, Verdict::Missing);
}

#[test]
fn a_capture_that_cannot_be_read_is_refused_with_its_reason() {
    let post = head("POST", "", BODY);
    for (capture, expected) in [
        (String::new(), "there is no request line"),
        ("nothing here".to_owned(), "there is no request line"),
        (format!("{post}Content-Length: 99\n\n{BODY}"), "the body is cut: Content-Length is 99, and 12 bytes"),
        (format!("{post}Transfer-Encoding: chunked\n\nff\n{BODY}"), "the body is cut in the middle of a chunk"),
        ("GET / HTTP/1.1\nnonsense\n\n".to_owned(), "line 2 of the request is neither a header nor empty"),
        ("GET / HTTP/1.1\nna me: x\n\n".to_owned(), "the header `na me` has no valid name"),
        ("curl".to_owned() + " --form a=b https://example.com", "the option --form of curl is not supported"),
        ("curl -d @file https://example.com".to_owned(), "the curl command reads the body from a file"),
        ("curl 'https://example.com".to_owned(), "the curl command has a quotation mark without its end"),
        ("curl -s".to_owned(), "the curl command has no URL"),
        ("{\"log\": 1}".to_owned(), "it looks like HAR, and cannot be read: line 1"),
        (r#"{"log": {"entries": []}}"#.to_owned(), "the archive has no requests"),
    ] {
        let error = explain(capture.as_bytes(), &keys()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{capture}: {error}");
    }
    assert!(explain(&vec![b'a'; MOST + 1], &keys()).is_err());
}

#[test]
fn nothing_that_is_captured_makes_it_panic() {
    let whole = format!("{}\n{BODY}", head("POST", "", BODY));
    for end in 0..whole.len() {
        drop(explain(&whole.as_bytes()[..end], &keys()));
        let mut changed = whole.clone().into_bytes();
        changed[end] = 0xff;
        drop(explain(&changed, &keys()));
    }
}
