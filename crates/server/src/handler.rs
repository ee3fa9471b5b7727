//! What a product's view is made of.

use crate::input::Input;
use crate::kubernetes::{ApiServer, ApiServers, ClusterKey};
use crate::refusal::Refusal;
use serde_json::Value;
use std::sync::Arc;
use wharf_world::ack::tenancy::Owner;
use wharf_world::kernel::violation::{Reason, Violation};
use wharf_world::{Millis, World};

/// One operation: changes or reads the world and returns the body of the answer; `Null` stands for no body.
///
/// The input has the members of path, query, headers and body by their names on the wire. The gateway has already
/// checked who calls, and the parameters' names, presence, types and ranges. It adds the request id and the status.
pub(crate) type Handler = fn(&mut World, &Context, Input<'_>) -> Result<Value, Refusal>;

/// Operations and their handlers, sorted by name.
pub(crate) type Handlers = &'static [(&'static str, Handler)];

/// Who calls what, from where, when, and on whose behalf.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The account whose key signed the call.
    pub(crate) account: String,
    /// The identifier of the sub-account, if the key is that of one.
    pub(crate) sub: Option<String>,
    /// The region it is for; empty where the operation takes none and none was sent.
    pub(crate) region: String,
    /// Alibaba's organization and resource set; the default elsewhere.
    pub(crate) owner: Owner,
    /// Scheme and authority by which the caller reached the server (`http://127.0.0.1:4000`).
    pub(crate) base_url: String,
    /// World time.
    pub(crate) now: Millis,
    /// The API servers of the clusters, if the server has a socket.
    pub(crate) api_servers: Option<Arc<ApiServers>>,
}

impl Context {
    /// The identifier of the user who calls: the sub-account, or the account itself.
    pub(crate) fn user(&self) -> &str {
        self.sub.as_deref().unwrap_or(&self.account)
    }

    /// The key of a cluster of the caller.
    pub(crate) fn cluster(&self, product: &'static str, id: &str) -> ClusterKey {
        ClusterKey { product, account: self.account.clone(), region: self.region.clone(), id: id.to_owned() }
    }

    /// Where the API server of a cluster is reached; nothing if the server has no socket.
    pub(crate) fn api_server(&self, cluster: &ClusterKey) -> Result<Option<ApiServer>, Violation> {
        let opened = self.api_servers.as_ref().map(|servers| servers.of(cluster)).transpose();
        opened.map_err(|error| Reason::Unavailable.because(format!("no port can be opened for the cluster: {error}")))
    }
}
