//! What a product's view knows about a request in addition to its parameters.

use wharf_world::Millis;

/// Who calls what, from where, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The account whose key signed the call.
    pub account: String,
    /// The region it is for; empty where the operation takes none and none was sent.
    pub region: String,
    /// The operation.
    pub operation: &'static str,
    /// Scheme and authority by which the caller reached the server (`http://127.0.0.1:4000`).
    pub base_url: String,
    /// World time.
    pub now: Millis,
}
