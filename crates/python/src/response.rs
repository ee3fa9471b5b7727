//! Metadata of a successful call.

use crate::error::kind_name;
use crate::output::{json, structure};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::Value;
use wharf::any::SignedRequest;
use wharf::model::Model;
use wharf::{Attempt, Response};

/// Request id, status, headers, attempts and problems of a response.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Received(Response<()>);

type Attempted = (&'static str, Option<String>, Option<String>, Option<u16>, f64);

#[pymethods]
impl Received {
    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    #[getter]
    fn status(&self) -> u16 {
        self.0.status
    }

    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        for name in self.0.headers.keys() {
            let values = self.0.headers.get_all(name).iter();
            let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            headers.set_item(name.as_str(), values.join(", "))?;
        }
        Ok(headers)
    }

    #[getter]
    fn attempts(&self) -> Vec<Attempted> {
        self.0.attempts.iter().map(attempted).collect()
    }

    #[getter]
    fn problems(&self) -> Vec<String> {
        self.0.problems.iter().map(ToString::to_string).collect()
    }
}

/// Converts an attempt to the arguments of Python's `Attempt`.
pub(crate) fn attempted(attempt: &Attempt) -> Attempted {
    let (code, request_id) = (attempt.code.clone(), attempt.request_id.clone());
    (kind_name(attempt.kind), code, request_id, attempt.status, attempt.delay.as_secs_f64())
}

/// Converts the output to an object of its class, which keeps its response.
pub(crate) fn output<'py>(py: Python<'py>, response: Response<Box<dyn Model>>) -> PyResult<Bound<'py, PyAny>> {
    let made = structure(py, &*response.output)?;
    // A structure without a class is a `dict`.
    if !made.is_instance_of::<PyDict>() {
        made.setattr(pyo3::intern!(py, "_response"), Received(response.map(|_| ())))?;
    }
    Ok(made)
}

/// Returns the output as JSON, and the metadata.
pub(crate) fn parts(py: Python<'_>, response: Response<Value>) -> PyResult<(Py<PyAny>, Received)> {
    let made = json(py, &response.output)?.unbind();
    Ok((made, Received(response.map(|_| ()))))
}

/// Method, URL, headers and body of a signed request.
pub(crate) type Signed = (String, String, Py<PyDict>, Py<PyBytes>);

pub(crate) fn signed(py: Python<'_>, request: &SignedRequest) -> PyResult<Signed> {
    let headers = PyDict::new(py);
    for (name, value) in request.headers() {
        headers.set_item(name.as_str(), String::from_utf8_lossy(value.as_bytes()))?;
    }
    let body = PyBytes::new(py, request.body()).unbind();
    Ok((request.method().to_string(), request.uri().to_string(), headers.unbind(), body))
}
