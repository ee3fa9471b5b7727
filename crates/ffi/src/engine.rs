//! The threads of the library.

use crate::boundary::{Failure, Outcome};
use crate::result::wharf_result;
use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::runtime::{Builder, Runtime};

/// More threads than this do not help: they only move bytes.
const MOST_THREADS: usize = 4;

thread_local! {
    static OURS: Cell<bool> = const { Cell::new(false) };
}

/// The one that runs now, if any.
static CURRENT: Mutex<Weak<Engine>> = Mutex::new(Weak::new());

/// Runs the calls. There is one as long as there is a connection, pages or an asynchronous call, so that a
/// program that has freed everything has no threads of the library left.
#[derive(Debug)]
pub(crate) struct Engine {
    runtime: Option<Runtime>,
}

impl Engine {
    /// The one that runs, or a new one.
    pub(crate) fn get() -> Outcome<Arc<Self>> {
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = current.upgrade() {
            return Ok(engine);
        }
        let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(MOST_THREADS));
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("wharf")
            .on_thread_start(|| OURS.set(true))
            .enable_all()
            .build()
            .map_err(|error| Failure::new(wharf_result::WHARF_NO_THREADS, "", &error.to_string()))?;
        let engine = Arc::new(Self { runtime: Some(runtime) });
        *current = Arc::downgrade(&engine);
        Ok(engine)
    }

    /// Where tasks are spawned.
    pub(crate) fn runtime(&self) -> Outcome<&Runtime> {
        // None only while it is dropped.
        self.runtime.as_ref().ok_or_else(Failure::panic)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        // A thread cannot wait for its own end; one of the caller's waits, and then no thread is left.
        if OURS.get() { runtime.shutdown_background() } else { drop(runtime) }
    }
}
