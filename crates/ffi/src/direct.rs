//! Operations that no spec describes, and signed requests that another program sends.

use crate::boundary::{Json, Outcome, needed, owned_text, place, put_text, text, with_threads};
use crate::call::Answer;
use crate::cancel::{Cancel, wharf_cancel};
use crate::connection::wharf_connection;
use crate::error::wharf_error;
use crate::response::{give_response, wharf_response};
use crate::result::wharf_result;
use crate::task::{self, Tell};
use serde_json::{Map, Value, json};
use std::ffi::{CString, c_char};
use wharf::any;

/// Calls an operation that no product's header has, for example one that is newer than this library, and waits for its
/// response. The request is signed and sent. It is never retried after it may have reached the service.
///
/// @param connection the connection.
/// @param version version of the API (`2018-05-25`).
/// @param action for APIs with named operations: the name (`DescribeThings`), after the label of another host and a
/// slash if the operation has one (`ccr/DescribeThings`). For APIs with paths: method and path (`GET
/// /v1/things/thing-1`), after the operation's name if the service requires it (`DescribeThings GET /v1/things`).
/// @param input NULL, or a JSON object: the parameters; for APIs with paths `query`, an object with strings, numbers,
/// booleans or lists of them, and `body`, any JSON.
/// @param options NULL, or options of this call as for `wharf_call`; `retry` is ignored.
/// @param cancel NULL, or the handle that can cancel the call.
/// @param response receives the response; free it with `wharf_response_free`.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_call_unlisted(
    connection: *const wharf_connection,
    version: *const c_char,
    action: *const c_char,
    input: *const c_char,
    options: *const c_char,
    cancel: *const wharf_cancel,
    response: *mut *mut wharf_response,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let version = text("version", version)?.to_owned();
        let action = text("action", action)?.to_owned();
        let (input, options) = (Json::new("input", input)?, Json::new("options", options)?);
        place("response", response)?;
        let any = connection.any();
        let call = async move {
            let input = input.read()?;
            let options = any::call_options(&options.read()?)?;
            Answer::of(any.call_unlisted_with(&version, &action, input, &options).await?).map(Some)
        };
        let done = task::wait_for(connection.engine(), Cancel::of(cancel), |_: Tell<()>| call, |()| ())?;
        give_response(response, done)
    })
}

/// Signs a request of an operation without sending it, for another HTTP client. The signature is valid for as long as
/// the service accepts its time, usually a few minutes. The request contains the secrets of the input and of the
/// credentials: do not log it.
///
/// @param request receives the request: a JSON object with `method`, `url`, `headers` (an object) and `body` (a
/// string); free it with `wharf_text_free`.
///
/// The other parameters are those of `wharf_call`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_sign(
    connection: *const wharf_connection,
    operation: *const c_char,
    input: *const c_char,
    options: *const c_char,
    cancel: *const wharf_cancel,
    request: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let operation = text("operation", operation)?.to_owned();
        let (input, options) = (Json::new("input", input)?, Json::new("options", options)?);
        place("request", request)?;
        let any = connection.any();
        let sign = async move {
            let input = input.read()?;
            let options = any::call_options(&options.read()?)?;
            signed(&any.sign(&operation, input, &options).await?)
        };
        let done = task::wait_for(connection.engine(), Cancel::of(cancel), |_: Tell<()>| sign, |()| ())?;
        put_text(request, done);
        Ok(wharf_result::WHARF_OK)
    })
}

/// Signs a request of an operation as a URL, to be sent with GET and without headers. The URL is valid as long as a
/// request of `wharf_sign`, and contains the same secrets. Returns `WHARF_UNSUPPORTED` if the product's signature
/// travels in headers.
///
/// @param url receives the URL; free it with `wharf_text_free`.
///
/// The other parameters are those of `wharf_call`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_presign(
    connection: *const wharf_connection,
    operation: *const c_char,
    input: *const c_char,
    options: *const c_char,
    cancel: *const wharf_cancel,
    url: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let operation = text("operation", operation)?.to_owned();
        let (input, options) = (Json::new("input", input)?, Json::new("options", options)?);
        place("url", url)?;
        let any = connection.any();
        let sign = async move {
            let input = input.read()?;
            let options = any::call_options(&options.read()?)?;
            owned_text(any.presign(&operation, input, &options).await?)
        };
        let done = task::wait_for(connection.engine(), Cancel::of(cancel), |_: Tell<()>| sign, |()| ())?;
        put_text(url, done);
        Ok(wharf_result::WHARF_OK)
    })
}

fn signed(request: &any::SignedRequest) -> Outcome<CString> {
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), Value::from(String::from_utf8_lossy(value.as_bytes()).into_owned())));
    let request = json!({
        "method": request.method().as_str(),
        "url": request.uri().to_string(),
        "headers": headers.collect::<Map<_, _>>(),
        "body": String::from_utf8_lossy(request.body()),
    });
    owned_text(request.to_string())
}
