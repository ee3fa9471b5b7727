//! Value types.

use crate::output::json;
use crate::python_name;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::UNIX_EPOCH;

const HIDDEN: &str = "[hidden]";

/// A password, a key, a token or a kubeconfig. Never shown by `repr`, `str` or formatting.
#[pyclass(frozen, module = "wharf")]
pub(crate) struct Secret(wharf::Secret);

impl Secret {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.into())
    }

    pub(crate) fn text(&self) -> &str {
        self.0.expose()
    }
}

#[pymethods]
impl Secret {
    #[new]
    #[pyo3(signature = (value, /))]
    fn make(value: &str) -> Self {
        Self::new(value)
    }

    /// Returns the plaintext. Never log or print it.
    fn expose(&self) -> &str {
        self.text()
    }

    fn __repr__(&self) -> &'static str {
        HIDDEN
    }

    fn __bool__(&self) -> bool {
        !self.0.is_empty()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn __hash__(&self) -> u64 {
        hash(self.text())
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, [self.text()])
    }
}

/// A JSON document inside a string. Such documents may contain passwords and start-up scripts, so it is never shown
/// either.
#[pyclass(frozen, module = "wharf")]
pub(crate) struct JsonText(String);

impl JsonText {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[pymethods]
impl JsonText {
    #[new]
    #[pyo3(signature = (text, /))]
    fn make(text: &str) -> Self {
        Self::new(text)
    }

    /// The document as it was sent.
    #[getter]
    fn text(&self) -> &str {
        &self.0
    }

    /// Parses the document. Raises `ValueError` when the text is not JSON.
    fn parse(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        // The message contains only the position.
        let value: serde_json::Value = serde_json::from_str(&self.0).map_err(|error| {
            PyValueError::new_err(format!("not JSON: line {}, column {}", error.line(), error.column()))
        })?;
        Ok(json(py, &value)?.unbind())
    }

    fn __repr__(&self) -> &'static str {
        HIDDEN
    }

    fn __bool__(&self) -> bool {
        !self.0.is_empty()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn __hash__(&self) -> u64 {
        hash(&self.0)
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, [&self.0])
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Returns the instant of an API's time, if it can be read. `ahead` is the offset from UTC, in seconds, for a time
/// without a zone.
#[pyfunction]
#[pyo3(signature = (text, ahead, /))]
pub(crate) fn seconds_since_1970(text: &str, ahead: i32) -> Option<f64> {
    let time = wharf::Timestamp::from(text);
    let time = time.parse_local(ahead).or_else(|| time.parse())?;
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => Some(since.as_secs_f64()),
        Err(before) => Some(-before.duration().as_secs_f64()),
    }
}

python_name!(pub_timestamp = "wharf._values", "Timestamp");
