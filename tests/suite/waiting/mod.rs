//! Every waiter against scripted answers: what is not there yet, what is gone, and what each documented state means.

mod answers;
mod rows;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use rows::{ROWS, Row};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};
use wharf::any::{self, Connection};
use wharf::clock::ManualClock;
use wharf::transport::{Limits, Transport, TransportError};
use wharf::{Credentials, ErrorKind, ack, cce, ccs, tcr, tke};
use wharf_spec::Catalog;

/// What a service answers, with its status.
type Answer = (u16, Value);

/// Gives answers one after the other, the last one for ever.
#[derive(Debug)]
struct Script {
    answers: Vec<Answer>,
    asked: AtomicUsize,
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, _: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        let at = self.asked.fetch_add(1, Ordering::SeqCst);
        let (status, body) = &self.answers[at.min(self.answers.len() - 1)];
        let form = if body.is_string() { "text/html" } else { "application/json" };
        let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        Ok(Response::builder().status(*status).header("content-type", form).body(body.into()).unwrap())
    }
}

/// How a wait ended.
struct End {
    result: Result<Value, wharf::Error>,
    asked: usize,
    slept: Duration,
}

impl End {
    fn kind(&self) -> Option<ErrorKind> {
        self.result.as_ref().err().map(wharf::Error::kind)
    }
}

impl Debug for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} after {} answers and {:?}", self.result, self.asked, self.slept)
    }
}

fn connection(product: &str, script: Arc<Script>, clock: Arc<ManualClock>) -> Connection {
    let key = Credentials::new("key", "secret");
    let connection = match product {
        "tke" => tke::Connection::builder()
            .region("r")
            .credentials(key)
            .transport(script)
            .clock(clock)
            .build()
            .map(Connection::of),
        "tcr" => tcr::Connection::builder()
            .region("r")
            .credentials(key)
            .transport(script)
            .clock(clock)
            .build()
            .map(Connection::of),
        "ccs" => ccs::Connection::builder()
            .region("ap-guangzhou")
            .credentials(key)
            .transport(script)
            .clock(clock)
            .build()
            .map(Connection::of),
        "ack" => ack::Connection::builder()
            .region("cn-beijing")
            .credentials(key)
            .transport(script)
            .clock(clock)
            .build()
            .map(Connection::of),
        _ => {
            let builder = cce::Connection::builder().region("cn-north-1").project_id("p").credentials(key);
            builder.transport(script).clock(clock).build().map(Connection::of)
        }
    };
    connection.unwrap().unwrap()
}

impl Row {
    async fn wait(&self, answers: Vec<Answer>) -> End {
        let script = Arc::new(Script { answers, asked: AtomicUsize::new(0) });
        let clock = Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000)));
        let connection = connection(self.product, script.clone(), clock.clone());
        let arguments = serde_json::from_str(self.arguments).unwrap();
        let result = connection.wait(self.waiter, &arguments).unwrap().await.map(|outcome| outcome.to_value());
        End { result, asked: script.asked.load(Ordering::SeqCst), slept: clock.slept().iter().sum() }
    }

    fn state(&self, state: &str) -> Answer {
        (self.answer)(state)
    }

    fn name(&self) -> String {
        format!("{} {}", self.product, self.waiter)
    }
}

/// Rows of waiters for something to become so, or to be gone.
fn rows(for_deletion: bool) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.done.is_empty() == for_deletion)
}

#[tokio::test]
async fn what_was_just_created_may_not_be_listed_yet() {
    for row in rows(false) {
        let done = row.state(row.done);
        for missing in row.missing {
            let end = row.wait(vec![missing(), missing(), row.state(row.ways[0]), done.clone()]).await;
            assert!(end.result.is_ok(), "{}: {end:?}", row.name());
            assert_eq!(end.asked, 4, "{}", row.name());
        }
    }
}

#[tokio::test]
async fn what_is_never_seen_is_not_found_after_the_grace() {
    for row in rows(false) {
        for missing in row.missing {
            let end = row.wait(vec![missing()]).await;
            let (kind, slept) = (end.kind(), end.slept.as_secs());
            // A set of pods has no names that could be missing.
            let grace = if row.set { 600 } else { 60 };
            assert_eq!((kind, slept), (Some(ErrorKind::NotFound), grace), "{}: {end:?}", row.name());
        }
    }
}

#[tokio::test]
async fn what_was_seen_and_is_gone_is_not_found_at_once() {
    for row in rows(false) {
        for missing in row.missing {
            let end = row.wait(vec![row.state(row.ways[0]), missing(), row.state(row.done)]).await;
            assert_eq!((end.kind(), end.asked), (Some(ErrorKind::NotFound), 2), "{}: {end:?}", row.name());
        }
    }
}

#[tokio::test]
async fn states_on_the_way_and_unknown_ones_are_waited_out() {
    for row in rows(false) {
        for state in row.ways.iter().chain(&["dreaming"]) {
            let end = row.wait(vec![row.state(state), row.state(state), row.state(row.done)]).await;
            assert!(end.result.is_ok(), "{} {state}: {end:?}", row.name());
        }
    }
    for row in rows(true) {
        for state in row.ways.iter().chain(&["dreaming"]) {
            let end = row.wait(vec![row.state(state), row.state(state), row.missing[0]()]).await;
            assert!(end.result.as_ref().is_ok_and(Value::is_null), "{} {state}: {end:?}", row.name());
        }
    }
}

#[tokio::test]
async fn states_that_lead_nowhere_fail_at_once_and_are_named() {
    for row in ROWS {
        for state in row.fails {
            let end = row.wait(vec![row.state(row.ways[0]), row.state(state)]).await;
            assert_eq!((end.kind(), end.asked), (Some(ErrorKind::WaitFailed), 2), "{} {state}: {end:?}", row.name());
            let message = end.result.unwrap_err().to_string();
            assert!(message.contains(state), "{} {state}: {message}", row.name());
            let end = row.wait(vec![row.state(state)]).await;
            assert_eq!((end.kind(), end.asked), (Some(ErrorKind::WaitFailed), 1), "{} {state}: {end:?}", row.name());
        }
    }
}

#[tokio::test]
async fn a_state_that_only_a_request_ends_fails_when_it_is_not_from_before() {
    for row in ROWS {
        let done = || if row.done.is_empty() { row.missing[0]() } else { row.state(row.done) };
        for state in row.rests {
            let left = row.wait(vec![row.state(state), row.state(row.ways[0]), done()]).await;
            assert!(left.result.is_ok(), "{} {state}: {left:?}", row.name());
            let stays = row.wait(vec![row.state(state)]).await;
            let expected = (Some(ErrorKind::WaitFailed), 60);
            assert_eq!((stays.kind(), stays.slept.as_secs()), expected, "{} {state}: {stays:?}", row.name());
            let reached = row.wait(vec![row.state(row.ways[0]), row.state(state), done()]).await;
            assert_eq!(reached.kind(), Some(ErrorKind::WaitFailed), "{} {state}: {reached:?}", row.name());
        }
    }
}

#[tokio::test]
async fn a_deletion_is_done_when_the_service_says_in_any_way_that_there_is_no_such_thing() {
    for row in rows(true) {
        for missing in row.missing {
            let end = row.wait(vec![row.state(row.ways[0]), missing()]).await;
            assert!(end.result.as_ref().is_ok_and(Value::is_null), "{}: {end:?}", row.name());
            let end = row.wait(vec![missing()]).await;
            assert!(end.result.as_ref().is_ok_and(Value::is_null), "{}: {end:?}", row.name());
        }
    }
}

/// A proxy or a wrong address has a 404 too.
#[tokio::test]
async fn a_page_with_status_404_does_not_say_that_something_is_deleted() {
    for row in rows(true) {
        for body in ["<html><body>404 Not Found</body></html>", ""] {
            let end = row.wait(vec![row.state(row.ways[0]), (404, json!(body))]).await;
            let kind = end.kind().unwrap_or_else(|| panic!("{}: {end:?}", row.name()));
            assert_ne!(kind, ErrorKind::NotFound, "{}: {end:?}", row.name());
        }
    }
}

#[tokio::test]
async fn a_denial_is_put_up_with_until_the_thing_has_been_seen() {
    for row in rows(false) {
        let denied = || answers::denied(row.product);
        let end = row.wait(vec![denied(), denied(), row.state(row.done)]).await;
        assert!(end.result.is_ok(), "{}: {end:?}", row.name());
        let end = row.wait(vec![denied()]).await;
        assert_eq!((end.kind(), end.asked), (Some(ErrorKind::PermissionDenied), 4), "{}: {end:?}", row.name());
        let end = row.wait(vec![row.state(row.ways[0]), denied()]).await;
        assert_eq!((end.kind(), end.asked), (Some(ErrorKind::PermissionDenied), 2), "{}: {end:?}", row.name());
    }
}

#[test]
fn every_waiter_has_a_row_and_every_documented_state_a_meaning() {
    let catalog = Catalog::embedded().unwrap();
    let mut rows: BTreeSet<(&str, &str)> = BTreeSet::new();
    for row in ROWS {
        assert!(rows.insert((row.product, row.waiter)), "{} is there twice", row.name());
        let Some(states) = row.states else { continue };
        let product = catalog.product(row.product).unwrap();
        let known: BTreeSet<_> =
            product.enumeration(states).unwrap().spec.values.iter().map(|value| value.value.as_str()).collect();
        let sets = [row.ways, row.fails, row.rests, row.also_done];
        let sorted: Vec<_> =
            sets.into_iter().flatten().copied().chain([row.done]).filter(|state| !state.is_empty()).collect();
        let unique: BTreeSet<_> = sorted.iter().copied().collect();
        assert_eq!(unique.len(), sorted.len(), "{} has two meanings for a state", row.name());
        assert_eq!(unique, known, "{}", row.name());
    }
    let all: BTreeSet<_> = any::products()
        .flat_map(|product| any::waiters(product).unwrap().iter().map(move |waiter| (product, waiter.name)))
        .collect();
    assert_eq!(rows, all);
}
