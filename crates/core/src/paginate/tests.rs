#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::error::ErrorKind;
use crate::operation::{Operation, OperationMeta, PageStyle, Paging};
use crate::testing::*;
use crate::transport::Transport;
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use std::sync::Arc;

/// Operation with the responses of `List` and page numbers. Its page size is a string, as in some APIs.
#[derive(Clone, Default, PartialEq)]
struct Leaf {
    page: Option<i64>,
    size: Option<String>,
}
crate::model! { Leaf = "Leaf" { page = "Page"; size = "Size"; } }

impl Operation for Leaf {
    type Output = ListOutput;
    const META: &'static OperationMeta = &meta(
        "Leaf",
        true,
        Some(
            Paging::new(PageStyle::Number, "Page", "Size")
                .with_sizes(2, 3)
                .with_total(&["Total"])
                .with_items(&["Items"]),
        ),
    );
}

impl Paginated for Leaf {
    type Item = String;
}

/// Service with `held` items, pages of at most `most` items, and any total.
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
        let limit = asked["Limit"].as_u64().unwrap_or_else(|| asked["Size"].as_str().unwrap().parse().unwrap());
        let size = limit.min(self.most);
        let offset = match asked["Page"].as_u64() {
            _ if self.ignores_offset => 0,
            Some(page) => (page - 1) * size,
            None => asked["Offset"].as_u64().unwrap(),
        };
        let items: Vec<_> = (offset..(offset + size).min(self.held)).map(|at| format!("item-{at}")).collect();
        // The request id differs between responses, and is not compared.
        let id = format!("r-{:?}", std::time::Instant::now());
        let body = json!({"Total": self.total, "Items": items, "RequestId": id});
        Ok(http::Response::new(body.to_string().into()))
    }
}

struct Run {
    calls: usize,
    items: Result<Vec<String>, Error>,
}

async fn run<Op: Paginated<Item = String>>(service: Service, input: Op) -> Run {
    let recorder = crate::transport::Recorder::new(Arc::new(service));
    let bench = bench([], |settings| settings.transport = Some(Arc::new(recorder.clone())));
    let items = Call::new(bench.connection, input).items().collect_all().await;
    Run { calls: recorder.exchanges().len(), items }
}

/// Runs both styles, which must have the same result.
async fn both(service: impl Fn() -> Service) -> [Run; 2] {
    [run(service(), List::default()).await, run(service(), Leaf::default()).await]
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
        for run in both(|| service(held)).await {
            assert_eq!((run.calls, run.items.unwrap()), (calls, names(held)), "{held} items");
        }
    }
}

#[tokio::test]
async fn the_callers_page_size_counts() {
    let run_list = run(service(10), List { offset: None, limit: Some(5) }).await;
    let run_leaf = run(service(10), Leaf { page: None, size: Some("5".into()) }).await;
    for run in [run_list, run_leaf] {
        assert_eq!((run.calls, run.items.unwrap()), (2, names(10)));
    }
}

#[tokio::test]
async fn totals_that_are_wrong() {
    for (held, total, calls) in [
        // Too high: one or more calls that find nothing.
        (0, Some(50), 1),
        (4, Some(50), 3),
        (6, Some(u64::MAX), 3),
        // Missing or zero: continues while pages are full.
        (4, None, 2),
        (6, None, 3),
        (6, Some(0), 3),
        // Too low: disproved by the first page.
        (7, Some(1), 3),
        (7, Some(2), 3),
    ] {
        for run in both(|| Service { total, ..service(held) }).await {
            assert_eq!((run.calls, run.items.unwrap()), (calls, names(held)), "{held} items, total {total:?}");
        }
    }
}

#[tokio::test]
async fn a_service_that_sends_less_than_asked_for_is_followed_to_its_total() {
    for run in both(|| Service { most: 2, ..service(5) }).await {
        assert_eq!((run.calls, run.items.unwrap()), (3, names(5)));
    }
}

#[tokio::test]
async fn a_service_that_ignores_the_offset_is_no_endless_loop() {
    for total in [Some(u64::MAX), None, Some(0), Some(9)] {
        let runs = both(|| Service { ignores_offset: true, total, ..service(9) }).await;
        for (run, (field, name)) in runs.into_iter().zip([("Offset", "List"), ("Page", "Leaf")]) {
            let error = run.items.unwrap_err();
            assert_eq!((error.kind(), error.field(), run.calls), (ErrorKind::Decode, Some(field), 2));
            assert_eq!(error.operation().unwrap().name, name);
        }
    }
}

#[tokio::test]
async fn pages_tell_where_to_go_on() {
    let bench = bench([], |settings| settings.transport = Some(Arc::new(service(8))));
    let call = |offset| Call::new(bench.connection.clone(), List { offset, limit: None });
    let mut pages = call(Some(1)).pages();
    assert_eq!((pages.offset(), pages.page()), (1, None));
    assert_eq!(pages.try_next().await.unwrap().unwrap().items[0], "item-1");
    assert_eq!((pages.offset(), pages.page()), (4, None));
    let rest: Vec<_> = call(Some(4)).items().try_collect().await.unwrap();
    assert_eq!(rest, names(8)[4..]);
    let mut items = call(None).items();
    for at in 0..5 {
        assert_eq!((items.offset(), items.page()), (at, None));
        items.try_next().await.unwrap().unwrap();
    }
    assert_eq!(items.offset(), 5);
}

#[tokio::test]
async fn counted_pages_tell_where_to_go_on() {
    let bench = bench([], |settings| settings.transport = Some(Arc::new(service(8))));
    let call = |page| Call::new(bench.connection.clone(), Leaf { page, size: None });
    for (page, first, rest) in [(None, 1, 0), (Some(0), 1, 0), (Some(1), 1, 0), (Some(2), 2, 3), (Some(3), 3, 6)] {
        let pages = call(page).pages();
        assert_eq!((pages.page(), pages.offset()), (Some(first), rest as u64), "{page:?}");
        assert_eq!(call(page).items().collect_all().await.unwrap(), names(8)[rest..], "{page:?}");
    }
    assert_eq!(call(Some(9)).items().collect_all().await.unwrap(), Vec::<String>::new());

    let mut pages = call(None).pages();
    pages.try_next().await.unwrap().unwrap();
    assert_eq!((pages.page(), pages.offset()), (Some(2), 3));
    let rest = call(pages.page().map(|page| page as i64)).items().collect_all().await.unwrap();
    assert_eq!(rest, names(8)[3..]);

    let mut items = call(None).items();
    for (at, page) in [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2)] {
        assert_eq!((items.offset(), items.page()), (at, Some(page)));
        items.try_next().await.unwrap().unwrap();
    }
}

/// After pages that are shorter than requested, the offset of a page is not a multiple of the size.
#[tokio::test]
async fn short_pages_in_the_middle_are_followed_to_the_total() {
    for (held, page, calls) in [(20, 5, 6), (20, 10, 1), (19, 10, 2), (20, 11, 1)] {
        let service = Service { most: 2, ..service(held) };
        let run = run(service, Leaf { page: Some(page), size: None }).await;
        let before = usize::try_from((page - 1) * 2).unwrap();
        let rest = names(held)[before..].to_vec();
        assert_eq!((run.calls, run.items.unwrap()), (calls, rest), "{held} items from page {page}");
    }
}

#[tokio::test]
async fn an_empty_first_page_is_given_and_a_later_one_is_not() {
    async fn sizes<Op: Paginated<Output = ListOutput>>(held: u64, total: Option<u64>, input: Op) -> Vec<usize> {
        let bench = bench([], |s| s.transport = Some(Arc::new(Service { total, ..service(held) })));
        let mut pages = Call::new(bench.connection, input).pages();
        let mut sizes = Vec::new();
        while let Some(page) = pages.try_next().await.unwrap() {
            sizes.push(page.items.len());
        }
        assert!(pages.next().await.is_none());
        sizes
    }
    for (held, total, expected) in [(0, Some(0), vec![0]), (4, Some(9), vec![3, 1])] {
        assert_eq!(sizes(held, total, List::default()).await, expected);
        assert_eq!(sizes(held, total, Leaf::default()).await, expected);
    }
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
    check::<Items<Leaf>>();
}

#[test]
fn items_of_another_type_are_an_error_and_not_an_empty_page() {
    let mut page = ListOutput { items: vec!["a".into()], ..ListOutput::default() };
    let error = fields::take_items::<u64>(&mut page, List::META).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Decode, Some("Items")));
    assert_eq!(List::items(page).unwrap(), ["a"]);
}
