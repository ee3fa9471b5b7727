//! Common parts of every function: catching panics, checking pointers, writing results.

use crate::error::wharf_error;
use crate::process::is_forked;
use crate::result::wharf_result;
use serde_json::Value;
use std::ffi::{CStr, CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Failure of a function: any result other than `WHARF_OK`.
#[derive(Debug)]
pub(crate) struct Failure(Box<wharf_error>);

pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// Creates a failure of the call itself. A non-empty `argument` names the wrong argument.
    pub(crate) fn new(kind: wharf_result, argument: &str, reason: &str) -> Self {
        Self(Box::new(wharf_error::of_call(kind, argument, reason)))
    }

    pub(crate) fn null(argument: &str) -> Self {
        Self::new(wharf_result::WHARF_NULL_ARGUMENT, argument, "must not be NULL")
    }

    pub(crate) fn panic() -> Self {
        Self::new(wharf_result::WHARF_PANIC, "", "the library has a bug and stopped this call")
    }

    pub(crate) fn cancelled() -> Self {
        Self::new(wharf_result::WHARF_CANCELLED, "", "the call was cancelled")
    }

    pub(crate) fn forked() -> Self {
        let reason = "the process that this one was forked from was using the library: its threads are not here";
        Self::new(wharf_result::WHARF_FORKED, "", reason)
    }

    pub(crate) fn kind(&self) -> wharf_result {
        self.0.kind()
    }

    pub(crate) fn error(&self) -> &wharf_error {
        &self.0
    }
}

impl From<wharf::Error> for Failure {
    fn from(error: wharf::Error) -> Self {
        Self(Box::new(error.into()))
    }
}

/// Runs the work of a function that can fail. Writes a failure to `error` unless that is NULL.
pub(crate) fn boundary(error: *mut *mut wharf_error, work: impl FnOnce() -> Outcome<wharf_result>) -> wharf_result {
    match caught(work).unwrap_or_else(|| Err(Failure::panic())) {
        Ok(result) => result,
        Err(failure) => {
            let result = failure.kind();
            put(error, failure.0);
            result
        }
    }
}

/// Runs work as [`boundary`] does, for functions that use the library's threads. Returns an error at once in a forked
/// child: the threads do not exist there, and locks that they held at the fork are never released.
pub(crate) fn with_threads(error: *mut *mut wharf_error, work: impl FnOnce() -> Outcome<wharf_result>) -> wharf_result {
    boundary(error, || if is_forked() { Err(Failure::forked()) } else { work() })
}

/// Runs the work of a function that cannot fail. Returns `otherwise` after a panic.
pub(crate) fn guard<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    caught(work).unwrap_or(otherwise)
}

/// Runs the work and returns its result, or `None` if it panics.
fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => Some(done),
        Err(payload) => {
            // Dropping the panic payload may panic too.
            if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(again);
            }
            None
        }
    }
}

/// Returns a reference to the object, or `None` for NULL.
pub(crate) fn shared<'a, T>(pointer: *const T) -> Option<&'a T> {
    // SAFETY: by the header's contract a handle is NULL or was returned by the library and is not freed. Handles are
    // only read through shared references; mutable state is behind locks.
    unsafe { pointer.as_ref() }
}

/// Returns a reference to the object, or a failure for NULL.
pub(crate) fn needed<'a, T>(argument: &str, pointer: *const T) -> Outcome<&'a T> {
    shared(pointer).ok_or_else(|| Failure::null(argument))
}

/// Checks that the pointer to a result is not NULL.
pub(crate) fn place<T>(argument: &str, out: *mut T) -> Outcome<()> {
    if out.is_null() { Err(Failure::null(argument)) } else { Ok(()) }
}

/// Writes a value to `out`, which is not NULL.
pub(crate) fn write<T>(out: *mut T, value: T) {
    // SAFETY: callers check it with `place`, and by the header's contract it is writable.
    unsafe { out.write(value) }
}

/// Writes the pointer to an object to `out`. Frees the object if `out` is NULL.
pub(crate) fn put<T>(out: *mut *mut T, object: Box<T>) {
    if !out.is_null() {
        write(out, Box::into_raw(object));
    }
}

/// Takes ownership of an object and sets the caller's pointer to NULL.
pub(crate) fn take<T>(pointer: *mut *mut T) -> Option<Box<T>> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: not NULL, and by the header's contract the address of a pointer of the caller.
    let object = unsafe { pointer.replace(std::ptr::null_mut()) };
    // SAFETY: by the header's contract NULL or created by `put`, and this pointer is the only one in use.
    (!object.is_null()).then(|| unsafe { Box::from_raw(object) })
}

/// Takes ownership of an object and frees it. In a forked child the object is leaked: dropping it would wait for
/// threads that do not exist.
pub(crate) fn free<T>(pointer: *mut *mut T) {
    guard((), || {
        let object = take(pointer);
        if is_forked() { std::mem::forget(object) } else { drop(object) }
    });
}

/// Reads a C string as UTF-8. Returns `None` for NULL.
pub(crate) fn optional_text<'a>(argument: &str, text: *const c_char) -> Outcome<Option<&'a str>> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, and by the header's contract zero-terminated and valid during the call.
    let text = unsafe { CStr::from_ptr(text) };
    let text = text.to_str();
    text.map(Some).map_err(|_| Failure::new(wharf_result::WHARF_INVALID_UTF8, argument, "is not UTF-8"))
}

/// Reads a C string that must not be NULL.
pub(crate) fn text<'a>(argument: &str, text: *const c_char) -> Outcome<&'a str> {
    optional_text(argument, text)?.ok_or_else(|| Failure::null(argument))
}

/// Unparsed JSON. Parsing deeply nested JSON may need more stack than a thread of the caller has.
#[derive(Debug)]
pub(crate) struct Json {
    argument: &'static str,
    text: Option<String>,
}

impl Json {
    /// Copies the text, which may be NULL.
    pub(crate) fn new(argument: &'static str, text: *const c_char) -> Outcome<Self> {
        Ok(Self { argument, text: optional_text(argument, text)?.map(str::to_owned) })
    }

    /// Parses the text. Returns `null` for NULL.
    pub(crate) fn read(&self) -> Outcome<Value> {
        let Some(text) = &self.text else { return Ok(Value::Null) };
        // The message contains a line and a column or the name of a field, but no part of the text.
        wharf::model::json::parse(text).map_err(|problem| {
            Failure::new(wharf_result::WHARF_INVALID_JSON, self.argument, &format!("is not JSON: {problem}"))
        })
    }
}

/// Parses JSON.
pub(crate) fn read_json(argument: &str, text: &str) -> Outcome<Value> {
    // The message contains a line and a column, but no part of the text.
    serde_json::from_str(text)
        .map_err(|error| Failure::new(wharf_result::WHARF_INVALID_JSON, argument, &format!("is not JSON: {error}")))
}

/// Converts a text to a C string.
pub(crate) fn owned_text(text: impl Into<Vec<u8>>) -> Outcome<CString> {
    CString::new(text)
        .map_err(|_| Failure::new(wharf_result::WHARF_DECODE, "", "the text holds a zero byte, which C cannot hold"))
}

/// Writes a text to `out`, which is not NULL. The caller frees it with `wharf_text_free`.
pub(crate) fn put_text(out: *mut *mut c_char, text: CString) {
    write(out, text.into_raw());
}
