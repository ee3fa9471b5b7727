//! What a product's view is made of.

use crate::input::Input;
use crate::refusal::Refusal;
use serde_json::Value;
use wharf_world::ack::tenancy::Owner;
use wharf_world::{Millis, World};

/// One operation: changes or reads the world and returns the body of the answer; `Null` stands for no body.
///
/// The input has the members of path, query, headers and body by their names on the wire. The gateway has already
/// checked who calls, and the parameters' names, presence, types and ranges. It adds the request id and the status.
pub(crate) type Handler = fn(&mut World, &Context, Input<'_>) -> Result<Value, Refusal>;

/// Operations and their handlers, sorted by name.
pub(crate) type Handlers = &'static [(&'static str, Handler)];

/// Who calls what, from where, when, and on whose behalf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Context {
    /// The account whose key signed the call.
    pub(crate) account: String,
    /// The region it is for; empty where the operation takes none and none was sent.
    pub(crate) region: String,
    /// Alibaba's organization and resource set; the default elsewhere.
    pub(crate) owner: Owner,
    /// The operation.
    pub(crate) operation: &'static str,
    /// Scheme and authority by which the caller reached the server (`http://127.0.0.1:4000`).
    pub(crate) base_url: String,
    /// World time.
    pub(crate) now: Millis,
}
