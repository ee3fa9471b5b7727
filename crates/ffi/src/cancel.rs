//! Cancellation of calls.

use crate::boundary::{Failure, Outcome, boundary, free, guard, place, put, shared};
use crate::error::wharf_error;
use crate::process::is_forked;
use crate::result::wharf_result;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::watch;

/// Handle that cancels the calls it is passed to, both running calls and calls started later. Any number of threads may
/// use it at once. The caller owns it and frees it with `wharf_cancel_free`, which is allowed while calls run.
#[derive(Debug)]
pub struct wharf_cancel {
    state: Cancel,
}

/// The receiving side, held by calls.
#[derive(Debug, Clone)]
pub(crate) struct Cancel(Arc<watch::Sender<bool>>);

impl Cancel {
    /// Returns the receiving side of a handle, or `None` for NULL.
    pub(crate) fn of(handle: *const wharf_cancel) -> Option<Self> {
        shared(handle).map(|handle| handle.state.clone())
    }
}

/// Returns the work's result, unless the call is cancelled first. Cancellation drops the work.
pub(crate) async fn unless_cancelled<T>(cancel: Option<Cancel>, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let Some(cancel) = cancel else { return work.await };
    let mut told = cancel.0.subscribe();
    tokio::select! {
        biased;
        // An error would mean that the sender is gone; it is held here, so that cannot happen.
        _ = told.wait_for(|cancelled| *cancelled) => Err(Failure::cancelled()),
        done = work => done,
    }
}

/// Creates a handle that can cancel calls.
///
/// @param cancel receives the handle.
/// @param error NULL, or receives the error.
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

/// Cancels the calls that have the handle: they end with `WHARF_CANCELLED`, and so do calls that receive it later.
/// Cancelling twice is allowed. Does nothing for NULL.
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

/// Frees the handle and sets the pointer to NULL. Does not cancel calls. Does nothing for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_cancel_free(cancel: *mut *mut wharf_cancel) {
    free(cancel);
}
