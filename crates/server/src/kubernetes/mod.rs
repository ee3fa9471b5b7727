//! The Kubernetes API servers of clusters: a port for each cluster, with TLS.
//!
//! A port opens when an operation first returns a kubeconfig of its cluster, on the interface of the server's own socket. The
//! kubeconfig then has that address, the server's authority and credentials that the port accepts. A server without a
//! socket returns the addresses of the simulated cloud instead.

mod answer;
mod certificates;
mod listener;
mod seen;
mod world;

use crate::gateway::Gateway;
use certificates::Certificates;
use http::HeaderMap;
use listener::Port;
pub(crate) use seen::{is_operation, note, operation, status_of};
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use tokio::runtime::Handle;
use wharf_world::World;
use wharf_world::kernel::realm::RealmMut;

/// A cluster, among those of all accounts and clouds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClusterKey {
    pub(crate) product: &'static str,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) id: String,
}

impl ClusterKey {
    /// Calls the world by the rules of the cluster's product.
    pub(crate) fn realm<T>(&self, world: &mut World, act: impl FnOnce(&mut RealmMut<'_>) -> T) -> T {
        let (account, region) = (self.account.as_str(), self.region.as_str());
        match self.product {
            "ack" => act(&mut world.ack(account, region)),
            "cce" => act(&mut world.cce(account, region)),
            "ccs" => act(&mut world.ccs(account, region)),
            _ => act(&mut world.tke(account, region)),
        }
    }
}

/// The group of those who may do everything, and that of all users who are known.
const MASTERS: &str = "system:masters";
const AUTHENTICATED: &str = "system:authenticated";

/// Who a client certificate or a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) groups: Vec<String>,
}

impl User {
    /// A user who may do everything.
    pub(crate) fn admin(name: &str) -> Self {
        Self { name: name.to_owned(), groups: [MASTERS, AUTHENTICATED].map(str::to_owned).to_vec() }
    }

    /// A service account.
    pub(crate) fn service_account(namespace: &str, name: &str) -> Self {
        let all = "system:serviceaccounts".to_owned();
        let groups = vec![format!("{all}:{namespace}"), all, AUTHENTICATED.to_owned()];
        Self { name: format!("system:serviceaccount:{namespace}:{name}"), groups }
    }

    /// The user in the group of all users who are known.
    fn authenticated(mut self) -> Self {
        self.groups.push(AUTHENTICATED.to_owned());
        self
    }

    /// The user that a request asks to be treated as, with the headers `Impersonate-User` and `Impersonate-Group`.
    fn impersonated(headers: &HeaderMap) -> Option<Self> {
        let name = headers.get("impersonate-user")?.to_str().unwrap_or_default().to_owned();
        let given = headers.get_all("impersonate-group").iter();
        let groups = given.map(|group| group.to_str().unwrap_or_default().to_owned()).collect();
        Some(Self { name, groups })
    }
}

/// Where the API server of a cluster is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiServer {
    /// `127.0.0.1:40123`.
    pub(crate) address: String,
    /// The certificate of the authority, in PEM.
    pub(crate) authority: String,
}

/// The ports of all clusters.
pub(crate) struct ApiServers {
    /// The interface of the ports.
    interface: IpAddr,
    runtime: Handle,
    gateway: OnceLock<Weak<Gateway>>,
    certificates: OnceLock<Arc<Certificates>>,
    ports: Mutex<HashMap<ClusterKey, Port>>,
}

impl fmt::Debug for ApiServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiServers").field("interface", &self.interface).finish_non_exhaustive()
    }
}

impl ApiServers {
    /// Creates them, without any port. Their tasks run on that runtime.
    pub(crate) fn new(interface: IpAddr, runtime: Handle) -> Self {
        Self { interface, runtime, gateway: OnceLock::new(), certificates: OnceLock::new(), ports: Mutex::default() }
    }

    /// Sets the gateway that has the world of the clusters.
    pub(crate) fn serve(&self, gateway: &Arc<Gateway>) {
        // Set once, when the server starts.
        let _ = self.gateway.set(Arc::downgrade(gateway));
    }

    /// Opens the port of a cluster, unless it is open.
    ///
    /// # Errors
    /// When no port can be opened.
    pub(crate) fn of(&self, cluster: &ClusterKey) -> io::Result<ApiServer> {
        let certificates = self.certificates()?;
        let mut ports = self.ports.lock().unwrap_or_else(PoisonError::into_inner);
        ports.retain(|_, port| !port.is_closed());
        let address = match ports.get(cluster) {
            Some(port) => port.address,
            None => {
                let gateway = self.gateway.get().cloned().unwrap_or_default();
                let port = Port::open(self.interface, cluster.clone(), gateway, certificates.clone(), &self.runtime)?;
                let address = port.address;
                ports.insert(cluster.clone(), port);
                address
            }
        };
        Ok(ApiServer { address: address.to_string(), authority: certificates.root() })
    }

    /// The client certificate of a user and its key, in PEM. The same ones each time.
    ///
    /// # Errors
    /// When no key can be made.
    pub(crate) fn lasting_certificate(&self, cluster: &ClusterKey, user: User) -> io::Result<(String, String)> {
        self.certificates()?.lasting(cluster, user).map_err(io::Error::other)
    }

    /// Issues a client certificate and its key, in PEM, which the cluster's port accepts as that user.
    ///
    /// # Errors
    /// When no key can be made.
    pub(crate) fn certificate(&self, cluster: &ClusterKey, user: User) -> io::Result<(String, String)> {
        self.certificates()?.issue(cluster, user).map_err(io::Error::other)
    }

    /// Revokes all client certificates of a cluster.
    pub(crate) fn revoke(&self, cluster: &ClusterKey) {
        if let Some(certificates) = self.certificates.get() {
            certificates.revoke(cluster);
        }
    }

    /// Closes all ports.
    pub(crate) fn close(&self) {
        self.ports.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The certificates, which are made when they are first needed: keys take longer than the start of a server.
    fn certificates(&self) -> io::Result<Arc<Certificates>> {
        if let Some(made) = self.certificates.get() {
            return Ok(made.clone());
        }
        let made = Certificates::new(self.interface).map_err(io::Error::other)?;
        Ok(self.certificates.get_or_init(|| Arc::new(made)).clone())
    }
}
