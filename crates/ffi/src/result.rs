//! Results of functions.

use crate::boundary::guard;
use std::ffi::{CStr, c_char};
use std::ptr::null;
use wharf::ErrorKind;

/// Result of a function. The numbers never change; later versions may add more.
///
/// Below 100: results of the call itself. From 100: kinds of failure, the same for every product; `wharf_error_kind`
/// returns them too.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum wharf_result {
    /// Success; the out-parameters are written.
    WHARF_OK = 0,
    /// No further page. Not a failure: no error is written.
    WHARF_END = 1,
    /// A pointer that must not be NULL is NULL.
    WHARF_NULL_ARGUMENT = 2,
    /// A text is not UTF-8.
    WHARF_INVALID_UTF8 = 3,
    /// A text is not JSON, or the JSON is not allowed here.
    WHARF_INVALID_JSON = 4,
    /// The call was cancelled. It is not known whether it took effect.
    WHARF_CANCELLED = 5,
    /// The handle is in use by another thread, and allows one thread at a time.
    WHARF_BUSY = 6,
    /// A bug in the library stopped this call. Other calls continue; please report it.
    WHARF_PANIC = 7,
    /// The library's threads cannot be started.
    WHARF_NO_THREADS = 8,
    /// A number is not one of the allowed values.
    WHARF_INVALID_NUMBER = 9,
    /// This process was forked from one that had threads of the library, which do not exist here.
    WHARF_FORKED = 10,
    /// The request breaks a rule: a missing or wrong field, a value out of its range, an unknown name.
    WHARF_INVALID_INPUT = 100,
    /// An option of the connection is missing or wrong.
    WHARF_CONFIGURATION = 101,
    /// No credentials, or the service rejects them.
    WHARF_CREDENTIALS = 102,
    /// The credentials are valid but do not allow this.
    WHARF_PERMISSION_DENIED = 103,
    /// The resource does not exist.
    WHARF_NOT_FOUND = 104,
    /// The resource exists already, or its state does not allow this now.
    WHARF_CONFLICT = 105,
    /// A quota or limit of the account is reached.
    WHARF_QUOTA = 106,
    /// Too many calls in a short time.
    WHARF_THROTTLED = 107,
    /// The service does not offer this, here or at all.
    WHARF_UNSUPPORTED = 108,
    /// The service failed.
    WHARF_SERVICE = 109,
    /// Temporary service failure. Retrying later may succeed.
    WHARF_TRANSIENT = 110,
    /// No connection: name not found, connection refused or cut.
    WHARF_CONNECTION_FAILED = 111,
    /// The server's certificate is not trusted.
    WHARF_TLS = 112,
    /// A deadline passed.
    WHARF_TIMED_OUT = 113,
    /// The response cannot be decoded.
    WHARF_DECODE = 114,
    /// A waiter saw a state from which its goal cannot be reached.
    WHARF_WAIT_FAILED = 115,
    /// Any other failure.
    WHARF_OTHER = 199,
}

/// All results and their names.
const NAMES: &[(wharf_result, &CStr)] = &[
    (wharf_result::WHARF_OK, c"ok"),
    (wharf_result::WHARF_END, c"end"),
    (wharf_result::WHARF_NULL_ARGUMENT, c"null argument"),
    (wharf_result::WHARF_INVALID_UTF8, c"invalid UTF-8"),
    (wharf_result::WHARF_INVALID_JSON, c"invalid JSON"),
    (wharf_result::WHARF_CANCELLED, c"cancelled"),
    (wharf_result::WHARF_BUSY, c"busy"),
    (wharf_result::WHARF_PANIC, c"panic"),
    (wharf_result::WHARF_NO_THREADS, c"no threads"),
    (wharf_result::WHARF_INVALID_NUMBER, c"invalid number"),
    (wharf_result::WHARF_FORKED, c"forked process"),
    (wharf_result::WHARF_INVALID_INPUT, c"invalid input"),
    (wharf_result::WHARF_CONFIGURATION, c"wrong configuration"),
    (wharf_result::WHARF_CREDENTIALS, c"credentials refused"),
    (wharf_result::WHARF_PERMISSION_DENIED, c"permission denied"),
    (wharf_result::WHARF_NOT_FOUND, c"not found"),
    (wharf_result::WHARF_CONFLICT, c"conflict"),
    (wharf_result::WHARF_QUOTA, c"quota reached"),
    (wharf_result::WHARF_THROTTLED, c"throttled"),
    (wharf_result::WHARF_UNSUPPORTED, c"not supported"),
    (wharf_result::WHARF_SERVICE, c"service failure"),
    (wharf_result::WHARF_TRANSIENT, c"transient service failure"),
    (wharf_result::WHARF_CONNECTION_FAILED, c"connection failure"),
    (wharf_result::WHARF_TLS, c"certificate refused"),
    (wharf_result::WHARF_TIMED_OUT, c"timed out"),
    (wharf_result::WHARF_DECODE, c"unreadable answer"),
    (wharf_result::WHARF_WAIT_FAILED, c"waiting failed"),
    (wharf_result::WHARF_OTHER, c"failure"),
];

impl wharf_result {
    /// Returns the name of the result.
    pub(crate) fn text(self) -> &'static CStr {
        name(self as i32).unwrap_or(c"failure")
    }
}

fn name(number: i32) -> Option<&'static CStr> {
    NAMES.iter().find(|(result, _)| *result as i32 == number).map(|(_, name)| *name)
}

impl From<ErrorKind> for wharf_result {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidInput => Self::WHARF_INVALID_INPUT,
            ErrorKind::Configuration => Self::WHARF_CONFIGURATION,
            ErrorKind::Credentials => Self::WHARF_CREDENTIALS,
            ErrorKind::PermissionDenied => Self::WHARF_PERMISSION_DENIED,
            ErrorKind::NotFound => Self::WHARF_NOT_FOUND,
            ErrorKind::Conflict => Self::WHARF_CONFLICT,
            ErrorKind::Quota => Self::WHARF_QUOTA,
            ErrorKind::Throttled => Self::WHARF_THROTTLED,
            ErrorKind::Unsupported => Self::WHARF_UNSUPPORTED,
            ErrorKind::Service => Self::WHARF_SERVICE,
            ErrorKind::Transient => Self::WHARF_TRANSIENT,
            ErrorKind::ConnectionFailed => Self::WHARF_CONNECTION_FAILED,
            ErrorKind::Tls => Self::WHARF_TLS,
            ErrorKind::TimedOut => Self::WHARF_TIMED_OUT,
            ErrorKind::Decode => Self::WHARF_DECODE,
            ErrorKind::WaitFailed => Self::WHARF_WAIT_FAILED,
            _ => Self::WHARF_OTHER,
        }
    }
}

/// Returns the name of a result (`not found`), or NULL for an unknown number. Belongs to the library.
#[unsafe(no_mangle)]
pub extern "C" fn wharf_result_name(result: i32) -> *const c_char {
    guard(null(), || name(result).map_or(null(), CStr::as_ptr))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Programs are built with these numbers.
    #[test]
    fn numbers_stay() {
        let numbers: Vec<_> = NAMES.iter().map(|(result, _)| *result as i32).collect();
        let expected: Vec<_> = (0..=10).chain(100..=115).chain([199]).collect();
        assert_eq!(numbers, expected);
        let kinds = [ErrorKind::InvalidInput, ErrorKind::NotFound, ErrorKind::Throttled, ErrorKind::WaitFailed];
        assert_eq!(kinds.map(|kind| wharf_result::from(kind) as i32), [100, 104, 107, 115]);
        assert_eq!(wharf_result::from(ErrorKind::Other) as i32, 199);
        for (result, words) in NAMES {
            assert_eq!(result.text(), *words);
        }
    }
}
