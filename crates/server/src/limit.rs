//! The documented rate limits: calls per second, by account and operation.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(1);

/// Account, product and operation.
type Caller = (String, &'static str, &'static str);

/// Counts the calls of the last second of real time.
#[derive(Debug, Default)]
pub(crate) struct RateLimit {
    calls: Mutex<HashMap<Caller, VecDeque<Instant>>>,
}

impl RateLimit {
    /// Whether one more call is allowed now; if so it counts.
    pub(crate) fn admit(
        &self,
        account: &str,
        product: &'static str,
        operation: &'static str,
        limit: u32,
        now: Instant,
    ) -> bool {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = calls.entry((account.to_owned(), product, operation)).or_default();
        while recent.front().is_some_and(|first| now.saturating_duration_since(*first) >= WINDOW) {
            recent.pop_front();
        }
        let admitted = recent.len() < limit as usize;
        if admitted {
            recent.push_back(now);
        }
        admitted
    }
}

#[cfg(test)]
mod tests;
