//! Connections.

use crate::call::Call;
use crate::credentials::provider;
use crate::describe::Operation;
use crate::error::to_python;
use crate::input;
use crate::kubernetes::{Answered, DockerConfig, Kubeconfig, Types, answered, lifetime, request};
use crate::log;
use crate::mock;
use crate::output::json;
use crate::pages::{Pager, first};
use crate::response::{Received, Signed, output, parts, signed};
use crate::runtime::{self, Convert, Pending};
use crate::wait;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use wharf::any::{CallOptions, Extras};
use wharf::model::Model;
use wharf::operation::Entry;

/// A connection to a product, with the options of its calls.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Connection {
    shared: Arc<Shared>,
    options: CallOptions,
}

/// State shared by connections that differ only in the options of their calls.
struct Shared {
    product: String,
    settings: Value,
    extras: Extras,
    /// A callable that provides credentials.
    provide: Option<Arc<Py<PyAny>>>,
    /// The connection and the process that it belongs to: its open sockets are served by the threads of one process.
    /// `None` once it is closed.
    ///
    /// Locked only while the interpreter is held; see [`runtime`](crate::runtime).
    connection: Mutex<(u32, Option<wharf::any::Connection>)>,
}

impl Connection {
    /// Returns the connection of this process. A child made by `fork` gets its own.
    pub(crate) fn get(&self, py: Python<'_>) -> PyResult<wharf::any::Connection> {
        let mut place = self.shared.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = place.1.clone() else {
            return Err(PyRuntimeError::new_err("this connection is closed: make a new one"));
        };
        let process = std::process::id();
        if place.0 == process {
            return Ok(open);
        }
        let shared = &self.shared;
        let extras = with_provider(py, shared.extras.clone(), shared.provide.as_ref())?;
        let made = wharf::any::Connection::with_extras(&shared.product, &shared.settings, extras);
        let made = made.map_err(|error| to_python(py, &error))?;
        // The parent's connection may be locked by threads that do not exist here: it is not dropped.
        std::mem::forget((open, std::mem::replace(&mut *place, (process, Some(made.clone())))));
        Ok(made)
    }

    fn input(&self, py: Python<'_>, entry: &'static Entry, given: &Bound<'_, PyDict>) -> PyResult<Box<dyn Model>> {
        wharf::any::input(entry, input::arguments(given)?).map_err(|error| to_python(py, &error))
    }
}

/// Adds a provider for the threads of this process.
fn with_provider(py: Python<'_>, mut extras: Extras, provide: Option<&Arc<Py<PyAny>>>) -> PyResult<Extras> {
    if let Some(provide) = provide {
        extras.credentials = Some(provider(runtime::engine(py)?, provide));
    }
    Ok(extras)
}

#[pymethods]
impl Connection {
    #[new]
    #[pyo3(signature = (product, settings, server=None, provide=None))]
    fn new(
        py: Python<'_>,
        product: &str,
        settings: &Bound<'_, PyDict>,
        server: Option<&Bound<'_, PyAny>>,
        provide: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        log::follow(py)?;
        let settings = input::arguments(settings)?;
        let mut extras = Extras::default();
        extras.transport = server.map(mock::transport).transpose()?;
        let provide = provide.map(Arc::new);
        let own = with_provider(py, extras.clone(), provide.as_ref())?;
        let made = wharf::any::Connection::with_extras(product, &settings, own);
        log::pass_on(py);
        let made = made.map_err(|error| to_python(py, &error))?;
        let connection = Mutex::new((std::process::id(), Some(made)));
        let shared = Shared { product: product.to_owned(), settings, extras, provide, connection };
        Ok(Self { shared: Arc::new(shared), options: CallOptions::default() })
    }

    /// Returns the same connection with options for its calls.
    fn with_options(&self, py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let mut options =
            wharf::any::call_options(&input::arguments(options)?).map_err(|error| to_python(py, &error))?;
        let before = &self.options;
        options.region = options.region.or_else(|| before.region.clone());
        options.timeout = options.timeout.or(before.timeout);
        options.attempt_timeout = options.attempt_timeout.or(before.attempt_timeout);
        options.retry = options.retry.or_else(|| before.retry.clone());
        Ok(Self { shared: self.shared.clone(), options })
    }

    /// Closes the sockets. Further calls raise `RuntimeError`.
    fn close(&self) {
        let mut place = self.shared.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let open = place.1.take();
        if place.0 != std::process::id() {
            // See `get`.
            std::mem::forget(open);
        }
    }

    /// Whether it is closed.
    #[getter]
    fn closed(&self) -> bool {
        self.shared.connection.lock().unwrap_or_else(PoisonError::into_inner).1.is_none()
    }

    #[getter]
    fn region(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(match &self.options.region {
            Some(region) => Some(region.clone()),
            None => self.get(py)?.region().map(str::to_owned),
        })
    }

    /// Calls an operation and waits for its output. For a paged operation, additionally returns the pager for further
    /// pages.
    fn execute(
        &self,
        py: Python<'_>,
        operation: &Operation,
        arguments: &Bound<'_, PyDict>,
    ) -> PyResult<(Py<PyAny>, Option<Pager>)> {
        let entry = operation.entry;
        let connection = self.get(py)?;
        let given = self.input(py, entry, arguments)?;
        if entry.meta.paging.is_none() {
            let answer = runtime::wait(py, connection.execute(entry.meta.name, given, &self.options))?;
            let answer = answer.map_err(|error| to_python(py, &error))?;
            return Ok((output(py, answer)?.unbind(), None));
        }
        let pages = connection.pages_with(entry.meta.name, given, self.options.clone());
        let mut pages = pages.map_err(|error| to_python(py, &error))?;
        let page = runtime::wait(py, first(&mut pages))?.map_err(|error| to_python(py, &error))?;
        Ok((output(py, page)?.unbind(), Some(Pager::new(pages))))
    }

    /// Prepares a call for `asyncio`.
    fn prepare(&self, py: Python<'_>, operation: &Operation, arguments: &Bound<'_, PyDict>) -> PyResult<Call> {
        let given = self.input(py, operation.entry, arguments)?;
        Ok(Call::new(self.get(py)?, operation.entry, given, self.options.clone()))
    }

    /// Calls an operation by name, with JSON input and output.
    fn call(&self, py: Python<'_>, operation: &str, arguments: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let (connection, given) = (self.get(py)?, input::value(arguments, "arguments")?);
        let answer = runtime::wait(py, connection.call_with(operation, given, &self.options))?;
        let answer = answer.map_err(|error| to_python(py, &error))?;
        Ok(json(py, &answer)?.unbind())
    }

    /// Calls as `call` does, for `asyncio`.
    fn call_async(&self, py: Python<'_>, operation: String, arguments: &Bound<'_, PyAny>) -> PyResult<Pending> {
        let (connection, given) = (self.get(py)?, input::value(arguments, "arguments")?);
        let options = self.options.clone();
        runtime::spawn(py, async move {
            let answer = connection.call_with(&operation, given, &options).await?;
            Ok(Box::new(move |py: Python<'_>| Ok(json(py, &answer)?.unbind())) as Convert)
        })
    }

    /// Calls as `call` does, and additionally returns the response's request id, status, headers and attempts.
    fn call_with_response(
        &self,
        py: Python<'_>,
        operation: &str,
        arguments: &Bound<'_, PyAny>,
    ) -> PyResult<(Py<PyAny>, Received)> {
        let (connection, given) = (self.get(py)?, input::value(arguments, "arguments")?);
        let response = runtime::wait(py, connection.call_with_response(operation, given, &self.options))?;
        parts(py, response.map_err(|error| to_python(py, &error))?)
    }

    /// Calls as `call_with_response` does, for `asyncio`.
    fn call_with_response_async(
        &self,
        py: Python<'_>,
        operation: String,
        arguments: &Bound<'_, PyAny>,
    ) -> PyResult<Pending> {
        let (connection, given) = (self.get(py)?, input::value(arguments, "arguments")?);
        let options = self.options.clone();
        runtime::spawn(py, async move {
            let response = connection.call_with_response(&operation, given, &options).await?;
            Ok(Box::new(move |py: Python<'_>| parts(py, response)?.into_py_any(py)) as Convert)
        })
    }

    /// Calls an operation that no spec describes.
    fn call_unlisted(
        &self,
        py: Python<'_>,
        version: &str,
        action: &str,
        arguments: &Bound<'_, PyAny>,
    ) -> PyResult<(Py<PyAny>, Received)> {
        let (connection, given) = (self.get(py)?, input::value(arguments, "arguments")?);
        let response = runtime::wait(py, connection.call_unlisted_with(version, action, given, &self.options))?;
        parts(py, response.map_err(|error| to_python(py, &error))?)
    }

    /// Calls as `call_unlisted` does, for `asyncio`.
    fn call_unlisted_async(
        &self,
        py: Python<'_>,
        version: String,
        action: String,
        arguments: &Bound<'_, PyAny>,
    ) -> PyResult<Pending> {
        let (connection, given) = (self.get(py)?, input::value(arguments, "arguments")?);
        let options = self.options.clone();
        runtime::spawn(py, async move {
            let response = connection.call_unlisted_with(&version, &action, given, &options).await?;
            Ok(Box::new(move |py: Python<'_>| parts(py, response)?.into_py_any(py)) as Convert)
        })
    }

    /// Signs a request without sending it.
    fn sign(&self, py: Python<'_>, operation: &str, arguments: &Bound<'_, PyAny>) -> PyResult<Signed> {
        let (connection, given) = (self.get(py)?, input::value(arguments, "arguments")?);
        let request = runtime::wait(py, connection.sign(operation, given, &self.options))?;
        signed(py, &request.map_err(|error| to_python(py, &error))?)
    }

    /// Signs as `sign` does, for `asyncio`.
    fn sign_async(&self, py: Python<'_>, operation: String, arguments: &Bound<'_, PyAny>) -> PyResult<Pending> {
        let (connection, given) = (self.get(py)?, input::value(arguments, "arguments")?);
        let options = self.options.clone();
        runtime::spawn(py, async move {
            let request = connection.sign(&operation, given, &options).await?;
            Ok(Box::new(move |py: Python<'_>| signed(py, &request)?.into_py_any(py)) as Convert)
        })
    }

    /// Signs a request as a URL.
    fn presign(&self, py: Python<'_>, operation: &str, arguments: &Bound<'_, PyAny>) -> PyResult<String> {
        let (connection, given) = (self.get(py)?, input::value(arguments, "arguments")?);
        let url = runtime::wait(py, connection.presign(operation, given, &self.options))?;
        url.map_err(|error| to_python(py, &error))
    }

    /// Signs as `presign` does, for `asyncio`.
    fn presign_async(&self, py: Python<'_>, operation: String, arguments: &Bound<'_, PyAny>) -> PyResult<Pending> {
        let (connection, given) = (self.get(py)?, input::value(arguments, "arguments")?);
        let options = self.options.clone();
        runtime::spawn(py, async move {
            let url = connection.presign(&operation, given, &options).await?;
            Ok(Box::new(move |py: Python<'_>| url.into_py_any(py)) as Convert)
        })
    }

    /// Sends a request to the Kubernetes API of a cluster.
    fn kubernetes(
        &self,
        py: Python<'_>,
        cluster: &str,
        method: String,
        path: String,
        body: Option<Vec<u8>>,
        types: Types,
    ) -> PyResult<Answered> {
        let (connection, request) = (self.get(py)?, request(method, path, body, types));
        let response = runtime::wait(py, connection.kubernetes_request(cluster, request))?;
        let (head, body) = response.map_err(|error| to_python(py, &error))?.into_parts();
        answered(py, &head, &body)
    }

    /// Sends as `kubernetes` does, for `asyncio`.
    fn kubernetes_async(
        &self,
        py: Python<'_>,
        cluster: String,
        method: String,
        path: String,
        body: Option<Vec<u8>>,
        types: Types,
    ) -> PyResult<Pending> {
        let (connection, request) = (self.get(py)?, request(method, path, body, types));
        runtime::spawn(py, async move {
            let (head, body) = connection.kubernetes_request(&cluster, request).await?.into_parts();
            Ok(Box::new(move |py: Python<'_>| answered(py, &head, &body)?.into_py_any(py)) as Convert)
        })
    }

    /// Fetches the kubeconfig of a cluster.
    #[pyo3(signature = (cluster, address=None, lifetime=None))]
    fn kubeconfig(
        &self,
        py: Python<'_>,
        cluster: &str,
        address: Option<&str>,
        lifetime: Option<f64>,
    ) -> PyResult<Kubeconfig> {
        let (connection, lifetime) = (self.get(py)?, self::lifetime(lifetime)?);
        let fetched = runtime::wait(py, connection.kubeconfig(cluster, address, lifetime))?;
        fetched.map(Kubeconfig).map_err(|error| to_python(py, &error))
    }

    /// Fetches as `kubeconfig` does, for `asyncio`.
    #[pyo3(signature = (cluster, address=None, lifetime=None))]
    fn kubeconfig_async(
        &self,
        py: Python<'_>,
        cluster: String,
        address: Option<String>,
        lifetime: Option<f64>,
    ) -> PyResult<Pending> {
        let (connection, lifetime) = (self.get(py)?, self::lifetime(lifetime)?);
        runtime::spawn(py, async move {
            let config = connection.kubeconfig(&cluster, address.as_deref(), lifetime).await?;
            Ok(Box::new(move |py: Python<'_>| Kubeconfig(config).into_py_any(py)) as Convert)
        })
    }

    /// Issues a temporary password of a registry instance.
    #[pyo3(signature = (registry, server=None, username=None))]
    fn docker_config(
        &self,
        py: Python<'_>,
        registry: &str,
        server: Option<&str>,
        username: Option<&str>,
    ) -> PyResult<DockerConfig> {
        let connection = self.get(py)?;
        let issued = runtime::wait(py, connection.docker_config(registry, server, username))?;
        issued.map(DockerConfig).map_err(|error| to_python(py, &error))
    }

    /// Issues as `docker_config` does, for `asyncio`.
    #[pyo3(signature = (registry, server=None, username=None))]
    fn docker_config_async(
        &self,
        py: Python<'_>,
        registry: String,
        server: Option<String>,
        username: Option<String>,
    ) -> PyResult<Pending> {
        let connection = self.get(py)?;
        runtime::spawn(py, async move {
            let login = connection.docker_config(&registry, server.as_deref(), username.as_deref()).await?;
            Ok(Box::new(move |py: Python<'_>| DockerConfig(login).into_py_any(py)) as Convert)
        })
    }

    /// Waits by the name of a waiter. `on_progress` gets a text and a state.
    #[pyo3(signature = (waiter, arguments, on_progress=None))]
    fn wait(
        &self,
        py: Python<'_>,
        waiter: &str,
        arguments: &Bound<'_, PyDict>,
        on_progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let wait = self.get(py)?.wait(waiter, &input::arguments(arguments)?);
        wait::blocking(py, wait.map_err(|error| to_python(py, &error))?, on_progress)
    }

    /// Waits as `wait` does, for `asyncio`.
    #[pyo3(signature = (waiter, arguments, on_progress=None))]
    fn wait_async(
        &self,
        py: Python<'_>,
        waiter: &str,
        arguments: &Bound<'_, PyDict>,
        on_progress: Option<Py<PyAny>>,
    ) -> PyResult<Pending> {
        let wait = self.get(py)?.wait(waiter, &input::arguments(arguments)?);
        wait::spawned(py, wait.map_err(|error| to_python(py, &error))?, on_progress)
    }
}
