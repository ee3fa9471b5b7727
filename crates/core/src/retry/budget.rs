//! How many retries a connection may spend.

use std::sync::{Mutex, PoisonError};

/// A bucket of tokens that keeps retries from making an overload worse.
///
/// It starts full with 100 tokens. A retry takes 5, a call that succeeds gives back 1. So a short
/// trouble is ridden out (20 retries in a row), while in a long one at most every fifth call is
/// repeated. All clones of a connection share one.
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
    /// A full bucket of `capacity` tokens; a retry takes `cost`, a success gives back `refund`.
    pub fn new(capacity: u32, cost: u32, refund: u32) -> Self {
        Self { capacity, cost, refund, tokens: Mutex::new(capacity) }
    }

    /// Takes what a retry costs. False when there is not enough, and then nothing is taken.
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

    /// Notes a success.
    pub fn refund(&self) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens = tokens.saturating_add(self.refund).min(self.capacity);
    }

    /// The tokens that are left.
    pub fn tokens(&self) -> u32 {
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
