//! What an account has in a region apart from servers: public addresses, load balancers, security groups, gateways.

use crate::Realm;
use crate::ack::Ack;
use crate::infra::machines::public_address;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};

/// A public address that is there from the start.
pub const ADDRESS: &str = "eip-2zewharf000000000001";
/// A load balancer that is there from the start.
pub const BALANCER: &str = "lb-2zewharf0000000000001";
/// A security group that is there from the start.
pub const SECURITY_GROUP: &str = "sg-2zewharf000000000001";

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResourceKind {
    PublicAddress,
    ServerBalancer,
    IngressBalancer,
    SecurityGroup,
    NatGateway,
}

impl ResourceKind {
    pub fn is_balancer(self) -> bool {
        matches!(self, Self::ServerBalancer | Self::IngressBalancer)
    }

    /// The first part of its identifier, and the length of the rest.
    fn identifier(self) -> (&'static str, usize) {
        match self {
            Self::PublicAddress => ("eip", 20),
            Self::ServerBalancer | Self::IngressBalancer => ("lb", 21),
            Self::SecurityGroup => ("sg", 20),
            Self::NatGateway => ("ngw", 20),
        }
    }
}

/// One resource.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    pub id: String,
    pub kind: ResourceKind,
    /// The cluster that uses it.
    pub cluster: Option<String>,
    /// A cluster made it, and deletes it when it goes.
    pub automatic: bool,
}

impl Resource {
    /// The address of a public address.
    pub fn address(&self) -> String {
        public_address(&self.id)
    }
}

impl Realm {
    /// The resources that a cluster uses, in the order they were made.
    pub fn resources_of<'a>(&'a self, cluster: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.ack.resources.iter().filter(move |resource| resource.cluster.as_deref() == Some(cluster))
    }

    /// The resource of that kind that a cluster uses.
    pub fn resource_of<'a>(&'a self, cluster: &'a str, kind: ResourceKind) -> Option<&'a Resource> {
        self.resources_of(cluster).find(|resource| resource.kind == kind)
    }

    /// Whether a cluster may use the resource: it is there, is one of that kind, and no other cluster has it.
    pub fn check_usable(&self, cluster: &str, kind: ResourceKind, name: &str, id: &str) -> Outcome<()> {
        let alike = |found: ResourceKind| found == kind || found.is_balancer() && kind.is_balancer();
        let Some(found) = self.ack.resources.get(id).filter(|found| alike(found.kind)) else {
            return Err(Reason::Invalid.because(format!("{name}: there is no {id} in this region")));
        };
        match found.cluster.as_deref() {
            Some(other) if other != cluster || found.kind != kind => {
                Err(Reason::Invalid.because(format!("{name}: {id} is in use by the cluster {other}")))
            }
            _ => Ok(()),
        }
    }
}

impl Ack<'_> {
    /// Adds what exists from the start.
    pub fn add_seeded_resources(&mut self) {
        let seeded = [
            (ADDRESS, ResourceKind::PublicAddress),
            (BALANCER, ResourceKind::IngressBalancer),
            (SECURITY_GROUP, ResourceKind::SecurityGroup),
        ];
        for (id, kind) in seeded {
            let resource = Resource { id: id.to_owned(), kind, cluster: None, automatic: false };
            self.0.realm.ack.resources.insert(id, resource);
        }
    }

    /// Makes a resource for a cluster and returns its identifier.
    pub fn make_resource(&mut self, cluster: &str, kind: ResourceKind) -> String {
        let (start, length) = kind.identifier();
        let id = self.id_of(start, length);
        let resource = Resource { id: id.clone(), kind, cluster: Some(cluster.to_owned()), automatic: true };
        self.0.realm.ack.resources.insert(id.clone(), resource);
        id
    }

    /// Lets a cluster use a resource that was checked, instead of the one of that kind that it uses.
    pub fn use_resource(&mut self, cluster: &str, kind: ResourceKind, id: &str) {
        let former = self.0.realm.resource_of(cluster, kind).map(|resource| resource.id.clone());
        if let Some(former) = former.filter(|former| former != id) {
            self.release_resource(&former);
        }
        if let Some(resource) = self.0.realm.ack.resources.get_mut(id) {
            (resource.cluster, resource.kind) = (Some(cluster.to_owned()), kind);
        }
    }

    /// Ends the use of a resource; one that a cluster made is deleted.
    pub fn release_resource(&mut self, id: &str) {
        match self.0.realm.ack.resources.get_mut(id) {
            Some(resource) if !resource.automatic => resource.cluster = None,
            Some(_) => drop(self.0.realm.ack.resources.remove(id)),
            None => {}
        }
    }

    /// Ends the use of all that a cluster uses, but keeps what `kept` says, for other clusters to use.
    pub fn release_resources(&mut self, cluster: &str, kept: impl Fn(&Resource) -> bool) {
        let used: Vec<(String, bool)> =
            self.0.realm.resources_of(cluster).map(|resource| (resource.id.clone(), kept(resource))).collect();
        for (id, kept) in used {
            match self.0.realm.ack.resources.get_mut(&id).filter(|_| kept) {
                Some(resource) => (resource.cluster, resource.automatic) = (None, false),
                None => self.release_resource(&id),
            }
        }
    }
}
