//! What happens to clusters of every product by itself.

use crate::kernel::realm::RealmMut;
use serde::{Deserialize, Serialize};

/// A step in the life of a cluster or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Event {
    /// The control plane of a cluster is up.
    ClusterUp { cluster: String },
    /// A cluster is gone with all it had.
    ClusterGone { cluster: String },
    /// A machine has become a node.
    NodeUp { cluster: String, machine: String },
    /// A node has left; its machine is destroyed or kept.
    NodeGone { cluster: String, machine: String },
    /// The kubelet of a node has not been heard of for so long that the node counts as not ready.
    NodeUnready { cluster: String, machine: String },
    /// All pods that had to leave a node are gone.
    NodeDrained { cluster: String, machine: String },
    /// A node has not answered for so long that its pods go elsewhere.
    NodeLost { cluster: String, machine: String },
    /// The access point of a cluster is open.
    EndpointUp { cluster: String, public: bool },
    /// The access point of a cluster is closed.
    EndpointGone { cluster: String, public: bool },
    /// The containers of a pod have started.
    PodUp { cluster: String, uid: String },
    /// A pod that was stopping has stopped.
    PodGone { cluster: String, uid: String },
    /// A namespace that was deleted is gone.
    NamespaceGone { cluster: String, namespace: String },
    /// A workload may take its next step.
    Rollout { cluster: String, workload: String },
    /// The containers of a pod have come to their end.
    PodDone { cluster: String, uid: String },
    /// The controllers of a cluster are to look at what depends on time.
    Wake { cluster: String },
}

impl Event {
    /// Lets the event take effect. Its subject may be gone by now; then nothing happens.
    pub fn happen(self, realm: &mut RealmMut<'_>) {
        let engine = realm.engine;
        match self {
            Self::ClusterUp { cluster } => {
                if realm.cluster_up(&cluster) {
                    engine.cluster_up(realm, &cluster);
                }
            }
            Self::ClusterGone { cluster } => {
                engine.cluster_leaves(realm, &cluster);
                if let Some(gone) = realm.cluster_gone(&cluster) {
                    engine.cluster_gone(realm, &gone);
                }
            }
            Self::NodeUp { cluster, machine } => {
                realm.node_up(&cluster, &machine);
                engine.node_up(realm, &cluster, &machine);
            }
            Self::NodeGone { cluster, machine } => {
                engine.node_leaves(realm, &cluster, &machine);
                realm.node_gone(&cluster, &machine);
            }
            Self::NodeUnready { cluster, machine } => realm.node_unready(&cluster, &machine),
            Self::NodeDrained { cluster, machine } => realm.node_drained(&cluster, &machine),
            Self::NodeLost { cluster, machine } => realm.node_lost(&cluster, &machine),
            Self::EndpointUp { cluster, public } => realm.endpoint_up(&cluster, public),
            Self::EndpointGone { cluster, public } => realm.endpoint_gone(&cluster, public),
            Self::PodUp { cluster, uid } => realm.control_plane().pod_up(&cluster, &uid),
            Self::PodGone { cluster, uid } => realm.control_plane().pod_stopped(&cluster, &uid),
            Self::NamespaceGone { cluster, namespace } => realm.control_plane().namespace_gone(&cluster, &namespace),
            Self::Rollout { cluster, workload } => realm.control_plane().roll(&cluster, &workload),
            Self::PodDone { cluster, uid } => realm.control_plane().pod_done(&cluster, &uid),
            Self::Wake { cluster } => realm.control_plane().wake(&cluster),
        }
    }

    /// The cluster that it happens to.
    pub fn cluster(&self) -> &str {
        match self {
            Self::ClusterUp { cluster }
            | Self::ClusterGone { cluster }
            | Self::NodeUp { cluster, .. }
            | Self::NodeGone { cluster, .. }
            | Self::NodeUnready { cluster, .. }
            | Self::NodeDrained { cluster, .. }
            | Self::NodeLost { cluster, .. }
            | Self::EndpointUp { cluster, .. }
            | Self::EndpointGone { cluster, .. }
            | Self::PodUp { cluster, .. }
            | Self::PodGone { cluster, .. }
            | Self::NamespaceGone { cluster, .. }
            | Self::Rollout { cluster, .. }
            | Self::PodDone { cluster, .. }
            | Self::Wake { cluster } => cluster,
        }
    }
}
