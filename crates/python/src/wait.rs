//! Waiters.

use crate::error::to_python;
use crate::log;
use crate::output::{json, structure};
use crate::runtime::{self, Convert, Notice, Pending};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use std::future::IntoFuture;
use std::pin::pin;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use wharf::Error;
use wharf::any::{Outcome, Progress, Wait};

/// Event that wakes a waiting thread.
enum Woken {
    Progress(Progress),
    Done(Result<Outcome, Error>),
}

/// Waits on this thread. Progress is reported between two polls, on this thread too. An exception of the callback ends
/// the wait.
pub(crate) fn blocking(py: Python<'_>, wait: Wait, on_progress: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
    let handle = runtime::waiting_handle(py)?;
    let (wait, mut states) = with_states(wait, on_progress.is_some());
    let mut running = wait.into_future();
    loop {
        let woken = py.detach(|| {
            let next = pin!(async {
                tokio::select! {
                    biased;
                    Some(progress) = states.recv() => Woken::Progress(progress),
                    done = &mut running => Woken::Done(done),
                }
            });
            runtime::drive(&handle, next)
        });
        log::pass_on(py);
        match woken {
            None => py.check_signals()?,
            Some(Woken::Progress(progress)) => tell(py, on_progress, &progress)?,
            Some(Woken::Done(result)) => {
                while let Ok(progress) = states.try_recv() {
                    tell(py, on_progress, &progress)?;
                }
                return outcome(py, &result.map_err(|error| to_python(py, &error))?);
            }
        }
    }
}

/// Waits for `asyncio`. Progress is reported on the loop's thread.
pub(crate) fn spawned(py: Python<'_>, wait: Wait, on_progress: Option<Py<PyAny>>) -> PyResult<Pending> {
    let (wait, mut states) = with_states(wait, on_progress.is_some());
    runtime::spawn_with(py, |notice| {
        let teller = on_progress.map(|callback| Teller { notice: notice.clone_ref(py), callback });
        async move {
            let mut running = wait.into_future();
            let result = loop {
                tokio::select! {
                    biased;
                    Some(progress) = states.recv() => {
                        if let Some(teller) = &teller { teller.tell(progress) }
                    }
                    done = &mut running => break done,
                }
            };
            while let (Ok(progress), Some(teller)) = (states.try_recv(), &teller) {
                teller.tell(progress);
            }
            let reached = result?;
            Ok(Box::new(move |py: Python<'_>| outcome(py, &reached)) as Convert)
        }
    })
}

fn with_states(wait: Wait, wanted: bool) -> (Wait, UnboundedReceiver<Progress>) {
    let (sender, receiver) = unbounded_channel();
    let wait = if wanted {
        // The receiver is gone when the wait is cancelled.
        wait.on_progress(move |progress| drop(sender.send(progress.clone())))
    } else {
        wait
    };
    (wait, receiver)
}

fn tell(py: Python<'_>, callback: Option<&Bound<'_, PyAny>>, progress: &Progress) -> PyResult<()> {
    if let Some(callback) = callback {
        callback.call1((&progress.text, json(py, &progress.state)?))?;
    }
    Ok(())
}

fn outcome(py: Python<'_>, reached: &Outcome) -> PyResult<Py<PyAny>> {
    match reached {
        Outcome::Nothing => Ok(py.None()),
        Outcome::One(model) => Ok(structure(py, &**model)?.unbind()),
        Outcome::Many(models) => {
            let models = models.iter().map(|model| structure(py, &**model)).collect::<PyResult<Vec<_>>>()?;
            models.into_py_any(py)
        }
    }
}

/// Reports progress on a loop's thread.
struct Teller {
    notice: Notice,
    callback: Py<PyAny>,
}

impl Teller {
    fn tell(&self, progress: Progress) {
        self.notice.engine.attach(|py| {
            let tell = Tell { callback: self.callback.clone_ref(py), waiting: self.notice.waiting(py), progress };
            if let Ok(tell) = Py::new(py, tell) {
                self.notice.call_soon(py, tell.into_any());
            }
        });
    }
}

/// A state to be passed to the callback.
#[pyclass(frozen, module = "wharf._wharf")]
struct Tell {
    callback: Py<PyAny>,
    waiting: Py<PyAny>,
    progress: Progress,
}

#[pymethods]
impl Tell {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        let waiting = self.waiting.bind(py);
        if waiting.call_method0("done")?.is_truthy()? {
            return Ok(());
        }
        // The awaiting task gets the callback's exception, and the wait ends.
        if let Err(error) = tell(py, Some(self.callback.bind(py)), &self.progress) {
            waiting.call_method1("set_exception", (error,))?;
        }
        Ok(())
    }
}
