//! Clusters, work and planned events.

use super::{ClusterState, Condition, NodeState, Planned, Pod, State, Step, Telling, Work, WorkCondition};
use super::{MOST_CLUSTERS, MOST_NODES, MOST_PLANNED, MOST_PODS, MOST_WORK};
use crate::mishap::fault_name;
use crate::{ack, cce, ccs, tke};
use std::collections::HashMap;
use wharf_world::cluster::Cluster;
use wharf_world::cluster::nodes::{Node, Role, State as NodeStage};
use wharf_world::kernel::Millis;
use wharf_world::kernel::realm::RealmKey;
use wharf_world::kernel::time::iso;
use wharf_world::kubernetes::Pod as WorldPod;
use wharf_world::{Realm, World};

impl State {
    /// Adds clusters, their work and the planned events.
    pub(super) fn collect(&mut self, world: &World) {
        let now = world.now();
        for (key, realm) in world.realms() {
            for cluster in realm.clusters.iter() {
                let product = cluster.engine.product();
                let telling = match product {
                    "ack" => ack::survey::cluster(realm, cluster, now),
                    "cce" => cce::survey::cluster(realm, cluster, now),
                    "ccs" => ccs::survey::cluster(realm, cluster),
                    _ => tke::survey::cluster(cluster),
                };
                self.add_cluster(key, product, cluster, telling);
            }
            for (product, steps) in realm_work(realm, now) {
                steps.into_iter().for_each(|step| self.add_work(key, product, step));
            }
        }
        self.keep_open_work();
        self.counts.planned = world.planned_count();
        self.left_out += self.counts.planned.saturating_sub(MOST_PLANNED);
        self.planned = world
            .planned()
            .take(MOST_PLANNED)
            .map(|event| {
                let (what, cluster) = event.what();
                Planned {
                    due: iso(event.due),
                    product: event.engine.product(),
                    account: event.realm.account.clone(),
                    region: event.realm.region.clone(),
                    cluster,
                    what,
                }
            })
            .collect();
    }

    fn add_cluster(&mut self, key: &RealmKey, product: &'static str, cluster: &Cluster, telling: Telling) {
        let Telling { state, condition, version, pools, work, nodes } = telling;
        work.into_iter().for_each(|step| self.add_work(key, product, step));
        let pods: Vec<&WorldPod> = cluster.kubernetes.pods.iter().collect();
        self.counts.clusters += 1;
        self.counts.pools += pools.len();
        self.counts.pods += pods.len();
        self.metrics.running_pods += pods.iter().filter(|pod| phase(pod) == "Running").count();
        self.counts.nodes += cluster.nodes.len() + cluster.virtual_nodes.len();
        self.metrics.ready_nodes += cluster.nodes.iter().filter(|node| is_ready(node)).count();
        self.metrics.ready_nodes += cluster.virtual_nodes.iter().filter(|node| node.ready).count();
        if self.clusters.len() >= MOST_CLUSTERS {
            self.left_out += 1;
            return;
        }
        let mut by_node: HashMap<Option<&str>, Vec<Pod>> = HashMap::new();
        for pod in pods {
            if self.counts.pods > MOST_PODS {
                self.left_out += 1;
                continue;
            }
            let shown = Pod { namespace: pod.namespace.clone(), name: pod.name.clone(), phase: phase(pod) };
            by_node.entry(pod.node.as_deref()).or_default().push(shown);
        }
        let told: HashMap<&str, (&'static str, &Option<String>)> =
            nodes.iter().map(|(machine, state, pool)| (machine.as_str(), (*state, pool))).collect();
        let mut shown = Vec::new();
        if self.counts.nodes <= MOST_NODES {
            for node in cluster.nodes.iter() {
                let (state, pool) = told.get(node.machine.as_str()).copied().unwrap_or(("", &None));
                shown.push(NodeState {
                    name: node.name.clone(),
                    machine: node.machine.clone(),
                    ready: is_ready(node),
                    state: state.to_owned(),
                    condition: node_condition(node),
                    role: if node.role == Role::Master { "master" } else { "worker" },
                    pool: pool.clone(),
                    zone: node.zone.clone(),
                    instance_type: node.instance_type.clone(),
                    faults: node.faults.iter().map(|fault| fault_name(*fault)).collect(),
                    pods: by_node.remove(&Some(node.name.as_str())).unwrap_or_default(),
                });
            }
            for node in cluster.virtual_nodes.iter() {
                shown.push(NodeState {
                    name: node.name.clone(),
                    machine: String::new(),
                    ready: node.ready,
                    state: if node.ready { "Ready" } else { "NotReady" }.to_owned(),
                    condition: match (node.leaving, node.ready) {
                        (true, _) => Condition::Deleting,
                        (false, true) => Condition::Running,
                        (false, false) => Condition::Creating,
                    },
                    role: "virtual",
                    pool: Some(node.pool.clone()),
                    zone: node.zone.clone(),
                    instance_type: String::new(),
                    faults: Vec::new(),
                    pods: by_node.remove(&Some(node.name.as_str())).unwrap_or_default(),
                });
            }
        } else {
            self.left_out += cluster.nodes.len() + cluster.virtual_nodes.len();
        }
        self.clusters.push(ClusterState {
            product,
            account: key.account.clone(),
            region: key.region.clone(),
            id: cluster.id.clone(),
            name: cluster.name.clone(),
            state: state.to_owned(),
            condition,
            version,
            nodes: shown,
            pools,
            waiting_pods: by_node.remove(&None).unwrap_or_default(),
        });
    }

    fn add_work(&mut self, key: &RealmKey, product: &'static str, step: Step) {
        let Step { cluster, id, kind, state, condition, progress: (done, total), reason } = step;
        let (account, region) = (key.account.clone(), key.region.clone());
        let work = Work { product, account, region, cluster, id, kind, state, condition, done, total, reason };
        self.counts.work += 1;
        self.work.push(work);
    }

    /// Keeps what is going on, and as much of what is over as there is room for.
    fn keep_open_work(&mut self) {
        let is_over = |work: &Work| matches!(work.condition, WorkCondition::Done | WorkCondition::Failed);
        let mut excess = self.work.len().saturating_sub(MOST_WORK);
        self.left_out += excess;
        self.work.retain(|work| {
            let goes = excess > 0 && is_over(work);
            excess -= usize::from(goes);
            !goes
        });
        self.work.truncate(MOST_WORK);
    }
}

/// The work that belongs to a realm rather than to a cluster.
fn realm_work(realm: &Realm, now: Millis) -> [(&'static str, Vec<Step>); 3] {
    [
        ("cce", cce::survey::jobs(realm, now)),
        ("ack", ack::survey::tasks(realm, now)),
        ("ccs", ccs::survey::tasks(realm)),
    ]
}

fn is_ready(node: &Node) -> bool {
    node.is_ready() && node.leaving.is_none()
}

fn node_condition(node: &Node) -> Condition {
    match node.state {
        _ if node.leaving.is_some() => Condition::Deleting,
        NodeStage::Initializing => Condition::Creating,
        NodeStage::Running if node.is_ready() => Condition::Running,
        NodeStage::Running | NodeStage::Failed => Condition::Failed,
    }
}

fn phase(pod: &WorldPod) -> &'static str {
    match pod.finished {
        Some(finish) if finish.code == 0 => "Succeeded",
        Some(_) => "Failed",
        None if pod.stopping => "Terminating",
        None if pod.lost => "Unknown",
        None if pod.running => "Running",
        None => "Pending",
    }
}
