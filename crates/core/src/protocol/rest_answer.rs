//! Responses of APIs with resources. The status distinguishes outputs and errors; the body contains them.

use super::foreign::{self, is_blank, trimmed};
use super::refusal::{self, ALWAYS_A_SIGN, Report};
use super::seen::{Seen, has_member, is_due, takes_anything};
use crate::error::{CodeMeta, Error, ErrorKind};
use crate::model::json::{self, Mode};
use crate::model::{In, Member, Model, Place, Problem, Ref};
use crate::product::Answer;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

pub(super) const EMPTY: &str = "is empty, although the operation answers with a body";

/// Properties that all responses of a product share.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Headers that may contain the request id. The first that exists is used.
    pub request_id_headers: &'a [&'a str],
    /// Header with the delay before another attempt in milliseconds, if the service has one.
    pub retry_after_header: Option<&'a str>,
    /// Headers that are fields of some operation's output.
    pub output_headers: &'a [&'a str],
    /// Function that returns the meaning of a documented code.
    pub meaning: &'a dyn Fn(&str) -> Option<&'static CodeMeta>,
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("request_id_headers", &self.request_id_headers).finish_non_exhaustive()
    }
}

/// Fills `output` from a response, or returns the error that it reports.
///
/// # Errors
/// The error that the service reports, with the kind of its code or else of the status; [`Decode`](ErrorKind::Decode)
/// if a successful response cannot be read.
pub fn decode(response: &Response<Bytes>, output: &mut dyn Model, reading: &Reading<'_>) -> Result<Answer, Error> {
    let header = |name: &&str| text(response.headers(), name).filter(|value| !value.is_empty()).map(str::to_owned);
    let request_id = reading.request_id_headers.iter().find_map(header);
    let read = if response.status().is_success() {
        read_headers(response.headers(), output, reading.output_headers);
        read_body(response, output, reading).and_then(|()| check_headers(response.headers(), output))
    } else {
        Err(failure(response, reading))
    };
    match read {
        Ok(()) => Ok(Answer::new(request_id.or_else(|| request_id_in(response.body())))),
        Err(error) => Err(error.with_request_id(request_id)),
    }
}

/// Returns the request id in a body that is an object.
fn request_id_in(body: &[u8]) -> Option<String> {
    let body = trimmed(body);
    if body.first() != Some(&b'{') {
        return None;
    }
    let Ids(ids) = serde_json::from_slice(body).ok()?;
    let id = ids.into_iter().flatten().find(|id| !id.trim().is_empty())?;
    Some(id.trim().to_owned())
}

/// Request ids of a body, in the order of [`REQUEST_IDS`].
struct Ids([Option<String>; REQUEST_IDS.len()]);

/// Fields that contain a request id.
const REQUEST_IDS: [&str; 4] = ["RequestId", "requestId", "request_id", "asapiRequestId"];

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self(Default::default()))
    }
}

impl<'de> Visitor<'de> for Ids {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let known = REQUEST_IDS.iter().position(|known| *known == name);
            match known.and_then(|at| self.0.get_mut(at)) {
                Some(place) => *place = map.next_value()?,
                None => map.next_value::<IgnoredAny>().map(|IgnoredAny| ())?,
            }
        }
        Ok(self)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Reads the headers into the output. An output without a description takes the headers of all operations.
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

/// Rejects a response without a header that is always present.
fn check_headers(headers: &HeaderMap, output: &dyn Model) -> Result<(), Error> {
    let mut missing = None;
    output.each(&mut |member, value| {
        if member.place == In::Header && !matches!(value, Ref::Absent) && !headers.contains_key(member.wire) {
            missing = Some(member.wire);
        }
    });
    missing.map_or(Ok(()), |name| Err(Error::decode(name, "is missing in the answer")))
}

fn read_body(response: &Response<Bytes>, output: &mut dyn Model, reading: &Reading<'_>) -> Result<(), Error> {
    let body = trimmed(response.body());
    if is_blank(body) {
        return if is_due(output) { Err(Error::decode("answer", EMPTY)) } else { Ok(()) };
    }
    if let Some(reason) = foreign::reason(response) {
        return Err(Error::decode("answer", reason));
    }
    let read = if takes_anything(output) {
        read_anything(body, output)
    } else if let Some(whole) = output.shape().members.iter().find(|member| member.payload) {
        read_whole(body, whole, output)
    } else if output.shape().members.iter().any(|member| member.place == In::Body) {
        read_members(body, output)
    } else {
        read_nothing(body)
    };
    // An unreadable body may be an error in another format.
    match read {
        Ok(Read::Output) => Ok(()),
        Ok(Read::Refusal) => Err(failure(response, reading)),
        Err(_) if refused(body, output) => Err(failure(response, reading)),
        Err(error) => Err(error),
    }
}

/// Result of reading a successful response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    Output,
    Refusal,
}

fn unreadable(problem: Problem) -> Error {
    Error::decode(problem.field, problem.reason)
}

fn read_members(body: &[u8], output: &mut dyn Model) -> Result<Read, Error> {
    let mut seen = Seen::new(output);
    json::read(body, &mut seen, Mode::Lenient).map_err(unreadable)?;
    if refusal::refuses(&seen.said) {
        return Ok(Read::Refusal);
    }
    seen.finish();
    Ok(Read::Output)
}

/// Reads a body into an output without a description: the fields of an object, or any other body as one field.
fn read_anything(body: &[u8], output: &mut dyn Model) -> Result<Read, Error> {
    if body.first() == Some(&b'{') {
        let mut seen = Seen::new(output);
        json::read(body, &mut seen, Mode::Lenient).map_err(unreadable)?;
        if refusal::refuses(&seen.said) {
            return Ok(Read::Refusal);
        }
        seen.finish();
        return Ok(Read::Output);
    }
    if refused(body, output) {
        return Ok(Read::Refusal);
    }
    let value = whole_value(body)?;
    if let Some(Place::Json(place)) = output.find("body").map(|(_, field)| field.place()) {
        *place = value;
    }
    Ok(Read::Output)
}

/// Reads a body as JSON, or as a text that does not look like JSON.
fn whole_value(body: &[u8]) -> Result<Value, Error> {
    match serde_json::from_slice(body) {
        Ok(value) => Ok(value),
        Err(error) if matches!(body.first(), Some(b'{' | b'[' | b'"')) => {
            let reason = if error.is_eof() { "ends before it is complete" } else { "is not valid JSON" };
            Err(Error::decode("answer", reason))
        }
        Err(_) => Ok(String::from_utf8_lossy(body).into()),
    }
}

/// Reads a body that is not part of the output. Some services write a word such as `success`.
fn read_nothing(body: &[u8]) -> Result<Read, Error> {
    match whole_value(body)? {
        Value::Object(members) if refusal::refuses(&members) => Ok(Read::Refusal),
        Value::String(text) if text.trim_start().starts_with('<') => {
            Err(Error::decode("answer", "is not one of the service"))
        }
        _ => Ok(Read::Output),
    }
}

/// Reads a body that is one field: a list, any JSON, or a text.
fn read_whole(body: &[u8], member: &'static Member, output: &mut dyn Model) -> Result<Read, Error> {
    if refused(body, output) {
        return Ok(Read::Refusal);
    }
    if let Some(Place::Text(place)) = output.find(member.wire).map(|(_, field)| field.place()) {
        let plain = || String::from_utf8_lossy(body).into_owned();
        place.set(&serde_json::from_slice(body).unwrap_or_else(|_| plain()));
        return Ok(Read::Output);
    }
    // Documents and services disagree whether a list is the whole body or a field of it.
    if body.first() == Some(&b'{')
        && matches!(output.find(member.wire).map(|(_, field)| field.place()), Some(Place::List(_)))
        && serde_json::from_slice(body)
            .is_ok_and(|members: BTreeMap<String, IgnoredAny>| members.contains_key(member.wire))
    {
        return json::read(body, output, Mode::Lenient).map(|()| Read::Output).map_err(unreadable);
    }
    // The reader fills structures, so the body is wrapped as the field of one.
    let name = Value::from(member.wire).to_string();
    let wrapped = [b"{", name.as_bytes(), b":", body, b"}"].concat();
    json::read(&wrapped, output, Mode::Lenient).map(|()| Read::Output).map_err(unreadable)
}

/// Returns whether a body is an error, by fields that the output does not have, or in XML.
fn refused(body: &[u8], output: &dyn Model) -> bool {
    match body.first() {
        Some(b'{') => serde_json::from_slice(body).is_ok_and(|mut members: Map<String, Value>| {
            let status = members.get("kind").is_some_and(|kind| kind == "Status");
            members.retain(|name, _| name == ALWAYS_A_SIGN || status && name == "status" || !has_member(output, name));
            refusal::refuses(&members)
        }),
        Some(b'<') => Report::read(body).is_some(),
        _ => false,
    }
}

/// Returns the error that a response reports, whatever its status.
///
/// It has the kind of its code, or else of the status. The text that the service signed is removed from the message,
/// because it may contain a token.
pub fn failure(response: &Response<Bytes>, reading: &Reading<'_>) -> Error {
    let Some(report) = Report::read(response.body()) else { return from_status(response) };
    let wait = reading.retry_after_header.and_then(|name| text(response.headers(), name));
    let millis = wait.and_then(|millis| millis.parse().ok());
    let error = report.into_error(response.status(), reading.meaning, &kind_of);
    error.with_retry_after(millis.map(Duration::from_millis))
}

/// Returns the error of a response that only its status explains. The body is not quoted, because a gateway may have
/// copied parts of the request into it.
fn from_status(response: &Response<Bytes>) -> Error {
    let status = response.status();
    let (kind, hint) = match status.as_u16() {
        // These are about a URL, not about the requested resource.
        300..=399 | 404 | 405 | 410 => (ErrorKind::Other, ": is the endpoint right?"),
        407 => (ErrorKind::Configuration, ": the proxy wants to know who calls"),
        _ => (kind_of(status), ""),
    };
    Error::new(kind, format!("HTTP status {status} with {}{hint}", foreign::description(response)))
}

fn kind_of(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        400 | 406 | 411 | 413..=417 | 422 | 431 => ErrorKind::InvalidInput,
        401 => ErrorKind::Credentials,
        403 => ErrorKind::PermissionDenied,
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
