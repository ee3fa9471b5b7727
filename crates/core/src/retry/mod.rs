//! What may be tried again, when, and how often.
//!
//! Two questions, two places: [`may_repeat`] says whether repeating is *safe and of any use*, a pure
//! function; [`RetryPolicy`] and [`Budget`] say whether it is *worth it now*.

mod budget;
mod policy;
#[cfg(test)]
mod tests;

pub use budget::Budget;
pub use policy::RetryPolicy;

use crate::error::{Error, ErrorKind};
use crate::transport::Reached;

/// Where a failure came from: what is known about the server having acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// This side found it before anything was sent, or after the answer was complete.
    Local,
    /// The exchange failed.
    Transport(Reached),
    /// The service answered.
    Answer,
}

/// Whether a call that failed may be sent again.
///
/// A call is idempotent when a repetition undoes nothing and starts nothing twice, however late it arrives. What
/// sets a value is not: somebody may have set a newer one meanwhile.
///
/// | failure | idempotent call | call that changes something |
/// |---|---|---|
/// | nothing was sent (refused connection, name not found) | yes | yes |
/// | cut or timed out after the connection stood | yes | no: it may have arrived |
/// | the service refused it because of the rate of calls | yes | yes: it did not act |
/// | the service failed in a way that passes | yes | no: it may have acted |
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
