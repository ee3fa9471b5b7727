//! Errors as objects.

use crate::boundary::{guard, shared, take};
use crate::result::wharf_result;
use std::ffi::{CString, c_char};
use std::ptr::null;
use wharf::Error;

/// Why a function failed. Never holds a secret. Immutable: any number of threads may read it at once. The caller
/// owns it and frees it with `wharf_error_free`; the texts that its getters give live as long as it does.
#[derive(Debug)]
pub struct wharf_error {
    kind: wharf_result,
    message: CString,
    text: CString,
    code: Option<CString>,
    field: Option<CString>,
    request_id: Option<CString>,
    product: Option<CString>,
    operation: Option<CString>,
    status: u16,
    retryable: bool,
    attempts: usize,
    retry_after: f64,
}

impl wharf_error {
    /// An error about the call of the function.
    pub(crate) fn of_call(kind: wharf_result, argument: &str, reason: &str) -> Self {
        let message = if argument.is_empty() { reason.to_owned() } else { format!("{argument} {reason}") };
        Self {
            kind,
            text: c_text(&format!("{}: {message}", kind.text().to_string_lossy())),
            message: c_text(&message),
            code: None,
            field: (!argument.is_empty()).then(|| c_text(argument)),
            request_id: None,
            product: None,
            operation: None,
            status: 0,
            retryable: false,
            attempts: 0,
            retry_after: -1.0,
        }
    }

    pub(crate) fn kind(&self) -> wharf_result {
        self.kind
    }
}

impl From<Error> for wharf_error {
    fn from(error: Error) -> Self {
        let sent = error.code().is_some() || error.status().is_some() || !error.attempts().is_empty();
        Self {
            kind: error.kind().into(),
            message: c_text(error.message()),
            text: c_text(&error.to_string()),
            code: error.code().map(c_text),
            field: error.field().map(c_text),
            request_id: error.request_id().map(c_text),
            product: error.operation().map(|operation| c_text(operation.product)),
            operation: error.operation().map(|operation| c_text(operation.name)),
            status: error.status().unwrap_or_default(),
            retryable: error.is_retryable(),
            attempts: error.attempts().len() + usize::from(sent),
            retry_after: error.retry_after().map_or(-1.0, |delay| delay.as_secs_f64()),
        }
    }
}

/// A text for C, which ends at the first zero byte.
pub(crate) fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

fn lent(error: *const wharf_error, get: impl FnOnce(&wharf_error) -> Option<&CString>) -> *const c_char {
    guard(null(), || shared(error).and_then(get).map_or(null(), |text| text.as_ptr()))
}

/// What kind of failure it is. `WHARF_NULL_ARGUMENT` for NULL.
///
/// @param error NULL, or an error that is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_kind(error: *const wharf_error) -> wharf_result {
    guard(wharf_result::WHARF_PANIC, || shared(error).map_or(wharf_result::WHARF_NULL_ARGUMENT, |error| error.kind))
}

/// What happened, for people: the service's words where it has answered. NULL only for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_message(error: *const wharf_error) -> *const c_char {
    lent(error, |error| Some(&error.message))
}

/// Everything in one line: operation, kind, code, message, request id, attempts. NULL only for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_text(error: *const wharf_error) -> *const c_char {
    lent(error, |error| Some(&error.text))
}

/// The service's error code (`ResourceNotFound`), or NULL if the service did not answer with one. The product's
/// header has them as `WHARF_<PRODUCT>_ERROR_...`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_code(error: *const wharf_error) -> *const c_char {
    lent(error, |error| error.code.as_ref())
}

/// The input field, the option or the argument that is wrong, with the way to it (`Filters.0.Name`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_field(error: *const wharf_error) -> *const c_char {
    lent(error, |error| error.field.as_ref())
}

/// The service's identifier of the request, or NULL: quote it when asking the operator.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_request_id(error: *const wharf_error) -> *const c_char {
    lent(error, |error| error.request_id.as_ref())
}

/// The product of the operation that failed, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_product(error: *const wharf_error) -> *const c_char {
    lent(error, |error| error.product.as_ref())
}

/// The operation that failed, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_operation(error: *const wharf_error) -> *const c_char {
    lent(error, |error| error.operation.as_ref())
}

/// The HTTP status of the answer, or 0 if there was none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_http_status(error: *const wharf_error) -> u16 {
    guard(0, || shared(error).map_or(0, |error| error.status))
}

/// Whether the same call may succeed later. It does not mean that repeating is safe: a call that changes something
/// may have had its effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_is_retryable(error: *const wharf_error) -> bool {
    guard(false, || shared(error).is_some_and(|error| error.retryable))
}

/// How often the call was sent and answered, or 0 if it was not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_attempts(error: *const wharf_error) -> usize {
    guard(0, || shared(error).map_or(0, |error| error.attempts))
}

/// How many seconds the service asks to wait before the next attempt; negative if it says nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_retry_after(error: *const wharf_error) -> f64 {
    guard(-1.0, || shared(error).map_or(-1.0, |error| error.retry_after))
}

/// Frees an error and sets the pointer to NULL. Does nothing for NULL, so that freeing twice is harmless.
///
/// @param error NULL, or the address of a pointer that is NULL or an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_free(error: *mut *mut wharf_error) {
    guard((), || drop(take(error)));
}
