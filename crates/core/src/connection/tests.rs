#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{CallOptions, Connection, Settings};
use crate::credentials::{Anonymous, Credentials};
use crate::error::{Error, ErrorKind};
use crate::operation::Entry;
use crate::product::Endpoint;
use crate::request::Call;
use crate::retry::RetryPolicy;
use crate::testing::*;
use crate::transport::{Proxy, Reached, TransportErrorKind};
use serde_json::json;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test]
async fn a_call_is_written_signed_sent_and_read() {
    let bench = bench([created()], |settings| settings.user_agent = Some("my-tool/1.2".to_owned()));
    assert_eq!(bench.create().await.unwrap().id, "thing-1");
    let (request, limits) = bench.replay.requests().remove(0);
    assert_eq!(request.uri(), "https://test.here.example.com/");
    assert_eq!(request.headers()["x-time"], START.to_string().as_str());
    assert_eq!(request.body().as_ref(), br#"{"Name":"a"}"#);
    let agent = request.headers()["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("wharf/") && agent.ends_with(" my-tool/1.2"), "{agent}");
    assert_eq!((limits.timeout, limits.max_response), (secs(30), 64 << 20));
}

#[tokio::test]
async fn what_is_wrong_with_a_call_is_told_before_anything_is_sent() {
    let bench = bench([], |_| {});
    let send = |input, region: Option<&str>| {
        let mut call = Call::new(bench.connection.clone(), input);
        call.options.region = region.map(str::to_owned);
        call.send()
    };
    let error = send(Create::default(), None).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("Name")));
    assert_eq!(error.operation().unwrap().name, "Create");
    let error = send(Create { name: Some("a".into()), count: None }, Some("no where")).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("region")));
    assert_eq!(bench.sent(), 0);
}

#[tokio::test]
async fn a_region_that_is_needed_and_missing_is_told() {
    let bench = bench([], |settings| settings.region = None);
    let error = bench.create().await.unwrap_err();
    assert_eq!((error.kind(), error.field(), bench.sent()), (ErrorKind::Configuration, Some("region"), 0));
}

#[tokio::test]
async fn credentials_that_cannot_sign_are_refused_here() {
    for (credentials, part) in [
        (Credentials::new("", SECRET), "id"),
        (Credentials::new("id", ""), "secret"),
        (Credentials::new("id", "planted-secret\n"), "secret"),
        (Credentials::new("id", SECRET).with_token(""), "token"),
    ] {
        let bench = bench([], |settings| settings.credentials = Some(Arc::new(credentials)));
        let error = bench.create().await.unwrap_err();
        assert_eq!((error.kind(), bench.sent()), (ErrorKind::Credentials, 0));
        assert!(error.message().contains(part), "{error}");
        assert!(!format!("{error} {error:?}").contains(SECRET));
    }
}

#[tokio::test]
async fn an_operation_that_needs_no_credentials_is_sent_without_them_and_no_other_is() {
    let refused = code("planted-password");
    let bench = bench([created(), refused], |settings| settings.credentials = Some(Arc::new(Anonymous)));
    let log_in = || Call::new(bench.connection.clone(), LogIn { password: Some("planted-password".into()) }).send();
    assert_eq!(log_in().await.unwrap().id, "thing-1");
    let (request, _) = bench.replay.requests().remove(0);
    assert!(!request.headers().contains_key("authorization"));
    assert_eq!(request.body().as_ref(), br#"{"Password":"planted-password"}"#);
    assert!(!format!("{:?}", log_in().await.unwrap_err()).contains("planted"));

    let error = bench.create().await.unwrap_err();
    assert_eq!((error.kind(), bench.sent()), (ErrorKind::Credentials, 2));
    assert!(error.message().contains("has no credentials"), "{error}");
}

#[tokio::test]
async fn a_call_is_signed_for_one_host_and_sent_to_another() {
    let bench = bench([created(), created()], |settings| {
        settings.endpoint = Some("http://127.0.0.1:8080/prefix".to_owned());
        settings.signed_host = Some("test.example.com".to_owned());
    });
    bench.create().await.unwrap();
    let (request, _) = bench.replay.requests().remove(0);
    assert_eq!(request.uri(), "http://127.0.0.1:8080/prefix/");
    assert_eq!(request.headers()["host"], "test.example.com");
    for wrong in ["", "https://test.example.com", "a b", "planted:secret@test.example.com"] {
        let mut settings = Settings { signed_host: Some(wrong.to_owned()), ..Settings::default() };
        settings.credentials = Some(Arc::new(Credentials::new("id", SECRET)));
        let error = settings.clone().connect(Arc::new(Fake)).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("signed_host")), "{wrong}");
        assert!(!format!("{error} {error:?} {settings:?}").contains("planted"));
    }
}

#[tokio::test]
async fn the_options_of_a_call_go_before_the_settings() {
    let bench = bench([created()], |_| {});
    let mut call = Call::new(bench.connection.clone(), Create { name: Some("a".into()), count: None });
    call.options =
        CallOptions { region: Some("there".to_owned()), attempt_timeout: Some(secs(7)), ..CallOptions::default() };
    call.send().await.unwrap();
    let (request, limits) = bench.replay.requests().remove(0);
    assert_eq!(request.uri().host(), Some("test.there.example.com"));
    assert_eq!(request.headers()["x-region"], "there");
    assert_eq!(limits.timeout, secs(7));
}

#[tokio::test]
async fn a_throttled_call_is_repeated_even_if_it_changes_something() {
    let bench = bench([code("Limited"), code("Limited"), created()], |_| {});
    bench.create().await.unwrap();
    assert_eq!(bench.sent(), 3);
    assert_eq!(bench.clock.slept(), [secs(1), secs(2)]);
}

#[tokio::test]
async fn an_error_tells_the_attempts_before_it() {
    let bench = bench([code("Busy"), status(502), code("Busy")], |_| {});
    let error = bench.list().await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.request_id()), (ErrorKind::Transient, Some("Busy"), Some("r-Busy")));
    let before: Vec<_> = error.attempts().iter().map(|a| (a.kind, a.code.as_deref(), a.status)).collect();
    assert_eq!(before, [(ErrorKind::Transient, Some("Busy"), Some(200)), (ErrorKind::Transient, None, Some(502)),]);
    assert_eq!(error.attempts()[1].delay, Duration::from_millis(400));
    assert!(error.to_string().ends_with("[attempt 3]"), "{error}");
}

#[tokio::test]
async fn a_call_that_changes_something_is_not_sent_twice_when_it_may_have_arrived() {
    for failure in [
        || fail(TransportErrorKind::Cut, Reached::Maybe),
        || fail(TransportErrorKind::Timeout, Reached::Maybe),
        || fail(TransportErrorKind::Garbled, Reached::Maybe),
        || code("Busy"),
        || status(503),
    ] {
        let mutating = bench([failure(), created()], |_| {});
        mutating.create().await.unwrap_err();
        assert_eq!(mutating.sent(), 1);
        let reading = bench([failure(), ok(json!({"Items": []}))], |_| {});
        reading.list().await.unwrap();
        assert_eq!(reading.sent(), 2);
    }
    let refused = bench([fail(TransportErrorKind::Connect, Reached::No), created()], |_| {});
    refused.create().await.unwrap();
    assert_eq!(refused.sent(), 2);
}

#[tokio::test]
async fn what_will_not_pass_is_not_repeated() {
    for failure in [
        || fail(TransportErrorKind::Tls, Reached::No),
        || fail(TransportErrorKind::TooLarge, Reached::Maybe),
        || code("Unknown"),
        || status(404),
        || Ok(http::Response::new("{".into())),
    ] {
        let bench = bench([failure(), created()], |_| {});
        bench.list().await.unwrap_err();
        assert_eq!(bench.sent(), 1);
    }
}

#[tokio::test]
async fn retry_after_is_obeyed() {
    let script = [with_header(code("Limited"), "retry-after", "7"), created()];
    let bench1 = bench(script, |_| {});
    bench1.clock.set_random(0);
    bench1.create().await.unwrap();
    assert_eq!(bench1.clock.slept(), [secs(7)]);

    // The delay counts from the server's time, which may differ from this machine's.
    let theirs = start() + secs(3600);
    let answer = with_header(code("Limited"), "retry-after", &http_date(theirs + secs(9)));
    let bench2 = bench([with_header(answer, "date", &http_date(theirs)), created()], |_| {});
    bench2.clock.set_random(0);
    bench2.create().await.unwrap();
    assert_eq!(bench2.clock.slept(), [secs(9)]);
}

#[tokio::test]
async fn no_sleep_passes_the_deadline() {
    let script = [with_header(code("Limited"), "retry-after", "60"), created()];
    let bench = bench(script, |settings| settings.call_timeout = Some(secs(50)));
    let error = bench.create().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Throttled, Some(secs(60))));
    assert_eq!((bench.sent(), bench.clock.slept().len()), (1, 0));
}

#[tokio::test]
async fn an_attempt_gets_what_is_left_of_the_call() {
    let script = [with_header(code("Limited"), "retry-after", "20"), created()];
    let bench = bench(script, |settings| settings.call_timeout = Some(secs(45)));
    bench.clock.set_random(0);
    bench.create().await.unwrap();
    let timeouts: Vec<_> = bench.replay.requests().iter().map(|(_, limits)| limits.timeout).collect();
    assert_eq!(timeouts, [secs(30), secs(25)]);
}

#[tokio::test]
async fn a_call_without_time_is_not_sent() {
    let bench = bench([created()], |_| {});
    let mut call = Call::new(bench.connection.clone(), List::default());
    call.options.timeout = Some(Duration::ZERO);
    assert_eq!(call.send().await.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(bench.sent(), 0);
}

#[tokio::test]
async fn the_budget_ends_retries_and_successes_fill_it() {
    let busy = |calls: usize| (0..calls).map(|_| code("Busy"));
    let script = busy(60).chain([code("Busy")]).chain((0..5).map(|_| created())).chain(busy(2));
    let bench = bench(script, |settings| settings.retry_policy = RetryPolicy::new().max_attempts(u32::MAX));
    // 100 tokens at 5 each.
    assert_eq!(bench.list().await.unwrap_err().attempts().len(), 20);
    assert_eq!(bench.sent(), 21);
    assert_eq!(bench.list().await.unwrap_err().attempts().len(), 0);
    assert_eq!(bench.connection.retry_budget().tokens(), 0);
    while bench.sent() < 61 {
        bench.list().await.unwrap_err();
    }
    for _ in 0..5 {
        bench.create().await.unwrap();
    }
    assert_eq!(bench.list().await.unwrap_err().attempts().len(), 1);
}

#[tokio::test]
async fn a_skewed_clock_is_corrected_once_and_for_good() {
    let theirs = start() + secs(3600);
    let script = [with_header(code("Skewed"), "date", &http_date(theirs)), created(), created()];
    // Retries are not allowed: the correction is not a retry.
    let bench = bench(script, |settings| settings.retry_policy = RetryPolicy::none());
    bench.create().await.unwrap();
    bench.create().await.unwrap();
    let times: Vec<_> = bench.replay.requests().iter().map(|(r, _)| r.headers()["x-time"].clone()).collect();
    assert_eq!(times, [START.to_string(), (START + 3600).to_string(), (START + 3600).to_string()]);
    assert_eq!(bench.connection.clock_skew_millis(), 3_600_000);
    assert!(bench.clock.slept().is_empty());
    assert_eq!(bench.connection.retry_budget().tokens(), 100);
}

#[tokio::test]
async fn a_clock_behind_is_corrected_too_and_a_second_refusal_is_final() {
    let theirs = http_date(start() - secs(600));
    let script = || with_header(code("Skewed"), "date", &theirs);
    let bench = bench([script(), with_header(code("Skewed"), "date", &http_date(start()))], |_| {});
    let error = bench.create().await.unwrap_err();
    assert_eq!((error.code(), error.attempts().len(), bench.sent()), (Some("Skewed"), 1, 2));
    assert_eq!(bench.connection.clock_skew_millis(), -600_000);
}

#[tokio::test]
async fn a_refusal_for_time_without_a_difference_of_clocks_is_no_skew() {
    for script in [code("Skewed"), with_header(code("Skewed"), "date", &http_date(start()))] {
        let bench = bench([script, created()], |_| {});
        bench.create().await.unwrap_err();
        assert_eq!(bench.sent(), 1);
    }
}

#[tokio::test]
async fn an_answer_from_something_in_between_is_told_by_its_status() {
    for (number, kind) in [
        (429, ErrorKind::Throttled),
        (500, ErrorKind::Transient),
        (503, ErrorKind::Transient),
        (403, ErrorKind::Decode),
        (302, ErrorKind::Decode),
    ] {
        let bench = bench([status(number)], |settings| settings.retry_policy = RetryPolicy::none());
        let error = bench.list().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(number)));
        assert!(error.message().contains(&number.to_string()), "{error}");
        assert!(error.source().is_some());
    }
}

#[tokio::test]
async fn the_rate_limit_is_kept_when_asked() {
    let script = (0..41).map(|_| created());
    let limited = bench(script, |settings| settings.client_rate_limit = true);
    for _ in 0..41 {
        limited.create().await.unwrap();
    }
    // 20 immediately, 20 a second later, one more a second after that.
    assert_eq!(limited.clock.slept(), [secs(1), secs(1)]);

    let script = (0..21).map(|_| created());
    let hurried = bench(script, |settings| {
        settings.client_rate_limit = true;
        settings.call_timeout = Some(Duration::from_millis(500));
    });
    for _ in 0..20 {
        hurried.create().await.unwrap();
    }
    assert_eq!(hurried.create().await.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!((hurried.sent(), hurried.clock.slept().len()), (20, 0));
}

#[tokio::test]
async fn a_call_by_name_takes_and_gives_json() {
    let entry = Entry::of::<Create>();
    let answer = json!({"Id": "thing-1", "RequestId": "r", "New": {"Deep": [1, null]}, "None": null});
    let bench = bench([ok(answer.clone())], |_| {});
    assert_eq!(bench.connection.call(&entry, json!({"Name": "a", "Count": 2})).await.unwrap(), answer);
    assert_eq!(bench.replay.requests()[0].0.body().as_ref(), br#"{"Name":"a","Count":2}"#);

    for (input, field) in [
        (json!({"Nome": "a"}), "Nome"),
        (json!({"Name": 1}), "Name"),
        (json!({"Name": "a", "Count": "2"}), "Count"),
        (json!({"Name": "a", "Count": -2}), "Count"),
        (json!(null), "Name"),
    ] {
        let error = bench.connection.call(&entry, input).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
        assert!(error.operation().is_some());
    }
    assert_eq!(bench.sent(), 1);
}

fn connect(change: impl FnOnce(&mut Settings)) -> Result<Connection, Error> {
    let credentials = Arc::new(Credentials::new("id", SECRET));
    let mut settings = Settings { credentials: Some(credentials), ..Settings::default() };
    change(&mut settings);
    settings.connect(Arc::new(Fake))
}

#[test]
fn a_wrong_setting_is_named() {
    type Change = fn(&mut Settings);
    let cases: [(&str, Change); 15] = [
        ("region", |s| s.region = Some("a b".into())),
        ("credentials", |s| s.credentials = None),
        ("endpoint", |s| s.endpoint = Some("cloud.example.com".into())),
        ("endpoint", |s| s.endpoint = Some("ftp://cloud.example.com".into())),
        ("endpoint", |s| s.endpoint = Some("https://".into())),
        ("endpoint", |s| s.endpoint = Some("https://a:99999".into())),
        ("endpoint", |s| s.endpoint = Some("https://me:planted-secret@cloud.example.com".into())),
        ("endpoint", |s| s.endpoint = Some("https://cloud.example.com/?a=b".into())),
        ("endpoint", |s| s.endpoint = Some("http://cloud.example.com".into())),
        ("connect_timeout", |s| s.connect_timeout = Duration::ZERO),
        ("max_response_bytes", |s| s.max_response_bytes = 0),
        ("user_agent", |s| s.user_agent = Some("a\nb".into())),
        ("proxy", |s| s.proxy = Proxy::Url("planted-secret".into())),
        ("root_certificate", |s| s.root_certificates.push(b"no PEM".to_vec())),
        ("root_certificate", |s| {
            s.root_certificates.push(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec());
        }),
    ];
    for (setting, change) in cases {
        let error = connect(change).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(setting)), "{error}");
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
    }
}

#[test]
fn plain_http_is_for_this_machine_or_on_demand() {
    for url in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1/base/"] {
        connect(|s| s.endpoint = Some(url.into())).unwrap();
    }
    connect(|s| {
        s.endpoint = Some("http://cloud.example.com".into());
        s.danger_accept_plain_http = true;
    })
    .unwrap();
}

#[test]
fn a_build_without_tls_refuses_https_before_anything_is_sent() {
    let own = || Some(Arc::new(crate::transport::Replay::new()) as Arc<dyn crate::transport::Transport>);
    let check = |endpoint: Option<&str>, own, has_tls| {
        let endpoint = endpoint.map(|url| crate::product::Endpoint::parse(url).unwrap());
        Settings { transport: own, ..Settings::default() }.check_tls(endpoint.as_ref(), has_tls)
    };
    for endpoint in [None, Some("https://tke.cloud.example.com")] {
        let error = check(endpoint, None, false).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("endpoint")));
        for feature in ["rustls-ring", "rustls-aws-lc-rs", "native-tls"] {
            assert!(error.message().contains(feature), "{error}");
        }
        check(endpoint, own(), false).unwrap();
        check(endpoint, None, true).unwrap();
    }
    check(Some("http://127.0.0.1:8080"), None, false).unwrap();
}

#[test]
fn a_connection_without_a_transport_can_be_built_if_there_is_tls_for_it() {
    let built = |endpoint: Option<&str>| {
        let credentials = Some(Arc::new(crate::credentials::Credentials::new("id", SECRET)) as Arc<_>);
        let settings = Settings { credentials, endpoint: endpoint.map(str::to_owned), ..Settings::default() };
        settings.connect(Arc::new(Fake)).is_ok()
    };
    assert_eq!(built(None), crate::transport::HAS_TLS);
    assert_eq!(built(Some("https://cloud.example.com")), crate::transport::HAS_TLS);
    assert!(built(Some("http://127.0.0.1:8080")));
}

#[test]
fn endpoints() {
    let endpoint = Endpoint::parse("https://Cloud.Example.com:8443/a/b/").unwrap();
    assert_eq!(endpoint.authority, "cloud.example.com:8443");
    assert_eq!(endpoint.base_path, "/a/b");
    assert_eq!(Endpoint::parse("https://cloud.example.com/").unwrap().base_path, "");
}

#[test]
fn debug_of_a_connection_has_no_secret() {
    let connection = connect(|s| {
        s.proxy = Proxy::Url("http://me:planted-secret@proxy:1".into());
        s.endpoint = Some("http://127.0.0.1:1".to_owned());
    });
    let connection = connection.unwrap();
    assert!(!format!("{connection:?}").contains(SECRET));
    let settings = Settings {
        credentials: Some(Arc::new(Credentials::new("id", SECRET))),
        proxy: Proxy::Url("http://me:planted-secret@proxy:1".into()),
        ..Settings::default()
    };
    assert!(!format!("{settings:?}").contains(SECRET));
}

/// Responds when the timeout of the call has passed.
#[derive(Debug)]
struct Late(crate::clock::ManualClock, Vec<u8>);

#[async_trait::async_trait]
impl crate::transport::Transport for Late {
    async fn send(
        &self,
        _: http::Request<bytes::Bytes>,
        _: crate::transport::Limits,
    ) -> Result<http::Response<bytes::Bytes>, crate::transport::TransportError> {
        self.0.advance(secs(1_000));
        Ok(http::Response::new(self.1.clone().into()))
    }
}

#[tokio::test]
async fn reading_a_long_answer_ends_with_the_time_of_the_call() {
    let clock = crate::clock::ManualClock::new(start());
    let answer = format!(r#"{{"Items": [{}""]}}"#, r#""a","#.repeat(10_000));
    let late = Late(clock.clone(), answer.into_bytes());
    let bench = bench([], |settings| {
        settings.clock = Some(Arc::new(clock));
        settings.transport = Some(Arc::new(late));
    });
    let error = bench.list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert!(error.message().contains("while its answer was read"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_read_of_an_answer_is_told_with_it() {
    let bench = bench([ok(json!({"Total": "many", "Items": ["a", 2, null]}))], |_| {});
    let call = Call::new(bench.connection.clone(), List::default());
    let response = call.send_with_response().await.unwrap();
    let output = response.output;
    assert_eq!((output.total, output.items), (None, vec!["a".to_owned(), "2".to_owned(), String::new()]));
    let problems: Vec<_> = response.problems.iter().map(ToString::to_string).collect();
    let expected = [
        "Items.2 is not there; its place is kept, empty",
        "Total must be an integer that is not negative, not a string",
    ];
    assert_eq!(problems, expected);
}

#[tokio::test]
async fn an_answer_by_name_has_the_documents_types_and_what_no_document_has() {
    static LIST: Entry = Entry::of::<List>();
    let bench = bench([ok(json!({"Total": "3", "Items": "a", "New": {"a": [null, 1.5]}}))], |_| {});
    let answer = bench.connection.call(&LIST, json!({})).await.unwrap();
    assert_eq!(answer, json!({"Total": 3, "Items": ["a"], "New": {"a": [null, 1.5]}}));
}
