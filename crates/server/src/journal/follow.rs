//! Following a journal: the entries as they are closed.

use super::Journal;
use super::entry::Entry;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// How many closed entries a reader may be behind.
pub(super) const BEHIND: usize = 4_096;

/// A reader of a journal, from [`Journal::follow`].
///
/// Only sequence numbers wait for a slow reader; the entries stay in the journal, whose bounds apply.
#[derive(Debug)]
pub struct Follow {
    pub(super) closed: Receiver<u64>,
    pub(super) journal: Journal,
}

/// The next event of a journal that is followed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Followed {
    /// A request was answered, or its connection was cut.
    Entry(Box<Entry>),
    /// The reader was too slow: that many entries were dropped before it read them.
    Missed(u64),
}

impl Follow {
    /// Waits for the next entry that is closed, or for the number of those that were missed.
    ///
    /// May be cancelled: nothing is lost.
    pub async fn next(&mut self) -> Followed {
        match self.closed.recv().await {
            Ok(sequence) => match self.journal.get(sequence) {
                Some(entry) => Followed::Entry(Box::new(entry)),
                None => Followed::Missed(1),
            },
            Err(RecvError::Lagged(missed)) => Followed::Missed(missed),
            // The reader has the journal, and the journal has the sender.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
