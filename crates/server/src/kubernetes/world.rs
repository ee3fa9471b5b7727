//! What the ports ask the world.

use super::answer::{read, written};
use super::{ClusterKey, User};
use crate::gateway::Gateway;
use bytes::Bytes;
use http::request::Parts;
use wharf_world::kernel::engine::NamedUser;
use wharf_world::kernel::realm::RealmMut;
use wharf_world::kernel::violation::Violation;
use wharf_world::kubernetes::refusal::Refusal;
use wharf_world::kubernetes::request::{ApiRequest, ApiResponse, User as WorldUser};
use wharf_world::kubernetes::watch::Stream;

impl Gateway {
    /// Whether there is such a cluster.
    pub(super) fn has_cluster(&self, cluster: &ClusterKey) -> bool {
        self.in_world(|world| cluster.realm(world, |realm| realm.realm.clusters.get(&cluster.id).is_some()))
    }

    /// The user of a token, if it opens the cluster: its administrator, or a service account of it.
    pub(super) fn kubernetes_user(&self, cluster: &ClusterKey, token: &str) -> Option<User> {
        let user = |realm: &mut RealmMut<'_>| {
            if realm.realm.opens(&cluster.id, token, realm.now) {
                return Some(User::admin("admin"));
            }
            let named =
                realm.realm.clusters.get(&cluster.id).and_then(|there| there.engine.user_of_token(there, token));
            if let Some(NamedUser { name, groups }) = named {
                return Some(User { name, groups });
            }
            let (namespace, name, _) = realm.control_plane().account_of(&cluster.id, token)?;
            Some(User::service_account(&namespace, &name))
        };
        self.in_world(|world| cluster.realm(world, user))
    }

    /// Whether the certificate of a user is still valid.
    pub(super) fn knows_user(&self, cluster: &ClusterKey, user: &User) -> bool {
        let knows = |realm: &mut RealmMut<'_>| {
            realm.realm.clusters.get(&cluster.id).is_some_and(|there| there.engine.knows_user(there, &user.name))
        };
        self.in_world(|world| cluster.realm(world, knows))
    }

    /// Why a user may not be treated as another one; nothing if it may.
    pub(super) fn refuses_impersonation(&self, cluster: &ClusterKey, user: &User, other: &User) -> Option<Refusal> {
        let groups: Vec<&str> = user.groups.iter().map(String::as_str).collect();
        let others: Vec<&str> = other.groups.iter().map(String::as_str).collect();
        let refuses = |realm: &mut RealmMut<'_>| {
            let user = WorldUser { name: &user.name, groups: &groups };
            realm.control_plane().refuses_impersonation(&cluster.id, user, &other.name, &others)
        };
        self.in_world(|world| cluster.realm(world, refuses))
    }

    /// Answers a request that came through the gateway of the cloud, for the administrator of the cluster.
    pub(crate) fn kubernetes_by_gateway(
        &self,
        cluster: &ClusterKey,
        parts: &Parts,
        body: &[u8],
    ) -> http::Response<Bytes> {
        written(self.kubernetes(cluster, read(parts, body, WorldUser::default())))
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

/// The answer of an API server that does not run.
fn unavailable(why: &Violation) -> ApiResponse {
    Refusal::new(503, "ServiceUnavailable", &*why.message).into()
}
