//! Calls as tasks of the engine: blocking ones wait for them, asynchronous ones complete by a callback.

use crate::boundary::{Failure, Outcome};
use crate::cancel::{Cancel, unless_cancelled};
use crate::engine::Engine;
use crate::log;
use std::ffi::c_void;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::mpsc;
use tracing::Instrument;

/// Is called once when the library needs `user_data` no more: after the last callback, or before the function
/// returns if that fails. May be NULL. Must not unwind.
pub type wharf_finalizer = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// The caller's pointer, and what is to be called when it is needed no more.
#[derive(Debug)]
pub(crate) struct UserData {
    pointer: *mut c_void,
    finalizer: wharf_finalizer,
}

// SAFETY: the header says that callbacks and finalizers run on threads of the library; whoever gives a pointer to
// such a function vouches that it can be used there. The library itself never looks behind it.
unsafe impl Send for UserData {}
// SAFETY: as above; the log callback may even run on several threads at once, which the header says too.
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

/// What happens in a task.
enum Event<P, T> {
    Progress(P),
    Done(Outcome<T>),
}

/// Tells what happens on the way.
pub(crate) type Tell<P> = Box<dyn FnMut(P) + Send>;

/// Runs a task and waits for its end on this thread, where `on_progress` is called too.
///
/// Nothing of the caller's runs inside of the runtime, so that it may call the library from its callbacks, and free
/// its connection there.
pub(crate) fn wait_for<P: Send + 'static, T: Send + 'static, F>(
    engine: &Arc<Engine>,
    cancel: Option<Cancel>,
    work: impl FnOnce(Tell<P>) -> F,
    mut on_progress: impl FnMut(P),
) -> Outcome<T>
where
    F: Future<Output = Outcome<T>> + Send + 'static,
{
    // This one waits without making a `std::thread::Thread` of the caller's, which would stay until the end.
    let (tell, mut told) = mpsc::unbounded_channel();
    let progress = tell.clone();
    let work = work(Box::new(move |now| {
        // Nobody listens any more once the call has ended.
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
            // The task is gone without a word: it has panicked.
            None => break Err(Failure::panic()),
        }
    };
    log::flush();
    done
}

/// Runs a task; `complete` gets its result on a thread that may block, and before that `on_progress` what happens
/// on the way, one after the other.
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
                    // The engine is given up before the caller hears of the end: if the caller then frees the
                    // connection, it is the caller's thread that waits for ours.
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
    /// Something happens on the way.
    fn progress(&mut self, now: P);
    /// It is over. The user data goes with it.
    fn done(self, done: Outcome<T>);
}
