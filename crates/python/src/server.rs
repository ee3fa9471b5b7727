//! The reference server in this process.

use crate::error::invalid;
use crate::input;
use crate::output::json;
use crate::python_name;
use crate::runtime;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};
use wharf::Credentials;
use wharf::transport::Transport;
use wharf_server::{FailurePoint, Fault, Refusal, Time};

python_name!(describe_exception = "wharf._errors", "describe_exception");

/// A server that runs until it is stopped.
///
/// Its world may be locked by a thread that waits for the interpreter, so it is only accessed with the interpreter
/// released.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Server(Mutex<Option<Arc<wharf_server::Server>>>);

/// Settings at start.
#[derive(Default)]
struct Settings {
    region: Option<String>,
    credentials: Vec<(String, String, Option<String>, Option<String>)>,
    manual: bool,
    speed: Option<u32>,
    start_of_time: Option<f64>,
    listen: Option<String>,
    socket: bool,
    tls: bool,
    tls_names: Vec<String>,
    rate_limits: bool,
    explain_signatures: bool,
}

impl Server {
    fn running(&self) -> PyResult<Arc<wharf_server::Server>> {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        running.ok_or_else(|| PyRuntimeError::new_err("the server has been stopped"))
    }

    /// Accesses the server while other Python threads run.
    fn with<T: Send>(&self, py: Python<'_>, look: impl FnOnce(&wharf_server::Server) -> T + Send) -> PyResult<T> {
        let running = self.running()?;
        Ok(py.detach(|| look(&running)))
    }

    pub(crate) fn transport(&self) -> PyResult<Arc<dyn Transport>> {
        Ok(self.running()?.transport())
    }
}

#[pymethods]
impl Server {
    #[new]
    #[pyo3(signature = (*, region, credentials, manual, speed, start_of_time, listen, socket, tls, tls_names, rate_limits, explain_signatures))]
    #[allow(clippy::too_many_arguments, reason = "each is a keyword argument")]
    fn new(
        py: Python<'_>,
        region: Option<String>,
        credentials: Vec<(String, String, Option<String>, Option<String>)>,
        manual: bool,
        speed: Option<u32>,
        start_of_time: Option<f64>,
        listen: Option<String>,
        socket: bool,
        tls: bool,
        tls_names: Vec<String>,
        rate_limits: bool,
        explain_signatures: bool,
    ) -> PyResult<Self> {
        let settings = Settings {
            region,
            credentials,
            manual,
            speed,
            start_of_time,
            listen,
            socket,
            tls,
            tls_names,
            rate_limits,
            explain_signatures,
        };
        let builder = settings.builder(py)?;
        let started = runtime::wait(py, builder.start())?;
        let server =
            started.map_err(|error| PyRuntimeError::new_err(format!("the server could not be started: {error}")))?;
        Ok(Self(Mutex::new(Some(Arc::new(server)))))
    }

    /// Closes the socket and waits for running calls to end. Does nothing if the server is stopped.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match running.map(Arc::try_unwrap) {
            Some(Ok(server)) => runtime::wait(py, server.stop()),
            // Another thread accesses it; the server ends with that access.
            Some(Err(_)) | None => Ok(()),
        }
    }

    /// Returns the facts that a program needs to call it.
    fn facts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let server = self.running()?;
        let (credentials, user) = (server.credentials(), server.iam_user());
        let facts = json!({
            "endpoint": server.endpoint(),
            "region": server.region(),
            "regions": server.regions(),
            "products": server.products().into_iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "project_id": server.project_id(),
            "id": credentials.id(),
            "secret": credentials.secret().expose(),
            "token": credentials.token().map(wharf::Secret::expose),
            "user": [user.name, user.password.expose(), user.domain],
            "root_certificate": server.root_certificate(),
        });
        json(py, &facts)
    }

    /// Advances world time by seconds.
    fn advance(&self, py: Python<'_>, seconds: f64) -> PyResult<()> {
        let by = duration(py, "seconds", seconds)?;
        self.with(py, |server| server.advance(by))
    }

    /// Returns world time in seconds since 1970.
    fn now(&self, py: Python<'_>) -> PyResult<f64> {
        self.with(py, |server| Duration::from_millis(server.now()).as_secs_f64())
    }

    fn expire_tokens(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, wharf_server::Server::expire_tokens)
    }

    /// Makes the next work of a kind fail.
    fn fail_next(&self, py: Python<'_>, undertaking: &str, reason: String) -> PyResult<()> {
        let undertaking = match undertaking {
            "cluster_creation" => FailurePoint::ClusterCreation,
            "cluster_deletion" => FailurePoint::ClusterDeletion,
            "node_creation" => FailurePoint::NodeCreation,
            _ => {
                let reason = "must be one of cluster_creation, cluster_deletion, node_creation";
                return Err(invalid(py, "undertaking", reason));
            }
        };
        self.with(py, |server| server.with_world(|world| world.fail_next(undertaking, reason)))
    }

    /// Adds a fault: its kind, the values of the kind, and the calls it applies to.
    #[pyo3(signature = (kind, value, second=None, *, product=None, operation=None, account=None, times=None, after=None))]
    #[allow(clippy::too_many_arguments, reason = "each is an argument of its own")]
    fn add_fault(
        &self,
        py: Python<'_>,
        kind: &str,
        value: &Bound<'_, PyAny>,
        second: Option<&Bound<'_, PyAny>>,
        product: Option<String>,
        operation: Option<String>,
        account: Option<String>,
        times: Option<u32>,
        after: Option<u32>,
    ) -> PyResult<()> {
        let mut fault = fault(py, kind, value, second)?;
        if let Some(product) = product {
            fault = fault.product(product);
        }
        if let Some(operation) = operation {
            fault = fault.operation(operation);
        }
        if let Some(account) = account {
            fault = fault.account(account);
        }
        if let Some(times) = times {
            fault = fault.times(times);
        }
        if let Some(after) = after {
            fault = fault.after(after);
        }
        self.with(py, |server| server.faults().add(fault))?;
        Ok(())
    }

    fn clear_faults(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |server| server.faults().clear())
    }

    fn waiting_faults(&self, py: Python<'_>) -> PyResult<usize> {
        self.with(py, |server| server.faults().waiting_count())
    }

    fn skew_clock(&self, py: Python<'_>, seconds: i64) -> PyResult<()> {
        self.with(py, |server| server.faults().skew_clock(seconds))
    }

    /// Returns the requests that arrived, oldest first, each as a `dict`.
    fn journal<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let calls = self.with(py, |server| server.journal().calls())?;
        calls.into_iter().map(|entry| journal_entry(py, entry)).collect()
    }

    fn clear_journal(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |server| server.journal().clear())
    }
}

impl Settings {
    fn builder(self, py: Python<'_>) -> PyResult<wharf_server::Builder> {
        let mut builder = wharf_server::Server::builder()
            .rate_limits(self.rate_limits)
            .explain_signatures(self.explain_signatures)
            .time(match self.speed {
                _ if self.manual => Time::Manual,
                Some(speed) => Time::Accelerated(speed),
                None => Time::Real,
            });
        if let Some(region) = self.region {
            builder = builder.region(region);
        }
        for (id, secret, token, account) in self.credentials {
            let credentials = Credentials::new(id, secret);
            let credentials = match token {
                Some(token) => credentials.with_token(token),
                None => credentials,
            };
            builder = match account {
                Some(account) => builder.account(account, credentials),
                None => builder.credentials(credentials),
            };
        }
        if let Some(start) = self.start_of_time {
            let start = UNIX_EPOCH.checked_add(duration(py, "start_of_time", start)?);
            builder = builder.start_of_time(start.ok_or_else(|| invalid(py, "start_of_time", "is too late"))?);
        }
        if let Some(address) = self.listen {
            let address = address.parse::<SocketAddr>();
            let address = address.map_err(|_| invalid(py, "listen", "must be an address such as 127.0.0.1:8080"))?;
            builder = builder.listen(address);
        }
        if !self.socket {
            builder = builder.without_socket();
        }
        if self.tls {
            builder = self.tls_names.into_iter().fold(builder.tls(), wharf_server::Builder::tls_name);
        }
        Ok(builder)
    }
}

fn duration(py: Python<'_>, name: &str, seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|_| invalid(py, name, "must be seconds, not negative"))
}

fn fault(py: Python<'_>, kind: &str, value: &Bound<'_, PyAny>, second: Option<&Bound<'_, PyAny>>) -> PyResult<Fault> {
    Ok(match kind {
        "throttle" => Fault::throttle(),
        "refuse" => {
            let message = second.map(|second| second.extract::<String>()).transpose()?;
            Fault::refuse(value.extract::<String>()?, message.unwrap_or_default())
        }
        "http_status" => match second {
            Some(seconds) => Fault::http_status_retry_after(value.extract()?, seconds.extract()?),
            None => Fault::http_status(value.extract()?),
        },
        "cut_before" => Fault::cut_before(),
        "cut_after" => Fault::cut_after(),
        "garbage" => Fault::garbage(),
        "empty" => Fault::empty(),
        "content_type" => Fault::content_type(value.extract::<String>()?),
        "compressed" => Fault::compressed(),
        "drip" => {
            let pause = second.map(|second| second.extract::<f64>()).transpose()?.unwrap_or_default();
            Fault::drip(value.extract()?, duration(py, "pause", pause)?)
        }
        "expired_token" => Fault::expired_token(),
        "truncate" => Fault::truncate(),
        "delay" => Fault::delay(duration(py, "seconds", value.extract()?)?),
        "total" => Fault::total(value.extract()?),
        "answer" if value.is_callable() => {
            let (callback, engine) = (value.clone().unbind(), runtime::engine(py)?);
            Fault::answer_with(move |parameters| {
                // Other calls continue while this one waits for the interpreter.
                let answer = tokio::task::block_in_place(|| engine.attach(|py| ask(py, &callback, parameters)));
                answer.unwrap_or_else(|| Err(Refusal::new("InternalError", "Python is shutting down.")))
            })
        }
        "answer" => {
            let answer = input::value(value, "answer")?;
            Fault::answer_with(move |_| Ok(answer.clone()))
        }
        _ => return Err(invalid(py, "kind", "is no fault")),
    })
}

/// Calls a Python function. Returns its output, or the refusal that it raises.
fn ask(py: Python<'_>, callback: &Py<PyAny>, parameters: &serde_json::Map<String, Value>) -> Result<Value, Refusal> {
    let answer = json(py, &Value::Object(parameters.clone()))
        .and_then(|parameters| callback.bind(py).call1((parameters,)))
        .and_then(|answer| input::value(&answer, "answer"));
    answer.map_err(|error| {
        let described = describe_exception(py).and_then(|describe| describe.call1((error.value(py),))?.extract());
        let (code, message): (String, String) =
            described.unwrap_or_else(|_| ("InternalError".to_owned(), "The function failed.".to_owned()));
        Refusal::new(code, message)
    })
}

fn journal_entry(py: Python<'_>, entry: wharf_server::Entry) -> PyResult<Bound<'_, PyAny>> {
    let time = entry.time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let members = PyDict::new(py);
    members.set_item("sequence", entry.sequence)?;
    members.set_item("time", time)?;
    members.set_item("product", entry.product)?;
    members.set_item("operation", entry.operation)?;
    members.set_item("method", entry.method)?;
    members.set_item("signature_method", entry.signature_method.to_string())?;
    members.set_item("account", entry.account)?;
    members.set_item("region", entry.region)?;
    members.set_item("status", entry.status)?;
    members.set_item("code", entry.code)?;
    members.set_item("request_id", entry.request_id)?;
    members.set_item("parameters", json(py, &Value::Object(entry.parameters))?)?;
    members.set_item("headers", entry.headers.into_iter().collect::<std::collections::BTreeMap<_, _>>())?;
    members.set_item("bytes", entry.bytes)?;
    members.set_item("acted", entry.acted)?;
    members.set_item("fault", entry.fault)?;
    members.set_item("diagnosis", entry.diagnosis.map(|diagnosis| diagnosis.to_string()))?;
    Ok(members.into_any())
}
