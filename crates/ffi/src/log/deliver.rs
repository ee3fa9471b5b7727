//! Delivery of lines to the callback. A dedicated thread delivers them, so that a callback may block and call the
//! library: it holds no lock of the library, and no call waits for the callback.

use crate::boundary::{Failure, Outcome};
use crate::engine::{STACK, mark_thread};
use crate::process::Share;
use crate::result::wharf_result;
use crate::task::UserData;
use std::cell::Cell;
use std::collections::VecDeque;
use std::ffi::{CString, c_char, c_void};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use tracing::level_filters::LevelFilter;

thread_local! {
    static DELIVERS: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether this thread calls a log's callback and finalizer.
pub(super) fn delivers() -> bool {
    DELIVERS.get()
}

/// The caller's callback and its user data.
pub(super) struct Callback {
    pub(super) function: unsafe extern "C" fn(*mut c_void, i32, *const c_char, *const c_char),
    pub(super) user_data: UserData,
}

/// Destination of the log.
pub(super) struct Sink {
    pub(super) level: LevelFilter,
    lines: Arc<Lines>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Queue between the threads that log lines and the thread that delivers them.
#[derive(Default)]
struct Lines {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Line>,
    written: u64,
    delivered: u64,
    ended: bool,
}

struct Line {
    level: i32,
    target: CString,
    message: CString,
}

impl Sink {
    /// Starts the thread. The user data is dropped with the thread, or at once if it cannot be started.
    pub(super) fn start(level: LevelFilter, callback: Callback) -> Outcome<Self> {
        let share = Share::take()?;
        let lines = Arc::new(Lines::default());
        let from = lines.clone();
        let deliver = move || {
            mark_thread();
            DELIVERS.set(true);
            from.deliver(&callback);
            // The finalizer runs before the process may be forked.
            drop(callback);
            drop(share);
        };
        let thread = Builder::new().name("wharf-log".to_owned()).stack_size(STACK).spawn(deliver);
        let thread = thread.map_err(|error| Failure::new(wharf_result::WHARF_NO_THREADS, "", &error.to_string()))?;
        Ok(Self { level, lines, thread: Mutex::new(Some(thread)) })
    }

    /// Writes a line.
    pub(super) fn write(&self, level: i32, target: &str, message: &str) {
        let (Ok(target), Ok(message)) = (CString::new(target), CString::new(message.replace('\0', ""))) else { return };
        let mut queue = self.lines.queue();
        if !queue.ended {
            queue.waiting.push_back(Line { level, target, message });
            queue.written += 1;
            self.lines.changed.notify_all();
        }
    }

    /// Waits until the lines written so far are delivered.
    pub(super) fn flush(&self) {
        let mut queue = self.lines.queue();
        let written = queue.written;
        while queue.delivered < written {
            queue = self.lines.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Stops taking lines. Waits for the last line and the finalizer, except on a delivering thread, which would wait
    /// for itself or for a thread that waits for it.
    pub(super) fn end(&self) {
        let mut queue = self.lines.queue();
        queue.ended = true;
        self.lines.changed.notify_all();
        drop(queue);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(thread), false) = (thread, delivers()) {
            // An error means that the thread has panicked, and therefore ended.
            let _ = thread.join();
        }
    }
}

impl Lines {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deliver(&self, callback: &Callback) {
        while let Some(line) = self.next() {
            // SAFETY: a function of that type, by the header's contract; the texts are valid until it returns.
            unsafe {
                (callback.function)(
                    callback.user_data.pointer(),
                    line.level,
                    line.target.as_ptr(),
                    line.message.as_ptr(),
                )
            }
            self.queue().delivered += 1;
            self.changed.notify_all();
        }
    }

    /// Returns the next line, or `None` once the log has ended.
    fn next(&self) -> Option<Line> {
        let mut queue = self.queue();
        loop {
            if let Some(line) = queue.waiting.pop_front() {
                return Some(line);
            }
            if queue.ended {
                return None;
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
