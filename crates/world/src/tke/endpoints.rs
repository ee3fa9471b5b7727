//! The public access point of managed clusters, which has an operation of its own, and the paths to access points.

use crate::cluster::Kind;
use crate::cluster::endpoints::NewEndpoint;
use crate::kernel::violation::{Outcome, Reason};
use crate::tke::Tke;
use std::net::Ipv4Addr;

/// Checks an address, or a range of addresses such as `192.168.1.0/24`.
fn check_policy(text: &str) -> Outcome<()> {
    let (address, bits) = text.split_once('/').unwrap_or((text, "32"));
    let right = address.parse::<Ipv4Addr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 32);
    if right {
        return Ok(());
    }
    Err(Reason::Invalid
        .because(format!("SecurityPolicies has addresses and ranges such as 192.168.1.0/24, not {text}")))
}

impl Tke<'_> {
    fn check_managed(&self, cluster_id: &str) -> Outcome<()> {
        if self.0.running_cluster(cluster_id)?.kind == Kind::Managed {
            return Ok(());
        }
        let message = format!("the cluster {cluster_id} is not a managed one, for which alone this operation is");
        Err(Reason::Unsupported.because(message))
    }

    /// Opens the public access point of a managed cluster for these addresses; for none if there are no policies. Returns
    /// the number of the flow. There must be a node, which the balancer leads to (002:4360).
    pub fn open_public_endpoint(&mut self, cluster_id: &str, policies: Vec<String>) -> Outcome<u64> {
        self.check_managed(cluster_id)?;
        policies.iter().try_for_each(|policy| check_policy(policy))?;
        let cluster = self.0.running_cluster(cluster_id)?;
        if cluster.nodes.is_empty() && cluster.virtual_nodes.is_empty() {
            let message = format!("the cluster {cluster_id} has no nodes, which public access needs");
            return Err(Reason::NoMachine.because(message));
        }
        let new = NewEndpoint { public: true, policies: Some(policies), ..NewEndpoint::default() };
        self.0.open_endpoint(cluster_id, new)?;
        self.0.cluster_mut(cluster_id)?.tke_mut().public_endpoint_closed = false;
        Ok(self.0.ids.number())
    }

    /// Closes the public access point of a managed cluster.
    pub fn close_public_endpoint(&mut self, cluster_id: &str) -> Outcome<()> {
        self.check_managed(cluster_id)?;
        self.0.close_endpoint(cluster_id, true)?;
        self.0.cluster_mut(cluster_id)?.tke_mut().public_endpoint_closed = true;
        Ok(())
    }

    /// Changes who may use the public access point of a managed cluster.
    pub fn change_public_endpoint(
        &mut self,
        cluster_id: &str,
        policies: Option<Vec<String>>,
        security_group: Option<String>,
    ) -> Outcome<()> {
        self.check_managed(cluster_id)?;
        if policies.is_none() && security_group.is_none() {
            return Err(Reason::Missing.because("SecurityPolicies or SecurityGroup must be given"));
        }
        policies.iter().flatten().try_for_each(|policy| check_policy(policy))?;
        let endpoint = self.0.open_endpoint_mut(cluster_id, true)?;
        if policies.is_some() {
            endpoint.policies = policies;
        }
        if security_group.is_some() {
            endpoint.security_group = security_group;
        }
        Ok(())
    }

    /// Leads the connections of an open access point straight to the API server, or back through the cloud's proxy.
    pub fn switch_endpoint(&mut self, cluster_id: &str, public: bool, direct: bool) -> Outcome<()> {
        let endpoint = self.0.open_endpoint_mut(cluster_id, public)?;
        if endpoint.direct == direct {
            let state = if direct { "is direct already" } else { "is not direct" };
            let message = format!("the access point of the cluster {cluster_id} {state}");
            return Err(Reason::Protected.because(message));
        }
        endpoint.direct = direct;
        Ok(())
    }

    /// Changes the passwords of the administrators of all clusters. The old ones end.
    pub fn rotate_passwords(&mut self) {
        let engine = self.0.engine;
        for cluster in self.0.realm.clusters.iter_mut().filter(|cluster| cluster.engine == engine) {
            cluster.password_changes += 1;
        }
    }
}
