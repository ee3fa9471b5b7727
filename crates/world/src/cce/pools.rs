//! Node pools: nodes of one kind, as many as were asked for.

use crate::Realm;
use crate::cce::Cce;
use crate::cce::Event;
use crate::cce::jobs::{NewJob, Part};
use crate::cce::merge;
use crate::cce::nodes::{CceNodePhase, NewCceNodes};
use crate::cce::reinstall::Reinstallation;
use crate::cluster::nodes::REMOVAL;
use crate::kernel::Millis;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A pool of nodes of a hosted cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePool {
    pub id: String,
    pub cluster: String,
    pub name: String,
    /// The request that created it, returned to callers.
    pub order: Map<String, Value>,
    pub wanted: usize,
    pub(super) template: NewCceNodes,
    /// Counts the changes of its template and of the settings of its nodes.
    pub version: u64,
    /// Settings of components that differ from their defaults: component, setting, value.
    #[serde(with = "crate::kernel::save::forms::entries")]
    pub configuration: BTreeMap<(String, String), Value>,
    /// No more nodes can be had.
    sold_out: bool,
    pub(super) deleting: bool,
    /// The job that deletes it.
    pub job: Option<String>,
}

/// What a pool is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodePoolPhase {
    Normal,
    Synchronizing,
    SoldOut,
    /// Nodes could not be made.
    Error,
    Deleting,
}

/// How a pool is to change.
#[derive(Debug, Clone, Default)]
pub struct NodePoolChange {
    pub wanted: usize,
    pub kube_labels: Option<BTreeMap<String, String>>,
    /// Members of the order that change.
    pub order: Map<String, Value>,
}

impl NodePool {
    /// The labels that its nodes get in Kubernetes.
    pub fn kube_labels(&self) -> &BTreeMap<String, String> {
        &self.template.kube_labels
    }
}

impl Realm {
    /// The pool of that cluster, or why not.
    pub fn node_pool(&self, cluster: &str, id: &str) -> Outcome<&NodePool> {
        let pool = self.cce.pools.get(id).filter(|pool| pool.cluster == cluster);
        pool.ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster} has no node pool {id}")))
    }

    /// How a node of a pool is installed anew: as its pool says. Nothing for a node outside of pools.
    pub fn reinstallation_by_pool(&self, cluster: &str, uid: &str) -> Outcome<Option<Reinstallation>> {
        let pool = self.member(cluster, uid)?.pool.as_ref().and_then(|pool| self.cce.pools.get(pool));
        let Some(NodePool { template, .. }) = pool else { return Ok(None) };
        let os = match &template.os {
            Some(os) => os.clone(),
            None => self.cluster(&super::ENGINE, cluster)?.os.clone(),
        };
        Ok(Some(Reinstallation {
            id: uid.to_owned(),
            name: None,
            os,
            kube_labels: template.kube_labels.clone(),
            order: template.order.clone(),
        }))
    }

    /// How many nodes of the pool stay.
    pub fn pool_size(&self, pool: &NodePool, now: Millis) -> usize {
        let members = self.cce.nodes.iter().filter(|member| member.pool.as_ref() == Some(&pool.id));
        members.filter(|member| self.member_phase(member, now) != CceNodePhase::Leaving).count()
    }

    /// What the pool is doing.
    pub fn pool_phase(&self, pool: &NodePool, now: Millis) -> NodePoolPhase {
        let mut members = self.cce.nodes.iter().filter(|member| member.pool.as_ref() == Some(&pool.id));
        let settled = |phase| matches!(phase, CceNodePhase::Active | CceNodePhase::Abnormal | CceNodePhase::Upgrading);
        if pool.deleting {
            NodePoolPhase::Deleting
        } else if !members.all(|member| settled(self.member_phase(member, now))) {
            NodePoolPhase::Synchronizing
        } else if pool.sold_out {
            NodePoolPhase::SoldOut
        } else if self.pool_size(pool, now) < pool.wanted {
            NodePoolPhase::Error
        } else {
            NodePoolPhase::Normal
        }
    }
}

impl Cce<'_> {
    /// Creates a pool, whose nodes come by themselves.
    pub fn order_node_pool(
        &mut self,
        cluster_id: &str,
        name: &str,
        wanted: usize,
        template: NewCceNodes,
        order: Map<String, Value>,
    ) -> Outcome<String> {
        let arm = self.0.realm.available(cluster_id, self.0.now)?.0.arm;
        crate::cce::offers::check_processors(template.os.as_deref(), arm)?;
        self.check_pool_size(cluster_id, wanted)?;
        crate::cce::offers::server_size(&template.flavor)?;
        self.subnet_for(cluster_id, template.subnet.as_deref())?;
        let id = self.0.ids.uuid();
        let mut template = template;
        template.pool = Some(id.clone());
        template.annotations.insert(POOL_ANNOTATION.to_owned(), id.clone());
        template.kube_labels.insert(POOL_LABEL.to_owned(), name.to_owned());
        let pool = NodePool {
            id: id.clone(),
            cluster: cluster_id.to_owned(),
            name: name.to_owned(),
            order,
            wanted,
            template,
            version: 0,
            configuration: BTreeMap::new(),
            sold_out: false,
            deleting: false,
            job: None,
        };
        self.0.realm.cce.pools.insert(id.clone(), pool);
        self.fill_pool(&id);
        Ok(id)
    }

    pub(super) fn check_pool_size(&self, cluster_id: &str, wanted: usize) -> Outcome<()> {
        let limit = self.0.realm.hosted(cluster_id)?.1.plane.nodes;
        if wanted > limit {
            return Err(Reason::NodeQuota.because(format!("the cluster {cluster_id} has at most {limit} nodes")));
        }
        Ok(())
    }

    /// Changes the size and the template of a pool. New labels are put on the nodes that are there, too.
    pub fn change_node_pool(&mut self, cluster_id: &str, id: &str, change: NodePoolChange) -> Outcome<()> {
        self.0.realm.available(cluster_id, self.0.now)?;
        let pool = self.0.realm.node_pool(cluster_id, id)?;
        if pool.deleting {
            return Err(Reason::Unavailable.because(format!("the node pool {id} is being deleted")));
        }
        self.check_pool_size(cluster_id, change.wanted)?;
        self.check_unlocked(cluster_id, id, change.wanted)?;
        let Some(pool) = self.0.realm.cce.pools.get_mut(id) else { return Ok(()) };
        pool.wanted = change.wanted;
        if let Some(Value::Object(template)) = change.order.get("nodeTemplate") {
            // Labels are put on the nodes at once.
            let is_new =
                |(name, value): (&String, &Value)| name != "k8sTags" && pool.template.order.get(name) != Some(value);
            pool.version += u64::from(template.iter().any(is_new));
            // Nodes to come, and those that are reset, follow the template.
            pool.template.order.extend(template.clone());
        }
        merge(&mut pool.order, change.order);
        if let Some(mut labels) = change.kube_labels {
            labels.insert(POOL_LABEL.to_owned(), pool.name.clone());
            pool.template.kube_labels = labels.clone();
            self.label_pool(cluster_id, id, &labels);
        }
        self.fill_pool(id);
        Ok(())
    }

    fn label_pool(&mut self, cluster_id: &str, id: &str, labels: &BTreeMap<String, String>) {
        let members = self.0.realm.cce.nodes.iter().filter(|member| member.pool.as_deref() == Some(id));
        let machines: Vec<String> = members.map(|member| member.machine.clone()).collect();
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        for machine in machines {
            if let Some(node) = cluster.nodes.get_mut(&machine) {
                node.labels = labels.clone();
            }
        }
    }

    /// Brings a pool to the size it should have: orders nodes one by one, or lets the newest go.
    pub(super) fn fill_pool(&mut self, id: &str) {
        let Some(pool) = self.0.realm.cce.pools.get(id).filter(|pool| !pool.deleting) else { return };
        let (cluster, wanted, template) = (pool.cluster.clone(), pool.wanted, pool.template.clone());
        let size = self.0.realm.pool_size(pool, self.0.now);
        let name = pool.name.clone();
        let mut sold_out = false;
        for _ in size..wanted {
            let suffix = crate::kubernetes::suffix(self.0.ids);
            let new = NewCceNodes { count: 1, name: format!("{name}-{suffix}"), ..template.clone() };
            if self.order_members(&cluster, new).is_err() {
                sold_out = true;
                break;
            }
        }
        let staying = self.0.realm.cce.nodes.iter().filter(|member| member.pool.as_deref() == Some(id));
        let staying = staying.filter(|member| self.0.realm.member_phase(member, self.0.now) != CceNodePhase::Leaving);
        let surplus = staying.rev().filter(|member| !member.locked).take(size.saturating_sub(wanted));
        let surplus: Vec<String> = surplus.map(|member| member.uid.clone()).collect();
        for uid in surplus {
            self.let_go(&uid, false);
        }
        if let Some(pool) = self.0.realm.cce.pools.get_mut(id) {
            pool.sold_out = sold_out;
        }
    }

    /// Lowers the wanted size of a pool, because a node is removed on purpose.
    pub fn shrink_pool_of(&mut self, uid: &str) {
        let pool = self.0.realm.cce.nodes.get(uid).and_then(|member| member.pool.clone());
        if let Some(pool) = pool.and_then(|pool| self.0.realm.cce.pools.get_mut(&pool)) {
            pool.wanted = pool.wanted.saturating_sub(1);
        }
    }

    /// Starts the deletion of a pool with its nodes.
    pub fn drop_node_pool(&mut self, cluster_id: &str, id: &str) -> Outcome<()> {
        self.0.realm.available(cluster_id, self.0.now)?;
        let pool = self.0.realm.node_pool(cluster_id, id)?;
        if pool.deleting {
            return Err(Reason::Unavailable.because(format!("the node pool {id} is being deleted already")));
        }
        let name = pool.name.clone();
        let members = self.0.realm.cce.nodes.iter().filter(|member| member.pool.as_deref() == Some(id));
        let uids: Vec<String> = members.map(|member| member.uid.clone()).collect();
        let part = |kind, resource: &str| Part { kind, resource: resource.to_owned(), to: REMOVAL, ..Part::default() };
        let mut parts: Vec<Part> = uids.iter().map(|uid| part("DeleteNode", uid)).collect();
        parts.push(part("DeleteNodePool", id));
        let job = self.start_job(NewJob {
            kind: "DeleteNodePool",
            cluster: cluster_id.to_owned(),
            resource: id.to_owned(),
            resource_name: name,
            parts,
        });
        if let Some(pool) = self.0.realm.cce.pools.get_mut(id) {
            (pool.deleting, pool.wanted, pool.job) = (true, 0, Some(job));
        }
        for uid in &uids {
            self.let_go(uid, false);
        }
        if uids.is_empty() {
            self.after(REMOVAL, Event::NodePoolGone { cluster: cluster_id.to_owned() });
        }
        Ok(())
    }

    /// Forgets the pools of a cluster that were deleted and have no more nodes, and fills up the others.
    pub fn pools_follow(&mut self, cluster_id: &str) {
        let members = &self.0.realm.cce.nodes;
        let empty = |id: &str| !members.iter().any(|member| member.pool.as_deref() == Some(id));
        self.0.realm.cce.pools.retain(|pool| !(pool.cluster == cluster_id && pool.deleting && empty(&pool.id)));
        let pools = self.0.realm.cce.pools.iter().filter(|pool| pool.cluster == cluster_id);
        for id in pools.map(|pool| pool.id.clone()).collect::<Vec<_>>() {
            self.fill_pool(&id);
        }
    }
}

/// The annotation of a node that names its pool.
pub const POOL_ANNOTATION: &str = "kubernetes.io/node-pool.id";
/// The label that a node of a pool has in Kubernetes: the name of the pool.
pub const POOL_LABEL: &str = "cce.cloud.com/cce-nodepool";
