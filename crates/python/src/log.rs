//! The log: events of the library for the logger `wharf` of Python's module `logging`, and those of the reference server
//! for its child `wharf.server`.
//!
//! Threads without the interpreter only put lines into a queue. Lines are passed on by the next thread that has the
//! interpreter anyway: that of a call when it ends, or the loop's. A thread of the log passes on what is left after a
//! moment. No lock is held while Python code runs, so that handlers may call the library; such calls are not logged.

use crate::runtime::{self, Engine};
use pyo3::prelude::*;
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

/// Maximum number of lines that wait. Further lines are lost.
const MOST: usize = 10_000;
/// Time after which the thread of the log passes on a line.
const MOMENT: Duration = Duration::from_millis(50);
/// Prefix of the targets of the reference server.
const SERVER: &str = "wharf_server";

/// The queues, one for each generation of processes: a child made by `fork` may find that of its parent locked.
static QUEUES: [OnceLock<Queue>; 8] = [const { OnceLock::new() }; 8];
/// Level of the logger `wharf`, as the number of a [`LevelFilter`].
static LEVEL: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Whether this thread passes lines on.
    static PASSES: Cell<bool> = const { Cell::new(false) };
}

struct Queue {
    process: u32,
    engine: &'static Engine,
    lines: Mutex<VecDeque<Line>>,
    changed: Condvar,
    /// Number of lines, so that nothing is locked if there are none.
    waiting: AtomicUsize,
    has_thread: AtomicBool,
}

struct Line {
    level: Level,
    server: bool,
    text: String,
}

fn levels() -> [LevelFilter; 6] {
    [LevelFilter::OFF, LevelFilter::ERROR, LevelFilter::WARN, LevelFilter::INFO, LevelFilter::DEBUG, LevelFilter::TRACE]
}

fn level() -> LevelFilter {
    levels().get(LEVEL.load(Ordering::Relaxed)).copied().unwrap_or(LevelFilter::OFF)
}

/// Returns Python's number of a level.
fn number(level: Level) -> u8 {
    match level {
        Level::ERROR => 40,
        Level::WARN => 30,
        Level::INFO => 20,
        Level::DEBUG => 10,
        Level::TRACE => 5,
    }
}

fn queue() -> Option<&'static Queue> {
    let process = std::process::id();
    QUEUES.iter().map_while(OnceLock::get).find(|queue| queue.process == process)
}

crate::python_name!(client_logger = "wharf._log", "CLIENT");
crate::python_name!(server_logger = "wharf._log", "SERVER");

/// Takes over the level of the logger, which programs may change at any time. Called when a call begins.
pub(crate) fn follow(py: Python<'_>) -> PyResult<()> {
    let wanted: usize = client_logger(py)?.call_method0("getEffectiveLevel")?.extract()?;
    // The number of levels that are at least as severe.
    let place = [40, 30, 20, 10, 5].iter().take_while(|number| **number >= wanted).count();
    if LEVEL.load(Ordering::Relaxed) == place && queue().is_some() {
        return Ok(());
    }
    if queue().is_none() {
        let (process, engine) = (std::process::id(), runtime::engine(py)?);
        if let Some(empty) = QUEUES.iter().find(|place| place.get().is_none()) {
            empty.get_or_init(|| Queue {
                process,
                engine,
                lines: Mutex::default(),
                changed: Condvar::new(),
                waiting: AtomicUsize::new(0),
                has_thread: AtomicBool::new(false),
            });
        }
        // It fails in a child of `fork`, which has the subscriber already.
        let _ = tracing::subscriber::set_global_default(ToPython);
    }
    LEVEL.store(place, Ordering::Relaxed);
    tracing::callsite::rebuild_interest_cache();
    Ok(())
}

/// Passes the waiting lines on.
pub(crate) fn pass_on(py: Python<'_>) {
    if let Some(queue) = queue().filter(|queue| queue.waiting.load(Ordering::Relaxed) > 0) {
        queue.pass_on(py);
    }
}

impl Queue {
    fn lines(&self) -> MutexGuard<'_, VecDeque<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&'static self, line: Line) {
        let mut lines = self.lines();
        if lines.len() < MOST {
            lines.push_back(line);
            self.waiting.store(lines.len(), Ordering::Relaxed);
            self.changed.notify_all();
        }
        drop(lines);
        if !self.has_thread.swap(true, Ordering::Relaxed) {
            let started = std::thread::Builder::new().name("wharf-log".to_owned()).spawn(|| self.run());
            self.has_thread.store(started.is_ok(), Ordering::Relaxed);
        }
    }

    fn next(&self) -> Option<Line> {
        let mut lines = self.lines();
        let line = lines.pop_front();
        self.waiting.store(lines.len(), Ordering::Relaxed);
        line
    }

    fn pass_on(&self, py: Python<'_>) {
        if PASSES.replace(true) {
            return;
        }
        while let Some(line) = self.next() {
            if let Err(error) = tell(py, &line) {
                error.write_unraisable(py, None);
            }
        }
        PASSES.set(false);
    }

    /// Passes on the lines that no other thread does, until Python ends.
    fn run(&self) {
        loop {
            let lines = self.lines();
            drop(self.changed.wait_while(lines, |lines| lines.is_empty()).unwrap_or_else(PoisonError::into_inner));
            std::thread::sleep(MOMENT);
            if self.engine.attach(|py| self.pass_on(py)).is_none() {
                return;
            }
        }
    }
}

fn tell(py: Python<'_>, line: &Line) -> PyResult<()> {
    let logger = if line.server { server_logger(py)? } else { client_logger(py)? };
    logger.call_method1("log", (number(line.level), &line.text)).map(drop)
}

/// Writes the library's own events into the queue. Events of other libraries are dropped, because they may contain
/// secrets. Spans are not needed: an event about a call names it.
struct ToPython;

impl Subscriber for ToPython {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let target = metadata.target();
        let ours = target == "wharf" || target.starts_with("wharf_") || target.starts_with("wharf::");
        if ours && !metadata.is_span() { Interest::sometimes() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        !metadata.is_span() && *metadata.level() <= level() && !PASSES.get()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(level())
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let Some(queue) = queue() else { return };
        let mut text = Text::default();
        event.record(&mut text);
        let server = event.metadata().target().starts_with(SERVER);
        queue.write(Line { level: *event.metadata().level(), server, text: text.0.trim_start().to_owned() });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The values of an event, as they are logged.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
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
