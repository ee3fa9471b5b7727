//! The creation of dedicated clusters.

use super::{AckCluster, plain, releases};
use crate::Realm;
use crate::ack::Ack;
use crate::ack::addons::NewComponent;
use crate::ack::nodes::ServerGroup;
use crate::ack::offers::{ServerKind, server_size};
use crate::ack::pools::{NewPool, PoolParts};
use crate::ack::resources::ResourceKind;
use crate::ack::tenancy::Owner;
use crate::cluster;
use crate::cluster::nodes::{NodeSettings, Role};
use crate::cluster::{Cluster, Kind, PodNetwork};
use crate::infra::cidr::Cidr;
use crate::infra::offers::Releases;
use crate::kernel::failures::FailurePoint;
use crate::kernel::failures::{FAILURE, Trouble};
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis, SECOND};
use std::collections::BTreeSet;

/// How long a cluster takes to come up.
pub(super) const CREATION: Millis = 3 * MINUTE;
/// When its masters and its first workers are ready, just before it is.
const MASTERS: Millis = 100 * SECOND;
const WORKERS: Millis = 150 * SECOND;
/// The default range of services, unless another cluster uses it.
const SERVICES: &str = "172.19.0.0/20";
/// Addresses that a range of services may have, by the length of the prefix.
const SERVICE_PREFIX: std::ops::RangeInclusive<u8> = 16..=24;

/// The order of a dedicated cluster.
#[derive(Debug, Clone, Default)]
pub struct NewAckCluster {
    pub name: String,
    pub managed: bool,
    pub profile: String,
    pub release: Option<String>,
    pub network: String,
    pub masters: usize,
    pub master_subnets: Vec<String>,
    pub master: ServerKind,
    pub workers: usize,
    pub worker_subnets: Vec<String>,
    pub worker: ServerKind,
    /// Servers that are there already and become workers.
    pub existing: Vec<String>,
    /// What the first pool shows of all this.
    pub parts: PoolParts,
    pub settings: NodeSettings,
    pub pod_range: Option<String>,
    pub pod_subnets: Vec<String>,
    pub service_range: Option<String>,
    /// Pods of a node.
    pub pods: u64,
    pub proxy_mode: String,
    pub runtime: String,
    pub public: bool,
    /// The network gets a gateway to the Internet.
    pub gateway: bool,
    /// A creation that fails leaves no servers behind.
    pub rolls_back: bool,
    /// Certificates for its API server, in PEM.
    pub authority: Option<String>,
    pub protected: bool,
    pub tags: Vec<(String, String)>,
    pub resource_group: String,
    pub components: Vec<NewComponent>,
}

/// Facts about a cluster, found before it is created.
struct Plan {
    release: &'static str,
    range: Option<Cidr>,
    services: Cidr,
}

impl Ack<'_> {
    /// Creates a dedicated cluster and gives its identifier.
    pub fn create_dedicated(&mut self, owner: &Owner, mut new: NewAckCluster) -> Outcome<String> {
        self.meet_seeds();
        let plan = self.plan_dedicated(&new)?;
        self.check_free_name(owner, &new.name)?;
        let id = self.long_id("c");
        let (address_subnet, address) = self.server_address(&new)?;
        self.make_resources(&id, &mut new);
        let dedicated = self.start_dedicated(&id, owner, &new, &plan, (address_subnet, address));
        let cluster = self.planned_dedicated(&id, &new, &plan);
        self.0.realm.clusters.insert(id.clone(), cluster);
        self.0.realm.ack.clusters.insert(id.clone(), dedicated);
        let now = self.0.now;
        self.note(&id, now, format!("start to create the cluster {}", new.name));
        if let Some(reason) = self.planned_failure(FailurePoint::ClusterCreation) {
            self.note_failure(&id, now + FAILURE, format!("the creation has failed: {reason}"));
            if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(&id) {
                dedicated.trouble = Some(Trouble { deleting: false, at: now + FAILURE, reason });
                dedicated.rolled_back = new.rolls_back;
            }
            if !new.rolls_back {
                self.staff_new(&id, new)?;
            }
            return Ok(id);
        }
        self.after(CREATION, cluster::Event::ClusterUp { cluster: id.clone() });
        self.note(&id, now + MASTERS, "the masters are ready");
        self.note(&id, now + CREATION, "start to update cluster status to CREATE_COMPLETE");
        for component in &new.components {
            self.plan_component(&id, component, CREATION);
        }
        self.staff_new(&id, new)?;
        Ok(id)
    }

    /// Makes what a cluster needs apart from servers. Without a security group it gets one.
    fn make_resources(&mut self, id: &str, new: &mut NewAckCluster) {
        if new.worker.security_group.is_empty() {
            let group = self.make_resource(id, ResourceKind::SecurityGroup);
            new.master.security_group.clone_from(&group);
            new.worker.security_group = group;
        }
        self.make_resource(id, ResourceKind::ServerBalancer);
        self.make_resource(id, ResourceKind::IngressBalancer);
        if new.public {
            self.make_resource(id, ResourceKind::PublicAddress);
        }
        if new.gateway {
            self.make_resource(id, ResourceKind::NatGateway);
        }
    }

    /// Whether no other cluster of the organization has the name.
    fn check_free_name(&self, owner: &Owner, name: &str) -> Outcome<()> {
        let named = |cluster: &str| self.0.realm.clusters.get(cluster).is_some_and(|cluster| cluster.name == name);
        let mut others =
            self.0.realm.ack.clusters.iter().filter(|other| other.owner.organization == owner.organization);
        if others.any(|other| named(&other.cluster)) {
            return Err(Reason::InUse.because(format!("there is a cluster {name} already")));
        }
        Ok(())
    }

    /// Makes the servers that come with a cluster. They were checked before.
    fn staff_new(&mut self, id: &str, new: NewAckCluster) -> Outcome<()> {
        let masters = ServerGroup { subnets: new.master_subnets, kind: new.master, source: "ros", pool: None };
        self.staff(id, &masters, new.masters, Role::Master, &NodeSettings::default(), MASTERS)?;
        let parts = new.parts;
        let pool = NewPool {
            name: "default-nodepool".to_owned(),
            wanted: new.workers,
            subnets: new.worker_subnets,
            server: new.worker,
            settings: new.settings.clone(),
            parts,
        };
        let pool = self.add_pool(id, pool, true, WORKERS)?;
        self.take_in(id, &new.existing, Some(&pool), &new.settings, false, WORKERS)
    }

    fn plan_dedicated(&self, new: &NewAckCluster) -> Outcome<Plan> {
        let (most, limit) = (self.0.quotas.ack.clusters, self.0.quotas.ack.nodes);
        if self.0.realm.ack.clusters.len() >= most {
            return Err(Reason::ClusterQuota.because(format!("an account has at most {most} clusters in a region")));
        }
        let count = new.masters + new.workers + new.existing.len();
        if count > limit {
            return Err(Reason::NodeQuota.because(format!("a cluster has at most {limit} nodes, not {count}")));
        }
        let offered = releases(self.0.releases);
        let release = match new.release.as_deref() {
            None => offered.last().copied(),
            // A cloud with current releases still has the documents' for those who name them.
            Some(wanted) => {
                let mut all = offered.iter().chain(releases(Releases::Documents));
                all.find(|release| **release == wanted).copied()
            }
        };
        let release = release
            .ok_or_else(|| Reason::Invalid.because(format!("kubernetes_version is one of {}", offered.join(", "))))?;
        let network = self.0.realm.network(&new.network)?;
        for subnet in new.master_subnets.iter().chain(&new.worker_subnets).chain(&new.pod_subnets) {
            self.0.realm.subnet(&new.network, subnet)?;
        }
        self.check_team(&new.network, &new.master_subnets, &new.master, new.masters, 1)?;
        self.check_team(&new.network, &new.worker_subnets, &new.worker, new.workers, new.masters as u64 + 1)?;
        for (place, server) in new.existing.iter().enumerate() {
            if new.existing[..place].contains(server) {
                return Err(Reason::Invalid.because(format!("the instance {server} is given twice")));
            }
            self.check_existing(server, &new.network)?;
        }
        for component in &new.components {
            crate::ack::addons::check(component)?;
        }
        let range = new.pod_range.as_deref().map(Realm::cluster_range).transpose()?;
        if let Some(range) = range.filter(|range| range.overlaps(network.range)) {
            let message = format!("container_cidr {range} overlaps {}, the range of the VPC", network.range);
            return Err(Reason::RangeOfNetwork.because(message));
        }
        let services = self.services_for(new, range)?;
        let room = range.map_or(u64::MAX, |range| range.size() / new.pods);
        if (count as u64) > room {
            let message = format!("container_cidr has room for {room} nodes of {} pods, not {count}", new.pods);
            return Err(Reason::RangeSize.because(message));
        }
        Ok(Plan { release, range, services })
    }

    /// The range of the services: the one wanted, or the first free one.
    fn services_for(&self, new: &NewAckCluster, pods: Option<Cidr>) -> Outcome<Cidr> {
        let fits = |range: Cidr| {
            if let Some(pods) = pods.filter(|pods| pods.overlaps(range)) {
                let message = format!("service_cidr {range} overlaps container_cidr {pods}");
                return Err(Reason::RangeOfCluster.because(message));
            }
            self.0.realm.check_overlap(&new.network, range)
        };
        if let Some(wanted) = &new.service_range {
            let range = Realm::cluster_range(wanted)?;
            if !SERVICE_PREFIX.contains(&range.bits()) {
                let message = format!("the prefix of service_cidr has 16 to 24 bits, not {}", range.bits());
                return Err(Reason::RangeSize.because(message));
            }
            fits(range)?;
            return Ok(range);
        }
        let others = [19, 18, 17, 31]
            .into_iter()
            .flat_map(|second| (0..256).step_by(16).map(move |third| format!("172.{second}.{third}.0/20")));
        let possible = std::iter::once(SERVICES.to_owned()).chain(others);
        let mut possible = possible.filter_map(|text| Cidr::parse(&text).ok());
        possible.find(|range| fits(*range).is_ok()).ok_or_else(|| {
            Reason::RangeOfCluster.because("the VPC has no range left for the services of one more cluster")
        })
    }

    /// Whether servers of that kind can be had in the subnets, beside others that are to be.
    pub fn check_team(
        &self,
        network: &str,
        subnets: &[String],
        kind: &ServerKind,
        count: usize,
        besides: u64,
    ) -> Outcome<()> {
        if count == 0 {
            return Ok(());
        }
        server_size(&kind.instance_type)?;
        if subnets.is_empty() {
            return Err(Reason::Missing.because("the servers need at least one vSwitch"));
        }
        let mut free = 0;
        for subnet in subnets {
            free += self.0.realm.subnet(network, subnet)?.free();
        }
        if free < count as u64 + besides {
            return Err(Reason::Machine.because(format!("the vSwitches have only {free} free addresses")));
        }
        Ok(())
    }

    /// The inner address of the API server.
    fn server_address(&mut self, new: &NewAckCluster) -> Outcome<(String, String)> {
        let subnets = new.master_subnets.iter().chain(&new.worker_subnets);
        for subnet in subnets.cloned().collect::<Vec<_>>() {
            if let Some(address) = self.take_address(&new.network, &subnet) {
                return Ok((subnet, address));
            }
        }
        Err(Reason::Missing.because("a cluster needs a vSwitch with a free address for its API server"))
    }

    fn start_dedicated(
        &mut self,
        id: &str,
        owner: &Owner,
        new: &NewAckCluster,
        plan: &Plan,
        (address_subnet, address): (String, String),
    ) -> AckCluster {
        let mut subnets: Vec<String> = new.master_subnets.clone();
        subnets.extend(new.worker_subnets.iter().filter(|subnet| !new.master_subnets.contains(subnet)).cloned());
        AckCluster {
            cluster: id.to_owned(),
            owner: owner.clone(),
            managed: new.managed,
            profile: new.profile.clone(),
            first_release: plan.release.to_owned(),
            release: plan.release.to_owned(),
            subnets,
            address,
            address_subnet,
            security_group: new.worker.security_group.clone(),
            authority: new.authority.clone(),
            rolled_back: false,
            resource_group: new.resource_group.clone(),
            proxy_mode: new.proxy_mode.clone(),
            protected: new.protected,
            nodes_protected: false,
            tags: new.tags.clone(),
            updated: self.0.now,
            trouble: None,
            upgrade: None,
            deletion: None,
            log: Vec::new(),
            grants: Vec::new(),
            repair_policies: Table::default(),
            protected_objects: BTreeSet::new(),
            policies: Table::default(),
            violations: Vec::new(),
            scanning: None,
        }
    }

    fn planned_dedicated(&self, id: &str, new: &NewAckCluster, plan: &Plan) -> Cluster {
        Cluster {
            name: new.name.clone(),
            version: plain(plan.release).to_owned(),
            release: self.engine.release(plan.release),
            os: new.worker.platform.clone(),
            image: new.worker.image.clone(),
            kind: if new.managed { Kind::Managed } else { Kind::Independent },
            network: new.network.clone(),
            range: plan.range,
            service_range: Some(plan.services),
            max_pods: new.pods,
            max_services: plan.services.size(),
            ipvs: new.proxy_mode == "ipvs",
            pod_network: if new.pod_subnets.is_empty() { PodNetwork::GlobalRoute } else { PodNetwork::VpcCni },
            pod_subnets: new.pod_subnets.clone(),
            runtime: new.runtime.clone(),
            host_names: true,
            ..Cluster::new(self.engine, id, self.0.now)
        }
    }
}
