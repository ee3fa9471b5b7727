//! Conversion of the library's events and spans to lines of the log.

use super::{deliver::delivers, sink};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

/// Target of the span around work of a log callback.
const QUIET: &str = "wharf_ffi::quiet";
/// Identifier of every such span. They are not stored.
const QUIET_NUMBER: u64 = u64::MAX;

/// Logs the library's own events. Events of other libraries are dropped, because they may contain secrets. Stores nothing
/// after the spans have ended.
pub(super) struct ToSink;

/// A span that has not ended.
struct Span {
    metadata: &'static Metadata<'static>,
    fields: Fields,
    parent: Option<u64>,
    references: usize,
}

/// The values of a span or an event, as they are logged.
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

/// Returns whether a log callback, or work that it started, runs on this thread.
pub(super) fn is_quiet() -> bool {
    delivers() || inside(|spans| spans.contains(&QUIET_NUMBER)).unwrap_or_default()
}

/// Returns the span for work that a log callback starts on other threads; any other work has no span.
pub(super) fn quiet_span() -> tracing::Span {
    if is_quiet() { tracing::error_span!(target: QUIET, "quiet") } else { tracing::Span::none() }
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

fn write(metadata: &Metadata<'_>, line: &str) {
    if let Some(sink) = sink() {
        sink.write(number(*metadata.level()), metadata.target(), line);
    }
}

/// Accesses the spans that this thread is in. Returns `None` while the thread ends.
fn inside<T>(look: impl FnOnce(&mut Vec<u64>) -> T) -> Option<T> {
    INSIDE.try_with(|spans| look(&mut spans.borrow_mut())).ok()
}

fn innermost() -> Option<u64> {
    inside(|spans| spans.last().copied()).flatten()
}

impl Subscriber for ToSink {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        if metadata.target() == QUIET {
            return true;
        }
        let target = metadata.target();
        let ours = target == "wharf" || target.starts_with("wharf_") || target.starts_with("wharf::");
        ours && !is_quiet() && sink().is_some_and(|sink| *metadata.level() <= sink.level)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(sink().map_or(LevelFilter::OFF, |sink| sink.level))
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        if attributes.metadata().target() == QUIET {
            return Id::from_u64(QUIET_NUMBER);
        }
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
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut line = fields.0.trim_start().to_owned();
        let known = spans();
        // An event about a call names it.
        let complete = event.metadata().target().starts_with("wharf::");
        let around = || event.parent().map(Id::into_u64).or_else(innermost);
        let mut around = if complete { None } else { around() };
        while let Some(span) = around.and_then(|number| known.get(&number)) {
            line = format!("{}{{{}}} {line}", span.metadata.name(), span.fields.0.trim_start());
            around = span.parent;
        }
        drop(known);
        write(event.metadata(), &line);
    }

    fn enter(&self, id: &Id) {
        inside(|spans| spans.push(id.into_u64()));
    }

    fn exit(&self, id: &Id) {
        inside(|spans| {
            if let Some(at) = spans.iter().rposition(|number| *number == id.into_u64()) {
                spans.remove(at);
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
        ended.is_some()
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
