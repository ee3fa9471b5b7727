//! Error objects.

use crate::boundary::{guard, shared, take};
use crate::result::wharf_result;
use std::ffi::{CString, c_char};
use std::ptr::null;
use wharf::Error;

/// The reason why a function failed. Never contains a secret. Immutable: any number of threads may read it at once. The
/// caller owns it and frees it with `wharf_error_free`; the texts that its getters return are valid until then.
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
    /// Creates an error of the call itself.
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

/// Converts a text to a C string; zero bytes are replaced.
pub(crate) fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

fn lent(error: *const wharf_error, get: impl FnOnce(&wharf_error) -> Option<&CString>) -> *const c_char {
    guard(null(), || shared(error).and_then(get).map_or(null(), |text| text.as_ptr()))
}

/// Returns the kind of the failure, or `WHARF_NULL_ARGUMENT` for NULL.
///
/// @param error NULL, or an error that is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_kind(error: *const wharf_error) -> wharf_result {
    guard(wharf_result::WHARF_PANIC, || shared(error).map_or(wharf_result::WHARF_NULL_ARGUMENT, |error| error.kind))
}

/// Returns the message for people: the service's own text if it responded. NULL only for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_message(error: *const wharf_error) -> *const c_char {
    lent(error, |error| Some(&error.message))
}

/// Returns everything in one line: operation, kind, code, message, request id, attempts. NULL only for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_text(error: *const wharf_error) -> *const c_char {
    lent(error, |error| Some(&error.text))
}

/// Returns the service's error code (`ResourceNotFound`), or NULL if the service did not respond with one. The
/// product's header has the codes as `WHARF_<PRODUCT>_ERROR_...`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_code(error: *const wharf_error) -> *const c_char {
    lent(error, |error| error.code.as_ref())
}

/// Returns the path of the input field, the option or the argument that is wrong (`Filters.0.Name`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_field(error: *const wharf_error) -> *const c_char {
    lent(error, |error| error.field.as_ref())
}

/// Returns the service's identifier of the request, or NULL. Quote it in support requests.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_request_id(error: *const wharf_error) -> *const c_char {
    lent(error, |error| error.request_id.as_ref())
}

/// Returns the product of the operation that failed, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_product(error: *const wharf_error) -> *const c_char {
    lent(error, |error| error.product.as_ref())
}

/// Returns the operation that failed, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_operation(error: *const wharf_error) -> *const c_char {
    lent(error, |error| error.operation.as_ref())
}

/// Returns the HTTP status of the response, or 0 without a response.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_http_status(error: *const wharf_error) -> u16 {
    guard(0, || shared(error).map_or(0, |error| error.status))
}

/// Returns whether the same call may succeed later. This does not mean that a retry is safe: a call that changes
/// something may have taken effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_is_retryable(error: *const wharf_error) -> bool {
    guard(false, || shared(error).is_some_and(|error| error.retryable))
}

/// Returns the number of attempts. 0 if nothing was sent, or if the only attempt failed without a response.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_attempts(error: *const wharf_error) -> usize {
    guard(0, || shared(error).map_or(0, |error| error.attempts))
}

/// Returns the number of seconds to wait before the next attempt, as the service requests; negative if it does not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_retry_after(error: *const wharf_error) -> f64 {
    guard(-1.0, || shared(error).map_or(-1.0, |error| error.retry_after))
}

/// Frees an error and sets the pointer to NULL. Does nothing for NULL, so freeing twice is harmless.
///
/// @param error NULL, or the address of a pointer that is NULL or an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_error_free(error: *mut *mut wharf_error) {
    guard((), || drop(take(error)));
}
