//! Answers of APIs with resources: the status says whether it is one or an error, the body what.

use super::xml_error;
use crate::error::{CodeMeta, Error, ErrorKind};
use crate::model::json::{self, Mode};
use crate::model::{In, Member, Model, Place};
use crate::product::Answer;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response, StatusCode};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

/// Members of bodies that hold the request's id, for answers without a header that does.
const REQUEST_ID_MEMBERS: [&str; 3] = ["RequestId", "requestId", "request_id"];
/// Milliseconds to wait, of Alibaba's gateways.
const RETRY_AFTER_MILLIS: &str = "x-acs-retry-after";

/// What a product's answers have in common.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Headers that may hold the request's id, the first that is there counts.
    pub request_id_headers: &'a [&'a str],
    /// Headers that belong to the output of some operation.
    pub output_headers: &'a [&'a str],
    /// What a documented code means.
    pub meaning: &'a dyn Fn(&str) -> Option<&'static CodeMeta>,
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("request_id_headers", &self.request_id_headers).finish_non_exhaustive()
    }
}

/// Fills `output` from an answer, or makes the error that the answer tells.
///
/// # Errors
/// What the service reports, with the kind that its code or else the status has;
/// [`Decode`](ErrorKind::Decode) when a successful answer cannot be read.
pub fn decode(response: &Response<Bytes>, output: &mut dyn Model, reading: &Reading<'_>) -> Result<Answer, Error> {
    let header = |name: &&str| text(response.headers(), name).filter(|value| !value.is_empty()).map(str::to_owned);
    let request_id = reading.request_id_headers.iter().find_map(header);
    let read = if response.status().is_success() {
        read_headers(response.headers(), output, reading.output_headers);
        read_body(response, output)
    } else {
        Err(failure(response, reading))
    };
    match read {
        Ok(()) => Ok(Answer::new(request_id.or_else(|| request_id_in(response.body())))),
        Err(error) => Err(error.with_request_id(request_id)),
    }
}

/// The request's id in a body that is an object.
fn request_id_in(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Ids<'a> {
        #[serde(borrow, rename = "RequestId")]
        capitals: Option<Cow<'a, str>>,
        #[serde(borrow, rename = "requestId")]
        camel: Option<Cow<'a, str>>,
        #[serde(borrow, rename = "request_id")]
        snake: Option<Cow<'a, str>>,
    }
    if body.trim_ascii().first() != Some(&b'{') {
        return None;
    }
    let ids: Ids<'_> = serde_json::from_slice(body).ok()?;
    let id = [ids.capitals, ids.camel, ids.snake].into_iter().flatten().find(|id| !id.trim().is_empty())?;
    Some(id.trim().to_owned())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// An output without a description takes whatever belongs to any.
fn read_headers(headers: &HeaderMap, output: &mut dyn Model, known: &[&str]) {
    let members = output.shape().members;
    let described = members.iter().filter(|member| member.place == In::Header).map(|member| member.wire);
    let names = if members.is_empty() { known.to_vec() } else { described.collect() };
    for name in names {
        let Some(value) = text(headers, name) else { continue };
        match output.find(name).map(|(_, field)| field.place()) {
            Some(Place::Text(place)) => place.set(value),
            Some(Place::Json(place)) => *place = value.into(),
            Some(Place::Int(place)) => *place = value.parse().unwrap_or(*place),
            _ => {}
        }
    }
}

fn read_body(response: &Response<Bytes>, output: &mut dyn Model) -> Result<(), Error> {
    let body = response.body().trim_ascii();
    let members = output.shape().members;
    if let Some(whole) = members.iter().find(|member| member.payload) {
        return read_whole(body, whole, output);
    }
    if body.is_empty() {
        return Ok(());
    }
    if members.iter().any(|member| member.place == In::Body) {
        return json::read(body, output, Mode::Lenient).map_err(|problem| Error::decode(problem.field, problem.reason));
    }
    // Nothing of the body is wanted, but a page of something in between is no answer.
    if text(response.headers(), CONTENT_TYPE.as_str()).is_some_and(|form| form.starts_with("text/html")) {
        return Err(Error::decode("answer", "is a page for people, not one of the service"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(_)) => {
            json::read(body, output, Mode::Lenient).map_err(|problem| Error::decode(problem.field, problem.reason))
        }
        other => {
            let value = other.unwrap_or_else(|_| String::from_utf8_lossy(body).into());
            // Only an output that takes anything has such a place.
            if let Some(Place::Json(place)) = output.find("body").map(|(_, field)| field.place()) {
                *place = value;
            }
            Ok(())
        }
    }
}

/// The body is one member: a list, any JSON, or a text.
fn read_whole(body: &[u8], member: &'static Member, output: &mut dyn Model) -> Result<(), Error> {
    if let Some(Place::Text(place)) = output.find(member.wire).map(|(_, field)| field.place()) {
        let plain = || String::from_utf8_lossy(body).into_owned();
        place.set(&serde_json::from_slice(body).unwrap_or_else(|_| plain()));
        return Ok(());
    }
    if body.is_empty() {
        return Ok(());
    }
    // Documents and services disagree whether a list is the whole body or a member of it.
    if body.first() == Some(&b'{')
        && matches!(output.find(member.wire).map(|(_, field)| field.place()), Some(Place::List(_)))
        && serde_json::from_slice(body)
            .is_ok_and(|members: BTreeMap<String, IgnoredAny>| members.contains_key(member.wire))
    {
        return json::read(body, output, Mode::Lenient).map_err(|problem| Error::decode(problem.field, problem.reason));
    }
    // The reader fills structures, so the body is made the member of one.
    let name = Value::from(member.wire).to_string();
    let wrapped = [b"{", name.as_bytes(), b":", body, b"}"].concat();
    json::read(&wrapped, output, Mode::Lenient).map_err(|problem| Error::decode(problem.field, problem.reason))
}

/// What the body of an error says, in whichever of the services' forms.
#[derive(Debug, Default, PartialEq, Eq)]
struct Report {
    code: Option<String>,
    message: String,
    request_id: Option<String>,
    /// Who says it, where that is told.
    host: Option<String>,
}

/// The error that an answer tells, whatever its status.
///
/// It has the kind of its code, or else of the status. What the service says that it signed is left out of
/// the message, because a token may stand there.
pub fn failure(response: &Response<Bytes>, reading: &Reading<'_>) -> Error {
    let status = response.status();
    let report = match serde_json::from_slice(response.body()) {
        Ok(Value::Object(members)) => report(&members, None),
        Ok(_) => None,
        Err(_) => xml_error::read(response.body()).map(|error| Report {
            code: error.code,
            message: error.message.unwrap_or_default(),
            request_id: error.request_id,
            host: error.host,
        }),
    };
    let Some(report) = report else { return from_status(response) };
    let code = report.code.unwrap_or_else(|| status.as_str().to_owned());
    let mut message = without_what_was_signed(report.message);
    if message.is_empty() {
        message = format!("HTTP status {status}");
    }
    if let Some(host) = report.host {
        message = format!("{message} [host {host}]");
    }
    let error = match (reading.meaning)(&code) {
        Some(meta) => Error::service(meta.kind, code, message).with_retryable(meta.retryable),
        None => Error::service(kind_of(status), code, message),
    };
    let millis = text(response.headers(), RETRY_AFTER_MILLIS).and_then(|millis| millis.parse().ok());
    error.with_request_id(report.request_id).with_retry_after(millis.map(Duration::from_millis))
}

/// Some gateways explain a wrong signature by quoting everything it covers.
fn without_what_was_signed(mut message: String) -> String {
    const WORDS: &str = "string to sign";
    let quoted = message.to_ascii_lowercase().find(WORDS);
    if let Some(at) = quoted.and_then(|at| message.get(..at + WORDS.len())).map(str::len) {
        message.truncate(at);
        message.push_str(" ... (left out here)");
    }
    message
}

/// Looks for a code and a message: here, or in the one member that holds them.
fn report(members: &Map<String, Value>, name: Option<&str>) -> Option<Report> {
    let text = |name: &&str| Some(members.get(*name)?.as_str()?.trim().to_owned()).filter(|text| !text.is_empty());
    let mut report = code_and_message(members, name)?;
    report.request_id = report.request_id.or_else(|| REQUEST_ID_MEMBERS.iter().find_map(text));
    report.host = report.host.or_else(|| text(&"HostId"));
    Some(report)
}

fn code_and_message(members: &Map<String, Value>, name: Option<&str>) -> Option<Report> {
    let text = |name: &str| match members.get(name)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let new = |code, message| Report { code, message, ..Report::default() };
    for (code, message) in [("error_code", "error_msg"), ("errorCode", "errorMsg"), ("Code", "Message")] {
        if text(code).is_some() || text(message).is_some() {
            return Some(new(text(code), text(message).unwrap_or_default()));
        }
    }
    if text("code").is_some() || text("message").is_some() {
        let code = match members.get("code") {
            // The status once more: what stands beside it in words says as much and reads better.
            Some(Value::Number(_)) | None => word(text("reason"))
                .or_else(|| word(text("title")))
                .or_else(|| word(name.filter(|name| *name != "error").map(str::to_owned)))
                .or_else(|| text("code")),
            _ => text("code"),
        };
        return Some(new(code, text("message").unwrap_or_default()));
    }
    let mut inner = members.iter().filter_map(|(name, value)| Some((name, value.as_object()?)));
    match name {
        Some(_) => None,
        None => inner.find_map(|(name, inner)| report(inner, Some(name))),
    }
}

/// A title without its blanks, as codes are written.
fn word(text: Option<String>) -> Option<String> {
    text.map(|text| text.split_whitespace().collect::<String>())
}

/// The error of an answer that only its status explains. The body is not quoted: what stands
/// between may have put parts of the request into it.
fn from_status(response: &Response<Bytes>) -> Error {
    let status = response.status();
    let form = match text(response.headers(), CONTENT_TYPE.as_str()) {
        Some(form) => format!(" ({form})"),
        None => String::new(),
    };
    let bytes = response.body().len();
    let (kind, hint) = match status.as_u16() {
        // These speak of an address, not of the thing that was asked for.
        300..=399 | 404 | 405 | 410 => (ErrorKind::Other, ": is the endpoint right?"),
        407 => (ErrorKind::Configuration, ": the proxy wants to know who calls"),
        _ => (kind_of(status), ""),
    };
    Error::new(kind, format!("HTTP status {status} with {bytes} bytes{form} that are no answer of the service{hint}"))
}

fn kind_of(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        400 | 406 | 411 | 413..=417 | 422 | 431 => ErrorKind::InvalidInput,
        401 => ErrorKind::Credentials,
        403 => ErrorKind::Permission,
        404 | 410 => ErrorKind::NotFound,
        405 | 501 | 505 => ErrorKind::Unsupported,
        407 => ErrorKind::Configuration,
        409 | 412 => ErrorKind::Conflict,
        408 | 425 => ErrorKind::Transient,
        429 => ErrorKind::Throttled,
        500..=599 => ErrorKind::Transient,
        _ => ErrorKind::Other,
    }
}
