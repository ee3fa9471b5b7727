//! Walks over pages that name the next one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::error::{Error, ErrorKind};
use crate::operation::{Operation, OperationMeta, PageStyle, Paginated, Paging};
use crate::request::Call;
use crate::testing::*;
use crate::transport::Transport;
use serde_json::{Value, json};
use std::sync::Arc;

crate::model! {
    // Names its pages by tokens, inside of another structure.
    struct Walk = "Walk" {
        token: Option<String> = "NextToken",
        size: Option<i64> = "MaxResults",
    }
}

crate::model! {
    struct WalkOutput = "WalkOutput" {
        items: Vec<String> = "Items",
        next: Option<Next> = "Next",
    }
}

crate::model! {
    struct Next = "Next" {
        token: Option<String> = "Token",
    }
}

impl Operation for Walk {
    type Output = WalkOutput;
    const META: &'static OperationMeta = &meta(
        "Walk",
        true,
        Some(
            Paging::new(PageStyle::Token, "NextToken", "MaxResults")
                .with_sizes(2, 3)
                .with_next(&["Next", "Token"])
                .with_items(&["Items"]),
        ),
    );
}

impl Paginated for Walk {
    type Item = String;
}

/// Responds with a page and the token of the next one for each token that is requested.
#[derive(Debug)]
struct Service(fn(&str) -> Value);

#[async_trait::async_trait]
impl Transport for Service {
    async fn send(
        &self,
        request: http::Request<bytes::Bytes>,
        _: crate::transport::Limits,
    ) -> Result<http::Response<bytes::Bytes>, crate::transport::TransportError> {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(asked["MaxResults"], 3, "the documented maximum of a page");
        assert_ne!(asked["NextToken"], "", "an empty token is not sent");
        Ok(http::Response::new((self.0)(asked["NextToken"].as_str().unwrap_or("")).to_string().into()))
    }
}

fn page(items: &[&str], next: Value) -> Value {
    json!({"Items": items, "Next": {"Token": next}, "RequestId": "r"})
}

/// Where pages have no tokens, an input has none and gets none.
#[test]
fn only_pages_by_token_have_tokens() {
    let by_offset = Paging::new(PageStyle::Offset, "NextToken", "MaxResults");
    let mut input = Walk { token: Some("t1".to_owned()), ..Walk::default() };
    assert_eq!(super::given_token(&input, &by_offset), None);
    super::set_token(&mut input, &by_offset, Some("t2"));
    super::set_token(&mut input, &by_offset, None);
    assert_eq!(input.token.as_deref(), Some("t1"));
    let by_token = Walk::META.paging.as_ref().unwrap();
    assert_eq!(super::given_token(&input, by_token).as_deref(), Some("t1"));
    super::set_token(&mut input, by_token, Some("t2"));
    assert_eq!(input.token.as_deref(), Some("t2"));
}

async fn walk(service: fn(&str) -> Value, input: Walk) -> (usize, Result<Vec<String>, Error>) {
    let recorder = crate::transport::Recorder::new(Arc::new(Service(service)));
    let bench = bench([], |settings| settings.transport = Some(Arc::new(recorder.clone())));
    let items = Call::new(bench.connection, input).items().collect_all().await;
    (recorder.exchanges().len(), items)
}

#[tokio::test]
async fn tokens_are_followed_until_there_is_none() {
    for last in [json!(""), Value::Null] {
        // The closures of the services cannot capture the last token, so each has a separate one.
        let service: fn(&str) -> Value = match last {
            Value::Null => |token| match token {
                "" => page(&["a", "b"], json!("t1")),
                // A page in the middle may be empty: its items may have been filtered out.
                "t1" => page(&[], json!("t2")),
                "t2" => page(&["c"], Value::Null),
                other => panic!("{other}"),
            },
            _ => |token| match token {
                "" => page(&["a", "b"], json!("t1")),
                "t1" => page(&[], json!("t2")),
                "t2" => page(&["c"], json!("")),
                other => panic!("{other}"),
            },
        };
        let (calls, items) = walk(service, Walk::default()).await;
        assert_eq!((calls, items.unwrap()), (3, vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
    }
    let (calls, items) = walk(|_| json!({"RequestId": "r"}), Walk::default()).await;
    assert_eq!((calls, items.unwrap()), (1, Vec::<String>::new()));
}

#[tokio::test]
async fn it_begins_at_the_token_of_the_input_and_says_where_it_stands() {
    let service = Service(|token| match token {
        "t1" => page(&["b"], json!("t2")),
        "t2" => page(&["c"], Value::Null),
        other => panic!("{other}"),
    });
    let bench = bench([], |settings| settings.transport = Some(Arc::new(service)));
    let input = Walk { token: Some("t1".to_owned()), ..Walk::default() };
    let mut pages = Call::new(bench.connection, input).pages();
    assert_eq!((pages.token(), pages.page(), pages.offset()), (Some("t1"), None, 0));
    assert_eq!(pages.try_next().await.unwrap().unwrap().items, ["b"]);
    assert_eq!((pages.token(), pages.offset()), (Some("t2"), 1));
    assert_eq!(pages.try_next().await.unwrap().unwrap().items, ["c"]);
    assert!(pages.try_next().await.unwrap().is_none());
    assert!(!format!("{pages:?}").contains("t2"), "{pages:?}");
}

#[tokio::test]
async fn a_token_that_comes_again_is_an_error() {
    let ignored: fn(&str) -> Value = |_| page(&["a"], json!("t1"));
    let circle: fn(&str) -> Value = |token| match token {
        "" => page(&["a"], json!("t1")),
        "t1" => page(&["b"], json!("t2")),
        _ => page(&["c"], json!("t1")),
    };
    for (service, most) in [(ignored, 2), (circle, 3)] {
        let (calls, items) = walk(service, Walk::default()).await;
        let error = items.unwrap_err();
        assert_eq!((calls, error.kind(), error.field()), (most, ErrorKind::Decode, Some("Token")));
        assert!(error.to_string().contains("repeats a token that has been used already"), "{error}");
        assert!(error.to_string().contains("Walk"), "{error}");
    }
}
