//! The components of control planes, and the machines of those that accounts run themselves.

use super::arguments::{Arguments, Component};
use super::control_plane::Stage;
use super::status::check_changeable;
use super::tasks::{Life, TaskKind};
use crate::cluster::nodes::{MASTERS, Role};
use crate::cluster::{Cluster, Kind, NewNodes, Source};
use crate::infra::machines::Charge;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};

/// How long a component takes to stop or to start.
const SWITCHING: Millis = 10 * SECOND;
/// When a master that joins or leaves has done so.
const SCALING: Millis = 60 * SECOND;

/// Whether a component of the control plane works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComponentState {
    Running,
    Updating,
    Shutdown,
}

/// A component that is being stopped or started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    pub component: Component,
    pub stops: bool,
}

/// A master to remove.
#[derive(Debug, Clone)]
pub struct LeavingMaster {
    pub machine: String,
    pub keep: bool,
}

impl Cluster {
    /// Whether a component of the control plane works.
    pub fn component(&self, component: Component) -> ComponentState {
        let parts = self.tke();
        let is_switched = parts.switches.iter().any(|switch| switch.component == component);
        let stage = match component {
            Component::ApiServer | Component::Etcd => Stage::ApiServer,
            Component::ControllerManager => Stage::ControllerManager,
            Component::Scheduler => Stage::Scheduler,
        };
        let is_upgraded = parts.control_plane.as_ref().is_some_and(|upgrade| upgrade.stage() == Some(stage));
        if is_switched || is_upgraded || parts.arguments_change.is_some() {
            return ComponentState::Updating;
        }
        let stopped = match component {
            Component::ApiServer | Component::Etcd => self.stopped.api_server,
            Component::ControllerManager => self.stopped.controllers,
            Component::Scheduler => self.stopped.scheduler,
        };
        if stopped { ComponentState::Shutdown } else { ComponentState::Running }
    }
}

impl Tke<'_> {
    /// Shuts a component of a control plane down, or starts it again.
    pub fn switch_component(&mut self, id: &str, switch: Switch, rehearsal: bool) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, id)?;
        check_changeable(cluster)?;
        let name = switch.component.name();
        let fits = match cluster.component(switch.component) {
            ComponentState::Running => switch.stops,
            ComponentState::Shutdown => !switch.stops,
            ComponentState::Updating => false,
        };
        if !fits {
            let message =
                format!("the component {name} of the cluster {id} is being switched, or is in that state already");
            return Err(Reason::NotNow.because(message));
        }
        if rehearsal {
            return Ok(());
        }
        self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut().switches.push(switch);
        self.after(SWITCHING, Event::ComponentSwitched { cluster: id.to_owned(), component: switch.component });
        Ok(())
    }

    pub(super) fn component_switched(&mut self, id: &str, component: Component) {
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let switches = &mut cluster.tke_mut().switches;
        let Some(place) = switches.iter().position(|switch| switch.component == component) else { return };
        let stops = switches.remove(place).stops;
        match component {
            Component::ApiServer | Component::Etcd => cluster.stopped.api_server = stops,
            Component::ControllerManager => cluster.stopped.controllers = stops,
            Component::Scheduler => cluster.stopped.scheduler = stops,
        }
        if !stops {
            self.control_plane().settle(id);
            self.control_plane().sync(id);
        }
    }

    /// The cluster if its masters are machines of the account, and nothing is being done to it.
    fn cluster_with_masters(&self, id: &str) -> Outcome<&Cluster> {
        let cluster = self.idle_cluster(id)?;
        if cluster.kind == Kind::Managed {
            let message = format!("the masters of the managed cluster {id} belong to the platform");
            return Err(Reason::Denied.because(message));
        }
        Ok(cluster)
    }

    /// Adds masters.
    pub fn add_masters(&mut self, id: &str, nodes: Vec<NewNodes>, arguments: Option<Arguments>) -> Outcome<()> {
        let cluster = self.cluster_with_masters(id)?;
        if nodes.is_empty() || nodes.iter().any(|nodes| nodes.role != Role::Master) {
            return Err(Reason::Invalid.because("NodeRole is MASTER_ETCD, and at least one master is needed"));
        }
        if let Some(arguments) = &arguments {
            arguments.check(&cluster.version, cluster.kind)?;
        }
        let network = cluster.network.clone();
        let more = self.check_nodes(&nodes, &network, cluster.host_names)?;
        let total = cluster.count(Role::Master) + more;
        if more == 0 || !MASTERS.contains(&total) {
            let message = format!("an independent cluster has 3 to 7 masters (MASTER_ETCD), not {total}");
            return Err(Reason::Masters.because(message));
        }
        self.check_room(cluster, more)?;
        self.check_node_purchases(&nodes)?;
        let task = self.start_task(id, TaskKind::Masters, id, format!("{more} more masters"));
        for nodes in nodes {
            let machines = match nodes.source {
                Source::Purchase(purchase) => self.buy_for(id, &purchase)?,
                Source::Existing { machines, host_name, refit } => {
                    self.reinstall(id, &machines, host_name.as_deref())?;
                    self.refit(&machines, &refit);
                    machines
                }
            };
            self.join(id, &machines, Role::Master, &nodes.settings, None, SCALING)?;
        }
        if let Some(arguments) = arguments {
            self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut().arguments = arguments;
        }
        self.after(SCALING, Event::MastersScaled { cluster: id.to_owned(), task });
        Ok(())
    }

    /// Removes masters; at least three stay.
    pub fn remove_masters(&mut self, id: &str, masters: &[LeavingMaster]) -> Outcome<()> {
        let cluster = self.cluster_with_masters(id)?;
        if masters.is_empty() {
            return Err(Reason::Invalid.because("ScaleInMasters must name at least one master"));
        }
        for (place, leaving) in masters.iter().enumerate() {
            let machine = &leaving.machine;
            if masters.iter().take(place).any(|other| other.machine == *machine) {
                return Err(Reason::Invalid.because(format!("ScaleInMasters names {machine} twice")));
            }
            let node = cluster.nodes.get(machine).filter(|node| node.role == Role::Master);
            let none = || Reason::NoPart.because(format!("{machine} is not a master of the cluster {id}"));
            if node.ok_or_else(none)?.is_moving() {
                return Err(Reason::Unavailable.because(format!("the master {machine} is joining or leaving")));
            }
            let charge = self.0.realm.machines.get(machine).map(|machine| machine.charge);
            if !leaving.keep && charge == Some(Charge::Prepaid) {
                let message =
                    format!("InstanceDeleteMode: the machine {machine} is paid ahead and cannot be destroyed");
                return Err(Reason::Invalid.because(message));
            }
        }
        let left = cluster.count(Role::Master).saturating_sub(masters.len());
        if !MASTERS.contains(&left) {
            let message = format!("an independent cluster has 3 to 7 masters (MASTER_ETCD), not {left}");
            return Err(Reason::Masters.because(message));
        }
        let task = self.start_task(id, TaskKind::Masters, id, format!("{} fewer masters", masters.len()));
        for leaving in masters {
            self.leave(id, &leaving.machine, leaving.keep);
        }
        self.after(SCALING, Event::MastersScaled { cluster: id.to_owned(), task });
        Ok(())
    }

    pub(super) fn masters_scaled(&mut self, id: &str, task: &str) {
        self.note_task(id, task, Life::Done, "");
    }
}
