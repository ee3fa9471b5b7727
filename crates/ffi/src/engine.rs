//! The threads of the library.

use crate::boundary::{Failure, Outcome};
use crate::log::quiet;
use crate::process::Share;
use crate::result::wharf_result;
use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// More threads than this do not help: they only move bytes.
const MOST_THREADS: usize = 4;
/// The stack of each thread: what callbacks have, and what JSON is read on. The header states it.
pub(crate) const STACK: usize = 2 << 20;

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
    /// Last, so that it goes last.
    _share: Share,
}

impl Engine {
    /// The one that runs, or a new one.
    pub(crate) fn get() -> Outcome<Arc<Self>> {
        // Before the lock: a child that is forked while it is held must not wait for it.
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

    /// Where tasks are spawned.
    pub(crate) fn runtime(&self) -> Outcome<&Runtime> {
        // None only while it is dropped.
        self.runtime.as_ref().ok_or_else(Failure::panic)
    }

    /// Does something on a thread of the library and waits for it: what needs more of a stack than the caller's
    /// thread may have.
    pub(crate) fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
        let (give, given) = oneshot::channel();
        let quiet = quiet();
        self.runtime()?.spawn_blocking(move || {
            // Nobody is there to take it only if the caller's thread has ended.
            let _ = give.send(quiet.in_scope(work));
        });
        // Nothing comes when the work has panicked.
        given.blocking_recv().unwrap_or_else(|_| Err(Failure::panic()))
    }
}

/// Says that this thread is one of the library's.
pub(crate) fn mark_thread() {
    OURS.set(true);
}

/// Whether this thread is one of the library's.
pub(crate) fn is_ours() -> bool {
    OURS.get()
}

impl Drop for Engine {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        // A thread cannot wait for its own end; one of the caller's waits, and then no thread is left.
        if OURS.get() { runtime.shutdown_background() } else { drop(runtime) }
    }
}
