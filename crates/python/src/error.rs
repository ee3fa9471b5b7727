//! Errors as exceptions.

use crate::python_name;
use crate::response::attempted;
use pyo3::prelude::*;
use pyo3::types::PyList;
use wharf::{Error, ErrorKind};

python_name!(make = "wharf._errors", "make");

/// Converts an error to an exception.
pub(crate) fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).unwrap_or_else(|problem| problem)
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let operation = error.operation();
    let attempts = error.attempts().iter().map(attempted);
    let facts = (
        error.message(),
        error.code(),
        error.request_id(),
        error.status(),
        error.is_retryable(),
        operation.map(|operation| operation.product),
        operation.map(|operation| operation.name),
        error.field(),
        error.retry_after().map(|delay| delay.as_secs_f64()),
        PyList::new(py, attempts)?,
    );
    Ok(PyErr::from_value(make(py)?.call1((kind_name(error.kind()), error.to_string(), facts))?))
}

/// Creates the exception for an invalid input.
pub(crate) fn invalid(py: Python<'_>, field: &str, reason: impl std::fmt::Display) -> PyErr {
    to_python(py, &Error::invalid_input(field, reason))
}

/// Creates the error of a call that ended without a result. This does not happen; if it did, no caller waits forever.
pub(crate) fn failed() -> Error {
    Error::new(ErrorKind::Other, "the call broke down: this is a fault of the SDK")
}

/// Returns the Python name of a kind.
pub(crate) fn kind_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidInput => "invalid_input",
        ErrorKind::Configuration => "configuration",
        ErrorKind::Credentials => "credentials",
        ErrorKind::PermissionDenied => "permission_denied",
        ErrorKind::NotFound => "not_found",
        ErrorKind::Conflict => "conflict",
        ErrorKind::Quota => "quota",
        ErrorKind::Throttled => "throttled",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::Service => "service",
        ErrorKind::Transient => "transient",
        ErrorKind::ConnectionFailed => "connection_failed",
        ErrorKind::Tls => "tls",
        ErrorKind::TimedOut => "timed_out",
        ErrorKind::Decode => "decode",
        ErrorKind::WaitFailed => "wait_failed",
        _ => "other",
    }
}
