//! Responses without the envelope that an API puts around each output.

use super::foreign::{self, is_blank};
use super::refusal::{self, Report};
use super::rest_answer::EMPTY;
use crate::error::{CodeMeta, Error, ErrorKind};
use crate::model::{Field, Member, Model, Ref, Shape};
use bytes::Bytes;
use http::{Response, StatusCode};
use serde::de::IgnoredAny;
use serde_json::Value;

pub use super::foreign::trimmed;

/// Returns the error of a response without the API's envelope (the field of that name), or with a failure status and no
/// error in the envelope.
///
/// Gateways in between and those of other API versions use other error formats, also with a success status.
pub fn missing(
    response: &Response<Bytes>,
    envelope: &'static str,
    meaning: &dyn Fn(&str) -> Option<&'static CodeMeta>,
) -> Error {
    let body = trimmed(response.body());
    let (report, status) = (Report::read(body), response.status());
    let refuses = || match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => refusal::refuses(&members),
        Ok(_) => false,
        Err(_) => true,
    };
    match report {
        Some(report) if !status.is_success() || refuses() => report.into_error(status, meaning, &kind_of),
        _ if !status.is_success() => from_status(response),
        _ if is_blank(body) => Error::decode("answer", EMPTY),
        _ => match foreign::reason(response) {
            Some(reason) => Error::decode("answer", reason),
            None => match serde_json::from_slice::<IgnoredAny>(body) {
                Ok(IgnoredAny) => Error::decode(envelope, "is missing in the answer"),
                Err(error) if error.is_eof() => Error::decode("answer", "ends before it is complete"),
                Err(_) => Error::decode("answer", "is not valid JSON"),
            },
        },
    }
}

/// Returns the error of a response that only its status explains. The body is not quoted, because a gateway may have
/// copied parts of the request into it.
pub fn from_status(response: &Response<Bytes>) -> Error {
    let status = response.status();
    let hint = match status.as_u16() {
        300..=399 | 404 | 405 => ": is the endpoint right?",
        407 => ": the proxy wants to know who calls",
        _ => "",
    };
    let message = format!("HTTP status {status} with {}{hint}", foreign::description(response));
    Error::new(kind_of(status), message)
}

/// Returns the kind of error that a status represents.
pub fn kind_of(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        400 | 413 | 414 | 422 | 431 => ErrorKind::InvalidInput,
        401 => ErrorKind::Credentials,
        403 => ErrorKind::PermissionDenied,
        407 => ErrorKind::Configuration,
        408 | 425 => ErrorKind::Transient,
        429 => ErrorKind::Throttled,
        501 | 505 => ErrorKind::Unsupported,
        500..=599 => ErrorKind::Transient,
        // A 404 here is about a URL, not about the requested resource: not `NotFound`.
        _ => ErrorKind::Other,
    }
}

/// Output without fields.
#[derive(Debug)]
pub struct Nothing;

impl Model for Nothing {
    fn shape(&self) -> &'static Shape {
        static SHAPE: Shape = Shape::new("Nothing", &[]);
        &SHAPE
    }

    fn each<'a>(&'a self, _: &mut dyn FnMut(&'static Member, Ref<'a>)) {}

    fn find(&mut self, _: &str) -> Option<(&'static str, &mut dyn Field)> {
        None
    }
}
