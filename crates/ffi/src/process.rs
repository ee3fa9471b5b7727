//! The process that the library runs in. Threads do not survive a fork: a child that waits for threads of its parent,
//! or for a lock that one of them held, waits forever.

use crate::boundary::{Failure, Outcome};
use std::sync::atomic::{AtomicU64, Ordering};

/// The process that has threads of the library (upper half), and the number of shares in them (lower half). One atomic
/// number, because a lock might be held when a fork copies it.
static SHARES: AtomicU64 = AtomicU64::new(0);

/// Marks that the library has threads, until it is dropped.
#[derive(Debug)]
pub(crate) struct Share(());

impl Share {
    /// Takes a share for this process.
    pub(crate) fn take() -> Outcome<Self> {
        let here = this_process();
        let more = |now| match split(now) {
            (_, 0) => Some(here | 1),
            (owner, _) => (owner == here).then_some(now + 1),
        };
        let taken = SHARES.fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        taken.map(|_| Self(())).map_err(|_| Failure::forked())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let here = this_process();
        let less = |now| match split(now) {
            (owner, shares) if owner == here && shares > 0 => Some(now - 1),
            _ => None,
        };
        let _ = SHARES.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
    }
}

/// Returns whether this process was forked from one that had threads of the library.
pub(crate) fn is_forked() -> bool {
    let (owner, shares) = split(SHARES.load(Ordering::Acquire));
    shares > 0 && owner != this_process()
}

fn this_process() -> u64 {
    u64::from(std::process::id()) << 32
}

fn split(shares: u64) -> (u64, u64) {
    let lower = u64::from(u32::MAX);
    (shares & !lower, shares & lower)
}
