//! Responses of Kubernetes that this side makes: `Status` objects.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde::Deserialize;
use serde_json::json;
use std::borrow::Cow;

/// Response to a request that is not sent.
pub(super) type Refusal = Box<Response<Bytes>>;

/// Returns a response that contains a `Status` of a failure. The reasons are those of Kubernetes.
pub(super) fn failure(code: StatusCode, reason: &str, message: &str) -> Refusal {
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code.as_u16(),
    });
    Box::new(response(code, Bytes::from(status.to_string())))
}

/// Returns a response with the content type of its body.
pub(super) fn response(code: StatusCode, body: Bytes) -> Response<Bytes> {
    let is_json = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
    let mut response = Response::new(body);
    *response.status_mut() = code;
    let content_type = if is_json { "application/json" } else { "text/plain" };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub(super) fn bad_request(message: &str) -> Refusal {
    failure(StatusCode::BAD_REQUEST, "BadRequest", message)
}

pub(super) fn too_large(limit: usize) -> Refusal {
    let message = format!("Request entity too large: limit is {limit}");
    failure(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message)
}

/// Returns the HTTP status that belongs to a body: the code of a `Status` of a failure, otherwise 200.
#[cfg_attr(not(feature = "tke"), allow(dead_code))]
pub(super) fn of_body(body: &[u8]) -> StatusCode {
    #[derive(Deserialize)]
    struct Status<'a> {
        #[serde(borrow)]
        kind: Cow<'a, str>,
        #[serde(borrow)]
        status: Cow<'a, str>,
        code: Option<u16>,
    }
    let failure = serde_json::from_slice::<Status<'_>>(body).ok();
    match failure.filter(|status| status.kind == "Status" && status.status == "Failure") {
        Some(failure) => failure
            .code
            .filter(|code| *code >= 400)
            .and_then(|code| StatusCode::from_u16(code).ok())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        None => StatusCode::OK,
    }
}
