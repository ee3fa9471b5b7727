//! The journal: every request that reached the server, in order.
//!
//! [`entry`] is what is kept of a request, [`size`] how much, [`filter`] and [`follow`] are for readers, and [`lines`] is the
//! journal as a file.

mod entry;
mod filter;
mod follow;
mod lines;
mod size;

pub use entry::{Entry, Outcome, SignatureMethod, Verdict};
pub use filter::{Filter, FilterError};
pub use follow::{Follow, Followed};
use lines::Lines;
pub(crate) use size::{MOST_RESPONSE, Room, items, members, shortened};
use std::collections::VecDeque;
use std::io;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::{Sender, channel};

/// The last requests, oldest first, as many as were asked for and have room in its bytes. Cheap to clone; all clones
/// show the same journal.
#[derive(Debug, Clone)]
pub struct Journal {
    book: Arc<Mutex<Book>>,
    capacity: usize,
    bytes: usize,
    /// The sequence numbers of entries that are closed.
    closed: Sender<u64>,
    file: Option<Arc<Lines>>,
}

#[derive(Debug, Default)]
struct Book {
    /// Each with its weight.
    entries: VecDeque<(Arc<Entry>, usize)>,
    next: u64,
    /// What `next` was when everything was forgotten.
    cleared: u64,
    /// The weight of all entries.
    bytes: usize,
}

impl Book {
    /// Drops the oldest entries until the others fit.
    fn fit(&mut self, capacity: usize, bytes: usize) {
        while self.entries.len() > capacity || self.bytes > bytes {
            let Some((_, weight)) = self.entries.pop_front() else { return };
            self.bytes -= weight;
        }
    }

    /// The place of an entry, if it is kept.
    fn place(&self, sequence: u64) -> Option<usize> {
        let first = self.entries.front().map(|(first, _)| first.sequence)?;
        sequence.checked_sub(first).and_then(|at| usize::try_from(at).ok()).filter(|at| *at < self.entries.len())
    }
}

impl Journal {
    pub(crate) fn new(capacity: usize, bytes: usize) -> Self {
        Self { book: Arc::default(), capacity, bytes, closed: channel(follow::BEHIND).0, file: None }
    }

    /// Appends each entry, once it is closed, to a file.
    pub(crate) fn with_file(mut self, path: &Path) -> io::Result<Self> {
        self.file = Some(Arc::new(Lines::open(path)?));
        Ok(self)
    }

    /// Returns all entries that are kept.
    pub fn calls(&self) -> Vec<Entry> {
        self.find(&Filter::default())
    }

    /// Returns the entries of an operation.
    pub fn of(&self, operation: &str) -> Vec<Entry> {
        self.find(&Filter::new().operation(operation))
    }

    /// Returns the entries that a filter selects, oldest first.
    pub fn find(&self, filter: &Filter) -> Vec<Entry> {
        let most = filter.limit.unwrap_or(usize::MAX);
        let found: Vec<Arc<Entry>> = {
            let book = self.book();
            let entries = book.entries.iter().map(|(entry, _)| entry).filter(|entry| filter.matches(entry));
            if filter.since.is_some() {
                entries.take(most).cloned().collect()
            } else {
                let mut newest: Vec<_> = entries.rev().take(most).cloned().collect();
                newest.reverse();
                newest
            }
        };
        found.into_iter().map(Arc::unwrap_or_clone).collect()
    }

    /// Returns the entry with that sequence number, if it is kept.
    pub fn get(&self, sequence: u64) -> Option<Entry> {
        let entry = {
            let book = self.book();
            book.place(sequence).and_then(|at| book.entries.get(at)).map(|(entry, _)| entry.clone())
        };
        entry.map(Arc::unwrap_or_clone)
    }

    /// Returns the newest entry.
    pub fn last(&self) -> Option<Entry> {
        self.find(&Filter::new().limit(1)).pop()
    }

    /// Follows the journal: returns a reader of the entries that are closed from now on.
    pub fn follow(&self) -> Follow {
        Follow { closed: self.closed.subscribe(), journal: self.clone() }
    }

    /// Returns how many requests have arrived since the start or the last [`clear`](Self::clear), kept or not.
    pub fn len(&self) -> usize {
        let book = self.book();
        usize::try_from(book.next - book.cleared).unwrap_or(usize::MAX)
    }

    /// Returns whether nothing has arrived.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the bytes that the entries take, or a little less.
    pub fn bytes(&self) -> usize {
        self.book().bytes
    }

    /// Forgets everything. Sequence numbers continue, so that a reader never mistakes a new entry for an old one.
    pub fn clear(&self) {
        let mut book = self.book();
        let next = book.next;
        *book = Book { next, cleared: next, ..Book::default() };
    }

    /// Takes in a request whose head arrived at that moment. It is closed when the returned value is closed or dropped.
    pub(crate) fn open(&self, mut entry: Entry, arrived: Instant) -> Opened {
        let mut book = self.book();
        entry.sequence = book.next;
        book.next += 1;
        let weight = entry.weight();
        book.entries.push_back((Arc::new(entry.clone()), weight));
        book.bytes += weight;
        book.fit(self.capacity, self.bytes);
        drop(book);
        Opened { journal: self.clone(), entry, arrived }
    }

    /// Notes how a request was answered.
    fn close(&self, entry: Entry) {
        log(&entry);
        if let Some(file) = &self.file {
            file.write(&entry);
        }
        let (sequence, weight) = (entry.sequence, entry.weight());
        {
            let mut book = self.book();
            let Some(at) = book.place(sequence) else { return };
            let Some(place) = book.entries.get_mut(at) else { return };
            let before = std::mem::replace(place, (Arc::new(entry), weight)).1;
            book.bytes = book.bytes + weight - before;
            book.fit(self.capacity, self.bytes);
        }
        // Fails if nobody follows.
        let _ = self.closed.send(sequence);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes the line of the log about a request.
fn log(entry: &Entry) {
    tracing::info!(
        sequence = entry.sequence,
        product = entry.product,
        operation = entry.operation,
        account = entry.account,
        caller = entry.caller,
        signature = entry.verdict.word(),
        outcome = entry.outcome().word(),
        status = entry.status,
        code = entry.code,
        request_id = entry.request_id,
        milliseconds = entry.duration.map(|duration| duration.as_millis()),
        fault = entry.fault,
        "request"
    );
}

/// The entry of a request that is being handled. It is closed when it is dropped, too: then the connection was cut.
#[derive(Debug)]
pub(crate) struct Opened {
    journal: Journal,
    entry: Entry,
    arrived: Instant,
}

impl Opened {
    /// Closes the entry of a request whose answer is held back for that long from now on.
    pub(crate) fn close(mut self, delay: Duration) {
        self.entry.duration = Some(self.arrived.elapsed() + delay);
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        let duration = self.entry.duration.unwrap_or_else(|| {
            // The caller is gone, so that no answer was sent.
            (self.entry.status, self.entry.code) = (None, None);
            self.arrived.elapsed()
        });
        self.entry.duration = Some(duration);
        let empty = Entry::new(self.entry.time, String::new(), "", 0);
        self.journal.close(std::mem::replace(&mut self.entry, empty));
    }
}

impl Deref for Opened {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

impl DerefMut for Opened {
    fn deref_mut(&mut self) -> &mut Entry {
        &mut self.entry
    }
}

#[cfg(test)]
mod tests;
