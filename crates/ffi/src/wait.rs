//! Waiters by name.

use crate::boundary::{Json, Outcome, needed, owned_text, place, text, with_threads};
use crate::call::{Completion, give, wharf_callback};
use crate::cancel::{Cancel, wharf_cancel};
use crate::connection::wharf_connection;
use crate::error::wharf_error;
use crate::result::wharf_result;
use crate::task::{self, Complete, Tell, UserData, wharf_finalizer};
use std::ffi::{CString, c_char, c_void};
use wharf::any::{Progress, Wait};

/// Callback that receives the first state of the resource, and then every state that differs from the previous one.
/// `text` is for people (`Creating`, `1 of 2 running`), `state` is JSON for programs: a string or an object. Both
/// belong to the library and are valid until the callback returns. It may call the library. Must not unwind.
pub type wharf_progress_callback =
    Option<unsafe extern "C" fn(user_data: *mut c_void, text: *const c_char, state: *const c_char)>;

/// A state as texts.
struct State {
    text: CString,
    state: CString,
}

impl State {
    fn of(progress: &Progress) -> Self {
        let text = CString::new(progress.text.replace('\0', "\u{fffd}")).unwrap_or_default();
        Self { text, state: CString::new(progress.state.to_string()).unwrap_or_default() }
    }

    fn tell(&self, callback: wharf_progress_callback, user_data: *mut c_void) {
        if let Some(callback) = callback {
            // SAFETY: a function of that type, by the header's contract; the texts are valid until it returns.
            unsafe { callback(user_data, self.text.as_ptr(), self.state.as_ptr()) }
        }
    }
}

/// Prepares the waiter of that name.
fn prepare(connection: &wharf_connection, waiter: *const c_char, arguments: *const c_char) -> Outcome<Wait> {
    let waiter = text("waiter", waiter)?.to_owned();
    let arguments = Json::new("arguments", arguments)?;
    let any = connection.any();
    connection.engine().run(move || Ok(any.wait(&waiter, &arguments.read()?)?))
}

async fn run(wait: Wait, mut tell: Tell<State>) -> Outcome<Option<CString>> {
    let outcome = wait.on_progress(move |now| tell(State::of(now))).await?;
    owned_text(outcome.to_value().to_string()).map(Some)
}

/// Waits until a resource reaches a goal state, by the name of a waiter: `cluster_running` of TKE, `job_done` of CCE.
/// `wharf_describe` lists the waiters of a product with their arguments.
///
/// A state from which the goal cannot be reached is `WHARF_WAIT_FAILED`. `WHARF_TIMED_OUT` names the last state. A
/// resource that does not appear within the grace period, or disappears after it was seen, is `WHARF_NOT_FOUND`. The
/// grace period exists because a service may not list a new resource at once.
///
/// @param connection the connection.
/// @param waiter name of the waiter.
/// @param arguments JSON object with its arguments (`{"cluster_id": "cls-1"}`), and optionally `timeout`,
/// `poll_interval`, `max_poll_interval` and `grace` in seconds.
/// @param cancel NULL, or the handle that can cancel the wait.
/// @param progress NULL, or called with each new state, on this thread.
/// @param user_data passed to `progress`.
/// @param result receives the result as JSON: the resource, a list of resources, or `null`; free it with
/// `wharf_text_free`.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_wait(
    connection: *const wharf_connection,
    waiter: *const c_char,
    arguments: *const c_char,
    cancel: *const wharf_cancel,
    progress: wharf_progress_callback,
    user_data: *mut c_void,
    result: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let wait = prepare(connection, waiter, arguments)?;
        place("result", result)?;
        let cancel = Cancel::of(cancel);
        let tell = |state: State| state.tell(progress, user_data);
        give(result, task::wait_for(connection.engine(), cancel, |told| run(wait, told), tell)?)
    })
}

/// Starts to wait. `progress` is called with each new state on a thread of the library, one at a time, and always
/// before `callback`, which receives the result. `user_data` is passed to both.
///
/// The parameters are those of `wharf_wait` and `wharf_call_async`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_wait_async(
    connection: *const wharf_connection,
    waiter: *const c_char,
    arguments: *const c_char,
    cancel: *const wharf_cancel,
    progress: wharf_progress_callback,
    callback: wharf_callback,
    user_data: *mut c_void,
    finalizer: wharf_finalizer,
    error: *mut *mut wharf_error,
) -> wharf_result {
    let user_data = UserData::new(user_data, finalizer);
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let wait = prepare(connection, waiter, arguments)?;
        let completion = Waiting { progress, completion: Completion::new(callback, user_data)? };
        task::begin(connection.engine(), Cancel::of(cancel), |told| run(wait, told), completion)?;
        Ok(wharf_result::WHARF_OK)
    })
}

/// The callbacks of a wait.
struct Waiting {
    progress: wharf_progress_callback,
    completion: Completion,
}

impl Complete<State, Option<CString>> for Waiting {
    fn progress(&mut self, now: State) {
        now.tell(self.progress, self.completion.user_data());
    }

    fn done(self, done: Outcome<Option<CString>>) {
        self.completion.done(done);
    }
}
