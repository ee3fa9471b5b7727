//! Responses written from outputs and refusals: the opposite of decoding.

use crate::error::ErrorKind;
use crate::model::json::{Style, to_string};
use crate::model::{In, Model, Ref};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde_json::{Value, json};
use std::fmt;

/// Response for a product to write.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Reply<'a> {
    /// Content of the response.
    pub content: Content<'a>,
    /// Request id of the response, unless the output has its own.
    pub request_id: &'a str,
}

/// Content of a [`Reply`].
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Content<'a> {
    /// Output of a successful call.
    Output(&'a dyn Model),
    /// Error of the service.
    #[non_exhaustive]
    Refusal {
        /// Error code. `None` is the product's own code for too many calls.
        code: Option<&'a str>,
        /// Message.
        message: &'a str,
        /// HTTP status, if it is not the usual one.
        status: Option<StatusCode>,
    },
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Output(_) => f.write_str("Output"),
            Self::Refusal { code, status, .. } => {
                f.debug_struct("Refusal").field("code", code).field("status", status).finish_non_exhaustive()
            }
        }
    }
}

impl<'a> Reply<'a> {
    /// Returns a reply.
    pub fn new(content: Content<'a>, request_id: &'a str) -> Self {
        Self { content, request_id }
    }
}

/// Writes the response of a service with resources: the fields of an output in the body and in headers, or an object with
/// `code` and `message`. `kind` returns the kind of a code, from which the status follows.
pub fn respond(
    reply: &Reply<'_>,
    request_id_header: &'static str,
    throttled: &str,
    kind: &dyn Fn(&str) -> Option<ErrorKind>,
    refusal: &dyn Fn(&str, &str) -> Value,
) -> Response<Bytes> {
    let mut response = match reply.content {
        Content::Output(output) => written(output),
        Content::Refusal { code, message, status } => {
            let code = code.unwrap_or(throttled);
            let mut response = json_response(&refusal(code, message));
            *response.status_mut() = status.unwrap_or_else(|| status_of(kind(code)));
            response
        }
    };
    if let Ok(id) = HeaderValue::from_str(reply.request_id) {
        response.headers_mut().insert(HeaderName::from_static(request_id_header), id);
    }
    response
}

/// Writes an output. An output without fields in the body has none.
fn written(output: &dyn Model) -> Response<Bytes> {
    let members = output.shape().members;
    let has_body = members.iter().any(|member| member.payload || member.place == In::Body);
    let body = if has_body { to_string(output, Style::Compact) } else { String::new() };
    let mut response = Response::new(Bytes::from(body));
    if has_body {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    output.each(&mut |member, value| {
        let text = match value {
            Ref::Text(text) => text.to_owned(),
            Ref::Int(number) => number.to_string(),
            _ => return,
        };
        if member.place == In::Header
            && let (Ok(name), Ok(value)) = (HeaderName::try_from(member.wire), HeaderValue::try_from(text))
        {
            response.headers_mut().insert(name, value);
        }
    });
    response
}

/// Returns a response with a JSON body and the status 200.
fn json_response(body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Returns the response of a product that defines no other format.
pub(crate) fn plain(reply: &Reply<'_>) -> Response<Bytes> {
    respond(reply, "x-request-id", "429", &|_| None, &|code, message| json!({"code": code, "message": message}))
}

/// Returns the status that services with resources send for a kind of error. An unknown code has the status 400.
fn status_of(kind: Option<ErrorKind>) -> StatusCode {
    match kind {
        Some(ErrorKind::Credentials) => StatusCode::UNAUTHORIZED,
        Some(ErrorKind::PermissionDenied) => StatusCode::FORBIDDEN,
        Some(ErrorKind::NotFound) => StatusCode::NOT_FOUND,
        Some(ErrorKind::Conflict) => StatusCode::CONFLICT,
        Some(ErrorKind::Throttled) => StatusCode::TOO_MANY_REQUESTS,
        Some(ErrorKind::Transient) => StatusCode::SERVICE_UNAVAILABLE,
        Some(ErrorKind::Service) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}
