//! Budget for the retries of a connection.

use std::sync::{Mutex, PoisonError};

/// Token bucket that limits retries, so that they do not make an overload worse.
///
/// It starts full, with 100 tokens. A retry takes 5 tokens, a successful call returns 1. A short failure is covered by
/// 20 retries in a row. During a long one at most every fifth call is retried. All clones of a connection share one
/// bucket.
#[derive(Debug)]
pub struct Budget {
    capacity: u32,
    cost: u32,
    refund: u32,
    tokens: Mutex<u32>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(100, 5, 1)
    }
}

impl Budget {
    /// Returns a full bucket of `capacity` tokens. A retry takes `cost`, a success returns `refund`.
    pub fn new(capacity: u32, cost: u32, refund: u32) -> Self {
        Self { capacity, cost, refund, tokens: Mutex::new(capacity) }
    }

    /// Takes the tokens of a retry. Returns false and takes nothing if there are not enough.
    pub fn take(&self) -> bool {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        match tokens.checked_sub(self.cost) {
            Some(left) => {
                *tokens = left;
                true
            }
            None => false,
        }
    }

    /// Returns tokens after a successful call.
    pub fn refund(&self) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens = tokens.saturating_add(self.refund).min(self.capacity);
    }

    /// Returns the number of tokens left.
    pub fn tokens(&self) -> u32 {
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
