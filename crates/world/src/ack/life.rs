//! How dedicated clusters change and end.

use super::AckClusterPhase;
use crate::Realm;
use crate::ack::Ack;
use crate::ack::resources::ResourceKind;
use crate::ack::tenancy::Owner;
use crate::kernel::failures::FailurePoint;
use crate::kernel::failures::{FAILURE, Trouble};
use crate::kernel::ids::hexadecimal;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis};
use serde::{Deserialize, Serialize};

/// What the deletion of a cluster leaves behind.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deletion {
    pub keep_all: bool,
    pub keep_balancers: bool,
    /// Identifiers of what else is kept.
    pub kept: Vec<String>,
}

/// Changes of a cluster.
#[derive(Debug, Clone, Default)]
pub struct AckClusterChange {
    pub protected: Option<bool>,
    pub nodes_protected: Option<bool>,
    /// Whether the API server has a public address, and the identifier of that.
    pub public: Option<(bool, Option<String>)>,
    pub ingress: Option<String>,
    /// Its test domain is bound again.
    pub rebind_domain: bool,
    pub resource_group: Option<String>,
}

impl Ack<'_> {
    /// Changes a cluster.
    pub fn change_dedicated(&mut self, owner: &Owner, id: &str, change: AckClusterChange) -> Outcome<()> {
        self.0.realm.at_work(owner, id, self.0.now)?;
        let (balancer, address) = (ResourceKind::IngressBalancer, ResourceKind::PublicAddress);
        if let Some(ingress) = &change.ingress {
            self.0.realm.check_usable(id, balancer, "ingress_loadbalancer_id", ingress)?;
        }
        if let Some((true, Some(wanted))) = &change.public {
            self.0.realm.check_usable(id, address, "api_server_eip_id", wanted)?;
        }
        if let Some(ingress) = &change.ingress {
            self.use_resource(id, balancer, ingress);
        }
        self.change_public_address(id, change.public);
        if change.rebind_domain {
            self.note(id, self.0.now, "the test domain of the cluster is bound again");
        }
        let Some(dedicated) = self.0.realm.ack.clusters.get_mut(id) else { return Ok(()) };
        dedicated.protected = change.protected.unwrap_or(dedicated.protected);
        dedicated.nodes_protected = change.nodes_protected.unwrap_or(dedicated.nodes_protected);
        if let Some(group) = change.resource_group {
            dedicated.resource_group = group;
        }
        self.touch_dedicated(id);
        Ok(())
    }

    /// Binds a public address to the API server, the one that is named or one of its own, or takes it away.
    fn change_public_address(&mut self, id: &str, wanted: Option<(bool, Option<String>)>) {
        let kind = ResourceKind::PublicAddress;
        let bound = self.0.realm.resource_of(id, kind).map(|resource| resource.id.clone());
        match (wanted, bound) {
            (Some((true, Some(wanted))), _) => self.use_resource(id, kind, &wanted),
            (Some((true, None)), None) => drop(self.make_resource(id, kind)),
            (Some((false, _)), Some(bound)) => self.release_resource(&bound),
            _ => {}
        }
    }

    /// Replaces the tags of a cluster.
    pub fn tag_dedicated(&mut self, owner: &Owner, id: &str, tags: Vec<(String, String)>) -> Outcome<()> {
        self.0.realm.dedicated(owner, id)?;
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(id) {
            dedicated.tags = tags;
        }
        self.touch_dedicated(id);
        Ok(())
    }

    /// Starts the deletion of a cluster.
    pub fn drop_dedicated(&mut self, owner: &Owner, id: &str, deletion: Deletion) -> Outcome<()> {
        let (cluster, dedicated) = self.0.realm.dedicated(owner, id)?;
        if dedicated.protected {
            return Err(Reason::Protected.because(format!("the cluster {id} is protected against deletion")));
        }
        if self.0.realm.dedicated_phase(cluster, dedicated, self.0.now) == AckClusterPhase::Deleting {
            return Err(Reason::Unavailable.because(format!("the cluster {id} is being deleted already")));
        }
        let (now, keep) = (self.0.now, deletion.keep_all);
        let failure = self.planned_failure(FailurePoint::ClusterDeletion);
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(id) {
            dedicated.log.retain(|line| line.at <= now);
            (dedicated.deletion, dedicated.trouble, dedicated.updated) = (Some(deletion), None, now);
        }
        self.note(id, now, "start to delete the cluster");
        if let Some(reason) = failure {
            let at = now + FAILURE;
            self.note_failure(id, at, format!("the deletion has failed: {reason}"));
            if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(id) {
                dedicated.trouble = Some(Trouble { deleting: true, at, reason });
            }
            return Ok(());
        }
        self.delete_cluster(id, keep)?;
        Ok(())
    }

    /// Takes the machines to keep out of a cluster that is deleted.
    pub fn rescue_kept(&mut self, id: &str) {
        let deletion = self.0.realm.ack.clusters.get(id).and_then(|dedicated| dedicated.deletion.clone());
        for server in deletion.map(|deletion| deletion.kept).unwrap_or_default() {
            let node = self.0.realm.clusters.get_mut(id).and_then(|cluster| cluster.nodes.remove(&server));
            if node.is_some() {
                self.free_machine(&server, true);
            }
        }
    }

    /// Removes all that only a dedicated cluster has.
    pub fn dedicated_gone(&mut self, id: &str, network: &str) {
        let Some(dedicated) = self.0.realm.ack.clusters.remove(id) else { return };
        let deletion = dedicated.deletion.unwrap_or_default();
        self.release_resources(id, |resource| {
            deletion.keep_all
                || deletion.keep_balancers && resource.kind.is_balancer()
                || deletion.kept.contains(&resource.id)
        });
        self.0.realm.ack.nodes.retain(|worker| worker.cluster != id);
        self.0.realm.ack.pools.retain(|pool| pool.cluster != id);
        self.0.realm.ack.addons.retain(|component| component.cluster != id);
        self.release_address(network, &dedicated.address_subnet, &dedicated.address);
    }

    /// A token for the API server of a cluster, for good or for so many minutes, and until when it is good.
    pub fn grant(&mut self, owner: &Owner, id: &str, minutes: Option<u64>) -> Outcome<(String, Option<Millis>)> {
        let (cluster, dedicated) = self.0.realm.answering(owner, id, self.0.now)?;
        let (now, lasting) = (self.0.now, cluster.password());
        let Some(minutes) = minutes else { return Ok((lasting, None)) };
        let until = now + minutes * MINUTE;
        let token = hexadecimal(&format!("{lasting} until {until}, the {}th", dedicated.grants.len()), 40);
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(id) {
            dedicated.grants.retain(|(_, until)| *until > now);
            dedicated.grants.push((token.clone(), until));
        }
        Ok((token, Some(until)))
    }
}

impl Realm {
    /// Whether a token opens the API server of a cluster.
    pub fn opens(&self, id: &str, token: &str, now: Millis) -> bool {
        let lasting = self.clusters.get(id).is_some_and(|cluster| cluster.password() == token);
        let granted = self
            .ack
            .clusters
            .get(id)
            .is_some_and(|dedicated| dedicated.grants.iter().any(|(known, until)| known == token && now < *until));
        lasting || granted
    }
}
