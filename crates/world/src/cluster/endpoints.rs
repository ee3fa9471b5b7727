//! Access points to the API server of a cluster, and the credentials for it.

use crate::cluster::Event;
use crate::cluster::{Cluster, Kind};
use crate::kernel::ids::hash;
use crate::kernel::realm::RealmMut;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};

/// How long it takes to open an access point.
const OPENING: Millis = 20 * SECOND;
/// Certificate of the authority of the simulated cloud, made for it once; its key does not exist any more.
pub const AUTHORITY: &str = include_str!("authority.pem");

/// An access point.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub open: bool,
    pub address: String,
    /// The subnet the address was taken from.
    pub subnet: Option<String>,
    pub domain: Option<String>,
    pub security_group: Option<String>,
}

/// The order of an access point.
#[derive(Debug, Clone, Default)]
pub struct NewEndpoint {
    pub public: bool,
    pub subnet: Option<String>,
    pub domain: Option<String>,
    pub security_group: Option<String>,
}

/// Which address of the API server is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The masters themselves.
    Master,
    /// The private access point.
    Private,
    /// The public access point.
    Public,
}

impl Cluster {
    /// The access point of that side, open or opening.
    pub fn endpoint(&self, public: bool) -> Option<&Endpoint> {
        if public { self.public_endpoint.as_ref() } else { self.private_endpoint.as_ref() }
    }

    /// The access point of that side when it is open.
    pub fn open_endpoint(&self, public: bool) -> Option<&Endpoint> {
        self.endpoint(public).filter(|endpoint| endpoint.open)
    }

    /// The name under which the cluster's API server is always known.
    pub fn domain(&self) -> String {
        format!("{}.ccs.tencent-cloud.com", self.id)
    }

    /// The address inside the cloud at which the API server always is.
    pub fn master_address(&self) -> String {
        format!("169.254.128.{}", 2 + hash(&self.id) % 250)
    }

    /// The host to put into a kubeconfig for that door; the public one, else the private one, when none is named.
    pub fn door(&self, door: Option<Door>) -> Outcome<String> {
        let host = |public| self.open_endpoint(public).map(|open| open.domain.clone().unwrap_or(open.address.clone()));
        let closed = |side: &str| {
            Reason::Unavailable.because(format!("the cluster {} has no open {side} access point", self.id))
        };
        match door {
            Some(Door::Master) => Ok(self.master_address()),
            Some(Door::Private) => host(false).ok_or_else(|| closed("private")),
            Some(Door::Public) => host(true).ok_or_else(|| closed("public")),
            None => Ok(host(true).or_else(|| host(false)).unwrap_or_else(|| self.master_address())),
        }
    }

    /// A kubeconfig for that host.
    pub fn kubeconfig(&self, user: &str, host: &str) -> String {
        self.kubeconfig_with(user, host, &self.password(), None)
    }

    /// A kubeconfig for that host with that token, and the certificates of another authority if one is given.
    pub fn kubeconfig_with(&self, user: &str, host: &str, token: &str, authority: Option<&str>) -> String {
        let authority = base64(authority.unwrap_or(AUTHORITY).as_bytes());
        let id = &self.id;
        format!(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: {id}\n  cluster:\n    certificate-authority-data: {authority}\n    \
             server: https://{host}\ncontexts:\n- name: {id}-{user}-context-default\n  context:\n    cluster: {id}\n    \
             user: \"{user}\"\ncurrent-context: {id}-{user}-context-default\npreferences: {{}}\nusers:\n- name: \"{user}\"\n  \
             user:\n    token: {token}\n"
        )
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

impl RealmMut<'_> {
    /// Opens an access point.
    pub fn open_endpoint(&mut self, cluster_id: &str, new: NewEndpoint) -> Outcome<()> {
        let cluster = self.realm.running_cluster(self.engine, cluster_id)?;
        if new.public && cluster.kind == Kind::Managed {
            let message = "a managed cluster opens no public access point this way, only a private one";
            return Err(Reason::Unsupported.because(message));
        }
        if let Some(endpoint) = cluster.endpoint(new.public) {
            let state = if endpoint.open { "open" } else { "being opened" };
            let message = format!("this access point of the cluster {cluster_id} is {state} already");
            return Err(Reason::InUse.because(message));
        }
        let network = cluster.network.clone();
        let address = if new.public {
            crate::infra::machines::public_address(&format!("endpoint of {cluster_id}"))
        } else {
            let subnet = new.subnet.as_deref().filter(|subnet| !subnet.is_empty());
            let subnet = subnet.ok_or_else(|| Reason::Missing.because("SubnetId is needed for private access"))?;
            self.realm.subnet(&network, subnet)?;
            let address = self.take_address(&network, subnet);
            address.ok_or_else(|| Reason::Machine.because(format!("the subnet {subnet} has no free address")))?
        };
        let cluster = self.realm.cluster_mut(self.engine, cluster_id)?;
        let subnet = new.subnet.filter(|_| !new.public);
        let endpoint =
            Endpoint { open: false, address, subnet, domain: new.domain, security_group: new.security_group };
        *(if new.public { &mut cluster.public_endpoint } else { &mut cluster.private_endpoint }) = Some(endpoint);
        self.after(OPENING, Event::EndpointUp { cluster: cluster_id.to_owned(), public: new.public });
        Ok(())
    }

    pub fn endpoint_up(&mut self, cluster_id: &str, public: bool) {
        let Some(cluster) = self.realm.clusters.get_mut(cluster_id) else { return };
        let endpoint = if public { &mut cluster.public_endpoint } else { &mut cluster.private_endpoint };
        if let Some(endpoint) = endpoint {
            endpoint.open = true;
        }
    }

    /// Adds subnets from which the pods of a VPC-CNI cluster take addresses.
    pub fn add_pod_subnets(&mut self, cluster_id: &str, network: &str, subnets: &[String]) -> Outcome<()> {
        let cluster = self.realm.running_cluster(self.engine, cluster_id)?;
        if cluster.pod_network != crate::cluster::PodNetwork::VpcCni && cluster.pod_subnets.is_empty() {
            let message = format!("the cluster {cluster_id} does not use VPC-CNI");
            return Err(Reason::Invalid.because(message));
        }
        if cluster.network != network {
            let message = format!("the cluster {cluster_id} is in the network {}, not {network}", cluster.network);
            return Err(Reason::Invalid.because(message));
        }
        if subnets.is_empty() {
            return Err(Reason::Invalid.because("at least one subnet must be named"));
        }
        for subnet in subnets {
            self.realm.subnet(network, subnet)?;
        }
        let cluster = self.realm.cluster_mut(self.engine, cluster_id)?;
        for subnet in subnets {
            if !cluster.pod_subnets.contains(subnet) {
                cluster.pod_subnets.push(subnet.clone());
            }
        }
        Ok(())
    }
}
