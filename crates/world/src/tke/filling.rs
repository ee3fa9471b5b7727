//! How a scaling group comes to the size that it should have: which machines it starts, and which it lets go.

use crate::cluster::Cluster;
use crate::cluster::nodes::Role;
use crate::infra::machines::{Charge, Purchase};
use crate::kernel::{MINUTE, Millis, SECOND};
use crate::tke::Event;
use crate::tke::Tke;
use crate::tke::groups::{Group, GroupStatus, Retry};

/// How long a machine that a group starts takes to become a node.
const LAUNCH: Millis = MINUTE;
/// How long a group waits before it tries again.
const RETRY: Millis = 30 * SECOND;
/// The longest wait between attempts.
const LONGEST_RETRY: Millis = 24 * 60 * MINUTE;
/// Failures in a row after which a group gives up.
const MOST_FAILURES: u32 = 5;
/// How long a node is not ready until a group that replaces such nodes does so.
const UNHEALTHY: Millis = 5 * MINUTE;

impl Group {
    /// Whether the group brings itself to its size: always as that of a node pool, otherwise when it is on.
    fn is_filled(&self) -> bool {
        (self.enabled || self.pool.is_some()) && self.status != GroupStatus::Deleting
    }
}

impl Tke<'_> {
    /// Brings a group to the size it should have.
    pub fn fill_group(&mut self, cluster_id: &str, id: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let mut nodes: Vec<String> = cluster.group_nodes(id).map(|node| node.machine.clone()).collect();
        let Some(group) = cluster.tke_mut().groups.get_mut(id).filter(|group| group.is_filled()) else { return };
        group.desired = group.desired.clamp(group.min, group.max);
        let difference = group.desired - nodes.len() as i64;
        if difference > 0 {
            let complete = self.launch(cluster_id, id, difference) == difference;
            self.plan_retry(cluster_id, id, complete);
            return;
        }
        if group.policies.newest_first {
            nodes.reverse();
        }
        nodes.retain(|machine| !group.protected.contains(machine));
        for machine in nodes.iter().take(difference.unsigned_abs() as usize) {
            self.leave(cluster_id, machine, false);
        }
    }

    /// Plans another attempt after machines could not be started, as the group's policy says.
    fn plan_retry(&mut self, cluster_id: &str, id: &str, complete: bool) {
        let cluster = self.0.realm.clusters.get_mut(cluster_id);
        let Some(group) = cluster.and_then(|cluster| cluster.tke_mut().groups.get_mut(id)) else { return };
        group.failures = if complete { 0 } else { group.failures + 1 };
        let delay = match group.policies.retry {
            _ if complete => return,
            Retry::Soon if group.failures < MOST_FAILURES => RETRY,
            Retry::Later => (RETRY << group.failures.min(16)).min(LONGEST_RETRY),
            Retry::Soon | Retry::Never => return,
        };
        self.after(delay, Event::GroupRetry { cluster: cluster_id.to_owned(), group: id.to_owned() });
    }

    /// Starts machines of a group; fewer than asked for when a quota or the subnets allow no more.
    pub fn launch(&mut self, cluster_id: &str, id: &str, count: i64) -> i64 {
        let mut launched = 0;
        while launched < count && self.launch_one(cluster_id, id).is_some() {
            launched += 1;
        }
        launched
    }

    /// Starts a machine again that the group has stopped, if there is one.
    fn restart_one(&mut self, cluster_id: &str, id: &str) -> Option<()> {
        let cluster = self.0.realm.clusters.get_mut(cluster_id)?;
        let group = cluster.tke_mut().groups.get_mut(id)?;
        let (machine, cordoned) = (group.stopped.pop_first()?, group.settings.cordoned);
        cluster.nodes.get_mut(&machine)?.cordoned = cordoned;
        self.start_machine(&machine).ok()
    }

    /// Stops the machine of an idle node, which stays in the cluster.
    pub(super) fn stop_member(&mut self, cluster_id: &str, machine: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let Some(node) = cluster.nodes.get_mut(machine) else { return };
        node.cordoned = true;
        if let Some(group) = node.group.clone().and_then(|group| cluster.tke_mut().groups.get_mut(&group)) {
            group.stopped.insert(machine.to_owned());
        }
        if let Some(machine) = self.0.realm.machines.get_mut(machine) {
            machine.running = false;
        }
        self.lose_kubelet(cluster_id, machine);
    }

    fn launch_one(&mut self, cluster_id: &str, id: &str) -> Option<()> {
        if self.restart_one(cluster_id, id).is_some() {
            return Some(());
        }
        let cluster = self.0.realm.clusters.get(cluster_id)?;
        let group = cluster.tke().groups.get(id)?;
        self.check_room(cluster, 1).ok()?;
        let candidates = self.candidates(cluster, group);
        let (settings, policies) = (group.settings.clone(), group.policies.clone());
        let os = settings.os.clone().unwrap_or_else(|| cluster.os.clone());
        let mut purchase = candidates.into_iter().find(|purchase| self.check_purchases(&[purchase]).is_ok())?;
        if policies.unique_names || policies.unique_host_names {
            let unique = self.0.ids.next("n");
            let name = |name: Option<String>, is_unique: bool| match name {
                Some(name) if is_unique => Some(format!("{name}{}", &unique[1..])),
                name => name,
            };
            purchase.name = name(purchase.name, policies.unique_names);
            purchase.host_name = name(purchase.host_name, policies.unique_host_names);
        }
        let usual_name = self.0.engine.machine_name(cluster_id);
        let machines = self.buy(&purchase, &os, &usual_name).ok()?;
        self.join(cluster_id, &machines, Role::Worker, &settings, Some(id), LAUNCH).ok()
    }

    /// The machines that the group could start, the first choice first: each type in all subnets, then the next type.
    fn candidates(&self, cluster: &Cluster, group: &Group) -> Vec<Purchase> {
        let machines = cluster.group_nodes(&group.id).filter_map(|node| self.0.realm.machines.get(&node.machine));
        let machines: Vec<_> = machines.collect();
        let mut subnets: Vec<&String> = group.subnets.iter().collect();
        if group.policies.even {
            let count = |subnet: &String| machines.iter().filter(|machine| machine.subnet == *subnet).count();
            subnets.sort_by_key(|subnet| count(subnet));
        }
        let hourly = machines.iter().filter(|machine| machine.charge == Charge::Hourly).count() as u64;
        let mut candidates = Vec::new();
        for charge in group.charges(machines.len() as u64, hourly) {
            for kind in &group.types {
                for subnet in &subnets {
                    let (instance_type, subnet) = (Some(kind.clone()), (*subnet).clone());
                    candidates.push(Purchase { instance_type, subnet, charge, ..group.template.clone() });
                }
            }
        }
        candidates
    }

    /// A node is not ready. The autoscaler removes it after a while; a group that replaces such nodes does so sooner.
    pub(super) fn node_unready_in(&mut self, cluster_id: &str, machine: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let group = cluster.nodes.get(machine).and_then(|node| node.group.as_ref());
        let group = group.and_then(|group| cluster.tke().groups.get(group));
        if group.is_some_and(|group| group.policies.replaces_unhealthy) {
            let event = Event::NodeUnhealthy { cluster: cluster_id.to_owned(), machine: machine.to_owned() };
            self.after(UNHEALTHY, event);
        }
        self.wake_autoscaler(cluster_id);
    }

    /// Replaces a node that has not been ready for too long.
    pub(super) fn node_unhealthy(&mut self, cluster_id: &str, machine: &str) {
        let cluster = self.0.realm.clusters.get(cluster_id);
        let Some(node) = cluster.and_then(|cluster| cluster.nodes.get(machine)) else { return };
        let is_stopped = cluster.is_some_and(|cluster| cluster.is_stopped(node));
        if !is_stopped && node.unready_since().is_some_and(|since| since + UNHEALTHY <= self.0.now) {
            self.leave(cluster_id, machine, false);
        }
    }
}

impl Group {
    /// How the next machine can be paid, the first choice first, in a group of that many machines.
    fn charges(&self, machines: u64, hourly: u64) -> Vec<Charge> {
        let Some(mix) = self.policies.mix else { return vec![self.template.charge] };
        let more = (machines + 1).saturating_sub(mix.base);
        let wanted = mix.base.min(machines + 1) + (more * mix.percent).div_ceil(100);
        match hourly < wanted {
            true => vec![Charge::Hourly],
            false if mix.compensates => vec![Charge::Spot, Charge::Hourly],
            false => vec![Charge::Spot],
        }
    }
}
