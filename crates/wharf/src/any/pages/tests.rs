//! Tests of pages by name with tokens. The operation is the test's own, because no product has tokens yet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::any::{Connection as Any, Extras};
use serde_json::json;
use std::sync::{Arc, Mutex};
use wharf_core::operation::Operation;
use wharf_core::transport::{Limits, Transport, TransportError};

wharf_core::model! {
    struct Walk = "Walk" {
        token: Option<String> = "NextToken",
        size: Option<i64> = "MaxResults",
    }
}

wharf_core::model! {
    struct WalkOutput = "WalkOutput" {
        items: Vec<String> = "Items",
        token: Option<String> = "NextToken",
    }
}

impl Operation for Walk {
    type Output = WalkOutput;
    const META: &'static OperationMeta = &OperationMeta::new("tke", "Walk").with_region(true).with_paging(
        Paging::new(PageStyle::Token, "NextToken", "MaxResults")
            .with_sizes(0, 2)
            .with_next(&["NextToken"])
            .with_items(&["Items"]),
    );
}

static WALK: Entry = Entry::of::<Walk>();

/// A service that responds to each token with items and the next token, and records the tokens.
#[derive(Debug, Default)]
struct Service {
    pages: Vec<(&'static str, Value)>,
    asked: Mutex<Vec<Value>>,
}

#[async_trait::async_trait]
impl Transport for Service {
    async fn send(
        &self,
        request: http::Request<bytes::Bytes>,
        _: Limits,
    ) -> Result<http::Response<bytes::Bytes>, TransportError> {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let token = asked["NextToken"].as_str().unwrap_or("").to_owned();
        self.asked.lock().unwrap().push(asked);
        let page = self.pages.iter().find(|(known, _)| *known == token).map(|(_, page)| page.clone());
        Ok(http::Response::new(json!({ "Response": page.unwrap() }).to_string().into()))
    }
}

fn walk<A: Page>(service: &Arc<Service>, input: Walk) -> Pages<A> {
    let transport: Arc<dyn Transport> = service.clone();
    let extras = Extras { transport: Some(transport), ..Extras::default() };
    let options = json!({"region": "r", "credentials": {"id": "i", "secret": "s"}});
    let connection = Any::with_extras("tke", &options, extras).unwrap();
    Pages::new(connection.into(), &WALK, Box::new(input), CallOptions::default()).unwrap()
}

fn pages() -> Vec<(&'static str, Value)> {
    vec![
        ("", json!({"Items": ["a", "b"], "NextToken": "t1", "RequestId": "r"})),
        ("t1", json!({"Items": [], "NextToken": "t2", "RequestId": "r"})),
        ("t2", json!({"Items": ["c"], "NextToken": "", "RequestId": "r"})),
    ]
}

async fn counts<A: Page>(pages: &mut Pages<A>) -> Vec<usize> {
    let mut counts = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        counts.push(page.count(pages.paging));
    }
    counts
}

#[tokio::test]
async fn both_forms_follow_the_tokens() {
    let service = Arc::new(Service { pages: pages(), ..Service::default() });
    assert_eq!(counts(&mut walk::<Value>(&service, Walk::default())).await, [2, 0, 1]);
    let mut structures = walk::<Box<dyn Model>>(&service, Walk::default());
    assert_eq!(counts(&mut structures).await, [2, 0, 1]);
    assert_eq!((structures.offset(), structures.token()), (3, Some("t2")));
    let asked = service.asked.lock().unwrap().clone();
    let first = json!({"MaxResults": 2});
    assert_eq!(asked[..2], [first.clone(), json!({"NextToken": "t1", "MaxResults": 2})]);
    assert_eq!((asked.len(), &asked[3]), (6, &first), "the first page is asked for without a token");
}

#[tokio::test]
async fn a_plain_call_and_a_copy_go_on_from_their_page() {
    let service = Arc::new(Service { pages: pages(), ..Service::default() });
    let mut given = walk::<Value>(&service, Walk { token: Some("t1".to_owned()), size: Some(1) });
    assert_eq!(given.call_with_response().await.unwrap().output["NextToken"], "t2");
    let mut copy = given.try_clone().unwrap();
    assert_eq!((counts(&mut given).await, counts(&mut copy).await), (vec![1], vec![1]));
    assert_eq!(service.asked.lock().unwrap()[0], json!({"NextToken": "t1", "MaxResults": 1}));
    // An empty page does not determine the size of the next.
    let empty = vec![("", json!({"Items": [], "NextToken": "t2"})), ("t2", json!({"Items": ["c"]}))];
    let service = Arc::new(Service { pages: empty, ..Service::default() });
    let mut given = walk::<Value>(&service, Walk::default());
    given.call_with_response().await.unwrap();
    assert_eq!(counts(&mut given).await, [1]);
    assert_eq!(service.asked.lock().unwrap()[..], [json!({}), json!({"NextToken": "t2", "MaxResults": 2})]);
}

#[tokio::test]
async fn a_token_that_comes_again_is_an_error() {
    let circle = vec![
        ("", json!({"Items": ["a"], "NextToken": "t1"})),
        ("t1", json!({"Items": ["b"], "NextToken": "t2"})),
        ("t2", json!({"Items": ["c"], "NextToken": "t1"})),
    ];
    let service = Arc::new(Service { pages: circle, ..Service::default() });
    let mut pages = walk::<Value>(&service, Walk::default());
    assert!(pages.try_next().await.unwrap().is_some());
    assert!(pages.try_next().await.unwrap().is_some());
    let error = pages.try_next().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (crate::ErrorKind::Decode, Some("NextToken")));
    assert!(error.to_string().contains("repeats a token that has been used already"), "{error}");
    assert!(pages.try_next().await.unwrap().is_none());
}
