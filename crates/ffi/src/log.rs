//! The log, for who asks for it.

use crate::boundary::{Failure, Outcome, boundary};
use crate::error::wharf_error;
use crate::result::wharf_result;
use crate::task::{UserData, wharf_finalizer};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{CString, c_char, c_void};
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

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
    /// Attempts, retries and states too.
    WHARF_LOG_DEBUG = 4,
    /// Everything.
    WHARF_LOG_TRACE = 5,
}

/// Is told one line of the log: its level, where in the library it comes from, and what it says. The texts belong to
/// the library and are gone when the callback returns. It may be called by several threads at once; what it makes
/// the library do is not logged. Must not unwind.
pub type wharf_log_callback =
    Option<unsafe extern "C" fn(user_data: *mut c_void, level: i32, target: *const c_char, message: *const c_char)>;

/// Sends the log to a callback, in the place of the one before; its finalizer is then called once no thread is in it.
/// Without this function nothing is logged. The log never holds a secret, an input or an answer.
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
    boundary(error, || {
        let level = filter(level)?;
        let sink = callback.filter(|_| level != LevelFilter::OFF).map(|callback| Sink { level, callback, user_data });
        install(sink)?;
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

/// Where the log goes.
struct Sink {
    level: LevelFilter,
    callback: unsafe extern "C" fn(*mut c_void, i32, *const c_char, *const c_char),
    user_data: UserData,
}

static SINK: RwLock<Option<Arc<Sink>>> = RwLock::new(None);
/// Whether our subscriber is the one of the process.
static INSTALLED: OnceLock<bool> = OnceLock::new();
/// Two changes at once would leave caches behind.
static CHANGE: Mutex<()> = Mutex::new(());

thread_local! {
    /// A line is being told on this thread.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

fn sink() -> Option<Arc<Sink>> {
    SINK.read().unwrap_or_else(PoisonError::into_inner).clone()
}

fn install(sink: Option<Sink>) -> Outcome<()> {
    let _change = CHANGE.lock().unwrap_or_else(PoisonError::into_inner);
    if sink.is_none() && INSTALLED.get().is_none() {
        return Ok(());
    }
    if !*INSTALLED.get_or_init(|| tracing::subscriber::set_global_default(ToSink).is_ok()) {
        let reason = "the program has set a subscriber of `tracing`: use that for the log";
        return Err(Failure::new(wharf_result::WHARF_CONFIGURATION, "", reason));
    }
    let before = {
        let mut place = SINK.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, sink.map(Arc::new))
    };
    // What the levels let through is remembered at each place that logs.
    tracing::callsite::rebuild_interest_cache();
    // Outside of the lock: its finalizer may call the library.
    drop(before);
    Ok(())
}

impl Sink {
    fn tell(&self, metadata: &Metadata<'_>, message: String) {
        let (Ok(target), Ok(message)) = (CString::new(metadata.target()), CString::new(message.replace('\0', "")))
        else {
            return;
        };
        TELLING.set(true);
        // SAFETY: a function of that type, by the header's contract; the texts live until it returns.
        unsafe {
            (self.callback)(self.user_data.pointer(), number(*metadata.level()), target.as_ptr(), message.as_ptr())
        }
        TELLING.set(false);
    }
}

fn number(level: Level) -> i32 {
    match level {
        Level::ERROR => 1,
        Level::WARN => 2,
        Level::INFO => 3,
        Level::DEBUG => 4,
        Level::TRACE => 5,
    }
}

/// Tells our own events, and each span when it ends. What other libraries log stays out: nobody here can promise
/// that it holds no secret. Keeps nothing once the spans have ended.
struct ToSink;

/// A span that has not ended.
struct Span {
    metadata: &'static Metadata<'static>,
    fields: Fields,
    parent: Option<u64>,
    references: usize,
}

/// The values of a span or an event, as they are told.
#[derive(Default)]
struct Fields(String);

static SPANS: Mutex<BTreeMap<u64, Span>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The spans that this thread is in, the innermost last.
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

fn spans() -> MutexGuard<'static, BTreeMap<u64, Span>> {
    SPANS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn innermost() -> Option<u64> {
    INSIDE.with_borrow(|inside| inside.last().copied())
}

impl Subscriber for ToSink {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let ours = metadata.target() == "wharf" || metadata.target().starts_with("wharf_");
        ours && !TELLING.get() && sink().is_some_and(|sink| *metadata.level() <= sink.level)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(sink().map_or(LevelFilter::OFF, |sink| sink.level))
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let number = NEXT.fetch_add(1, Ordering::Relaxed).max(1);
        let parent = attributes.parent().map(Id::into_u64).or_else(|| attributes.is_contextual().then(innermost)?);
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        spans().insert(number, Span { metadata: attributes.metadata(), fields, parent, references: 1 });
        Id::from_u64(number)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        if let Some(span) = spans().get_mut(&id.into_u64()) {
            values.record(&mut span.fields);
        }
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let Some(sink) = sink() else { return };
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut line = fields.0.trim_start().to_owned();
        let known = spans();
        let mut around = event.parent().map(Id::into_u64).or_else(innermost);
        while let Some(span) = around.and_then(|number| known.get(&number)) {
            line = format!("{}{{{}}} {line}", span.metadata.name(), span.fields.0.trim_start());
            around = span.parent;
        }
        drop(known);
        sink.tell(event.metadata(), line);
    }

    fn enter(&self, id: &Id) {
        INSIDE.with_borrow_mut(|inside| inside.push(id.into_u64()));
    }

    fn exit(&self, id: &Id) {
        INSIDE.with_borrow_mut(|inside| {
            if let Some(at) = inside.iter().rposition(|number| *number == id.into_u64()) {
                inside.remove(at);
            }
        });
    }

    fn clone_span(&self, id: &Id) -> Id {
        if let Some(span) = spans().get_mut(&id.into_u64()) {
            span.references += 1;
        }
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let ended = {
            let mut known = spans();
            let Some(span) = known.get_mut(&id.into_u64()) else { return false };
            span.references = span.references.saturating_sub(1);
            if span.references > 0 {
                return false;
            }
            known.remove(&id.into_u64())
        };
        if let (Some(span), Some(sink)) = (ended, sink()) {
            sink.tell(span.metadata, format!("{}{}", span.metadata.name(), span.fields.0));
        }
        true
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = match field.name() {
            "message" => write!(self.0, " {value}"),
            name => write!(self.0, " {name}={value}"),
        };
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}
