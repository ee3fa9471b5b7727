//! Responses of successful calls as objects.

use crate::boundary::{Failure, Outcome, guard, optional_text, owned_text, put, shared, take};
use crate::error::{c_text, wharf_error};
use crate::result::wharf_result;
use crate::task::{Complete, UserData};
use serde_json::{Map, Value};
use std::ffi::{CString, c_char, c_void};
use std::ptr::null;
use wharf::Response;

/// The response of a successful call. Immutable: any number of threads may read it at once. The caller owns it and
/// frees it with `wharf_response_free`; the texts that its getters return are valid until then.
#[derive(Debug)]
pub struct wharf_response {
    output: CString,
    request_id: Option<CString>,
    status: u16,
    attempts: usize,
    headers: CString,
    values: Vec<(String, CString)>,
    problems: CString,
}

/// Callback of an asynchronous call. Called once, when the call has ended, on a thread of the library, where it may
/// block and call the library. `response` is NULL unless `result` is `WHARF_OK`; `error` is NULL if `result` is
/// `WHARF_OK` or `WHARF_END`. Both belong to the library and are valid until the callback returns. Must not unwind.
pub type wharf_response_callback = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        result: wharf_result,
        response: *const wharf_response,
        error: *const wharf_error,
    ),
>;

impl wharf_response {
    pub(crate) fn new(response: Response<Value>) -> Outcome<Self> {
        let mut values: Vec<(String, CString)> = Vec::new();
        let mut headers = Map::new();
        for name in response.headers.keys() {
            let all = response.headers.get_all(name).iter();
            let all: Vec<_> = all.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
            let value = all.join(", ");
            values.push((name.to_string(), c_text(&value)));
            headers.insert(name.to_string(), value.into());
        }
        let problems: Value = response.problems.iter().map(ToString::to_string).collect();
        Ok(Self {
            output: owned_text(response.output.to_string())?,
            request_id: response.request_id.as_deref().map(c_text),
            status: response.status,
            attempts: response.attempts.len() + 1,
            headers: c_text(&Value::Object(headers).to_string()),
            values,
            problems: c_text(&problems.to_string()),
        })
    }
}

/// Writes a response to `place`, which is not NULL. Returns `WHARF_END` for `None`.
pub(crate) fn give_response(
    place: *mut *mut wharf_response,
    response: Option<Box<wharf_response>>,
) -> Outcome<wharf_result> {
    let Some(response) = response else { return Ok(wharf_result::WHARF_END) };
    put(place, response);
    Ok(wharf_result::WHARF_OK)
}

/// The caller's callback and its user data.
pub(crate) struct ResponseCompletion {
    callback: unsafe extern "C" fn(*mut c_void, wharf_result, *const wharf_response, *const wharf_error),
    user_data: UserData,
}

impl ResponseCompletion {
    pub(crate) fn new(callback: wharf_response_callback, user_data: UserData) -> Outcome<Self> {
        let callback = callback.ok_or_else(|| Failure::null("callback"))?;
        Ok(Self { callback, user_data })
    }
}

impl Complete<(), Option<Box<wharf_response>>> for ResponseCompletion {
    fn progress(&mut self, (): ()) {}

    fn done(self, done: Outcome<Option<Box<wharf_response>>>) {
        let (result, response, error) = match &done {
            Ok(Some(response)) => (wharf_result::WHARF_OK, std::ptr::from_ref(&**response), null()),
            Ok(None) => (wharf_result::WHARF_END, null(), null()),
            Err(failure) => (failure.kind(), null(), std::ptr::from_ref(failure.error())),
        };
        // SAFETY: a function of that type, by the header's contract; its arguments are valid until it returns.
        unsafe { (self.callback)(self.user_data.pointer(), result, response, error) }
    }
}

fn lent<'a>(
    response: *const wharf_response,
    get: impl FnOnce(&'a wharf_response) -> Option<&'a CString>,
) -> *const c_char {
    guard(null(), || shared(response).and_then(get).map_or(null(), |text| text.as_ptr()))
}

/// Returns the output as JSON. NULL only for NULL.
///
/// @param response NULL, or a response that is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_response_output(response: *const wharf_response) -> *const c_char {
    lent(response, |response| Some(&response.output))
}

/// Returns the service's identifier of the request, or NULL if it sent none. Quote it in support requests.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_response_request_id(response: *const wharf_response) -> *const c_char {
    lent(response, |response| response.request_id.as_ref())
}

/// Returns the HTTP status, or 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_response_http_status(response: *const wharf_response) -> u16 {
    guard(0, || shared(response).map_or(0, |response| response.status))
}

/// Returns the number of attempts, the successful one included, or 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_response_attempts(response: *const wharf_response) -> usize {
    guard(0, || shared(response).map_or(0, |response| response.attempts))
}

/// Returns the value of an HTTP header, or NULL if the response does not have it. Several values are joined by commas.
///
/// @param name name of the header, in any case.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_response_header(response: *const wharf_response, name: *const c_char) -> *const c_char {
    lent(response, |response| {
        let name = optional_text("name", name).ok().flatten()?;
        response.values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

/// Returns the HTTP headers as a JSON object with names in lower case. NULL only for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_response_headers(response: *const wharf_response) -> *const c_char {
    lent(response, |response| Some(&response.headers))
}

/// Returns the fields that could not be read, with the reasons, as a JSON list of strings. These fields are left out of
/// the output, or read with the loss that the reason states. NULL only for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_response_problems(response: *const wharf_response) -> *const c_char {
    lent(response, |response| Some(&response.problems))
}

/// Frees a response and sets the pointer to NULL. Does nothing for NULL, so freeing twice is harmless.
///
/// @param response NULL, or the address of a pointer that is NULL or a response.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_response_free(response: *mut *mut wharf_response) {
    guard((), || {
        if let Some(response) = take(response) {
            // Outputs contain passwords and kubeconfigs.
            let mut bytes = response.output.into_bytes();
            bytes.fill(0);
            std::hint::black_box(&mut bytes);
        }
    });
}
