//! What is going to happen, in order of time.

use super::{Millis, RealmKey};
use std::collections::BTreeMap;

/// A step of a life cycle that ends by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// The control plane of a cluster is up.
    ClusterUp { cluster: String },
    /// A cluster is gone with all it had.
    ClusterGone { cluster: String },
    /// A machine has become a node.
    NodeUp { cluster: String, machine: String },
    /// A node has left; its machine is destroyed or kept.
    NodeGone { cluster: String, machine: String },
    /// All pods that had to leave a node are gone.
    NodeDrained { cluster: String, machine: String },
    /// The access point of a cluster is open.
    EndpointUp { cluster: String, public: bool },
    /// The containers of a pod have started.
    PodUp { cluster: String, uid: String },
    /// A pod that was told to stop has stopped.
    PodGone { cluster: String, uid: String },
    /// A namespace that was deleted is gone.
    NamespaceGone { cluster: String, namespace: String },
    /// A change of a scaling group is done.
    GroupSettled { cluster: String, group: String },
    /// A scaling group tries again what failed.
    GroupRetry { cluster: String, group: String },
    /// A scaling group is gone.
    GroupGone { cluster: String, group: String },
    /// The autoscaler looks at a cluster.
    Scan { cluster: String },
    /// A change of a pool of virtual nodes is done.
    PoolSettled { cluster: String, pool: String },
    /// A pool of virtual nodes is gone.
    PoolGone { cluster: String, pool: String },
    /// A virtual node is up.
    VirtualNodeUp { cluster: String, node: String },
    /// A virtual node is gone.
    VirtualNodeGone { cluster: String, node: String },
    /// A node pool without nodes is gone.
    NodePoolGone { cluster: String },
    /// An add-on is gone.
    AddonGone { addon: String },
    /// A pool of workers without nodes is gone.
    WorkerPoolGone { cluster: String },
    /// A component is gone.
    ComponentGone { component: String },
    /// An upgrade is over, unless it was paused or cancelled since.
    UpgradeEnds { cluster: String, round: u64 },
    /// A workload may take its next step.
    Rollout { cluster: String, workload: String },
    /// It is time to see what has come of a task.
    TaskDue { task: u64 },
}

/// Events keyed by the moment they are due; those of one moment in the order they were planned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue {
    planned: BTreeMap<(Millis, u64), (RealmKey, Event)>,
    count: u64,
}

impl Queue {
    /// Plans an event.
    pub(crate) fn plan(&mut self, due: Millis, realm: RealmKey, event: Event) {
        self.count += 1;
        self.planned.insert((due, self.count), (realm, event));
    }

    /// Takes the next event that is due by `now`.
    pub(crate) fn pop(&mut self, now: Millis) -> Option<(Millis, RealmKey, Event)> {
        let entry = self.planned.first_entry()?;
        let due = entry.key().0;
        if due > now {
            return None;
        }
        let (realm, event) = entry.remove();
        Some((due, realm, event))
    }
}
