//! Cancelling calls.

use crate::boundary::{Failure, Outcome, boundary, free, guard, place, put, shared};
use crate::error::wharf_error;
use crate::process::is_forked;
use crate::result::wharf_result;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::watch;

/// Cancels the calls that it was given to, those that run and those that are begun later. Any number of threads
/// may use it at once. The caller owns it and frees it with `wharf_cancel_free`, also while calls run.
#[derive(Debug)]
pub struct wharf_cancel {
    state: Cancel,
}

/// What the calls hold.
#[derive(Debug, Clone)]
pub(crate) struct Cancel(Arc<watch::Sender<bool>>);

impl Cancel {
    /// That of a handle, which may be NULL.
    pub(crate) fn of(handle: *const wharf_cancel) -> Option<Self> {
        shared(handle).map(|handle| handle.state.clone())
    }
}

/// The work's result, unless it is cancelled before. What was begun is then dropped.
pub(crate) async fn unless_cancelled<T>(cancel: Option<Cancel>, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let Some(cancel) = cancel else { return work.await };
    let mut told = cancel.0.subscribe();
    tokio::select! {
        biased;
        // An error means that nobody can cancel any more; the sender is held here, so it cannot happen.
        _ = told.wait_for(|cancelled| *cancelled) => Err(Failure::cancelled()),
        done = work => done,
    }
}

/// Makes a handle by which calls can be cancelled.
///
/// @param cancel where the handle goes.
/// @param error NULL, or where an error goes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_cancel_new(
    cancel: *mut *mut wharf_cancel,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        place("cancel", cancel)?;
        let state = Cancel(Arc::new(watch::Sender::new(false)));
        put(cancel, Box::new(wharf_cancel { state }));
        Ok(wharf_result::WHARF_OK)
    })
}

/// Cancels: the calls that were given the handle end with `WHARF_CANCELLED`, as do those that are given it later.
/// Cancelling twice is harmless, and so is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_cancel_cancel(cancel: *const wharf_cancel) {
    guard((), || {
        if let Some(cancel) = shared(cancel)
            && !is_forked()
        {
            cancel.state.0.send_replace(true);
        }
    });
}

/// Frees the handle and sets the pointer to NULL. Cancels nothing. Does nothing for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_cancel_free(cancel: *mut *mut wharf_cancel) {
    free(cancel);
}
