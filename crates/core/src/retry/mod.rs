//! Retries: which failures may be repeated, when, and how often.
//!
//! [`may_repeat`], a pure function, decides whether a repetition is safe and useful. [`RetryPolicy`] and [`Budget`]
//! decide whether it is made now.

mod budget;
mod policy;
#[cfg(test)]
mod tests;

pub use budget::Budget;
pub use policy::RetryPolicy;

use crate::error::{Error, ErrorKind};
use crate::transport::Reached;

/// Origin of a failure, which determines whether the server may have acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// This side found it before anything was sent, or after the response was complete.
    Local,
    /// The exchange with the server failed: no connection, a timeout, or an incomplete response.
    Transport(Reached),
    /// The service responded.
    Answer,
}

/// Returns whether a failed call may be sent again.
///
/// A call is idempotent if a repetition, however late, does not undo a newer change and does not start anything twice.
/// A call that sets a value is not idempotent, because the value may have been changed in the meantime.
///
/// | failure | idempotent call | call that changes something |
/// |---|---|---|
/// | nothing was sent (refused connection, name not found) | yes | yes |
/// | cut or timed out after the connection was made | yes | no: it may have arrived |
/// | throttled | yes | yes: it did not act |
/// | temporary failure of the service | yes | no: it may have acted |
/// | anything else | no | no |
pub fn may_repeat(idempotent: bool, origin: Origin, error: &Error) -> bool {
    let harmless = match origin {
        Origin::Local => return false,
        Origin::Transport(Reached::No) => true,
        Origin::Transport(Reached::Maybe) => false,
        Origin::Answer => error.kind() == ErrorKind::Throttled,
    };
    error.is_retryable() && (idempotent || harmless)
}
