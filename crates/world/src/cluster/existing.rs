//! Machines that were bought before: which can become nodes, which cannot and why.

use crate::cluster::nodes::{NodeSettings, Role, check_host_name};
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
            let list = match self.check_existing(id, &cluster.network) {
                Ok(()) => &mut result.joined,
                Err(_) => &mut result.refused,
            };
            list.push(id.clone());
        }
        self.check_room(cluster, result.joined.len())?;
        self.reinstall(cluster_id, &result.joined, host_name)?;
        self.join(cluster_id, &result.joined, Role::Worker, settings, None, REINSTALLATION)?;
        Ok(result)
    }
}
