//! Responses of Tencent's services for mocks: the opposite of `v3_answer` and `v2_answer`.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};
use wharf_core::mock::{Content, Reply};
use wharf_core::model::Model;
use wharf_core::model::json::{Style, to_string};

/// Returns the response of an API of version 3: everything is in `Response`, and the status is 200.
pub(crate) fn v3(reply: &Reply<'_>) -> Response<Bytes> {
    let (mut members, status) = match reply.content {
        Content::Output(output) => (members(output), None),
        Content::Refusal { code, message, status, .. } => {
            let code = code.unwrap_or("RequestLimitExceeded");
            let error = json!({"Code": code, "Message": message});
            (Map::from_iter([("Error".to_owned(), error)]), status)
        }
        _ => (Map::new(), None),
    };
    let id = members.entry("RequestId").or_insert(Value::Null);
    if id.as_str().unwrap_or_default().is_empty() {
        *id = reply.request_id.into();
    }
    response(status, &json!({"Response": members}))
}

/// Returns the response of API 2.0. `numbers` returns the number of a code.
#[cfg(feature = "ccs")]
pub(crate) fn v2(reply: &Reply<'_>, throttled: &str, numbers: &dyn Fn(&str) -> Option<i64>) -> Response<Bytes> {
    match reply.content {
        Content::Output(output) => {
            let body = json!({"code": 0, "message": "", "codeDesc": "Success", "data": members(output)});
            response(None, &body)
        }
        Content::Refusal { code, message, status, .. } => {
            let code = code.unwrap_or(throttled);
            let number: Option<i64> = code.parse().ok();
            let mut body = json!({"code": number.or_else(|| numbers(code)).unwrap_or(OF_SERVICE), "message": message});
            if number.is_none() {
                body["codeDesc"] = code.into();
            }
            response(status, &body)
        }
        _ => response(None, &json!({"code": 0})),
    }
}

/// Number of an error of the service behind the API.
#[cfg(feature = "ccs")]
const OF_SERVICE: i64 = 5100;

/// Returns the fields of an output as they are on the wire.
fn members(output: &dyn Model) -> Map<String, Value> {
    match serde_json::from_str(&to_string(output, Style::Compact)) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn response(status: Option<StatusCode>, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
