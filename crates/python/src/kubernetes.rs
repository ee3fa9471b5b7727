//! Requests to the Kubernetes API of clusters, and their kubeconfigs.

use crate::error::to_python;
use crate::output::json;
use crate::values::Secret;
use http::response::Parts;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use wharf::any::KubernetesRequest;
use wharf::kubeconfig::Exec;

/// Status, headers and body of a response.
pub(crate) type Answered = (u16, Py<PyDict>, Py<PyBytes>);

/// Media types of the request's body, and of the response.
pub(crate) type Types = (Option<String>, Option<String>);

pub(crate) fn request(method: String, path: String, body: Option<Vec<u8>>, types: Types) -> KubernetesRequest {
    let mut request = KubernetesRequest::new(method, path);
    request.body = body.map(Into::into);
    (request.content_type, request.accept) = types;
    request
}

/// Reads a lifetime in seconds.
pub(crate) fn lifetime(seconds: Option<f64>) -> PyResult<Option<Duration>> {
    let wrong = |_| PyValueError::new_err("lifetime must be a number of seconds that is not negative");
    seconds.map(Duration::try_from_secs_f64).transpose().map_err(wrong)
}

pub(crate) fn answered(py: Python<'_>, head: &Parts, body: &[u8]) -> PyResult<Answered> {
    let headers = PyDict::new(py);
    for (name, value) in &head.headers {
        headers.set_item(name.as_str(), String::from_utf8_lossy(value.as_bytes()))?;
    }
    Ok((head.status.as_u16(), headers.unbind(), PyBytes::new(py, body).unbind()))
}

/// A kubeconfig.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Kubeconfig(pub(crate) wharf::Kubeconfig);

#[pymethods]
impl Kubeconfig {
    #[new]
    fn new(py: Python<'_>, text: &str) -> PyResult<Self> {
        wharf::Kubeconfig::parse(text).map(Self).map_err(|error| to_python(py, &error))
    }

    /// Returns the file as YAML, with its secrets.
    fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns the expiry in seconds since 1970.
    #[getter]
    fn expires(&self) -> Option<f64> {
        let since = self.0.expires()?.duration_since(SystemTime::UNIX_EPOCH);
        Some(since.unwrap_or_default().as_secs_f64())
    }

    #[getter]
    fn contexts(&self) -> Vec<String> {
        self.0.contexts().iter().map(|context| context.name.to_owned()).collect()
    }

    #[getter]
    fn current_context(&self) -> Option<&str> {
        self.0.current_context()
    }

    #[getter]
    fn server(&self) -> Option<&str> {
        self.0.server()
    }

    fn with_context(&self, py: Python<'_>, name: &str) -> PyResult<Self> {
        self.0.clone().with_context(name).map(Self).map_err(|error| to_python(py, &error))
    }

    fn with_namespace(&self, py: Python<'_>, namespace: &str) -> PyResult<Self> {
        self.0.clone().with_namespace(namespace).map(Self).map_err(|error| to_python(py, &error))
    }

    fn with_prefix(&self, prefix: &str) -> Self {
        Self(self.0.clone().with_prefix(prefix))
    }

    fn with_exec(&self, command: String, arguments: Vec<String>) -> Self {
        Self(self.0.clone().with_exec(&Exec::new(command).args(arguments)))
    }

    fn write_to(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| self.0.write_to(path)).map_err(|error| to_python(py, &error))
    }

    #[pyo3(signature = (path, switch=false))]
    fn merge_into(&self, py: Python<'_>, path: PathBuf, switch: bool) -> PyResult<()> {
        let merged = py.detach(|| if switch { self.0.merge_and_switch(path) } else { self.0.merge_into(path) });
        merged.map_err(|error| to_python(py, &error))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// The login of an image registry.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct DockerConfig(pub(crate) wharf::DockerConfig);

#[pymethods]
impl DockerConfig {
    #[new]
    fn new(server: String, username: String, password: &Secret) -> Self {
        Self(wharf::DockerConfig::new(server, username, password.text()))
    }

    #[getter]
    fn server(&self) -> &str {
        self.0.server()
    }

    #[getter]
    fn username(&self) -> &str {
        self.0.username()
    }

    #[getter]
    fn password(&self) -> Secret {
        Secret::new(self.0.password().expose())
    }

    /// Returns the expiry in seconds since 1970.
    #[getter]
    fn expires(&self) -> Option<f64> {
        let since = self.0.expiry()?.duration_since(SystemTime::UNIX_EPOCH);
        Some(since.unwrap_or_default().as_secs_f64())
    }

    /// Returns the text of a `config.json` of Docker, with the password.
    fn expose(&self) -> String {
        self.0.to_json().expose().to_owned()
    }

    fn image_pull_secret<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        json(py, &self.0.image_pull_secret(name))
    }

    fn merge_into(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| self.0.merge_into(path)).map_err(|error| to_python(py, &error))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
