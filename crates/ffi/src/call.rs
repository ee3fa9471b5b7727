//! Calls by name.

use crate::boundary::{Failure, Json, Outcome, needed, owned_text, place, put_text, text, with_threads};
use crate::cancel::{Cancel, wharf_cancel};
use crate::connection::wharf_connection;
use crate::error::wharf_error;
use crate::response::{ResponseCompletion, give_response, wharf_response, wharf_response_callback};
use crate::result::wharf_result;
use crate::task::{self, Complete, UserData, wharf_finalizer};
use serde_json::Value;
use std::ffi::{CString, c_char, c_void};
use std::ptr::null;
use wharf::Response;
use wharf::any::{self, CallOptions};

/// Callback of an asynchronous call. Called once, when the call has ended, on a thread of the library, where it may
/// block and call the library. `answer` is the output as JSON if `result` is `WHARF_OK`, and NULL otherwise; `error` is
/// NULL if `result` is `WHARF_OK` or `WHARF_END`. Both belong to the library and are valid until the callback returns.
/// Must not unwind.
pub type wharf_callback = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        result: wharf_result,
        answer: *const c_char,
        error: *const wharf_error,
    ),
>;

/// The arguments of a call, unparsed.
struct Given {
    connection: any::Connection,
    operation: String,
    input: Json,
    options: Json,
}

/// The arguments of a call, parsed.
struct Read {
    connection: any::Connection,
    operation: String,
    input: Value,
    options: CallOptions,
}

impl Given {
    fn new(
        connection: &wharf_connection,
        operation: *const c_char,
        input: *const c_char,
        options: *const c_char,
    ) -> Outcome<Self> {
        Ok(Self {
            connection: connection.any(),
            operation: text("operation", operation)?.to_owned(),
            input: Json::new("input", input)?,
            options: Json::new("options", options)?,
        })
    }

    fn read(self) -> Outcome<Read> {
        let input = self.input.read()?;
        let options = any::call_options(&self.options.read()?)?;
        Ok(Read { connection: self.connection, operation: self.operation, input, options })
    }

    async fn call<A: Answer>(self) -> Outcome<Option<A>> {
        self.read()?.call().await
    }
}

impl Read {
    async fn call<A: Answer>(self) -> Outcome<Option<A>> {
        let response = self.connection.call_with_response(&self.operation, self.input, &self.options).await?;
        A::of(response).map(Some)
    }
}

/// The part of a response that a call returns.
pub(crate) trait Answer: Sized + Send + 'static {
    fn of(response: Response<Value>) -> Outcome<Self>;
}

/// The output only.
impl Answer for CString {
    fn of(response: Response<Value>) -> Outcome<Self> {
        owned_text(response.output.to_string())
    }
}

/// The whole response.
impl Answer for Box<wharf_response> {
    fn of(response: Response<Value>) -> Outcome<Self> {
        wharf_response::new(response).map(Box::new)
    }
}

/// Calls an operation and waits for its output.
///
/// The input is checked against the operation's document before anything is sent: an unknown, missing or wrongly typed
/// field is `WHARF_INVALID_INPUT`, and `wharf_error_field` names it. Documented fields of the output have the
/// documented types; fields that this version does not know are returned as the service sent them. A time in the input
/// may have any time zone: it is sent in the format and zone that the document states for the field.
///
/// @param connection the connection.
/// @param operation name of the operation (`WHARF_TKE_OPERATION_DESCRIBE_CLUSTERS`).
/// @param input JSON object with the API's own names, or NULL for an input without fields.
/// @param options NULL, or a JSON object with options of this call: `region`, `timeout` (of the whole call) and
/// `attempt_timeout` in seconds, `retry` (as for a connection).
/// @param cancel NULL, or the handle that can cancel the call.
/// @param answer receives the output as JSON; free it with `wharf_text_free`.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_call(
    connection: *const wharf_connection,
    operation: *const c_char,
    input: *const c_char,
    options: *const c_char,
    cancel: *const wharf_cancel,
    answer: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let given = Given::new(connection, operation, input, options)?;
        place("answer", answer)?;
        let cancel = Cancel::of(cancel);
        let done = task::wait_for(connection.engine(), cancel, |_: task::Tell<()>| given.call(), |()| ())?;
        give(answer, done)
    })
}

/// Calls an operation as `wharf_call` does. The response has the output, the request id, the HTTP status, the headers
/// and the number of attempts.
///
/// @param response receives the response; free it with `wharf_response_free`.
///
/// The other parameters are those of `wharf_call`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_call_with_response(
    connection: *const wharf_connection,
    operation: *const c_char,
    input: *const c_char,
    options: *const c_char,
    cancel: *const wharf_cancel,
    response: *mut *mut wharf_response,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let given = Given::new(connection, operation, input, options)?;
        place("response", response)?;
        let cancel = Cancel::of(cancel);
        let done = task::wait_for(connection.engine(), cancel, |_: task::Tell<()>| given.call(), |()| ())?;
        give_response(response, done)
    })
}

/// Starts a call as `wharf_call_async` does; the callback receives the response.
///
/// The parameters are those of `wharf_call_async`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_call_with_response_async(
    connection: *const wharf_connection,
    operation: *const c_char,
    input: *const c_char,
    options: *const c_char,
    cancel: *const wharf_cancel,
    callback: wharf_response_callback,
    user_data: *mut c_void,
    finalizer: wharf_finalizer,
    error: *mut *mut wharf_error,
) -> wharf_result {
    let user_data = UserData::new(user_data, finalizer);
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let given = Given::new(connection, operation, input, options)?;
        let completion = ResponseCompletion::new(callback, user_data)?;
        let given = connection.engine().run(move || given.read())?;
        task::begin(connection.engine(), Cancel::of(cancel), |_| given.call(), completion)?;
        Ok(wharf_result::WHARF_OK)
    })
}

/// Starts a call. If this returns `WHARF_OK`, the callback is called exactly once; otherwise never. The finalizer is
/// called exactly once in any case.
///
/// @param callback called when the call has ended.
/// @param user_data passed to the callback and the finalizer; the library does not read it.
/// @param finalizer NULL, or called when `user_data` is no longer needed.
/// @param error NULL, or receives the error if the call cannot be started.
///
/// The other parameters are those of `wharf_call`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_call_async(
    connection: *const wharf_connection,
    operation: *const c_char,
    input: *const c_char,
    options: *const c_char,
    cancel: *const wharf_cancel,
    callback: wharf_callback,
    user_data: *mut c_void,
    finalizer: wharf_finalizer,
    error: *mut *mut wharf_error,
) -> wharf_result {
    let user_data = UserData::new(user_data, finalizer);
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let given = Given::new(connection, operation, input, options)?;
        let completion = Completion::new(callback, user_data)?;
        let given = connection.engine().run(move || given.read())?;
        task::begin(connection.engine(), Cancel::of(cancel), |_| given.call(), completion)?;
        Ok(wharf_result::WHARF_OK)
    })
}

/// Writes an output to `place`, which is not NULL. Returns `WHARF_END` for `None`.
pub(crate) fn give(place: *mut *mut c_char, answer: Option<CString>) -> Outcome<wharf_result> {
    let Some(answer) = answer else { return Ok(wharf_result::WHARF_END) };
    put_text(place, answer);
    Ok(wharf_result::WHARF_OK)
}

/// The caller's callback and its user data.
pub(crate) struct Completion {
    callback: unsafe extern "C" fn(*mut c_void, wharf_result, *const c_char, *const wharf_error),
    user_data: UserData,
}

impl Completion {
    pub(crate) fn new(callback: wharf_callback, user_data: UserData) -> Outcome<Self> {
        let callback = callback.ok_or_else(|| Failure::null("callback"))?;
        Ok(Self { callback, user_data })
    }

    pub(crate) fn user_data(&self) -> *mut c_void {
        self.user_data.pointer()
    }
}

impl Complete<(), Option<CString>> for Completion {
    fn progress(&mut self, (): ()) {}

    fn done(self, done: Outcome<Option<CString>>) {
        let (result, answer, error) = match &done {
            Ok(Some(answer)) => (wharf_result::WHARF_OK, answer.as_ptr(), null()),
            Ok(None) => (wharf_result::WHARF_END, null(), null()),
            Err(failure) => (failure.kind(), null(), std::ptr::from_ref(failure.error())),
        };
        // SAFETY: a function of that type, by the header's contract; its arguments are valid until it returns.
        unsafe { (self.callback)(self.user_data.pointer(), result, answer, error) }
    }
}
