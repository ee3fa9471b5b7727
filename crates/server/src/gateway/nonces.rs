//! What has been used and must not be used again: nonces, and signatures that have none.

use sha2::{Digest, Sha256};
use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// How many are remembered.
const MOST: usize = 1 << 18;

/// Sixteen bytes of a digest.
type Mark = [u8; 16];

/// What was used by requests whose time is still good.
///
/// When there is no room left the oldest is forgotten, and all requests that are as old as it are refused from then
/// on, so that none passes twice.
#[derive(Debug)]
pub(super) struct Nonces {
    /// How far a request's time may be from the server's, in seconds.
    skew: u64,
    most: usize,
    book: Mutex<Book>,
}

#[derive(Debug)]
struct Book {
    used: HashSet<Mark>,
    /// When each was used, and the time of its request.
    order: VecDeque<(i64, i64, Mark)>,
    /// Requests of this time and before it may be among those that were forgotten.
    forgotten: i64,
}

impl Nonces {
    pub(super) fn new(skew: u64) -> Self {
        Self::of(skew, MOST)
    }

    fn of(skew: u64, most: usize) -> Self {
        let book = Book { used: HashSet::new(), order: VecDeque::new(), forgotten: i64::MIN };
        Self { skew, most, book: Mutex::new(book) }
    }

    /// Notes that something was used by a request of that time; false when it had been used before.
    pub(super) fn use_once(&self, what: &[&str], time: i64, now: i64) -> bool {
        let mark = mark(what);
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = now.saturating_sub_unsigned(2 * self.skew);
        while let Some((_, _, mark)) = book.order.front().copied().filter(|(used, ..)| *used < oldest) {
            book.order.pop_front();
            book.used.remove(&mark);
        }
        if time <= book.forgotten || !book.used.insert(mark) {
            return false;
        }
        book.order.push_back((now, time, mark));
        if book.order.len() > self.most
            && let Some((_, time, mark)) = book.order.pop_front()
        {
            book.used.remove(&mark);
            book.forgotten = book.forgotten.max(time);
        }
        true
    }
}

fn mark(what: &[&str]) -> Mark {
    let mut digest = Sha256::new();
    for part in what {
        // The length keeps ("ab", "c") apart from ("a", "bc").
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let digest: [u8; 32] = digest.finalize().into();
    let mut mark = Mark::default();
    for (to, from) in mark.iter_mut().zip(digest) {
        *to = from;
    }
    mark
}

#[cfg(test)]
mod tests;
