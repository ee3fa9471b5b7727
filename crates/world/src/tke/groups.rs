//! Scaling groups: machines of one kind, as many as are needed.

use crate::cluster::Cluster;
use crate::cluster::nodes::{Node, NodeSettings};
use crate::infra::machines::{Purchase, size_of};
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kernel::{Millis, SECOND};
use crate::tke::Event;
use crate::tke::Tke;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How long it takes to switch a group on or off.
const SWITCHING: Millis = 10 * SECOND;
/// How long it takes to change a group otherwise.
const UPDATING: Millis = 5 * SECOND;
/// How long it takes to delete a group.
const DELETION: Millis = 15 * SECOND;
/// Default time that a node may be not ready before it is replaced.
pub(super) const UNREADY_MINUTES: i64 = 20;
/// Most bytes of a group's name.
const LONGEST_NAME: usize = 55;
/// Largest share of its resources, in percent, below which a node counts as idle.
const HIGHEST_THRESHOLD: i64 = 80;
/// Most types of machines of a group.
pub(super) const MOST_TYPES: usize = 10;

/// A scaling group of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub id: String,
    pub name: String,
    /// The identifier of the launch configuration.
    pub launch: String,
    /// The node pool that the group is of.
    pub pool: Option<String>,
    pub status: GroupStatus,
    /// Whether the group is to be on, which it is once the status says so.
    pub enabled: bool,
    pub min: i64,
    pub max: i64,
    pub desired: i64,
    /// One machine of the group; type and subnet are chosen anew for each.
    pub template: Purchase,
    /// The types of machines, the first choice first.
    pub types: Vec<String>,
    pub subnets: Vec<String>,
    pub settings: NodeSettings,
    pub policies: Policies,
    /// Machines that are not chosen when the group shrinks.
    pub protected: BTreeSet<String>,
    /// Machines that were stopped when the group shrank.
    pub stopped: BTreeSet<String>,
    pub created: Millis,
    /// How often in a row the group could not start all the machines it should have.
    pub failures: u32,
}

/// How a group chooses what it starts and removes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policies {
    pub retry: Retry,
    /// Whether the newest nodes go first.
    pub newest_first: bool,
    /// Whether machines are spread evenly over the subnets.
    pub even: bool,
    /// Whether all subnets must be usable when the group is created.
    pub all_subnets: bool,
    /// Whether idle machines are stopped, and started again before new ones are bought.
    pub stops: bool,
    /// Whether nodes that are not ready are replaced.
    pub replaces_unhealthy: bool,
    pub unique_names: bool,
    pub unique_host_names: bool,
    pub mix: Option<SpotMix>,
    /// Seconds between activities.
    pub cooldown: i64,
}

/// Shares of machines that are paid by the hour in a group that has others for which one bids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpotMix {
    /// Machines that are always paid by the hour.
    pub base: u64,
    /// Percent of the others that are, rounded up.
    pub percent: u64,
    /// Whether a machine paid by the hour is started where there is no other.
    pub compensates: bool,
}

/// What a group does after it could not start a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Retry {
    /// Tries again soon, and gives up after some failures in a row.
    #[default]
    Soon,
    /// Tries again after ever longer intervals.
    Later,
    /// Leaves it.
    Never,
}

/// What a scaling group is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupStatus {
    Enabled,
    Enabling,
    Disabled,
    Disabling,
    Updating,
    Deleting,
    ScaleDownEnabling,
    ScaleDownDisabling,
}

/// What a scaling group is to be.
#[derive(Debug, Clone, Default)]
pub struct NewGroup {
    pub name: Option<String>,
    pub min: i64,
    pub max: i64,
    pub desired: Option<i64>,
    pub network: String,
    pub subnets: Vec<String>,
    pub template: Purchase,
    /// The types of machines, the first choice first; the usual type if there are none.
    pub types: Vec<String>,
    pub settings: NodeSettings,
    pub policies: Policies,
    /// The node pool that the group is of.
    pub pool: Option<String>,
    /// Whether the autoscaler leaves the group alone from the start.
    pub disabled: bool,
}

/// How the groups of a cluster grow and shrink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScalingOptions {
    pub scale_down: bool,
    pub expander: Expander,
    pub max_empty_bulk: i64,
    /// Minutes after growth during which nothing shrinks.
    pub delay: i64,
    /// Minutes a node must be idle before it goes.
    pub unneeded: i64,
    /// Percent of its resources below which a node is idle.
    pub threshold: i64,
    pub keep_local_storage: bool,
    pub keep_system_pods: bool,
    pub ignore_daemons: bool,
    pub max_unready_percent: Option<i64>,
    pub ok_unready: Option<i64>,
    pub unready: Option<i64>,
    pub unregistered: Option<i64>,
}

/// Which group grows when several could.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Expander {
    #[default]
    Random,
    MostPods,
    LeastWaste,
}

/// What the autoscaler remembers of a cluster.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoscalerState {
    pub scan_planned: Option<Millis>,
    pub last_growth: Option<Millis>,
    pub scans: u64,
}

impl Default for ScalingOptions {
    fn default() -> Self {
        Self {
            scale_down: false,
            expander: Expander::Random,
            max_empty_bulk: 10,
            delay: 10,
            unneeded: 10,
            threshold: 50,
            keep_local_storage: false,
            keep_system_pods: false,
            ignore_daemons: false,
            max_unready_percent: None,
            ok_unready: None,
            unready: Some(UNREADY_MINUTES),
            unregistered: None,
        }
    }
}

impl ScalingOptions {
    /// Whether every number is in its range.
    pub fn check(&self) -> Outcome<()> {
        let refuse = |name: &str, value: i64, range: &str| {
            Err(Reason::Scaling.because(format!("{name} is {range}, not {value}")))
        };
        if !(0..=HIGHEST_THRESHOLD).contains(&self.threshold) {
            return refuse("ScaleDownUtilizationThreshold", self.threshold, "0 to 80");
        }
        if self.max_empty_bulk < 1 {
            return refuse("MaxEmptyBulkDelete", self.max_empty_bulk, "at least 1");
        }
        for (name, value) in [("ScaleDownDelay", self.delay), ("ScaleDownUnneededTime", self.unneeded)] {
            if value < 0 {
                return refuse(name, value, "at least 0");
            }
        }
        if let Some(percent) = self.max_unready_percent.filter(|percent| !(0..=100).contains(percent)) {
            return refuse("MaxTotalUnreadyPercentage", percent, "0 to 100");
        }
        for (name, value) in [
            ("OkTotalUnreadyCount", self.ok_unready),
            ("ScaleDownUnreadyTime", self.unready),
            ("UnregisteredNodeRemovalTime", self.unregistered),
        ] {
            if let Some(value) = value.filter(|value| *value < 0) {
                return refuse(name, value, "at least 0");
            }
        }
        Ok(())
    }
}

impl Cluster {
    /// The nodes of a group that stay, without those whose machines it has stopped.
    pub fn group_nodes(&self, group: &str) -> impl Iterator<Item = &Node> {
        let of_group = move |node: &&Node| node.group.as_deref() == Some(group) && node.leaving.is_none();
        self.nodes.iter().filter(of_group).filter(|node| !self.is_stopped(node))
    }

    /// Whether the group of the node has stopped its machine.
    pub fn is_stopped(&self, node: &Node) -> bool {
        let group = node.group.as_ref().and_then(|group| self.tke().groups.get(group));
        group.is_some_and(|group| group.stopped.contains(&node.machine))
    }

    /// The group, or why not.
    fn group_mut(&mut self, id: &str) -> Outcome<&mut Group> {
        let cluster = self.id.clone();
        self.tke_mut().groups.get_mut(id).ok_or_else(|| no_group(&cluster, id))
    }
}

fn no_group(cluster: &str, id: &str) -> Violation {
    Reason::NoPart.because(format!("the cluster {cluster} has no scaling group {id}"))
}

impl Tke<'_> {
    pub(super) fn check_sizes(&self, min: i64, max: i64, desired: i64) -> Outcome<()> {
        let most = self.0.quotas.tke.group_size;
        if min < 0 || max > most || min > max {
            let message = format!("MinSize {min} and MaxSize {max} must satisfy 0 <= MinSize <= MaxSize <= {most}");
            return Err(Reason::Scaling.because(message));
        }
        if !(min..=max).contains(&desired) {
            let message = format!("DesiredCapacity {desired} is not between MinSize {min} and MaxSize {max}");
            return Err(Reason::Scaling.because(message));
        }
        Ok(())
    }

    /// Whether the group can be.
    pub(super) fn check_group(&self, cluster_id: &str, new: &NewGroup) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        self.check_sizes(new.min, new.max, new.desired.unwrap_or(new.min))?;
        if new.network != cluster.network {
            let message = format!("VpcId is {}, the cluster is in {}", new.network, cluster.network);
            return Err(Reason::Scaling.because(message));
        }
        self.check_places(new)?;
        if cluster.host_names && new.template.host_name.is_none() {
            let message = "HostNameSettings is needed: the nodes of the cluster are named by host name";
            return Err(Reason::Missing.because(message));
        }
        new.settings.check()?;
        let Some(name) = &new.name else { return Ok(()) };
        if name.is_empty() || name.len() > LONGEST_NAME {
            let message = format!("AutoScalingGroupName has 1 to {LONGEST_NAME} bytes");
            return Err(Reason::Scaling.because(message));
        }
        let mut groups = self.0.realm.clusters.iter().flat_map(|cluster| cluster.tke().groups.iter());
        if groups.any(|group| group.name == *name) {
            return Err(Reason::Scaling.because(format!("there is a scaling group {name} already")));
        }
        Ok(())
    }

    /// Whether the subnets and the types of a group can be.
    fn check_places(&self, new: &NewGroup) -> Outcome<()> {
        if new.subnets.is_empty() {
            return Err(Reason::Scaling.because("SubnetIds needs at least one subnet of the cluster's network"));
        }
        if new.types.len() > MOST_TYPES {
            return Err(Reason::Scaling.because(format!("InstanceTypes has at most {MOST_TYPES} types")));
        }
        let template = Purchase { count: 1, network: new.network.clone(), ..new.template.clone() };
        for kind in &new.types {
            Purchase { instance_type: Some(kind.clone()), ..template.clone() }.size()?;
        }
        template.size()?;
        template.equipment.check(template.charge, self.0.now)?;
        for subnet in &new.subnets {
            self.0.realm.subnet(&new.network, subnet).map_err(|fault| Reason::Scaling.because(fault.message))?;
            if new.policies.all_subnets {
                let one = Purchase { subnet: subnet.clone(), ..template.clone() };
                self.check_purchases(&[&one]).map_err(|fault| Reason::Scaling.because(fault.message))?;
            }
        }
        Ok(())
    }

    /// Creates a scaling group and gives the identifiers of its launch configuration and of itself.
    pub fn create_group(&mut self, cluster_id: &str, new: NewGroup) -> Outcome<(String, String)> {
        self.check_group(cluster_id, &new)?;
        let (id, launch) = (self.0.ids.next("asg"), self.0.ids.next("asc"));
        let template = Purchase { count: 1, network: new.network, ..new.template };
        let group = Group {
            name: new.name.unwrap_or_else(|| id.clone()),
            id: id.clone(),
            launch: launch.clone(),
            pool: new.pool,
            status: if new.disabled { GroupStatus::Updating } else { GroupStatus::Enabling },
            enabled: !new.disabled,
            min: new.min,
            max: new.max,
            desired: new.desired.unwrap_or(new.min),
            types: if new.types.is_empty() { vec![template.machine_type().to_owned()] } else { new.types },
            template,
            subnets: new.subnets,
            settings: new.settings,
            policies: new.policies,
            protected: BTreeSet::new(),
            stopped: BTreeSet::new(),
            created: self.0.now,
            failures: 0,
        };
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().groups.insert(id.clone(), group);
        self.settle_group_after(SWITCHING, cluster_id, &id);
        Ok((launch, id))
    }

    pub(super) fn settle_group_after(&mut self, delay: Millis, cluster: &str, group: &str) {
        self.after(delay, Event::GroupSettled { cluster: cluster.to_owned(), group: group.to_owned() });
    }

    /// Changes a group: on or off, and its sizes.
    pub fn change_group(
        &mut self,
        cluster_id: &str,
        id: &str,
        enabled: Option<bool>,
        min: Option<i64>,
        max: Option<i64>,
    ) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let group = cluster.tke().groups.get(id).ok_or_else(|| no_group(cluster_id, id))?;
        if !matches!(group.status, GroupStatus::Enabled | GroupStatus::Disabled) {
            return Err(Reason::InUse.because(format!("the scaling group {id} is being changed")));
        }
        if enabled.is_none() && min.is_none() && max.is_none() {
            return Err(
                Reason::Invalid.because("nothing to change: give AutoScalingGroupEnabled or AutoScalingGroupRange")
            );
        }
        let (min, max) = (min.unwrap_or(group.min), max.unwrap_or(group.max));
        self.check_sizes(min, max, min)?;
        let group = self.0.realm.cluster_mut(self.0.engine, cluster_id)?.group_mut(id)?;
        let resized = (min, max) != (group.min, group.max);
        (group.min, group.max, group.desired) = (min, max, group.desired.clamp(min, max));
        let switched = enabled.filter(|enabled| *enabled != group.enabled);
        let delay = match switched {
            Some(true) => (GroupStatus::Enabling, SWITCHING),
            Some(false) => (GroupStatus::Disabling, SWITCHING),
            None if resized => (GroupStatus::Updating, UPDATING),
            None => return Ok(()),
        };
        group.status = delay.0;
        group.enabled = enabled.unwrap_or(group.enabled);
        self.settle_group_after(delay.1, cluster_id, id);
        Ok(())
    }

    /// Deletes groups; their nodes go with them unless they are kept.
    pub fn delete_groups(&mut self, cluster_id: &str, ids: &[String], keep: bool) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if ids.is_empty() {
            return Err(Reason::Invalid.because("at least one scaling group must be named"));
        }
        for id in ids {
            let group = cluster.tke().groups.get(id).ok_or_else(|| no_group(cluster_id, id))?;
            if group.status == GroupStatus::Deleting {
                return Err(Reason::InUse.because(format!("the scaling group {id} is being deleted already")));
            }
            if let Some(pool) = &group.pool {
                let message = format!("the scaling group {id} is that of the node pool {pool}: delete the pool");
                return Err(Reason::Unsupported.because(message));
            }
        }
        for id in ids {
            let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
            if let Some(group) = cluster.tke_mut().groups.get_mut(id) {
                (group.status, group.enabled) = (GroupStatus::Deleting, false);
            }
            let nodes = cluster.nodes.iter().filter(|node| node.group.as_deref() == Some(id.as_str()));
            let nodes: Vec<String> = nodes.map(|node| node.machine.clone()).collect();
            for machine in nodes {
                if keep {
                    self.unbind(cluster_id, &machine);
                } else {
                    self.leave(cluster_id, &machine, false);
                }
            }
            self.after(DELETION, Event::GroupGone { cluster: cluster_id.to_owned(), group: id.clone() });
        }
        Ok(())
    }

    /// Makes a node of a group an ordinary one, which nothing scales in.
    pub(super) fn unbind(&mut self, cluster_id: &str, machine: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let group = cluster.nodes.get_mut(machine).and_then(|node| node.group.take());
        if let Some(group) = group.and_then(|group| cluster.tke_mut().groups.get_mut(&group)) {
            group.protected.remove(machine);
            group.stopped.remove(machine);
        }
    }

    /// Changes how all groups of the cluster scale.
    pub fn set_scaling_options(&mut self, cluster_id: &str, options: ScalingOptions) -> Outcome<()> {
        options.check()?;
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
        let switched = cluster.tke_mut().scaling.scale_down != options.scale_down;
        let status = match options.scale_down {
            true => GroupStatus::ScaleDownEnabling,
            false => GroupStatus::ScaleDownDisabling,
        };
        cluster.tke_mut().scaling = options;
        let mut changing = Vec::new();
        for group in
            cluster.tke_mut().groups.iter_mut().filter(|group| switched && group.status == GroupStatus::Enabled)
        {
            group.status = status;
            changing.push(group.id.clone());
        }
        for id in changing {
            self.settle_group_after(UPDATING, cluster_id, &id);
        }
        self.wake_autoscaler(cluster_id);
        Ok(())
    }

    pub fn group_settled(&mut self, cluster_id: &str, id: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let Some(group) = cluster.tke_mut().groups.get_mut(id) else { return };
        if group.status == GroupStatus::Deleting {
            return;
        }
        group.status = if group.enabled { GroupStatus::Enabled } else { GroupStatus::Disabled };
        self.fill_group(cluster_id, id);
        self.wake_autoscaler(cluster_id);
    }

    pub fn group_gone(&mut self, cluster_id: &str, id: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        cluster.tke_mut().groups.remove(id);
        for node in cluster.nodes.iter_mut().filter(|node| node.group.as_deref() == Some(id)) {
            node.group = None;
        }
    }
}

impl Group {
    /// Cores and memory of the group's machines.
    pub fn size(&self) -> Option<crate::infra::machines::Size> {
        size_of(self.template.machine_type())
    }
}
