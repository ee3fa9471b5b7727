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
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf::Credentials;
use wharf::transport::Transport;
use wharf_server::{Cloud, FailurePoint, Fault, Mishap, NewImage, Problem, Refusal, SubAccount, Time, Vendor};

python_name!(describe_exception = "wharf._errors", "describe_exception");

/// A server that runs until it is stopped.
///
/// Its world may be locked by a thread that waits for the interpreter, so it is only accessed with the interpreter
/// released.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Server {
    running: Mutex<Running>,
    /// The cloud that its methods are about. Without one it is the first cloud.
    cloud: Option<Cloud>,
}

/// The server, or what leads to it: a further cloud does not keep it running.
enum Running {
    Server(Arc<wharf_server::Server>),
    OfCloud(Weak<wharf_server::Server>),
    Stopped,
}

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
    control_token: Option<String>,
    world: Option<String>,
}

impl Server {
    fn running(&self) -> PyResult<Arc<wharf_server::Server>> {
        let running = match &*self.running.lock().unwrap_or_else(PoisonError::into_inner) {
            Running::Server(server) => Some(server.clone()),
            Running::OfCloud(server) => server.upgrade(),
            Running::Stopped => None,
        };
        running.ok_or_else(|| PyRuntimeError::new_err("the server has been stopped"))
    }

    /// Accesses the cloud while other Python threads run.
    fn with<T: Send>(&self, py: Python<'_>, look: impl FnOnce(&Cloud) -> T + Send) -> PyResult<T> {
        let running = self.running()?;
        Ok(py.detach(|| look(self.cloud.as_ref().unwrap_or(running.cloud()))))
    }

    /// Does something with the cloud that it may refuse.
    fn order<T: Send>(&self, py: Python<'_>, act: impl FnOnce(&Cloud) -> Result<T, Problem> + Send) -> PyResult<T> {
        self.with(py, act)?.map_err(|problem| refused(py, &problem))
    }

    pub(crate) fn transport(&self) -> PyResult<Arc<dyn Transport>> {
        Ok(self.running()?.transport())
    }
}

#[pymethods]
impl Server {
    #[new]
    #[pyo3(signature = (*, region, credentials, manual, speed, start_of_time, listen, socket, tls, tls_names, rate_limits, explain_signatures, control_token, world))]
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
        control_token: Option<String>,
        world: Option<String>,
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
            control_token,
            world,
        };
        let builder = settings.builder(py)?;
        let started = runtime::wait(py, builder.start())?;
        let server =
            started.map_err(|error| PyRuntimeError::new_err(format!("the server could not be started: {error}")))?;
        Ok(Self { running: Mutex::new(Running::Server(Arc::new(server))), cloud: None })
    }

    /// Closes the socket and waits for running calls to end. Does nothing if the server is stopped.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        let mut place = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let running = std::mem::replace(&mut *place, Running::Stopped);
        drop(place);
        match (running, &self.cloud) {
            (Running::Server(server), _) => match Arc::try_unwrap(server) {
                Ok(server) => runtime::wait(py, server.stop()),
                // Another thread accesses it; the server ends with that access.
                Err(_) => Ok(()),
            },
            // A cloud that was ended by another handle is gone already.
            (Running::OfCloud(_), Some(cloud)) => py.detach(|| cloud.end().or(Ok(()))),
            _ => Ok(()),
        }
    }

    /// Returns the facts that a program needs to call it.
    fn facts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let running = self.running()?;
        let server = self.cloud.as_ref().unwrap_or(running.cloud());
        let (credentials, user) = (server.credentials(), server.iam_user());
        let facts = json!({
            "account": server.account(),
            "role_arn": server.role_arn(),
            "endpoint": server.endpoint(),
            "region": server.region(),
            "regions": server.regions(),
            "products": server.products().into_iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "project_id": server.project_id(),
            "id": credentials.id(),
            "secret": credentials.secret().expose(),
            "token": credentials.token().map(wharf::Secret::expose),
            "user": [user.name, user.password.expose(), user.domain],
            "root_certificate": running.root_certificate(),
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
        self.with(py, Cloud::expire_tokens)
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

    /// Starts a further cloud, and returns its handle.
    #[pyo3(signature = (*, region, credentials, time, start_of_time, rate_limits))]
    fn new_cloud(
        &self,
        py: Python<'_>,
        region: Option<String>,
        credentials: Option<(String, String, Option<String>)>,
        time: Option<u32>,
        start_of_time: Option<f64>,
        rate_limits: Option<bool>,
    ) -> PyResult<Self> {
        let running = self.running()?;
        let mut builder = running.new_cloud();
        if let Some(region) = region {
            builder = builder.region(region);
        }
        if let Some(key) = credentials {
            builder = builder.credentials(&credentials_of(key));
        }
        if let Some(factor) = time {
            builder = builder.time(time_of(factor));
        }
        if let Some(start) = start_of_time {
            builder = builder.start_of_time(moment(py, start)?);
        }
        if let Some(hold) = rate_limits {
            builder = builder.rate_limits(hold);
        }
        let cloud = py.detach(|| builder.start()).map_err(|problem| refused(py, &problem))?;
        let running = Mutex::new(Running::OfCloud(Arc::downgrade(&running)));
        Ok(Self { running, cloud: Some(cloud) })
    }

    /// Sets how many times faster than real time world time passes; 0 for not at all.
    fn set_time(&self, py: Python<'_>, factor: u32) -> PyResult<()> {
        self.order(py, |cloud| cloud.set_time(time_of(factor)))
    }

    /// Returns what there is in the cloud.
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let state = self.with(py, |cloud| serde_json::to_value(cloud.state()))?;
        json(py, &state.map_err(|error| PyRuntimeError::new_err(error.to_string()))?)
    }

    /// Returns the whole cloud as text.
    fn save(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, Cloud::save)
    }

    /// Replaces the whole cloud by one that was saved.
    fn load(&self, py: Python<'_>, text: &str) -> PyResult<()> {
        self.order(py, |cloud| cloud.load(text))
    }

    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, Cloud::reset)
    }

    /// Lets something go wrong in the world. Returns what it happened to.
    fn mishap(&self, py: Python<'_>, order: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
        let order = input::value(order, "mishap")?;
        self.order(py, |cloud| cloud.mishap(&Mishap::from_json(order)?))
    }

    /// Returns the accounts without their secrets.
    fn accounts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let accounts = self.with(py, Cloud::accounts)?;
        json(py, &Value::Array(accounts))
    }

    /// Adds a key to an account. Returns its identifier, secret and session token.
    fn add_key(
        &self,
        py: Python<'_>,
        account: Option<&str>,
        credentials: Option<(String, String, Option<String>)>,
    ) -> PyResult<(String, String, Option<String>)> {
        let key = self.order(py, |cloud| cloud.add_key(account, credentials.map(credentials_of)))?;
        let token = key.token().map(|token| token.expose().to_owned());
        Ok((key.id().to_owned(), key.secret().expose().to_owned(), token))
    }

    /// Adds a sub-account with that key. A policy is its vendor and its text.
    #[pyo3(signature = (name, credentials, policies, *, account, uin, password))]
    #[allow(clippy::too_many_arguments, reason = "each is an argument of its own")]
    fn add_sub_account(
        &self,
        py: Python<'_>,
        name: String,
        credentials: (String, String, Option<String>),
        policies: Vec<(String, String)>,
        account: Option<String>,
        uin: Option<String>,
        password: Option<String>,
    ) -> PyResult<()> {
        let mut sub = SubAccount::new(name, credentials_of(credentials));
        for (vendor, text) in policies {
            let vendor = match vendor.as_str() {
                "tencent" => Vendor::Tencent,
                "huawei" => Vendor::Huawei,
                "alibaba" => Vendor::Alibaba,
                _ => return Err(invalid(py, "policies", "must be policies of tencent, huawei or alibaba")),
            };
            sub = sub.policy(vendor, text);
        }
        if let Some(account) = account {
            sub = sub.account(account);
        }
        if let Some(uin) = uin {
            sub = sub.uin(uin);
        }
        if let Some(password) = password {
            sub = sub.password(password);
        }
        self.order(py, |cloud| cloud.add_sub_account(sub))
    }

    fn remove_key(&self, py: Python<'_>, id: &str) -> PyResult<()> {
        self.order(py, |cloud| cloud.remove_key(id))
    }

    /// Registers an image without a push. Returns its digest.
    fn add_image(
        &self,
        py: Python<'_>,
        repository: String,
        tag: String,
        registry: Option<String>,
        size: Option<u64>,
    ) -> PyResult<String> {
        let mut image = NewImage::new(repository, tag);
        (image.registry, image.size) = (registry, size);
        Ok(self.order(py, |cloud| cloud.add_image(&image))?.digest)
    }

    /// Returns the images of all registries.
    fn images<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let images = self.with(py, |cloud| serde_json::to_value(cloud.images()))?;
        json(py, &images.map_err(|error| PyRuntimeError::new_err(error.to_string()))?)
    }
}

/// The error of an order that the server refuses.
fn refused(py: Python<'_>, problem: &Problem) -> PyErr {
    let reason = format!("{}; expected: {}", problem.message, problem.expected);
    invalid(py, &problem.place, &reason)
}

fn credentials_of((id, secret, token): (String, String, Option<String>)) -> Credentials {
    let credentials = Credentials::new(id, secret);
    match token {
        Some(token) => credentials.with_token(token),
        None => credentials,
    }
}

/// The time that passes that many times faster than real time; 0 for not at all.
fn time_of(factor: u32) -> Time {
    match factor {
        0 => Time::Manual,
        1 => Time::Real,
        factor => Time::Accelerated(factor),
    }
}

fn moment(py: Python<'_>, start: f64) -> PyResult<SystemTime> {
    let start = UNIX_EPOCH.checked_add(duration(py, "start_of_time", start)?);
    start.ok_or_else(|| invalid(py, "start_of_time", "is too late"))
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
            let credentials = credentials_of((id, secret, token));
            builder = match account {
                Some(account) => builder.account(account, credentials),
                None => builder.credentials(credentials),
            };
        }
        if let Some(start) = self.start_of_time {
            builder = builder.start_of_time(moment(py, start)?);
        }
        if let Some(token) = self.control_token {
            builder = builder.control_token(token);
        }
        if let Some(world) = self.world {
            builder = builder.world(world);
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
    let outcome = entry.outcome().word();
    let members = PyDict::new(py);
    members.set_item("sequence", entry.sequence)?;
    members.set_item("time", time)?;
    members.set_item("product", entry.product)?;
    members.set_item("operation", entry.operation)?;
    members.set_item("method", entry.method)?;
    members.set_item("path", entry.target)?;
    members.set_item("signature_method", entry.signature_method.to_string())?;
    members.set_item("verdict", entry.verdict.word())?;
    members.set_item("account", entry.account)?;
    members.set_item("caller", entry.caller)?;
    members.set_item("region", entry.region)?;
    members.set_item("status", entry.status)?;
    members.set_item("outcome", outcome)?;
    members.set_item("code", entry.code)?;
    members.set_item("request_id", entry.request_id)?;
    members.set_item("duration", entry.duration.map(|duration| duration.as_secs_f64()))?;
    members.set_item("parameters", json(py, &Value::Object(entry.parameters))?)?;
    members.set_item("headers", entry.headers.into_iter().collect::<std::collections::BTreeMap<_, _>>())?;
    members.set_item("bytes", entry.bytes)?;
    members.set_item("size", entry.response_bytes)?;
    members.set_item("acted", entry.acted)?;
    members.set_item("fault", entry.fault)?;
    members.set_item("cause", entry.diagnosis.as_ref().map(|diagnosis| diagnosis.cause.as_str()))?;
    members.set_item("diagnosis", entry.diagnosis.map(|diagnosis| diagnosis.to_string()))?;
    Ok(members.into_any())
}
