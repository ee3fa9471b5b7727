//! Calls as tasks of the engine: blocking calls wait for them, asynchronous calls complete by a callback.

use crate::boundary::{Failure, Outcome};
use crate::cancel::{Cancel, unless_cancelled};
use crate::engine::Engine;
use crate::log;
use std::ffi::c_void;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::mpsc;
use tracing::Instrument;

/// Called once when the library no longer needs `user_data`: after the last callback, or before the function returns if
/// that fails. May be NULL. Must not unwind.
pub type wharf_finalizer = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// The caller's pointer and its finalizer.
#[derive(Debug)]
pub(crate) struct UserData {
    pointer: *mut c_void,
    finalizer: wharf_finalizer,
}

// SAFETY: the header states that callbacks and finalizers run on threads of the library; callers that pass a pointer to
// such a function guarantee that it can be used there. The library never dereferences it.
unsafe impl Send for UserData {}
// SAFETY: as above; the log callback may run on several threads at once, which the header states too.
unsafe impl Sync for UserData {}

impl UserData {
    pub(crate) fn new(pointer: *mut c_void, finalizer: wharf_finalizer) -> Self {
        Self { pointer, finalizer }
    }

    pub(crate) fn pointer(&self) -> *mut c_void {
        self.pointer
    }
}

impl Drop for UserData {
    fn drop(&mut self) {
        if let Some(finalizer) = self.finalizer {
            // SAFETY: by the header's contract a function of that type, which takes this pointer.
            unsafe { finalizer(self.pointer) }
        }
    }
}

/// An event of a task.
enum Event<P, T> {
    Progress(P),
    Done(Outcome<T>),
}

/// Function that reports progress.
pub(crate) type Tell<P> = Box<dyn FnMut(P) + Send>;

/// Runs a task and waits for its end on this thread. Calls `on_progress` on this thread too.
///
/// No code of the caller runs inside the runtime, so callbacks may call the library and free their connection.
pub(crate) fn wait_for<P: Send + 'static, T: Send + 'static, F>(
    engine: &Arc<Engine>,
    cancel: Option<Cancel>,
    work: impl FnOnce(Tell<P>) -> F,
    mut on_progress: impl FnMut(P),
) -> Outcome<T>
where
    F: Future<Output = Outcome<T>> + Send + 'static,
{
    // This receiver waits without creating a `std::thread::Thread` for the caller's thread, which would stay until its
    // end.
    let (tell, mut told) = mpsc::unbounded_channel();
    let progress = tell.clone();
    let work = work(Box::new(move |now| {
        // The receiver is gone once the call has ended.
        let _ = progress.send(Event::Progress(now));
    }));
    let engine = engine.clone();
    let task = async move {
        let _ = tell.send(Event::Done(unless_cancelled(cancel, work).await));
    };
    engine.runtime()?.spawn(task.instrument(log::quiet()));
    let done = loop {
        match told.blocking_recv() {
            Some(Event::Progress(now)) => on_progress(now),
            Some(Event::Done(done)) => break done,
            // The task ended without a result: it has panicked.
            None => break Err(Failure::panic()),
        }
    };
    log::flush();
    done
}

/// Runs a task. `complete` gets its result on a thread that may block, after all progress, one event at a time.
pub(crate) fn begin<P: Send + 'static, T: Send + 'static, F, C>(
    engine: &Arc<Engine>,
    cancel: Option<Cancel>,
    work: impl FnOnce(Tell<P>) -> F,
    complete: C,
) -> Outcome<()>
where
    F: Future<Output = Outcome<T>> + Send + 'static,
    C: Complete<P, T>,
{
    let (tell, mut told) = mpsc::unbounded_channel();
    let progress = tell.clone();
    let work = work(Box::new(move |now| {
        let _ = progress.send(Event::Progress(now));
    }));
    let keep = engine.clone();
    let runtime = engine.runtime()?;
    let quiet = log::quiet();
    let task = async move {
        let _ = tell.send(Event::Done(unless_cancelled(cancel, work).await));
    };
    runtime.spawn(task.instrument(quiet.clone()));
    runtime.spawn(async move {
        let mut complete = complete;
        loop {
            match told.recv().await {
                Some(Event::Progress(now)) => {
                    let quiet = quiet.clone();
                    let step = tokio::task::spawn_blocking(move || {
                        quiet.in_scope(|| complete.progress(now));
                        complete
                    });
                    complete = match step.await {
                        Ok(complete) => complete,
                        // Only when the runtime ends, which `keep` prevents.
                        Err(_) => return,
                    };
                }
                last => {
                    let done = match last {
                        Some(Event::Done(done)) => done,
                        _ => Err(Failure::panic()),
                    };
                    // The engine is released before the caller is notified: if the caller then frees the connection,
                    // the caller's thread waits for the library's.
                    tokio::task::spawn_blocking(move || {
                        quiet.in_scope(|| {
                            log::flush();
                            drop(keep);
                            complete.done(done);
                        });
                    });
                    return;
                }
            }
        }
    });
    Ok(())
}

/// The caller's callbacks.
pub(crate) trait Complete<P, T>: Send + 'static {
    /// Reports progress.
    fn progress(&mut self, now: P);
    /// Reports the end. The user data is dropped with it.
    fn done(self, done: Outcome<T>);
}
