//! What was made of certificates before. Parsing them, and the system's with them, takes milliseconds.

use std::sync::{Arc, Mutex, PoisonError};

/// Number of different lists of certificates that are kept.
const KEPT: usize = 4;

/// What was made of the lists of certificates that were used last, each as the texts that the caller gave.
pub(super) struct Parsed<T> {
    /// Entries, the most recently used one last.
    entries: Mutex<Vec<Entry<T>>>,
}

/// The texts, and what was made of them.
type Entry<T> = (Vec<Vec<u8>>, Arc<T>);

impl<T> Parsed<T> {
    pub(super) const fn new() -> Self {
        Self { entries: Mutex::new(Vec::new()) }
    }

    /// Returns what was made of the same texts.
    pub(super) fn find(&self, pems: &[Vec<u8>]) -> Option<Arc<T>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let at = entries.iter().position(|(known, _)| known == pems)?;
        let entry = entries.remove(at);
        let found = Arc::clone(&entry.1);
        entries.push(entry);
        Some(found)
    }

    /// Keeps what was made of the texts.
    pub(super) fn keep(&self, pems: &[Vec<u8>], made: T) -> Arc<T> {
        let made = Arc::new(made);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|(known, _)| known != pems);
        if entries.len() >= KEPT {
            entries.remove(0);
        }
        entries.push((pems.to_vec(), Arc::clone(&made)));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_that_were_used_last_are_kept() {
        let parsed = Parsed::new();
        let pems = |number: u8| vec![vec![number], vec![1, 2]];
        for number in 0..4 {
            assert!(parsed.find(&pems(number)).is_none());
            assert_eq!(*parsed.keep(&pems(number), number), number);
        }
        assert_eq!(parsed.find(&pems(0)).as_deref(), Some(&0));
        parsed.keep(&pems(4), 4);
        let found: Vec<_> = (0..5).map(|number| parsed.find(&pems(number)).as_deref().copied()).collect();
        assert_eq!(found, [Some(0), None, Some(2), Some(3), Some(4)]);
        // The same bytes in other texts are another list.
        assert!(parsed.find(&[vec![0, 1], vec![2]]).is_none());
        parsed.keep(&pems(4), 44);
        assert_eq!(parsed.find(&pems(4)).as_deref(), Some(&44));
        assert_eq!(parsed.entries.lock().unwrap_or_else(PoisonError::into_inner).len(), KEPT);
    }
}
