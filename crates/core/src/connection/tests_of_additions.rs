//! Tests of what programs add to calls: interceptors, headers, files, hints.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::Settings;
use crate::error::{Error, ErrorKind};
use crate::intercept::{Attempt, Call, Intercept, Outcome};
use crate::request;
use crate::testing::*;
use crate::transport::{Reached, TransportErrorKind};
use http::HeaderMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Writes down what it sees.
#[derive(Debug, Default)]
struct Notes {
    lines: Mutex<Vec<String>>,
    header: Option<(&'static str, &'static str)>,
    refuses: bool,
}

impl Notes {
    fn add(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

fn shown(outcome: &Outcome<'_>) -> String {
    let kind = outcome.error().map(|error| error.kind().name());
    format!("{:?} {:?} {:?} of {}", kind, outcome.status(), outcome.request_id(), outcome.attempts())
}

impl Intercept for Notes {
    fn before_call(&self, call: &Call<'_>) {
        assert!(call.id() > 0);
        self.add(format!("call {} {} {:?}", call.product(), call.operation().name, call.region()));
    }

    fn before_attempt(&self, attempt: &Attempt<'_>, headers: &mut HeaderMap) -> Result<(), Error> {
        self.add(format!("attempt {} {} {}", attempt.number(), attempt.method(), attempt.authority()));
        if let Some((name, value)) = self.header {
            headers.insert(name, value.parse().unwrap());
        }
        if self.refuses { Err(Error::new(ErrorKind::Other, "not today")) } else { Ok(()) }
    }

    fn after_attempt(&self, attempt: &Attempt<'_>, outcome: &Outcome<'_>) {
        self.add(format!("attempted {} {}", attempt.call().operation().name, shown(outcome)));
    }

    fn after_call(&self, _: &Call<'_>, outcome: &Outcome<'_>) {
        self.add(format!("called {}", shown(outcome)));
    }
}

fn observed(notes: &Arc<Notes>) -> impl FnOnce(&mut Settings) {
    let notes = Arc::clone(notes);
    move |settings| settings.interceptors.push(notes)
}

#[tokio::test]
async fn an_interceptor_sees_calls_and_attempts_with_their_results() {
    let notes = Arc::new(Notes::default());
    let bench = bench([code("Limited"), created(), status(404)], observed(&notes));
    bench.create().await.unwrap();
    bench.list().await.unwrap_err();
    assert_eq!(
        notes.lines(),
        [
            r#"call test Create Some("here")"#,
            "attempt 1 POST test.here.example.com",
            r#"attempted Create Some("throttled") Some(200) Some("r-Limited") of 1"#,
            "attempt 2 POST test.here.example.com",
            r#"attempted Create None Some(200) Some("r-ok") of 2"#,
            r#"called None Some(200) Some("r-ok") of 2"#,
            r#"call test List Some("here")"#,
            "attempt 1 POST test.here.example.com",
            r#"attempted List Some("decode") Some(404) None of 1"#,
            r#"called Some("decode") Some(404) None of 1"#,
        ]
    );
}

#[tokio::test]
async fn an_interceptor_adds_headers_and_ends_calls() {
    let notes = Arc::new(Notes { header: Some(("traceparent", "00-1")), ..Notes::default() });
    let tracing = bench([created()], observed(&notes));
    tracing.create().await.unwrap();
    assert_eq!(tracing.replay.requests()[0].0.headers()["traceparent"], "00-1");

    let notes = Arc::new(Notes { refuses: true, ..Notes::default() });
    let refusing = bench([created()], observed(&notes));
    let error = refusing.create().await.unwrap_err();
    assert_eq!((error.kind(), error.message(), refusing.sent()), (ErrorKind::Other, "not today", 0));

    for name in ["authorization", "host", "x-time", "content-length"] {
        let notes = Arc::new(Notes { header: Some((name, "mine")), ..Notes::default() });
        let forging = bench([created()], observed(&notes));
        let error = forging.create().await.unwrap_err();
        assert_eq!((error.kind(), error.field(), forging.sent()), (ErrorKind::Configuration, Some("headers"), 0));
        assert!(error.message().contains(name), "{error}");
    }
}

#[derive(Debug)]
struct Ordered(&'static str, Arc<Mutex<Vec<String>>>);

impl Intercept for Ordered {
    fn before_call(&self, _: &Call<'_>) {
        self.1.lock().unwrap().push(format!("before {}", self.0));
    }

    fn after_call(&self, _: &Call<'_>, outcome: &Outcome<'_>) {
        assert_eq!((outcome.elapsed(), outcome.waited()), (Duration::ZERO, Duration::ZERO));
        self.1.lock().unwrap().push(format!("after {}", self.0));
    }
}

#[tokio::test]
async fn the_first_interceptor_is_the_outermost() {
    let lines = Arc::default();
    let bench = bench([created()], |settings| {
        settings.interceptors.push(Arc::new(Ordered("a", Arc::clone(&lines))));
        settings.interceptors.push(Arc::new(Ordered("b", Arc::clone(&lines))));
    });
    bench.create().await.unwrap();
    assert_eq!(*lines.lock().unwrap(), ["before a", "before b", "after b", "after a"]);
}

#[tokio::test]
async fn headers_of_the_connection_are_sent_and_never_shown() {
    let with = |settings: &mut Settings| settings.headers = vec![("X-Gateway-Key".into(), "planted-key".into())];
    let sent = bench([created(), code("planted-key")], with);
    sent.create().await.unwrap();
    assert_eq!(sent.replay.requests()[0].0.headers()["x-gateway-key"], "planted-key");
    let error = sent.create().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    let mut settings = Settings::default();
    with(&mut settings);
    let shown = format!("{settings:?}");
    assert!(shown.contains("X-Gateway-Key") && !shown.contains("planted"), "{shown}");

    let signed = bench([], with);
    let call = request::Call::new(signed.connection.clone(), Create { name: Some("a".into()), count: None });
    assert_eq!(call.sign().await.unwrap().headers()["x-gateway-key"], "planted-key");
}

#[test]
fn a_header_that_is_none_or_not_the_callers_is_refused() {
    for (name, value) in [
        ("a b", "planted"),
        ("", "planted"),
        ("x-key", "plan\nted"),
        ("Authorization", "planted"),
        ("HOST", "planted"),
        ("user-agent", "planted"),
        ("content-type", "planted"),
        ("transfer-encoding", "planted"),
    ] {
        let settings = Settings {
            credentials: Some(Arc::new(crate::credentials::Credentials::new("id", SECRET))),
            headers: vec![(name.into(), value.into())],
            ..Settings::default()
        };
        let error = settings.connect(Arc::new(Fake)).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("headers")), "{name}");
        assert!(!format!("{error} {error:?}").contains("planted"), "{error}");
    }
}

#[test]
fn a_file_of_certificates_is_named_when_it_is_none() {
    let folder = std::env::temp_dir().join(format!("wharf-certificates-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (empty, missing) = (folder.join("empty.pem"), folder.join("missing.pem"));
    std::fs::write(&empty, "nothing").unwrap();
    for path in [empty, missing] {
        let settings = Settings {
            credentials: Some(Arc::new(crate::credentials::Credentials::new("id", SECRET))),
            root_certificate_files: vec![path.clone()],
            ..Settings::default()
        };
        let error = settings.connect(Arc::new(Fake)).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("root_certificate_file")));
        assert!(error.message().contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn an_error_that_a_wrong_region_explains_names_the_right_one() {
    let unreachable = || fail(TransportErrorKind::Connect, Reached::No);
    let message = |region: &'static str, step| async move {
        let bench = bench([step], |settings| {
            settings.region = Some(region.to_owned());
            settings.retry_policy = crate::retry::RetryPolicy::none();
        });
        bench.list().await.unwrap_err().message().to_owned()
    };
    let hint = r#"("her" is no known region of test in the public cloud; did you mean here?)"#;
    assert!(message("her", code("BadRegion")).await.ends_with(hint));
    assert!(!message("here", code("BadRegion")).await.contains("region"));
    assert!(!message("her", code("Busy")).await.contains("region"));
    // The transport of the test could reach anything.
    assert!(!message("her", unreachable()).await.contains("region"));
}

#[test]
fn a_call_without_a_runtime_is_an_error_and_no_panic() {
    let bench = bench([created()], |_| {});
    let error = futures_util::FutureExt::now_or_never(bench.create()).unwrap().unwrap_err();
    assert_eq!((error.kind(), error.field(), bench.sent()), (ErrorKind::Configuration, Some("runtime"), 0));
}
