//! The log, for who asks for it.

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

/// How much is logged. Each level has what is above it.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum wharf_log_level {
    /// Nothing.
    WHARF_LOG_OFF = 0,
    /// What went wrong.
    WHARF_LOG_ERROR = 1,
    /// What may be wrong: a connection without encryption, say.
    WHARF_LOG_WARN = 2,
    /// One line for each call, when it has ended.
    WHARF_LOG_INFO = 3,
    /// Attempts, retries and states too: a line for each.
    WHARF_LOG_DEBUG = 4,
    /// Everything.
    WHARF_LOG_TRACE = 5,
}

/// Is told one line of the log: its level, where in the library it comes from, and what it says. The texts belong to
/// the library and are gone when the callback returns. It is called on a thread of the library for one line after the
/// other, may block, and may call any function of the library: what it makes the library do is not logged, nor what
/// the callbacks of calls that it begins do. Must not unwind.
pub type wharf_log_callback =
    Option<unsafe extern "C" fn(user_data: *mut c_void, level: i32, target: *const c_char, message: *const c_char)>;

/// Sends the log to a callback, instead of the one before: that one gets the lines until now, and then its finalizer
/// is called. This function waits for both, except in a log's callback or finalizer, which may set the log too.
/// Without this function nothing is logged. The log never holds a secret, an input or an answer.
///
/// The lines of a call come before it ends: a blocking one then returns, an asynchronous one calls its callback. So a
/// log callback must not wait for what the thread that calls the library holds.
///
/// @param level a `wharf_log_level`. Another number is `WHARF_INVALID_NUMBER`.
/// @param callback what is told each line; NULL, or the level `WHARF_LOG_OFF`, ends the log.
/// @param user_data what the callback and the finalizer get.
/// @param finalizer NULL, or what is called when `user_data` is needed no more.
/// @param error NULL, or where an error goes. `WHARF_CONFIGURATION`: the program has a log of its own for Rust code.
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
/// Whether our subscriber is the one of the process.
static INSTALLED: OnceLock<bool> = OnceLock::new();
/// Two changes at once would leave caches behind.
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

/// Sets where the log goes and gives where it went before. Nothing of the caller's runs here, under the lock.
fn replace(sink: Option<Sink>) -> Option<Arc<Sink>> {
    let _change = CHANGE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = {
        let mut place = SINK.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, sink.map(Arc::new))
    };
    // What the levels let through is remembered at each place that logs.
    tracing::callsite::rebuild_interest_cache();
    before
}

/// The span for work on another thread: that of a log callback is not logged there either.
pub(crate) fn quiet() -> tracing::Span {
    subscriber::quiet_span()
}

/// Waits until the lines so far have been delivered: the lines of a call come before its end. In what a log callback
/// does there are none to wait for.
pub(crate) fn flush() {
    if subscriber::is_quiet() {
        return;
    }
    if let Some(sink) = sink() {
        sink.flush();
    }
}
