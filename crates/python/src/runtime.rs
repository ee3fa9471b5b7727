//! Running futures for Python: on a waiting thread, or for an `asyncio` loop.

use crate::error::{failed, to_python};
use crate::log;
use crate::python_name;
use futures_util::FutureExt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::AbortHandle;
use wharf::Error;

/// Interval at which a waiting thread checks for Ctrl-C.
const TICK: Duration = Duration::from_millis(100);
/// One thread is enough to move bytes; sharing the work among several costs as much as the call itself.
const THREADS: usize = 1;

/// The threads of a process.
pub(crate) struct Engine {
    process: u32,
    runtime: Runtime,
    /// True if Python is about to end. Code that attaches a thread of the runtime holds the read lock, so that no
    /// thread is attached, or about to be, when Python is torn down: that would crash.
    ending: RwLock<bool>,
}

/// The engine of this process.
///
/// Locked only while the interpreter is held, and never while it is released, so that a fork, which Python does with
/// the interpreter held, never copies it in the locked state.
static ENGINE: Mutex<Option<&'static Engine>> = Mutex::new(None);

/// Returns the engine of this process. A child made by `fork` gets its own: threads do not survive a fork. The engine
/// of the parent is not touched there; for the same reason no engine is dropped.
pub(crate) fn engine(_py: Python<'_>) -> PyResult<&'static Engine> {
    let mut place = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if let Some(engine) = *place
        && engine.process == process
    {
        return Ok(engine);
    }
    let runtime = Builder::new_multi_thread().worker_threads(THREADS).thread_name("wharf").enable_all().build()?;
    let engine = &*Box::leak(Box::new(Engine { process, runtime, ending: RwLock::new(false) }));
    *place = Some(engine);
    Ok(engine)
}

impl Engine {
    /// Runs code with Python on a thread of the runtime. Returns `None` if Python is about to end.
    pub(crate) fn attach<R>(&self, act: impl FnOnce(Python<'_>) -> R) -> Option<R> {
        let ending = self.ending.read().unwrap_or_else(PoisonError::into_inner);
        if *ending { None } else { Python::try_attach(act) }
    }

    /// Never waits: the caller holds the interpreter, and a thread that holds the lock may be waiting for it.
    fn is_ending(&self) -> bool {
        self.ending.try_read().map_or(true, |ending| *ending)
    }
}

/// Keeps the threads of the runtime away from Python, which is about to end.
#[pyfunction]
pub(crate) fn shut_down(py: Python<'_>) {
    let engine = *ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(engine) = engine
        && engine.process == std::process::id()
    {
        py.detach(|| *engine.ending.write().unwrap_or_else(PoisonError::into_inner) = true);
    }
}

/// Waits for a future on this thread. Other Python threads run meanwhile, and signals are handled: Ctrl-C raises
/// `KeyboardInterrupt`, and the future is dropped.
pub(crate) fn wait<T: Send>(py: Python<'_>, future: impl Future<Output = T> + Send) -> PyResult<T> {
    let handle = waiting_handle(py)?;
    let mut future = pin!(future);
    loop {
        let done = py.detach(|| drive(&handle, future.as_mut()));
        log::pass_on(py);
        match done {
            Some(done) => return Ok(done),
            None => py.check_signals()?,
        }
    }
}

/// Drives a future on this thread until it is ready or a tick has passed. A timer of the runtime would do this too, but
/// would wake one of its threads for every call.
pub(crate) fn drive<F: Future>(handle: &Handle, mut future: Pin<&mut F>) -> Option<F::Output> {
    let _entered = handle.enter();
    let parked = Arc::new(Parked { thread: std::thread::current(), woken: AtomicBool::new(false) });
    let waker = Waker::from(parked.clone());
    let began = Instant::now();
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(done);
        }
        while !parked.woken.swap(false, Ordering::Acquire) {
            let left = TICK.checked_sub(began.elapsed())?;
            std::thread::park_timeout(left);
        }
    }
}

/// A thread that is parked until it is woken.
struct Parked {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Returns the runtime for a thread that is about to wait. The runtime's own threads must not.
pub(crate) fn waiting_handle(py: Python<'_>) -> PyResult<Handle> {
    if Handle::try_current().is_ok() {
        return Err(PyRuntimeError::new_err("cannot wait for a call inside a callback of the server"));
    }
    log::follow(py)?;
    Ok(engine(py)?.runtime.handle().clone())
}

python_name!(running_loop = "asyncio", "get_running_loop");

/// Creates the Python value of a future's result, on the loop's thread.
pub(crate) type Convert = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// Returns a future of the running `asyncio` loop that is set when `future` is ready.
pub(crate) fn spawn(
    py: Python<'_>,
    future: impl Future<Output = Result<Convert, Error>> + Send + 'static,
) -> PyResult<Pending> {
    spawn_with(py, |_| future)
}

/// Spawns as [`spawn`] does, for a future that notifies the loop before it is ready.
pub(crate) fn spawn_with<F>(py: Python<'_>, make: impl FnOnce(&Notice) -> F) -> PyResult<Pending>
where
    F: Future<Output = Result<Convert, Error>> + Send + 'static,
{
    let engine = engine(py)?;
    if engine.is_ending() {
        return Err(PyRuntimeError::new_err("Python is shutting down"));
    }
    log::follow(py)?;
    let event_loop = running_loop(py)?.call0()?;
    let waiting = event_loop.call_method0("create_future")?;
    let notice = Notice { engine, event_loop: event_loop.unbind(), waiting: waiting.clone().unbind() };
    let future = AssertUnwindSafe(make(&notice)).catch_unwind();
    let task = engine.runtime.spawn(async move {
        let result = future.await.unwrap_or_else(|_| Err(failed()));
        engine.attach(|py| notice.settle(py, result));
    });
    Ok(Pending { future: waiting.unbind(), task: task.abort_handle() })
}

/// Connection from a thread of the runtime to a future of a loop.
pub(crate) struct Notice {
    pub engine: &'static Engine,
    event_loop: Py<PyAny>,
    waiting: Py<PyAny>,
}

impl Notice {
    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Self {
        Self { engine: self.engine, event_loop: self.event_loop.clone_ref(py), waiting: self.waiting.clone_ref(py) }
    }

    /// Returns the future of the loop.
    pub(crate) fn waiting(&self, py: Python<'_>) -> Py<PyAny> {
        self.waiting.clone_ref(py)
    }

    fn settle(&self, py: Python<'_>, result: Result<Convert, Error>) {
        let settle = Settle { result: Mutex::new(Some(result)), waiting: self.waiting(py) };
        if let Ok(settle) = Py::new(py, settle) {
            self.call_soon(py, settle.into_any());
        }
    }

    /// Schedules a call without arguments on the loop.
    pub(crate) fn call_soon(&self, py: Python<'_>, callback: Py<PyAny>) {
        // This fails if the loop is closed: no task waits then.
        let _ = self.event_loop.bind(py).call_method1("call_soon_threadsafe", (callback,));
    }
}

/// Sets a future of a loop. Called on the loop's thread.
#[pyclass(frozen, module = "wharf._wharf")]
struct Settle {
    result: Mutex<Option<Result<Convert, Error>>>,
    waiting: Py<PyAny>,
}

#[pymethods]
impl Settle {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        log::pass_on(py);
        let waiting = self.waiting.bind(py);
        let result = self.result.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(result) = result else { return Ok(()) };
        if waiting.call_method0("done")?.is_truthy()? {
            return Ok(());
        }
        match result.map_err(|error| to_python(py, &error)).and_then(|convert| convert(py)) {
            Ok(value) => waiting.call_method1("set_result", (value,))?,
            Err(error) => waiting.call_method1("set_exception", (error,))?,
        };
        Ok(())
    }
}

/// A running call, for `asyncio`.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Pending {
    /// The `asyncio.Future` with the result.
    #[pyo3(get)]
    future: Py<PyAny>,
    task: AbortHandle,
}

#[pymethods]
impl Pending {
    /// Cancels the call. Does nothing if it is done.
    fn cancel(&self) {
        self.task.abort();
    }
}
