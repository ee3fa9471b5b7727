//! The threads of the library.

use crate::boundary::{Failure, Outcome};
use crate::log::quiet;
use crate::process::Share;
use crate::result::wharf_result;
use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// Maximum number of threads. More do not help: they only move bytes.
const MOST_THREADS: usize = 4;
/// Stack size of each thread, available to callbacks and to the JSON parser. The header states it.
pub(crate) const STACK: usize = 2 << 20;

thread_local! {
    static OURS: Cell<bool> = const { Cell::new(false) };
}

/// The running engine, if any.
static CURRENT: Mutex<Weak<Engine>> = Mutex::new(Weak::new());

/// Runs the calls. It exists while a connection, pages or an asynchronous call exist: a program that has freed
/// everything has no threads of the library.
#[derive(Debug)]
pub(crate) struct Engine {
    runtime: Option<Runtime>,
    /// Last, so that it is dropped last.
    _share: Share,
}

impl Engine {
    /// Returns the running engine, or starts one.
    pub(crate) fn get() -> Outcome<Arc<Self>> {
        // Before the lock: a child forked while it is held must not wait for it.
        let share = Share::take()?;
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = current.upgrade() {
            return Ok(engine);
        }
        let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(MOST_THREADS));
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("wharf")
            .thread_stack_size(STACK)
            .on_thread_start(mark_thread)
            .enable_all()
            .build()
            .map_err(|error| Failure::new(wharf_result::WHARF_NO_THREADS, "", &error.to_string()))?;
        let engine = Arc::new(Self { runtime: Some(runtime), _share: share });
        *current = Arc::downgrade(&engine);
        Ok(engine)
    }

    /// Returns the runtime on which tasks are spawned.
    pub(crate) fn runtime(&self) -> Outcome<&Runtime> {
        // `None` only during drop.
        self.runtime.as_ref().ok_or_else(Failure::panic)
    }

    /// Runs work on a thread of the library and waits for it, for work that may need more stack than the caller's
    /// thread has.
    pub(crate) fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
        let (give, given) = oneshot::channel();
        let quiet = quiet();
        self.runtime()?.spawn_blocking(move || {
            // The receiver is gone only if the caller's thread has ended.
            let _ = give.send(quiet.in_scope(work));
        });
        // Nothing arrives if the work has panicked.
        given.blocking_recv().unwrap_or_else(|_| Err(Failure::panic()))
    }
}

/// Marks this thread as one of the library's.
pub(crate) fn mark_thread() {
    OURS.set(true);
}

/// Returns whether this thread is one of the library's.
pub(crate) fn is_ours() -> bool {
    OURS.get()
}

impl Drop for Engine {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        // A thread cannot wait for its own end. A thread of the caller waits, and no thread is left afterwards.
        if OURS.get() { runtime.shutdown_background() } else { drop(runtime) }
    }
}
