//! The state of a cluster, with what its upgrades and changes make of it.

use super::tasks::Life;
use crate::cluster::{Cluster, Status};
use crate::kernel::violation::{Outcome, Reason};

/// The state that a cluster of TKE shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A state that clusters of every product have.
    Common(Status),
    /// Its control plane is being upgraded.
    Upgrading,
    /// Its control plane gets other arguments.
    ArgumentsChanging,
    /// Its nodes are being upgraded.
    NodesUpgrading,
    /// The upgrade of its nodes is paused.
    Paused,
    /// Its level is being changed.
    LevelChanging,
    /// Masters join or leave.
    MastersScaling,
}

impl Cluster {
    /// The state shown to callers.
    pub fn state(&self) -> State {
        let common = self.status();
        if matches!(common, Status::Creating | Status::Deleting) {
            return State::Common(common);
        }
        let parts = self.tke();
        if parts.control_plane.is_some() {
            return State::Upgrading;
        }
        if parts.arguments_change.is_some() {
            return State::ArgumentsChanging;
        }
        if parts.level.change.is_some() {
            return State::LevelChanging;
        }
        if self.has_moving_masters() {
            return State::MastersScaling;
        }
        match &parts.nodes_upgrade {
            Some(upgrade) if upgrade.is_busy() => State::NodesUpgrading,
            Some(upgrade) if upgrade.life == Life::Paused => State::Paused,
            _ => State::Common(common),
        }
    }

    /// Whether masters join or leave.
    fn has_moving_masters(&self) -> bool {
        use crate::cluster::nodes::Role;
        self.nodes.iter().any(|node| node.role == Role::Master && node.is_moving())
    }
}

/// Whether nodes can be added to the cluster and removed from it, and its settings be changed: not while its control
/// plane is being upgraded.
pub(super) fn check_changeable(cluster: &Cluster) -> Outcome<()> {
    if cluster.is_control_plane_upgrading() { check_idle(cluster) } else { Ok(()) }
}

/// Whether nothing is done to the control plane of the cluster, nor to its nodes.
pub(super) fn check_idle(cluster: &Cluster) -> Outcome<()> {
    let what = match cluster.state() {
        State::Upgrading => "its control plane is being upgraded",
        State::ArgumentsChanging => "the arguments of its control plane are being changed",
        State::LevelChanging => "its level is being changed",
        State::MastersScaling => "its masters join or leave",
        State::NodesUpgrading | State::Paused => "its nodes are being upgraded",
        State::Common(_) => return Ok(()),
    };
    Err(Reason::Unavailable.because(format!("the cluster {} is busy: {what}", cluster.id)))
}
