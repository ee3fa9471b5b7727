#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::error::ErrorKind;
use crate::testing::*;
use crate::transport::Transport;
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use std::sync::Arc;

/// A service with `held` items that cuts pages at `most` and says whatever total it likes.
#[derive(Debug)]
struct Service {
    held: u64,
    most: u64,
    total: Option<u64>,
    ignores_offset: bool,
}

#[async_trait::async_trait]
impl Transport for Service {
    async fn send(
        &self,
        request: http::Request<bytes::Bytes>,
        _: crate::transport::Limits,
    ) -> Result<http::Response<bytes::Bytes>, crate::transport::TransportError> {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let offset = if self.ignores_offset { 0 } else { asked["Offset"].as_u64().unwrap() };
        let end = (offset + asked["Limit"].as_u64().unwrap().min(self.most)).min(self.held);
        let items: Vec<_> = (offset..end).map(|at| format!("item-{at}")).collect();
        // The request id differs from answer to answer, and is no part of what makes pages the same.
        let id = format!("r-{:?}", std::time::Instant::now());
        let body = json!({"Total": self.total, "Items": items, "RequestId": id});
        Ok(http::Response::new(body.to_string().into()))
    }
}

struct Run {
    calls: usize,
    items: Result<Vec<String>, Error>,
}

async fn run(service: Service, input: List) -> Run {
    let recorder = crate::transport::Recorder::new(Arc::new(service));
    let bench = bench([], |settings| settings.transport = Some(Arc::new(recorder.clone())));
    let items = Call::new(bench.connection, input).items().collect_all().await;
    Run { calls: recorder.exchanges().len(), items }
}

fn service(held: u64) -> Service {
    Service { held, most: 100, total: Some(held), ignores_offset: false }
}

fn names(held: u64) -> Vec<String> {
    (0..held).map(|at| format!("item-{at}")).collect()
}

#[tokio::test]
async fn an_honest_total_costs_no_call_too_many() {
    // The documented maximum of a page is 3.
    for (held, calls) in [(0, 1), (1, 1), (3, 1), (4, 2), (6, 2), (10_000, 3334)] {
        let run = run(service(held), List::default()).await;
        assert_eq!((run.calls, run.items.unwrap()), (calls, names(held)), "{held} items");
    }
}

#[tokio::test]
async fn the_callers_page_size_counts() {
    let run = run(service(10), List { offset: None, limit: Some(5) }).await;
    assert_eq!((run.calls, run.items.unwrap()), (2, names(10)));
}

#[tokio::test]
async fn totals_that_are_wrong() {
    for (held, total, calls) in [
        // Too high: one or more calls that find nothing.
        (0, Some(50), 1),
        (4, Some(50), 3),
        (6, Some(u64::MAX), 3),
        // Missing or zero: goes on while full pages come.
        (4, None, 2),
        (6, None, 3),
        (6, Some(0), 3),
        // Too low: proved wrong by the first page.
        (7, Some(1), 3),
        (7, Some(2), 3),
    ] {
        let run = run(Service { total, ..service(held) }, List::default()).await;
        assert_eq!((run.calls, run.items.unwrap()), (calls, names(held)), "{held} items, total {total:?}");
    }
}

#[tokio::test]
async fn a_service_that_sends_less_than_asked_for_is_followed_to_its_total() {
    let run = run(Service { most: 2, ..service(5) }, List::default()).await;
    assert_eq!((run.calls, run.items.unwrap()), (3, names(5)));
}

#[tokio::test]
async fn a_service_that_ignores_the_offset_is_no_endless_loop() {
    for total in [Some(u64::MAX), None, Some(0), Some(9)] {
        let run = run(Service { ignores_offset: true, total, ..service(9) }, List::default()).await;
        let error = run.items.unwrap_err();
        assert_eq!((error.kind(), error.field(), run.calls), (ErrorKind::Decode, Some("Offset"), 2));
        assert_eq!(error.operation().unwrap().name, "List");
    }
}

#[tokio::test]
async fn pages_tell_where_to_go_on() {
    let bench = bench([], |settings| settings.transport = Some(Arc::new(service(8))));
    let call = |offset| Call::new(bench.connection.clone(), List { offset, limit: None });
    let mut pages = call(Some(1)).pages();
    assert_eq!(pages.offset(), 1);
    assert_eq!(pages.try_next().await.unwrap().unwrap().items[0], "item-1");
    assert_eq!(pages.offset(), 4);
    let rest: Vec<_> = call(Some(4)).items().try_collect().await.unwrap();
    assert_eq!(rest, names(8)[4..]);
    let mut items = call(None).items();
    for at in 0..5 {
        assert_eq!(items.offset(), at);
        items.try_next().await.unwrap().unwrap();
    }
    assert_eq!(items.offset(), 5);
}

#[tokio::test]
async fn an_empty_first_page_is_given_and_a_later_one_is_not() {
    let pages = async |held, total| {
        let bench = bench([], |s| s.transport = Some(Arc::new(Service { total, ..service(held) })));
        let mut pages = Call::new(bench.connection, List::default()).pages();
        let mut sizes = Vec::new();
        while let Some(page) = pages.try_next().await.unwrap() {
            sizes.push(page.items.len());
        }
        assert!(pages.next().await.is_none());
        sizes
    };
    assert_eq!(pages(0, Some(0)).await, [0]);
    assert_eq!(pages(4, Some(9)).await, [3, 1]);
}

#[tokio::test]
async fn an_error_ends_the_stream_and_the_offset_stays() {
    let bench = bench([ok(json!({"Total": 9, "Items": ["a", "b", "c"]})), code("Unknown")], |_| {});
    let mut pages = Call::new(bench.connection.clone(), List::default()).pages();
    pages.next().await.unwrap().unwrap();
    assert_eq!(pages.next().await.unwrap().unwrap_err().code(), Some("Unknown"));
    assert!(pages.next().await.is_none());
    assert_eq!(pages.offset(), 3);
}

#[test]
fn streams_can_be_moved_between_threads() {
    fn check<T: Send + Unpin>() {}
    check::<Pages<List>>();
    check::<Items<List>>();
}
