//! Clusters: what they are, the rules of their creation, their life.

mod blocks;
mod check;
pub mod endpoints;
mod event;
pub mod existing;
pub mod faults;
pub mod health;
pub mod nodes;
pub mod outages;
mod plan;
mod versions;

pub use event::Event;
pub use plan::{NewCluster, NewNodes, Source};
use serde::{Deserialize, Serialize};

use crate::EngineParts;
use crate::Realm;
use crate::cluster::endpoints::Endpoint;
use crate::cluster::nodes::{Node, Role};
use crate::infra::cidr::Cidr;
use crate::infra::network::Network;
use crate::infra::offers::find_image;
use crate::kernel::engine::Engine;
use crate::kernel::ids::hexadecimal;
use crate::kernel::realm::RealmMut;
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use crate::kubernetes::virtual_nodes::{Pool, VirtualNode};
use crate::kubernetes::{ControlPlane, Kubernetes};

/// How long a control plane takes to come up.
const CREATION: Millis = 60 * SECOND;
/// How long a cluster takes to go.
pub const DELETION: Millis = 30 * SECOND;
/// Most characters of a cluster's name.
const LONGEST_NAME: usize = 60;
/// Default number of pods of a node and of services of a cluster.
const DEFAULT_BLOCK: u64 = 256;

/// A Kubernetes cluster.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// The engine that made it.
    pub engine: &'static dyn Engine,
    pub id: String,
    pub name: String,
    pub description: String,
    pub version: String,
    /// The version as Kubernetes and its nodes report it.
    pub release: String,
    pub os: String,
    pub image: String,
    pub customized_image: bool,
    pub kind: Kind,
    pub arm: bool,
    pub network: String,
    /// Addresses of pods and, unless `service_range` is one of its own, of services.
    pub range: Option<Cidr>,
    pub service_range: Option<Cidr>,
    /// Further ranges for pods.
    pub more_ranges: Vec<Cidr>,
    /// Ranges that the cluster will have.
    pub reserved_ranges: Vec<Cidr>,
    pub ignores_conflicts: bool,
    pub max_pods: u64,
    pub max_services: u64,
    pub ipvs: bool,
    pub pod_network: PodNetwork,
    pub pod_subnets: Vec<String>,
    pub runtime: String,
    /// The version of the container runtime; empty where the engine knows none.
    pub runtime_version: String,
    pub host_names: bool,
    pub dual_stack: bool,
    pub project: i64,
    pub tags: Vec<(String, String)>,
    pub created: Millis,
    pub stage: Stage,
    pub nodes: Table<Node>,
    /// How often the password was changed.
    pub password_changes: u64,
    pub public_endpoint: Option<Endpoint>,
    pub private_endpoint: Option<Endpoint>,
    pub kubernetes: Kubernetes,
    /// Which components of the control plane do not work.
    pub stopped: Stopped,
    pub pools: Table<Pool>,
    pub virtual_nodes: Table<VirtualNode>,
    /// What its engine adds.
    pub parts: EngineParts,
}

/// The components of a control plane that were shut down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stopped {
    pub api_server: bool,
    pub scheduler: bool,
    pub controllers: bool,
}

/// Who runs the control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The cloud.
    Managed,
    /// The account, on machines of its own.
    Independent,
}

/// How pods are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PodNetwork {
    /// Through routes of the network to blocks of the cluster's range.
    #[default]
    GlobalRoute,
    /// With addresses of subnets of the network.
    VpcCni,
    /// Through an overlay.
    Overlay,
}

/// Where a cluster is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Stage {
    Creating,
    Up,
    Deleting { keep_machines: bool },
}

/// The state a cluster shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Creating,
    Running,
    /// Nodes are joining or leaving.
    Scaling,
    Deleting,
}

impl Cluster {
    /// A cluster that is being created, without nodes.
    pub fn new(engine: &'static dyn Engine, id: impl Into<String>, created: Millis) -> Self {
        Self {
            engine,
            id: id.into(),
            name: String::new(),
            description: String::new(),
            version: String::new(),
            release: String::new(),
            os: String::new(),
            image: String::new(),
            customized_image: false,
            kind: Kind::Managed,
            arm: false,
            network: String::new(),
            range: None,
            service_range: None,
            more_ranges: Vec::new(),
            reserved_ranges: Vec::new(),
            ignores_conflicts: false,
            max_pods: DEFAULT_BLOCK,
            max_services: DEFAULT_BLOCK,
            ipvs: false,
            pod_network: PodNetwork::default(),
            pod_subnets: Vec::new(),
            runtime: String::new(),
            runtime_version: String::new(),
            host_names: false,
            dual_stack: false,
            project: 0,
            tags: Vec::new(),
            created,
            stage: Stage::Creating,
            nodes: Table::default(),
            password_changes: 0,
            public_endpoint: None,
            private_endpoint: None,
            kubernetes: Kubernetes::default(),
            stopped: Stopped::default(),
            pools: Table::default(),
            virtual_nodes: Table::default(),
            parts: EngineParts::default(),
        }
    }

    /// The state shown to callers.
    pub fn status(&self) -> Status {
        match self.stage {
            Stage::Creating => Status::Creating,
            Stage::Deleting { .. } => Status::Deleting,
            Stage::Up if self.nodes.iter().any(Node::is_moving) => Status::Scaling,
            Stage::Up => Status::Running,
        }
    }

    /// Nodes of that role, without machines outside of the cloud.
    pub fn count(&self, role: Role) -> usize {
        self.nodes.iter().filter(|node| node.role == role && node.external_pool.is_none()).count()
    }

    /// How many nodes the address range has blocks for.
    pub fn node_limit(&self, quota: usize) -> usize {
        if self.pod_network != PodNetwork::GlobalRoute {
            return quota;
        }
        let Some(range) = self.range else { return quota };
        let inside = self.service_range.is_some_and(|services| range.contains(services));
        let services = if inside { self.max_services } else { 0 };
        let more: u64 = self.more_ranges.iter().map(|more| more.size() / self.max_pods).sum();
        quota.min((range.size().saturating_sub(services) / self.max_pods + more) as usize)
    }

    /// All ranges that no other cluster of the network can have.
    pub fn ranges(&self) -> impl Iterator<Item = Cidr> {
        let more = self.more_ranges.iter().chain(&self.reserved_ranges).copied();
        [self.range, self.service_range].into_iter().flatten().chain(more)
    }

    /// The container runtime as kubelets report it: `containerd://1.6.9`.
    pub fn reported_runtime(&self) -> String {
        match self.runtime_version.as_str() {
            "" => self.runtime.clone(),
            version => format!("{}://{version}", self.runtime),
        }
    }

    /// Sets operating system and image of the nodes to come.
    pub fn install(&mut self, (os, image): (String, String)) {
        (self.os, self.image) = (os, image);
    }

    /// A text that only this cluster has: what its password and token are made of.
    pub fn password(&self) -> String {
        let made = format!("password of {} made at {}", self.id, self.created);
        match self.password_changes {
            0 => hexadecimal(&made, 32),
            changes => hexadecimal(&format!("{made} and changed {changes} times"), 32),
        }
    }
}

impl Realm {
    /// The cluster of that engine, or why not.
    pub fn cluster(&self, engine: &'static dyn Engine, id: &str) -> Outcome<&Cluster> {
        self.clusters.get(id).filter(|cluster| cluster.engine == engine).ok_or_else(|| no_cluster(id))
    }

    /// The cluster of that engine, to change, or why not.
    pub fn cluster_mut(&mut self, engine: &'static dyn Engine, id: &str) -> Outcome<&mut Cluster> {
        self.clusters.get_mut(id).filter(|cluster| cluster.engine == engine).ok_or_else(|| no_cluster(id))
    }

    /// The cluster of that engine when its control plane works.
    pub fn running_cluster(&self, engine: &'static dyn Engine, id: &str) -> Outcome<&Cluster> {
        let cluster = self.cluster(engine, id)?;
        match cluster.stage {
            Stage::Up => Ok(cluster),
            Stage::Creating => Err(Reason::Unavailable.because(format!("the cluster {id} is still being created"))),
            Stage::Deleting { .. } => Err(Reason::Unavailable.because(format!("the cluster {id} is being deleted"))),
        }
    }

    /// The cluster of that engine, to change, when its control plane works.
    pub fn running_cluster_mut(&mut self, engine: &'static dyn Engine, id: &str) -> Outcome<&mut Cluster> {
        self.running_cluster(engine, id)?;
        self.cluster_mut(engine, id)
    }
}

fn no_cluster(id: &str) -> crate::kernel::violation::Violation {
    Reason::NoCluster.because(format!("the cluster {id} does not exist"))
}

impl<'a> RealmMut<'a> {
    /// The Kubernetes of the clusters.
    pub fn control_plane(&mut self) -> ControlPlane<'_, 'a> {
        ControlPlane(self)
    }

    /// The clusters of the engine, oldest first.
    pub fn clusters(&self) -> impl DoubleEndedIterator<Item = &Cluster> {
        let engine = self.engine;
        self.realm.clusters.iter().filter(move |cluster| cluster.engine == engine)
    }

    /// The cluster, or why not.
    pub fn cluster(&self, id: &str) -> Outcome<&Cluster> {
        self.realm.cluster(self.engine, id)
    }

    /// The cluster, to change, or why not.
    pub fn cluster_mut(&mut self, id: &str) -> Outcome<&mut Cluster> {
        self.realm.cluster_mut(self.engine, id)
    }

    /// The cluster when its engine lets it be changed, or why not.
    pub fn changeable_cluster(&self, id: &str) -> Outcome<&Cluster> {
        let cluster = self.running_cluster(id)?;
        self.engine.check_change(cluster)?;
        Ok(cluster)
    }

    /// The cluster when its control plane works, or why not.
    pub fn running_cluster(&self, id: &str) -> Outcome<&Cluster> {
        self.realm.running_cluster(self.engine, id)
    }
}

/// Whether the text can name a cluster.
fn check_name(name: &str) -> Outcome<()> {
    let length = name.chars().count();
    if length > LONGEST_NAME {
        let message = format!("the name of a cluster has at most {LONGEST_NAME} characters, not {length}");
        return Err(Reason::Invalid.because(message));
    }
    Ok(())
}

impl RealmMut<'_> {
    /// Creates a cluster with its nodes. Everything is checked before anything is made.
    pub fn create_cluster(&mut self, new: NewCluster) -> Outcome<String> {
        let limit = self.engine.cluster_limit(self.quotas);
        if self.clusters().count() >= limit {
            let message = format!("an account has at most {limit} clusters in a region");
            return Err(Reason::ClusterQuota.because(message));
        }
        check_name(&new.name)?;
        if new.autoscaling {
            let message = "AsEnabled cannot be set while a cluster is created: make a scaling group afterwards";
            return Err(Reason::Invalid.because(message));
        }
        let network = self.network_of(&new)?;
        self.check_new_nodes(&new, &network)?;
        let cluster = self.planned_cluster(&new, network)?;
        let limit = cluster.node_limit(self.engine.node_limit(self.quotas));
        let count = self.planned_nodes(&new);
        if count > limit {
            let message = format!("the cluster can have at most {limit} nodes, not {count}");
            return Err(Reason::NodeQuota.because(message));
        }
        let id = cluster.id.clone();
        self.realm.clusters.insert(id.clone(), cluster);
        for nodes in new.nodes {
            self.join_first_nodes(&id, nodes)?;
        }
        self.after(CREATION, Event::ClusterUp { cluster: id.clone() });
        Ok(id)
    }

    /// The cluster as it will be, without nodes.
    fn planned_cluster(&mut self, new: &NewCluster, network: String) -> Outcome<Cluster> {
        let releases = self.releases.named(new.version.as_deref());
        let version = new.version.as_deref().unwrap_or(releases.default_version());
        if !releases.offers(version) {
            let offered = releases.versions().join(", ");
            let message = format!("Kubernetes {version} is not offered; there is {offered}");
            return Err(Reason::Invalid.because(message));
        }
        let image = find_image(new.os.as_deref().unwrap_or(releases.default_os(new.arm)), new.arm)?;
        let max_pods = new.max_pods.unwrap_or(DEFAULT_BLOCK).clamp(4, 256).next_power_of_two();
        let max_services = new.max_services.unwrap_or(DEFAULT_BLOCK).clamp(32, 32_768).next_power_of_two();
        let (range, service_range) = self.ranges(new, &network, max_pods, max_services)?;
        for subnet in &new.pod_subnets {
            self.realm.subnet(&network, subnet)?;
        }
        let id = self.ids.next("cls");
        Ok(Cluster {
            name: if new.name.is_empty() { id.clone() } else { new.name.clone() },
            description: new.description.clone(),
            version: version.to_owned(),
            release: self.engine.release(version),
            os: image.os.to_owned(),
            image: image.id.to_owned(),
            customized_image: image.customized,
            kind: if new.independent { Kind::Independent } else { Kind::Managed },
            arm: new.arm,
            network,
            range,
            service_range,
            ignores_conflicts: new.ignores_conflicts,
            max_pods,
            max_services,
            ipvs: new.ipvs,
            pod_network: new.pod_network,
            pod_subnets: new.pod_subnets.clone(),
            runtime: new.runtime.clone(),
            host_names: new.host_names,
            dual_stack: new.dual_stack,
            project: new.project,
            tags: new.tags.clone(),
            ..Cluster::new(self.engine, id, self.now)
        })
    }

    /// The ranges of pods and services, checked.
    fn ranges(
        &self,
        new: &NewCluster,
        network: &str,
        max_pods: u64,
        max_services: u64,
    ) -> Outcome<(Option<Cidr>, Option<Cidr>)> {
        let given = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(Realm::cluster_range);
        let (range, service_range) = (given(&new.range).transpose()?, given(&new.service_range).transpose()?);
        if new.pod_network == PodNetwork::VpcCni {
            if service_range.is_none() || new.pod_subnets.is_empty() {
                let message = "a VPC-CNI cluster needs ServiceCIDR and EniSubnetIds";
                return Err(Reason::Missing.because(message));
            }
        } else if range.is_none() {
            return Err(Reason::RangeUnreadable.because("ClusterCIDR is needed unless the network is VPC-CNI"));
        }
        for wanted in [range, service_range].into_iter().flatten() {
            match self.realm.check_overlap(network, wanted) {
                Err(fault) if !(new.ignores_conflicts && Some(wanted) == range) => return Err(fault),
                _ => {}
            }
        }
        let Some(range) = range else { return Ok((None, service_range)) };
        if let Some(services) = service_range {
            if services.overlaps(range) {
                let message = format!("ServiceCIDR {services} overlaps ClusterCIDR {range}");
                return Err(Reason::RangeOfCluster.because(message));
            }
            if range.size() < max_pods {
                let message = format!("{range} is too small for one node with {max_pods} pods");
                return Err(Reason::RangeSize.because(message));
            }
            return Ok((Some(range), Some(services)));
        }
        if range.size() < max_pods + max_services {
            let message = format!("{range} is too small for {max_services} services and one node with {max_pods} pods");
            return Err(Reason::RangeSize.because(message));
        }
        Ok((Some(range), Some(range.last_block(max_services))))
    }

    /// The network of a new cluster: the one named, else that of its nodes.
    fn network_of(&self, new: &NewCluster) -> Outcome<String> {
        let of_nodes = new.nodes.iter().find_map(|nodes| match &nodes.source {
            Source::Purchase(purchase) => Some(purchase.network.clone()),
            Source::Existing { machines, .. } => {
                let machine = machines.iter().find_map(|id| self.realm.machines.get(id));
                machine.map(|machine| machine.network.clone())
            }
        });
        let named = new.network.clone().filter(|network| !network.is_empty()).or(of_nodes);
        let Some(network) = named else {
            return Err(Reason::Missing.because("VpcId is needed for a cluster without nodes"));
        };
        self.realm.network(&network).map(|Network { id, .. }| id.clone())
    }

    /// Changes what may be changed of a cluster.
    pub fn change_cluster(
        &mut self,
        id: &str,
        name: Option<&str>,
        description: Option<&str>,
        runtime: Option<&str>,
    ) -> Outcome<&Cluster> {
        if let Some(name) = name {
            check_name(name)?;
            if name.is_empty() {
                return Err(Reason::Invalid.because("the name of a cluster cannot be empty"));
            }
        }
        self.changeable_cluster(id)?;
        let cluster = self.realm.cluster_mut(self.engine, id)?;
        if let Some(name) = name {
            cluster.name = name.to_owned();
        }
        if let Some(description) = description {
            cluster.description = description.to_owned();
        }
        if let Some(runtime) = runtime {
            cluster.runtime = runtime.to_owned();
        }
        Ok(cluster)
    }

    /// Starts the deletion of a cluster.
    pub fn delete_cluster(&mut self, id: &str, keep_machines: bool) -> Outcome<()> {
        let cluster = self.realm.cluster_mut(self.engine, id)?;
        if matches!(cluster.stage, Stage::Deleting { .. }) {
            return Err(Reason::Unavailable.because(format!("the cluster {id} is being deleted already")));
        }
        cluster.stage = Stage::Deleting { keep_machines };
        self.after(DELETION, Event::ClusterGone { cluster: id.to_owned() });
        Ok(())
    }

    /// Starts the control plane of a cluster that is being created. Returns whether it did.
    pub fn cluster_up(&mut self, id: &str) -> bool {
        let Some(cluster) = self.realm.clusters.get_mut(id) else { return false };
        if cluster.stage != Stage::Creating {
            return false;
        }
        cluster.stage = Stage::Up;
        cluster.start_kubernetes(self.now, self.ids);
        self.control_plane().settle(id);
        true
    }

    pub fn cluster_gone(&mut self, id: &str) -> Option<Cluster> {
        let cluster = self.realm.clusters.remove(id)?;
        let keep = !matches!(cluster.stage, Stage::Deleting { keep_machines: false });
        for node in cluster.nodes.iter() {
            self.free_machine(&node.machine, keep);
        }
        let own = cluster.virtual_nodes.iter().map(|node| (node.subnet.clone(), node.address.clone()));
        let pods = cluster.kubernetes.pods.iter();
        let of_pods = pods.filter_map(|pod| Some((pod.subnet.clone()?, pod.address.clone()?)));
        let endpoint = cluster.private_endpoint.iter();
        let of_endpoint = endpoint.filter_map(|open| Some((open.subnet.clone()?, open.address.clone())));
        for (subnet, address) in own.chain(of_pods).chain(of_endpoint).chain(cluster.balancer_addresses()) {
            self.release_address(&cluster.network, &subnet, &address);
        }
        Some(cluster)
    }
}

impl Cidr {
    /// The last block of that many addresses, a power of two.
    fn last_block(self, size: u64) -> Self {
        let bits = 32 - size.trailing_zeros() as u8;
        Self::new(self.address(self.size() - size), bits)
    }
}
