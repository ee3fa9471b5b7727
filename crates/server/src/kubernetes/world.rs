//! What the ports ask the world.

use super::{ClusterKey, User};
use crate::gateway::Gateway;
use serde_json::json;
use wharf_world::kernel::realm::RealmMut;
use wharf_world::kernel::violation::Violation;
use wharf_world::kubernetes::request::{ApiRequest, ApiResponse};
use wharf_world::kubernetes::watch::Stream;

impl Gateway {
    /// Whether there is such a cluster.
    pub(super) fn has_cluster(&self, cluster: &ClusterKey) -> bool {
        self.in_world(|world| cluster.realm(world, |realm| realm.realm.clusters.get(&cluster.id).is_some()))
    }

    /// The user of a token, if it opens the cluster.
    pub(super) fn kubernetes_user(&self, cluster: &ClusterKey, token: &str) -> Option<User> {
        self.in_world(|world| cluster.realm(world, |realm| opens(realm, cluster, token))).then(|| User::admin("admin"))
    }

    /// Answers a request.
    pub(super) fn kubernetes(&self, cluster: &ClusterKey, request: ApiRequest<'_>) -> ApiResponse {
        let answer = |realm: &mut RealmMut<'_>| realm.control_plane().request(&cluster.id, request);
        self.in_world(|world| cluster.realm(world, answer)).unwrap_or_else(|why| unavailable(&why))
    }

    /// Opens a stream, or answers why not.
    pub(super) fn open_stream(&self, cluster: &ClusterKey, request: ApiRequest<'_>) -> Result<Stream, ApiResponse> {
        let open = |realm: &mut RealmMut<'_>| realm.control_plane().open_stream(&cluster.id, request);
        self.in_world(|world| cluster.realm(world, open)).unwrap_or_else(|why| Err(unavailable(&why)))
    }

    /// The lines that have come on a stream; nothing if the cluster does not run any more.
    pub(super) fn poll_stream(&self, cluster: &ClusterKey, stream: &mut Stream) -> Option<Vec<String>> {
        let poll = |realm: &mut RealmMut<'_>| realm.control_plane().poll_stream(&cluster.id, stream);
        self.in_world(|world| cluster.realm(world, poll)).ok()
    }
}

/// Whether a token opens the API server of a cluster.
fn opens(realm: &RealmMut<'_>, cluster: &ClusterKey, token: &str) -> bool {
    realm.realm.opens(&cluster.id, token, realm.now)
}

/// The answer of an API server that does not run.
fn unavailable(why: &Violation) -> ApiResponse {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": why.message,
        "reason": "ServiceUnavailable", "code": 503,
    });
    ApiResponse::json(503, &body)
}
