//! Responses of the distribution protocol.

use super::Body;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;
use wharf_world::registry::distribution::DistributionError;

pub(super) type Answer = http::Response<Body>;

/// How long a caller waits before it tries again, in seconds.
const LATER: u16 = 5;

/// Returns a response with a status and no body.
pub(super) fn empty(status: u16) -> Answer {
    let mut answer = http::Response::new(Body::of(""));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer
}

/// Returns a response with a JSON document.
pub(super) fn document(status: u16, media_type: &str, document: &serde_json::Value) -> Answer {
    let mut answer = with(empty(status), header::CONTENT_TYPE, media_type);
    *answer.body_mut() = Body::of(document.to_string());
    answer
}

/// Adds a header.
pub(super) fn with(mut answer: Answer, name: HeaderName, value: &str) -> Answer {
    // Values are made of checked names, digests and numbers; one that is no header is left out.
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}

/// Adds a header of the protocol.
pub(super) fn with_own(answer: Answer, name: &'static str, value: &str) -> Answer {
    with(answer, HeaderName::from_static(name), value)
}

/// Returns the response to a refused request.
pub(super) fn refusal(error: &DistributionError) -> Answer {
    let (code, status) = error.code();
    let body = json!({ "errors": [{ "code": code, "message": error.to_string(), "detail": null }] });
    let answer = document(status, "application/json", &body);
    match error {
        DistributionError::TooManyRequests(_) => with(answer, header::RETRY_AFTER, &LATER.to_string()),
        _ => answer,
    }
}
