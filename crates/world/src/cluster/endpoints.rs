//! Access points to the API server of a cluster, and the credentials for it.

use crate::cluster::Event;
use crate::cluster::{Cluster, Kind};
use crate::kernel::ids::hash;
use crate::kernel::realm::RealmMut;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};

/// How long it takes to open an access point.
const OPENING: Millis = 20 * SECOND;
/// How long it takes to close one.
const CLOSING: Millis = 10 * SECOND;
/// Certificate of the authority of the simulated cloud, made for it once; its key does not exist any more.
pub const AUTHORITY: &str = include_str!("authority.pem");

/// An access point.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    pub open: bool,
    pub closing: bool,
    pub address: String,
    /// The subnet the address was taken from.
    pub subnet: Option<String>,
    pub domain: Option<String>,
    pub security_group: Option<String>,
    /// The addresses that may use it, if they are limited.
    pub policies: Option<Vec<String>>,
    /// Whether connections lead straight to the API server.
    pub direct: bool,
}

/// The order of an access point.
#[derive(Debug, Clone, Default)]
pub struct NewEndpoint {
    pub public: bool,
    pub subnet: Option<String>,
    pub domain: Option<String>,
    pub security_group: Option<String>,
    pub policies: Option<Vec<String>>,
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
        self.kubeconfig_with(user, host, &self.password(), None, None)
    }

    /// A kubeconfig for that host with that token. It has the certificates of another authority if one is given, and a
    /// client certificate with its key, in PEM.
    pub fn kubeconfig_with(
        &self,
        user: &str,
        host: &str,
        token: &str,
        authority: Option<&str>,
        client: Option<(&str, &str)>,
    ) -> String {
        let client = client.map(|(certificate, key)| {
            let (certificate, key) = (base64(certificate.as_bytes()), base64(key.as_bytes()));
            format!("    client-certificate-data: {certificate}\n    client-key-data: {key}\n")
        });
        let client = client.unwrap_or_default();
        let authority = base64(authority.unwrap_or(AUTHORITY).as_bytes());
        let id = &self.id;
        format!(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: {id}\n  cluster:\n    certificate-authority-data: {authority}\n    \
             server: https://{host}\ncontexts:\n- name: {id}-{user}-context-default\n  context:\n    cluster: {id}\n    \
             user: \"{user}\"\ncurrent-context: {id}-{user}-context-default\npreferences: {{}}\nusers:\n- name: \"{user}\"\n  \
             user:\n    token: {token}\n{client}"
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
        // Its own operation gives the policies (tce:11920).
        if new.public && cluster.kind == Kind::Managed && new.policies.is_none() {
            let message = "a managed cluster opens no public access point this way, only a private one";
            return Err(Reason::Unsupported.because(message));
        }
        if let Some(endpoint) = cluster.endpoint(new.public) {
            let state = match endpoint {
                Endpoint { closing: true, .. } => "being closed",
                Endpoint { open: true, .. } => "open already",
                _ => "being opened already",
            };
            let message = format!("this access point of the cluster {cluster_id} is {state}");
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
        let endpoint = Endpoint {
            open: false,
            closing: false,
            address,
            subnet,
            domain: new.domain,
            security_group: new.security_group,
            policies: new.policies,
            direct: false,
        };
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

    /// Closes an access point that is open.
    pub fn close_endpoint(&mut self, cluster_id: &str, public: bool) -> Outcome<()> {
        let endpoint = self.open_endpoint_mut(cluster_id, public)?;
        (endpoint.open, endpoint.closing) = (false, true);
        self.after(CLOSING, Event::EndpointGone { cluster: cluster_id.to_owned(), public });
        Ok(())
    }

    /// The open access point of that side, to change.
    pub fn open_endpoint_mut(&mut self, cluster_id: &str, public: bool) -> Outcome<&mut Endpoint> {
        let side = if public { "public" } else { "private" };
        let cluster = self.realm.running_cluster_mut(self.engine, cluster_id)?;
        let endpoint = if public { &mut cluster.public_endpoint } else { &mut cluster.private_endpoint };
        let none = || Reason::NoPart.because(format!("the cluster {cluster_id} has no {side} access point"));
        let endpoint = endpoint.as_mut().ok_or_else(none)?;
        if endpoint.open {
            return Ok(endpoint);
        }
        let state = if endpoint.closing { "being closed" } else { "being opened" };
        Err(Reason::Unavailable.because(format!("the {side} access point of the cluster {cluster_id} is {state}")))
    }

    /// Removes an access point that was closed.
    pub fn endpoint_gone(&mut self, cluster_id: &str, public: bool) {
        let Some(cluster) = self.realm.clusters.get_mut(cluster_id) else { return };
        let endpoint = if public { &mut cluster.public_endpoint } else { &mut cluster.private_endpoint };
        let Some(gone) = endpoint.take_if(|endpoint| endpoint.closing) else { return };
        let network = cluster.network.clone();
        if let Some(subnet) = gone.subnet {
            self.release_address(&network, &subnet, &gone.address);
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
