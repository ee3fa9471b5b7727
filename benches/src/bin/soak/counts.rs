//! What the clients have sent.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use wharf_benches::process::Result;

/// Problems that are kept.
const MOST: usize = 10;

/// What the clients have sent, and what went wrong.
#[derive(Default)]
pub(crate) struct Counts {
    /// Requests that were sent completely and answered.
    complete: AtomicU64,
    /// Requests whose body was cut.
    partial: AtomicU64,
    /// Connections without a complete head of a request.
    headless: AtomicU64,
    /// Requests to the cluster's API server.
    clusters: AtomicU64,
    /// Answers by the first digit of their status.
    statuses: [AtomicU64; 6],
    problems: Mutex<Vec<String>>,
}

impl Counts {
    pub(crate) fn add_complete(&self, status: u16) {
        self.complete.fetch_add(1, Ordering::SeqCst);
        if let Some(count) = self.statuses.get(usize::from(status / 100)) {
            count.fetch_add(1, Ordering::SeqCst);
        }
    }

    pub(crate) fn add_partial(&self) {
        self.partial.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn add_headless(&self) {
        self.headless.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn add_cluster(&self) {
        self.clusters.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn problem(&self, what: String) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if problems.len() < MOST {
            problems.push(what);
        }
    }

    /// The requests that the journal has.
    pub(crate) fn journaled(&self) -> u64 {
        self.complete.load(Ordering::SeqCst) + self.partial.load(Ordering::SeqCst)
    }

    /// The requests to the cluster's API server.
    pub(crate) fn clusters(&self) -> u64 {
        self.clusters.load(Ordering::SeqCst)
    }

    /// Fails if something went wrong.
    pub(crate) fn check(&self) -> Result<()> {
        let problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |count: &AtomicU64| count.load(Ordering::SeqCst);
        let statuses = self.statuses.iter().enumerate().filter(|(_, count)| of(count) > 0);
        let statuses: Vec<String> = statuses.map(|(first, count)| format!("{first}xx {}", of(count))).collect();
        write!(
            f,
            "{} requests ({}), {} with half a body, {} connections without a request, {} requests to the cluster",
            of(&self.complete),
            statuses.join(", "),
            of(&self.partial),
            of(&self.headless),
            of(&self.clusters),
        )
    }
}
