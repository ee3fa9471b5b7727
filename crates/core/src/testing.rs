//! Example product and API for the tests of this crate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::clock::ManualClock;
use crate::connection::{Connection, Settings};
use crate::credentials::Credentials;
use crate::error::{CodeMeta, Error, ErrorKind};
use crate::model::Model;
use crate::model::json::{Mode, Style, read_value, to_string};
use crate::operation::{Authorization, Operation, OperationMeta, PageStyle, Paginated, Paging};
use crate::product::{Answer, Body, EncodeInput, Product, Signing, Unsigned};
use crate::transport::{Reached, Replay, TransportError, TransportErrorKind};
use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) const SECRET: &str = "planted-secret";
pub(crate) const START: u64 = 1_800_000_000;

pub(crate) fn start() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(START)
}

pub(crate) const fn meta(name: &'static str, idempotent: bool, paging: Option<Paging>) -> OperationMeta {
    let meta = OperationMeta::new("test", name).with_version("1").with_service("things");
    let meta = meta.with_idempotent(idempotent).with_region(true).with_rate_limit(20);
    OperationMeta { paging, ..meta }
}

/// Operation that changes something.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Create {
    pub(crate) name: Option<String>,
    pub(crate) count: Option<u64>,
}
crate::model! { Create = "Create" { name = "Name" .required(); count = "Count"; } }

#[derive(Clone, Default, PartialEq)]
pub(crate) struct CreateOutput {
    pub(crate) id: String,
}
crate::model! { CreateOutput = "CreateOutput" { id = "Id"; } }

impl Operation for Create {
    type Output = CreateOutput;
    const META: &'static OperationMeta = &meta("Create", false, None);
}

/// Operation that needs no credentials.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct LogIn {
    pub(crate) password: Option<crate::model::Secret>,
}
crate::model! { LogIn = "LogIn" { password = "Password" .required() .sensitive(); } }

impl Operation for LogIn {
    type Output = CreateOutput;
    const META: &'static OperationMeta =
        &OperationMeta { authorization: Authorization::Anonymous, ..meta("LogIn", false, None) };
}

/// Operation that changes nothing and returns pages.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct List {
    pub(crate) offset: Option<i64>,
    pub(crate) limit: Option<i64>,
}
crate::model! { List = "List" { offset = "Offset"; limit = "Limit"; } }

#[derive(Clone, Default, PartialEq)]
pub(crate) struct ListOutput {
    pub(crate) total: Option<u64>,
    pub(crate) items: Vec<String>,
    pub(crate) request_id: Option<String>,
}
crate::model! { ListOutput = "ListOutput" { total = "Total"; items = "Items"; request_id = "RequestId"; } }

impl Operation for List {
    type Output = ListOutput;
    const META: &'static OperationMeta = &meta(
        "List",
        true,
        Some(
            Paging::new(PageStyle::Offset, "Offset", "Limit")
                .with_sizes(2, 3)
                .with_total(&["Total"])
                .with_items(&["Items"]),
        ),
    );
}

impl Paginated for List {
    type Item = String;
}

#[derive(Debug)]
pub(crate) struct Fake;

impl Product for Fake {
    fn name(&self) -> &'static str {
        "test"
    }

    fn host(&self, _: &OperationMeta, region: Option<&str>) -> Result<String, Error> {
        Ok(format!("test.{}.example.com", region.unwrap_or("nowhere")))
    }

    fn check_region(&self, region: &str) -> Result<(), Error> {
        if region.contains(' ') { Err(Error::configuration("region", "has a blank")) } else { Ok(()) }
    }

    fn encode(&self, input: &EncodeInput<'_>) -> Result<Unsigned, Error> {
        Ok(Unsigned {
            operation: input.operation,
            method: Method::POST,
            endpoint: input.endpoint.clone(),
            signed: input.signed.clone(),
            path: "/".to_owned(),
            query: Vec::new(),
            headers: HeaderMap::from_iter([(http::header::USER_AGENT, input.user_agent.parse().unwrap())]),
            body: Body::Bytes(to_string(input.input, Style::Compact).into()),
            region: input.region.map(str::to_owned),
        })
    }

    fn sign(&self, unsigned: &Unsigned, signing: &Signing<'_>) -> Result<http::Request<Bytes>, Error> {
        let Body::Bytes(body) = &unsigned.body else { panic!("the fake writes bytes") };
        let seconds = signing.time.duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut headers = unsigned.headers.clone();
        headers.insert("x-time", seconds.into());
        headers.insert("x-region", unsigned.region.as_deref().unwrap_or_default().parse().unwrap());
        headers.insert("authorization", signing.credentials.secret().expose().parse().unwrap());
        unsigned.request("", headers, body.clone())
    }

    fn decode(&self, response: &Response<Bytes>, output: &mut dyn Model) -> Result<Answer, Error> {
        let answer: Value =
            serde_json::from_slice(response.body()).map_err(|_| Error::decode("JSON", "is not valid JSON"))?;
        let id = answer["RequestId"].as_str().map(str::to_owned);
        if let Some(code) = answer["Code"].as_str() {
            let kind = self.code(code).map_or(ErrorKind::Other, |meta| meta.kind);
            return Err(Error::service(kind, code, "refused").with_request_id(id));
        }
        read_value(&answer, output, Mode::Lenient).map_err(|problem| Error::decode(problem.field, problem.reason))?;
        Ok(Answer::new(id))
    }

    #[cfg(feature = "testing")]
    fn respond(&self, reply: &crate::mock::Reply<'_>) -> Response<Bytes> {
        use crate::mock::Content;
        let body = match reply.content {
            Content::Output(output) => to_string(output, Style::Compact),
            Content::Refusal { code, .. } => {
                json!({"Code": code.unwrap_or("Limited"), "RequestId": reply.request_id}).to_string()
            }
        };
        Response::new(body.into())
    }

    fn code(&self, code: &str) -> Option<&'static CodeMeta> {
        static CODES: [CodeMeta; 4] = [
            CodeMeta { code: "Busy", kind: ErrorKind::Transient, retryable: true, doc: "" },
            CodeMeta { code: "Limited", kind: ErrorKind::Throttled, retryable: true, doc: "" },
            CodeMeta { code: "Skewed", kind: ErrorKind::Credentials, retryable: false, doc: "" },
            CodeMeta { code: "Stale", kind: ErrorKind::Credentials, retryable: false, doc: "" },
        ];
        CODES.iter().find(|meta| meta.code == code)
    }

    fn regions(&self) -> &'static [&'static str] {
        &["here", "there"]
    }

    fn is_clock_skew(&self, error: &Error) -> bool {
        error.code() == Some("Skewed")
    }

    fn is_stale_credentials(&self, error: &Error) -> bool {
        error.code() == Some("Stale")
    }
}

/// Connection with prepared responses, on a clock that sleeps advance.
pub(crate) struct Bench {
    pub(crate) connection: Connection,
    pub(crate) replay: Replay,
    pub(crate) clock: ManualClock,
}

pub(crate) fn bench(script: impl IntoIterator<Item = Step>, change: impl FnOnce(&mut Settings)) -> Bench {
    let replay = script.into_iter().fold(Replay::new(), |replay, step| match step {
        Ok(response) => replay.answer(response),
        Err(error) => replay.fail(error),
    });
    let clock = ManualClock::new(start());
    let mut settings = Settings {
        region: Some("here".to_owned()),
        credentials: Some(Arc::new(Credentials::new("id", SECRET))),
        transport: Some(Arc::new(replay.clone())),
        clock: Some(Arc::new(clock.clone())),
        ..Settings::default()
    };
    change(&mut settings);
    Bench { connection: settings.connect(Arc::new(Fake)).unwrap(), replay, clock }
}

pub(crate) type Step = Result<Response<Bytes>, TransportError>;

pub(crate) fn ok(body: Value) -> Step {
    Ok(Response::new(body.to_string().into()))
}

pub(crate) fn created() -> Step {
    ok(json!({"Id": "thing-1", "RequestId": "r-ok"}))
}

pub(crate) fn code(code: &str) -> Step {
    ok(json!({"Code": code, "RequestId": format!("r-{code}")}))
}

pub(crate) fn status(status: u16) -> Step {
    let mut response = Response::new(Bytes::from_static(b"<html>"));
    *response.status_mut() = status.try_into().unwrap();
    Ok(response)
}

pub(crate) fn with_header(step: Step, name: &'static str, value: &str) -> Step {
    let mut response = step.unwrap();
    response.headers_mut().insert(name, value.parse().unwrap());
    Ok(response)
}

pub(crate) fn fail(kind: TransportErrorKind, reached: Reached) -> Step {
    Err(TransportError::new(kind, reached, "on purpose"))
}

pub(crate) fn http_date(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)
}

impl Bench {
    pub(crate) async fn create(&self) -> Result<CreateOutput, Error> {
        let input = Create { name: Some("a".into()), count: None };
        crate::request::Call::new(self.connection.clone(), input).send().await
    }

    pub(crate) async fn list(&self) -> Result<ListOutput, Error> {
        crate::request::Call::new(self.connection.clone(), List::default()).send().await
    }

    pub(crate) fn sent(&self) -> usize {
        self.replay.requests().len()
    }
}
