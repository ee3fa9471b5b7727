//! Policies of automatic repair.

use crate::Realm;
use crate::ack::Ack;
use crate::ack::tenancy::Owner;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A policy of automatic repair.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairPolicy {
    pub id: String,
    pub name: String,
    pub resource_type: String,
    pub resource_sub_type: String,
    /// The rules as they were given.
    pub rules: Vec<Value>,
}

impl Realm {
    /// The policy of that identifier, or why not.
    pub fn repair_policy(&self, owner: &Owner, cluster: &str, id: &str) -> Outcome<&RepairPolicy> {
        let (_, dedicated) = self.dedicated(owner, cluster)?;
        let policy = dedicated.repair_policies.get(id);
        policy.ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster} has no repair policy {id}")))
    }

    /// Whether no other policy of the cluster has the name.
    fn check_free_policy_name(&self, owner: &Owner, cluster: &str, id: &str, name: &str) -> Outcome<()> {
        let (_, dedicated) = self.dedicated(owner, cluster)?;
        if dedicated.repair_policies.iter().any(|other| other.name == name && other.id != id) {
            return Err(
                Reason::InUse.because(format!("name: the cluster {cluster} has a repair policy {name} already"))
            );
        }
        Ok(())
    }
}

impl Ack<'_> {
    /// Adds a policy to a cluster, and returns its identifier.
    pub fn add_repair_policy(&mut self, owner: &Owner, cluster: &str, new: RepairPolicy) -> Outcome<String> {
        self.0.realm.at_work(owner, cluster, self.0.now)?;
        self.0.realm.check_free_policy_name(owner, cluster, "", &new.name)?;
        let id = self.id_of("r", 20);
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(cluster) {
            dedicated.repair_policies.insert(id.clone(), RepairPolicy { id: id.clone(), ..new });
        }
        Ok(id)
    }

    /// Changes the name and the rules of a policy.
    pub fn change_repair_policy(
        &mut self,
        owner: &Owner,
        cluster: &str,
        id: &str,
        name: Option<String>,
        rules: Option<Vec<Value>>,
    ) -> Outcome<()> {
        self.0.realm.at_work(owner, cluster, self.0.now)?;
        self.0.realm.repair_policy(owner, cluster, id)?;
        if let Some(name) = &name {
            self.0.realm.check_free_policy_name(owner, cluster, id, name)?;
        }
        let dedicated = self.0.realm.ack.clusters.get_mut(cluster);
        if let Some(policy) = dedicated.and_then(|dedicated| dedicated.repair_policies.get_mut(id)) {
            policy.name = name.unwrap_or_else(|| policy.name.clone());
            policy.rules = rules.unwrap_or_else(|| policy.rules.clone());
        }
        Ok(())
    }

    /// Deletes a policy.
    pub fn drop_repair_policy(&mut self, owner: &Owner, cluster: &str, id: &str) -> Outcome<()> {
        self.0.realm.at_work(owner, cluster, self.0.now)?;
        self.0.realm.repair_policy(owner, cluster, id)?;
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(cluster) {
            dedicated.repair_policies.remove(id);
        }
        Ok(())
    }
}
