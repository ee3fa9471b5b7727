#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::connection::{CallOptions, Connection};
use crate::error::{Change, ErrorKind};
use crate::request::Call;
use crate::testing::{Bench, Create, CreateOutput, List, ListOutput, bench};
use crate::transport::Recorder;

fn connect(transport: impl Transport + 'static) -> Bench {
    bench([], |settings| settings.transport = Some(Arc::new(transport)))
}

fn create(name: &str) -> Create {
    Create { name: Some(name.to_owned()), count: None }
}

fn created(id: &str) -> CreateOutput {
    CreateOutput { id: id.to_owned() }
}

async fn send<Op: Operation>(connection: &Connection, input: Op) -> Result<Op::Output, Error> {
    Call::new(connection.clone(), input).send().await
}

#[tokio::test]
async fn answers_come_in_order_and_the_last_one_repeats() {
    let mock = Mock::new();
    let bench = connect(mock.clone());
    mock.on::<Create>().then(created("a")).times(2).then(created("b")).then(created("c"));
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(send(&bench.connection, create("x")).await.unwrap().id);
    }
    assert_eq!(ids, ["a", "a", "b", "c", "c", "c"]);
}

#[tokio::test]
async fn a_call_without_an_answer_fails_at_once_and_names_the_operation() {
    let mock = Mock::new();
    let bench = connect(mock.clone());
    let fails = async |reason: &str| {
        let error = send(&bench.connection, create("x")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.message(), format!("the mock has no answer for Create of test: {reason}"));
        assert_eq!(error.operation().unwrap().name, "Create");
        assert!(!error.is_retryable() && error.attempts().is_empty());
    };
    fails("it has no rules").await;
    mock.on::<List>().then(ListOutput::default());
    fails("it has rules for List of test").await;
    let rule = mock.on::<Create>().matching(|input| input.name.as_deref() == Some("y"));
    fails("its rule does not match the input").await;
    mock.on::<Create>().matching(|input| input.count.is_some()).then(created("c"));
    fails("none of its 2 rules matches the input").await;
    let any = mock.on::<Create>();
    fails("its rule has no answer: add one with `then`").await;
    let any = any.then(created("a")).times(1);
    assert_eq!(send(&bench.connection, create("x")).await.unwrap().id, "a");
    fails("its only answer has been given").await;
    any.then(created("b")).times(1);
    assert_eq!(send(&bench.connection, create("x")).await.unwrap().id, "b");
    fails("all of its 2 answers have been given").await;
    rule.then(created("y"));
    assert_eq!(send(&bench.connection, create("y")).await.unwrap().id, "y");
}

#[tokio::test]
async fn the_first_rule_that_matches_and_has_an_answer_left_answers() {
    let mock = Mock::new();
    let bench = connect(mock.clone());
    let first = mock.on::<Create>().matching(|input| input.count == Some(2)).then(created("two")).times(1);
    let rest = mock.on::<Create>().then_with(|input| match input.count {
        Some(count) => Ok(created(&format!("{}-{count}", input.name.as_deref().unwrap_or_default()))),
        None => Err(Failure::code("Stale", "no count")),
    });
    let call = |count| Create { count, ..create("thing") };
    assert_eq!(send(&bench.connection, call(Some(1))).await.unwrap().id, "thing-1");
    assert_eq!(send(&bench.connection, call(Some(2))).await.unwrap().id, "two");
    assert_eq!(send(&bench.connection, call(Some(2))).await.unwrap().id, "thing-2");
    assert_eq!(send(&bench.connection, call(None)).await.unwrap_err().code(), Some("Stale"));
    assert_eq!(first.inputs(), [call(Some(2))]);
    assert_eq!(rest.inputs(), [call(Some(1)), call(Some(2)), call(None)]);
    assert_eq!(mock.inputs::<Create>().len(), 4);
    assert_eq!(mock.inputs::<List>(), []);
}

#[tokio::test]
async fn failures_are_those_of_the_service_and_of_the_network() {
    let error = async |failure: Failure| {
        let mock = Mock::new();
        let bench = connect(mock.clone());
        mock.on::<Create>().then_error(failure);
        send(&bench.connection, create("x")).await.unwrap_err()
    };
    let refused = error(Failure::code("Skewed", "")).await;
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Credentials, Some("Skewed")));
    assert_eq!((refused.status(), refused.request_id()), (Some(200), Some("mock-1")));
    let page = error(Failure::status(502)).await;
    assert_eq!((page.kind(), page.status()), (ErrorKind::Transient, Some(502)));
    assert_eq!(error(Failure::status(9)).await.status(), Some(500));
    for (failure, kind, change) in [
        (Failure::not_connected(), ErrorKind::ConnectionFailed, Change::Unknown),
        (Failure::cut(), ErrorKind::ConnectionFailed, Change::Maybe),
        (Failure::timed_out(), ErrorKind::TimedOut, Change::Maybe),
    ] {
        let error = error(failure.clone()).await;
        assert_eq!((error.kind(), error.status(), error.change()), (kind, None, change), "{failure:?}");
        assert!(error.message().contains("test.here.example.com"), "{error}");
    }
}

#[tokio::test]
async fn each_attempt_of_a_call_takes_an_answer() {
    let mock = Mock::new();
    let bench = connect(mock.clone());
    let page = ListOutput { total: Some(1), items: vec!["a".to_owned()], request_id: None };
    mock.on::<List>().then_error(Failure::throttled()).then_error(Failure::cut()).then(page.clone());
    let response = Call::new(bench.connection.clone(), List::default()).send_with_response().await.unwrap();
    assert_eq!(
        response.attempts.iter().map(|attempt| attempt.code.as_deref()).collect::<Vec<_>>(),
        [Some("Limited"), None]
    );
    assert_eq!(response.output, page);
    assert_eq!(mock.calls().len(), 3);
}

#[tokio::test]
async fn calls_are_recorded_with_their_region_and_are_not_shown() {
    let mock = Mock::new();
    let bench = connect(mock.clone());
    mock.on::<Create>().then(created("a"));
    let mut call = Call::new(bench.connection.clone(), create("hidden-name"));
    call.options = CallOptions::default().with_region("there");
    call.send().await.unwrap();
    let calls = mock.calls();
    assert_eq!(calls[0].operation.name, "Create");
    assert_eq!(calls[0].region.as_deref(), Some("there"));
    assert_eq!(calls[0].input, serde_json::json!({"Name": "hidden-name"}));
    assert!(!format!("{mock:?}").contains("hidden"));
}

#[tokio::test]
async fn an_input_that_is_wrong_never_reaches_the_mock() {
    let mock = Mock::new();
    let bench = connect(mock.clone());
    mock.on::<Create>().then(created("a"));
    let error = send(&bench.connection, Create::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("Name")));
    assert!(mock.calls().is_empty());
}

#[tokio::test]
async fn what_was_not_given_is_listed() {
    let mock = Mock::new();
    let bench = connect(mock.clone());
    mock.on::<Create>().then(created("a")).times(2).then(created("b"));
    mock.on::<List>().then(ListOutput::default());
    assert_eq!(mock.unused(), ["Create: 0 of 3 answers given", "List: 0 of 1 answers given"]);
    send(&bench.connection, List::default()).await.unwrap();
    send(&bench.connection, create("x")).await.unwrap();
    assert_eq!(mock.unused(), ["Create: 1 of 3 answers given"]);
    for _ in 0..3 {
        send(&bench.connection, create("x")).await.unwrap();
    }
    assert_eq!(mock.unused(), [""; 0]);
}

#[tokio::test]
async fn rules_by_name_take_and_give_json() {
    static ENTRY: Entry = Entry::of::<Create>();
    let mock = Mock::new();
    let bench = connect(mock.clone());
    let wrong = mock.on_entry(&ENTRY).then(&serde_json::json!({"Idd": "a"})).unwrap_err();
    assert_eq!((wrong.kind(), wrong.field()), (ErrorKind::InvalidInput, Some("Idd")));
    let rule =
        mock.on_entry(&ENTRY).matching(|input| input["Name"] == "x").then(&serde_json::json!({"Id": "a"})).unwrap();
    assert_eq!(send(&bench.connection, create("x")).await.unwrap().id, "a");
    assert_eq!(rule.inputs(), [serde_json::json!({"Name": "x"})]);
    assert_eq!(send(&bench.connection, create("z")).await.unwrap_err().kind(), ErrorKind::Configuration);
}

/// Transport that passes requests on without their calls.
#[derive(Debug)]
struct Forgetful(Mock);

#[async_trait]
impl Transport for Forgetful {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.0.send(request, limits).await
    }
}

#[tokio::test]
async fn transports_around_a_mock_pass_calls_on_or_are_told_to() {
    let mock = Mock::new();
    mock.on::<Create>().then(created("a"));
    let recorder = Recorder::new(Arc::new(mock.clone()));
    assert_eq!(send(&connect(recorder.clone()).connection, create("x")).await.unwrap().id, "a");
    assert_eq!(recorder.exchanges().len(), 1);
    let error = send(&connect(Forgetful(mock)).connection, create("x")).await.unwrap_err();
    assert!(error.message().contains("send_call"), "{error}");
}
