//! The log.

mod deliver;
mod subscriber;

use crate::boundary::{Failure, Outcome, with_threads};
use crate::error::wharf_error;
use crate::result::wharf_result;
use crate::task::{UserData, wharf_finalizer};
use deliver::{Callback, Sink};
use std::ffi::{c_char, c_void};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use subscriber::ToSink;
use tracing::level_filters::LevelFilter;

/// Level of the log. Each level includes the levels above it.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum wharf_log_level {
    /// No logging.
    WHARF_LOG_OFF = 0,
    /// Failures.
    WHARF_LOG_ERROR = 1,
    /// Possible problems, for example a connection without encryption, and one line for each failed attempt.
    WHARF_LOG_WARN = 2,
    /// One line for each call, when it has ended.
    WHARF_LOG_INFO = 3,
    /// Additionally one line for each successful attempt, retry and state.
    WHARF_LOG_DEBUG = 4,
    /// Everything.
    WHARF_LOG_TRACE = 5,
}

/// Callback that receives one line of the log: its level, the part of the library that wrote it, and its text. The
/// texts belong to the library and are valid until the callback returns. Called on a thread of the library, for one
/// line at a time. It may block and may call any function of the library: calls that it makes, and the callbacks of
/// calls that it starts, are not logged. Must not unwind.
pub type wharf_log_callback =
    Option<unsafe extern "C" fn(user_data: *mut c_void, level: i32, target: *const c_char, message: *const c_char)>;

/// Sends the log to a callback and replaces the previous one: the previous callback receives the lines logged until
/// now, and then its finalizer is called. This function waits for both, except in a log callback or its finalizer,
/// which may set the log too. By default nothing is logged. The log never contains a secret, an input or an output.
///
/// The lines of a call are delivered before it ends, that is before a blocking call returns and before the callback of
/// an asynchronous call is called. A log callback must therefore not wait for a lock that the calling thread holds.
///
/// @param level a `wharf_log_level`. Another number is `WHARF_INVALID_NUMBER`.
/// @param callback receives each line; NULL, or the level `WHARF_LOG_OFF`, ends the log.
/// @param user_data passed to the callback and the finalizer.
/// @param finalizer NULL, or called when `user_data` is no longer needed.
/// @param error NULL, or receives the error. `WHARF_CONFIGURATION`: Rust code of the program has set its own log.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_log_set(
    level: i32,
    callback: wharf_log_callback,
    user_data: *mut c_void,
    finalizer: wharf_finalizer,
    error: *mut *mut wharf_error,
) -> wharf_result {
    let user_data = UserData::new(user_data, finalizer);
    with_threads(error, || {
        let level = filter(level)?;
        let sink = match callback.filter(|_| level != LevelFilter::OFF) {
            Some(function) => {
                may_install()?;
                Some(Sink::start(level, Callback { function, user_data })?)
            }
            None => None,
        };
        if let Some(before) = replace(sink) {
            before.end();
        }
        Ok(wharf_result::WHARF_OK)
    })
}

fn filter(level: i32) -> Outcome<LevelFilter> {
    let levels = [
        LevelFilter::OFF,
        LevelFilter::ERROR,
        LevelFilter::WARN,
        LevelFilter::INFO,
        LevelFilter::DEBUG,
        LevelFilter::TRACE,
    ];
    let found = usize::try_from(level).ok().and_then(|at| levels.get(at).copied());
    found.ok_or_else(|| Failure::new(wharf_result::WHARF_INVALID_NUMBER, "level", "is no wharf_log_level"))
}

static SINK: RwLock<Option<Arc<Sink>>> = RwLock::new(None);
/// True if the subscriber of this crate is the one of the process.
static INSTALLED: OnceLock<bool> = OnceLock::new();
/// Two concurrent changes would leave stale caches.
static CHANGE: Mutex<()> = Mutex::new(());

fn sink() -> Option<Arc<Sink>> {
    SINK.read().unwrap_or_else(PoisonError::into_inner).clone()
}

fn may_install() -> Outcome<()> {
    if *INSTALLED.get_or_init(|| tracing::subscriber::set_global_default(ToSink).is_ok()) {
        return Ok(());
    }
    let reason = "the program has set a subscriber of `tracing`: use that for the log";
    Err(Failure::new(wharf_result::WHARF_CONFIGURATION, "", reason))
}

/// Replaces the sink of the log and returns the previous one. No code of the caller runs here, under the lock.
fn replace(sink: Option<Sink>) -> Option<Arc<Sink>> {
    let _change = CHANGE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = {
        let mut place = SINK.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, sink.map(Arc::new))
    };
    // Each callsite caches its enabled level.
    tracing::callsite::rebuild_interest_cache();
    before
}

/// Returns the span for work on another thread, so that work of a log callback is not logged there either.
pub(crate) fn quiet() -> tracing::Span {
    subscriber::quiet_span()
}

/// Waits until the lines logged so far are delivered: the lines of a call are delivered before it ends. Does nothing in
/// work of a log callback.
pub(crate) fn flush() {
    if subscriber::is_quiet() {
        return;
    }
    if let Some(sink) = sink() {
        sink.flush();
    }
}
