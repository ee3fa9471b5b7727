//! Machines that were bought before: which can become nodes, which cannot and why.

use crate::cluster::nodes::{NodeSettings, Role, check_host_name};
use crate::infra::equipment::{Agents, Renewal};
use crate::infra::machines::Machine;
use crate::kernel::realm::RealmMut;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};

/// How long it takes to install a machine anew and make it a node.
const REINSTALLATION: Millis = 30 * SECOND;

/// What became of the machines that were to join.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Joined {
    pub joined: Vec<String>,
    pub refused: Vec<String>,
    /// Why each of the refused cannot join, in the same order.
    pub reasons: Vec<String>,
}

/// What existing machines get, in addition to their system, when they join.
#[derive(Debug, Clone, Default)]
pub struct Refit {
    pub agents: Option<Agents>,
    pub security_groups: Vec<String>,
    pub tags: Vec<(String, String)>,
    pub renewal: Option<Renewal>,
    /// The operating system, if it is not the cluster's.
    pub os: Option<String>,
}

/// Why the machine cannot join a cluster of that network; of any network when none is given.
pub fn unusable(machine: &Machine, network: Option<&str>) -> Option<String> {
    if let Some(cluster) = &machine.cluster {
        return Some(format!("the machine is a node of the cluster {cluster} already"));
    }
    if !machine.running {
        return Some("the machine is not running".to_owned());
    }
    let network = network.filter(|network| **network != machine.network)?;
    Some(format!("the machine is in the network {}, the cluster in {network}", machine.network))
}

impl RealmMut<'_> {
    /// Whether the machine exists and can join a cluster of that network.
    pub fn check_existing(&self, id: &str, network: &str) -> Outcome<()> {
        let machine = self.realm.machines.get(id);
        let machine = machine.ok_or_else(|| Reason::NoMachine.because(format!("the machine {id} does not exist")))?;
        match unusable(machine, Some(network)) {
            Some(why) => Err(Reason::Machine.because(format!("the machine {id} cannot join: {why}"))),
            None => Ok(()),
        }
    }

    /// Gives existing machines what they get in addition to their system.
    pub fn refit(&mut self, machines: &[String], refit: &Refit) {
        for id in machines {
            let Some(machine) = self.realm.machines.get_mut(id) else { continue };
            if !refit.security_groups.is_empty() {
                machine.security_groups.clone_from(&refit.security_groups);
            }
            machine.os = refit.os.clone().unwrap_or_else(|| machine.os.clone());
            let equipment = &mut machine.equipment;
            equipment.agents = refit.agents.unwrap_or(equipment.agents);
            equipment.renewal = refit.renewal.unwrap_or(equipment.renewal);
            equipment.tags.extend(refit.tags.iter().cloned());
        }
    }

    /// Adds existing machines to the cluster as workers; those that cannot join are listed separately.
    pub fn add_existing_nodes(
        &mut self,
        cluster_id: &str,
        machines: &[String],
        host_name: Option<&str>,
        settings: &NodeSettings,
    ) -> Outcome<Joined> {
        let cluster = self.changeable_cluster(cluster_id)?;
        if machines.is_empty() {
            return Err(Reason::Invalid.because("at least one machine must be named"));
        }
        settings.check()?;
        check_host_name(cluster.host_names, host_name, None)?;
        let mut result = Joined::default();
        for id in machines {
            if result.joined.contains(id) || result.refused.contains(id) {
                continue;
            }
            match self.check_existing(id, &cluster.network) {
                Ok(()) => result.joined.push(id.clone()),
                Err(fault) => {
                    result.refused.push(id.clone());
                    result.reasons.push(fault.message.into_owned());
                }
            }
        }
        self.check_room(cluster, result.joined.len())?;
        self.reinstall(cluster_id, &result.joined, host_name)?;
        self.join(cluster_id, &result.joined, Role::Worker, settings, None, REINSTALLATION)?;
        Ok(result)
    }
}
