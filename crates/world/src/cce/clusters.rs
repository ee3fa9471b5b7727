//! Hosted clusters: ordered by the size of their control plane, built by jobs, put to sleep and woken.
//!
//! This module has what the engine adds to a cluster.

use crate::Realm;
use crate::cce::Cce;
use crate::cce::jobs::{NewJob, Part};
use crate::cce::offers::{ControlPlane, default_system, minor_and_patch, offered_release, plain_version, runtime};
use crate::cce::upgrades::Upgrades;
use crate::cluster;
use crate::cluster::{Cluster, DELETION, Kind, PodNetwork, Stage};
use crate::infra::cidr::Cidr;
use crate::infra::network::{Network, Subnet};
use crate::kernel::failures::{FAILURE, FailurePoint, Trouble};
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kernel::{MINUTE, Millis, SECOND};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// How long a control plane takes to come up.
const CREATION: Millis = 2 * MINUTE;
/// How long its certificates take, the first part of that.
const CERTIFICATES: Millis = 10 * SECOND;
/// How long a cluster takes to fall asleep or to wake.
const SWITCHING: Millis = MINUTE;
/// Default addresses of services.
const SERVICES: &str = "10.247.0.0/16";
/// Default number of pods of a node, with a block of addresses for each node of the next power of two.
const POD_BLOCK: u64 = 128;

/// What CCE adds to a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CceCluster {
    pub cluster: String,
    pub plane: ControlPlane,
    pub release: String,
    /// The request that created it, returned to callers.
    pub order: Map<String, Value>,
    pub labels: BTreeMap<String, String>,
    /// The network, the subnet of the masters and their address in it.
    pub network: String,
    pub subnet: String,
    pub address: String,
    pub public_address: Option<String>,
    /// The identifier of the public address, if it was bound by it.
    pub public_id: Option<String>,
    pub power: Power,
    pub trouble: Option<Trouble>,
    pub updated: Millis,
    /// A certificate for its administrator and the key to it, made when first asked for.
    pub certificate: Option<(String, String)>,
    /// The size that its control plane is being changed to.
    pub resizing: Option<ControlPlane>,
    pub upgrades: Upgrades,
    /// Settings of components that differ from their defaults: component, setting, value.
    #[serde(with = "crate::kernel::save::forms::entries")]
    pub configuration: BTreeMap<(String, String), Value>,
}

/// Whether the control plane of a cluster works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Power {
    /// It works from that moment on.
    On { from: Millis },
    /// It sleeps from that moment on.
    Off { from: Millis },
}

/// What a hosted cluster shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Creating,
    Available,
    FallingAsleep,
    Asleep,
    Waking,
    Upgrading,
    Resizing,
    Deleting,
    /// Its creation has failed.
    Unavailable,
    /// Its deletion has failed.
    Error,
}

/// What a hosted cluster is to be.
#[derive(Debug, Clone, Default)]
pub struct NewCceCluster {
    pub name: String,
    pub description: String,
    pub flavor: String,
    pub version: Option<String>,
    pub arm: bool,
    pub dual_stack: bool,
    /// Masters in several zones.
    pub spread: bool,
    pub network: String,
    pub subnet: String,
    pub pod_network: PodNetwork,
    pub range: Option<String>,
    pub service_range: Option<String>,
    pub public_address: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub order: Map<String, Value>,
    /// Add-ons that come with it: template, version, values.
    pub addons: Vec<(String, Option<String>, Map<String, Value>)>,
}

impl Realm {
    /// The cluster and what CCE adds to it, or why not.
    pub fn hosted(&self, id: &str) -> Outcome<(&Cluster, &CceCluster)> {
        match (self.clusters.get(id), self.cce.clusters.get(id)) {
            (Some(cluster), Some(hosted)) => Ok((cluster, hosted)),
            _ => Err(no_cluster(id)),
        }
    }

    /// The phase of a hosted cluster.
    pub fn phase(&self, id: &str, now: Millis) -> Outcome<Phase> {
        let (cluster, hosted) = self.hosted(id)?;
        let reached = |from: Millis| now >= from;
        Ok(match (&hosted.trouble, cluster.stage, hosted.power) {
            (Some(trouble), ..) if reached(trouble.at) => {
                if trouble.deleting {
                    Phase::Error
                } else {
                    Phase::Unavailable
                }
            }
            (Some(Trouble { deleting: true, .. }), ..) | (_, Stage::Deleting { .. }, _) => Phase::Deleting,
            (_, Stage::Creating, _) => Phase::Creating,
            (_, Stage::Up, _) if hosted.upgrades.is_going_on() => Phase::Upgrading,
            (_, Stage::Up, _) if hosted.resizing.is_some() => Phase::Resizing,
            (_, Stage::Up, Power::Off { from }) => {
                if reached(from) {
                    Phase::Asleep
                } else {
                    Phase::FallingAsleep
                }
            }
            (_, Stage::Up, Power::On { from }) => {
                if reached(from) {
                    Phase::Available
                } else {
                    Phase::Waking
                }
            }
        })
    }

    /// The hosted cluster when its control plane works.
    pub fn available(&self, id: &str, now: Millis) -> Outcome<(&Cluster, &CceCluster)> {
        let state = match self.phase(id, now)? {
            Phase::Available => return self.hosted(id),
            Phase::Creating => "is still being created",
            Phase::FallingAsleep | Phase::Asleep => "is hibernating",
            Phase::Waking => "is waking up",
            Phase::Upgrading => "is being upgraded",
            Phase::Resizing => "is being resized",
            Phase::Deleting => "is being deleted",
            Phase::Unavailable | Phase::Error => "is out of order",
        };
        Err(Reason::Unavailable.because(format!("the cluster {id} {state}")))
    }
}

impl Realm {
    /// The hosted cluster when its API server answers.
    pub fn reachable(&self, id: &str, now: Millis) -> Outcome<(&Cluster, &CceCluster)> {
        match self.phase(id, now)? {
            Phase::Upgrading | Phase::Resizing => self.hosted(id),
            _ => self.available(id, now),
        }
    }
}

fn no_cluster(id: &str) -> Violation {
    Reason::NoCluster.because(format!("the cluster {id} does not exist"))
}

impl Cce<'_> {
    /// Orders a hosted cluster and gives its identifier and that of the job that builds it.
    pub fn order_cluster(&mut self, new: NewCceCluster) -> Outcome<(String, String)> {
        let most = self.0.quotas.cce.clusters;
        if self.0.realm.cce.clusters.len() >= most {
            return Err(Reason::ClusterQuota.because(format!("a project has at most {most} clusters")));
        }
        let plane = ControlPlane::named(&new.flavor)?;
        let (release, minor) = offered_release(new.version.as_deref(), self.0.releases)?;
        if new.dual_stack && minor < 15 {
            return Err(Reason::Invalid.because(format!("IPv6 needs Kubernetes 1.15 or later, not {release}")));
        }
        if new.spread && plane.masters == 1 {
            let message = format!("masters in several zones need a flavor with several of them, not {}", plane.name);
            return Err(Reason::Invalid.because(message));
        }
        for (template, version, _) in &new.addons {
            crate::cce::addons::check_version(template, version.as_deref(), &release, new.arm)?;
        }
        self.meet_network(&new.network, &new.subnet);
        self.0.realm.subnet(&new.network, &new.subnet)?;
        let services = Realm::cluster_range(new.service_range.as_deref().unwrap_or(SERVICES))?;
        let range = self.pod_range(&new, services)?;
        let address = self.take_address(&new.network, &new.subnet);
        let address =
            address.ok_or_else(|| Reason::Machine.because(format!("the subnet {} has no free address", new.subnet)))?;
        let id = self.0.ids.uuid();
        let cluster = self.planned_hosted(&id, &new, &release, range, services);
        let hosted = CceCluster {
            cluster: id.clone(),
            plane,
            release,
            order: new.order,
            labels: new.labels,
            network: new.network,
            subnet: new.subnet,
            address,
            public_address: new.public_address,
            public_id: None,
            power: Power::On { from: 0 },
            trouble: None,
            updated: self.0.now,
            certificate: None,
            resizing: None,
            upgrades: Upgrades::default(),
            configuration: BTreeMap::new(),
        };
        let job = self.start_creation(&hosted, &new.name);
        self.0.realm.clusters.insert(id.clone(), cluster);
        self.0.realm.cce.clusters.insert(id.clone(), hosted);
        if let Some(reason) = self.planned_failure(FailurePoint::ClusterCreation) {
            self.trouble(&id, &job, false, reason);
        } else {
            self.after(CREATION, cluster::Event::ClusterUp { cluster: id.clone() });
            for (template, version, values) in new.addons {
                self.plan_addon(&id, &template, version.as_deref(), values, CREATION);
            }
        }
        Ok((id, job))
    }

    fn planned_hosted(&self, id: &str, new: &NewCceCluster, release: &str, range: Cidr, services: Cidr) -> Cluster {
        Cluster {
            name: new.name.clone(),
            description: new.description.clone(),
            version: plain_version(release).to_owned(),
            release: release.to_owned(),
            os: default_system(new.arm, minor_and_patch(release).0).to_owned(),
            kind: Kind::Managed,
            arm: new.arm,
            network: new.network.clone(),
            range: Some(range),
            service_range: Some(services),
            max_pods: POD_BLOCK,
            max_services: services.size(),
            pod_network: new.pod_network,
            runtime: runtime(release).to_owned(),
            dual_stack: new.dual_stack,
            ..Cluster::new(self.engine, id, self.0.now)
        }
    }

    fn start_creation(&mut self, hosted: &CceCluster, name: &str) -> String {
        let mut parts = vec![Part { kind: "CreatePSMCert", from: 0, to: CERTIFICATES, ..Part::default() }];
        for place in 0..hosted.plane.masters {
            let server = self.0.ids.uuid();
            parts.push(Part {
                kind: "InstallMaster",
                resource: server.clone(),
                resource_name: format!("{name}-master-{}", place + 1),
                details: vec![("serverID", server)],
                from: CERTIFICATES,
                to: CREATION,
            });
        }
        let (cluster, resource_name) = (hosted.cluster.clone(), name.to_owned());
        self.start_job(NewJob { kind: "CreateCluster", resource: cluster.clone(), cluster, resource_name, parts })
    }

    /// The range of the pods: the one wanted, or the first that fits when it does not.
    fn pod_range(&self, new: &NewCceCluster, services: Cidr) -> Outcome<Cidr> {
        let network = self.0.realm.network(&new.network)?;
        if network.range.overlaps(services) {
            let message = format!("the services' {services} overlaps {}, the range of the network", network.range);
            return Err(Reason::RangeOfNetwork.because(message));
        }
        let routed =
            |cluster: &&Cluster| cluster.network == new.network && cluster.pod_network == PodNetwork::GlobalRoute;
        if new.pod_network == PodNetwork::GlobalRoute && network.extension.is_some() {
            let message = "containerNetwork.mode vpc-router is not for a network with an extension range";
            return Err(Reason::Invalid.because(message));
        }
        let mut taken = vec![network.range, services];
        taken.extend(network.extension);
        taken.extend(&network.global_routes);
        if new.pod_network == PodNetwork::GlobalRoute {
            taken.extend(self.0.realm.clusters.iter().filter(routed).filter_map(|cluster| cluster.range));
        }
        let wanted = new.range.as_deref().filter(|text| !text.is_empty()).map(Realm::cluster_range).transpose()?;
        let others = (16..32).map(|second| format!("172.{second}.0.0/16"));
        let others = others.chain((0..256).step_by(4).map(|second| format!("10.{second}.0.0/14")));
        let possible = wanted.into_iter().chain(others.filter_map(|text| Cidr::parse(&text).ok()));
        possible.into_iter().find(|range| !taken.iter().any(|there| there.overlaps(*range))).ok_or_else(|| {
            Reason::RangeOfCluster.because("there is no address range left for the containers of one more cluster")
        })
    }

    /// Notes what goes wrong with a cluster, and lets its job fail.
    fn trouble(&mut self, id: &str, job: &str, deleting: bool, reason: String) {
        self.fail_job(job, FAILURE, &reason);
        let at = self.0.now + FAILURE;
        if let Some(hosted) = self.0.realm.cce.clusters.get_mut(id) {
            (hosted.trouble, hosted.updated) = (Some(Trouble { deleting, at, reason }), at);
        }
    }

    /// Changes the description of a hosted cluster.
    pub fn describe_hosted(&mut self, id: &str, description: Option<&str>) -> Outcome<()> {
        self.0.realm.available(id, self.0.now)?;
        if let Some(description) = description {
            self.0.realm.cluster_mut(self.0.engine, id)?.description = description.to_owned();
        }
        self.touch(id);
        Ok(())
    }

    pub(super) fn touch(&mut self, id: &str) {
        if let Some(hosted) = self.0.realm.cce.clusters.get_mut(id) {
            hosted.updated = self.0.now;
        }
    }

    /// Puts a cluster to sleep, or wakes it.
    pub fn switch_hosted(&mut self, id: &str, on: bool) -> Outcome<()> {
        let from = self.0.now + SWITCHING;
        let due = if on { Phase::Asleep } else { Phase::Available };
        if self.0.realm.phase(id, self.0.now)? != due {
            let wanted = if on { "is not hibernating, so it cannot be woken" } else { "is not available" };
            return Err(Reason::Unavailable.because(format!("the cluster {id} {wanted}")));
        }
        if let Some(hosted) = self.0.realm.cce.clusters.get_mut(id) {
            hosted.power = if on { Power::On { from } } else { Power::Off { from } };
        }
        self.touch(id);
        Ok(())
    }

    /// Starts the deletion of a hosted cluster and gives the identifier of its job. Servers that are paid by the
    /// hour go with it.
    pub fn drop_hosted(&mut self, id: &str) -> Outcome<String> {
        let (cluster, hosted) = self.0.realm.hosted(id)?;
        if self.0.realm.phase(id, self.0.now)? == Phase::Deleting {
            return Err(Reason::Unavailable.because(format!("the cluster {id} is being deleted already")));
        }
        let resource_name = cluster.name.clone();
        let members = self.0.realm.cce.nodes.iter().filter(|member| member.cluster == id);
        let node =
            |uid: &String| Part { kind: "DeleteNode", resource: uid.clone(), to: DELETION / 2, ..Part::default() };
        let mut parts: Vec<Part> = members.map(|member| node(&member.uid)).collect();
        let master = Part { kind: "DeleteMaster", from: DELETION / 2, to: DELETION, ..Part::default() };
        parts.extend(vec![master; hosted.plane.masters]);
        let (cluster, resource) = (id.to_owned(), id.to_owned());
        let job = self.start_job(NewJob { kind: "DeleteCluster", cluster, resource, resource_name, parts });
        if let Some(reason) = self.planned_failure(FailurePoint::ClusterDeletion) {
            self.trouble(id, &job, true, reason);
            return Ok(job);
        }
        self.fail_jobs_of(id, &job, "the cluster was deleted");
        if let Some(hosted) = self.0.realm.cce.clusters.get_mut(id) {
            hosted.trouble = None;
        }
        self.delete_cluster(id, false)?;
        self.touch(id);
        Ok(job)
    }

    /// Removes what CCE added to a cluster.
    pub fn hosted_gone(&mut self, id: &str) {
        let Some(hosted) = self.0.realm.cce.clusters.remove(id) else { return };
        self.0.realm.cce.nodes.retain(|member| member.cluster != id);
        self.0.realm.cce.pools.retain(|pool| pool.cluster != id);
        self.0.realm.cce.addons.retain(|addon| addon.cluster != id);
        self.release_address(&hosted.network, &hosted.subnet, &hosted.address);
    }
}

/// The range of a network that is met for the first time, and the size of the prefix of its subnets.
const MET_NETWORK: (Ipv4Addr, u8) = (Ipv4Addr::new(192, 168, 0, 0), 16);
const MET_SUBNET: u8 = 20;

impl Cce<'_> {
    /// Takes in a network and a subnet that other services of the cloud must have made.
    ///
    /// Those services are not simulated, so whatever has the form of their identifiers, a UUID, is taken to be there.
    pub fn meet_network(&mut self, network: &str, subnet: &str) {
        if !is_uuid(network) {
            return;
        }
        let range = Cidr::new(MET_NETWORK.0, MET_NETWORK.1);
        if !self.0.realm.networks.contains(network) {
            let met = Network {
                id: network.to_owned(),
                range,
                extension: None,
                subnets: Default::default(),
                global_routes: Vec::new(),
            };
            self.0.realm.networks.insert(network, met);
        }
        let zone = format!("{}-1", self.0.key.region);
        let Some(there) = self.0.realm.networks.get_mut(network) else { return };
        let step = 1 << (32 - MET_SUBNET);
        let place = there.subnets.len() as u64 * step;
        if is_uuid(subnet) && !there.subnets.contains(subnet) && place < range.size() {
            let block = Cidr::new(range.address(place), MET_SUBNET);
            there.subnets.insert(subnet, Subnet::new(subnet, zone, block));
        }
    }
}

/// Whether the text has the form of a UUID.
pub fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
