//! What TKE tells of a cluster in the state of a cloud.

use super::clusters::state_name;
use super::groups::status_name;
use super::nodes::state_name as node_state;
use super::upgrades::{kind_name, task_life};
use super::virtual_nodes::life_state;
use crate::survey::{Condition, Pool, Step, Telling, WorkCondition};
use wharf_world::cluster::nodes::Node;
use wharf_world::cluster::{Cluster, Status};
use wharf_world::kubernetes::virtual_nodes::PoolState;
use wharf_world::tke::Parts;
use wharf_world::tke::groups::{Group, GroupStatus};
use wharf_world::tke::native::PoolLife;
use wharf_world::tke::status::State;
use wharf_world::tke::tasks::{Life, Task, TaskKind};

/// Returns what TKE knows of a cluster.
pub(crate) fn cluster(cluster: &Cluster) -> Telling {
    let condition = match cluster.state() {
        State::Common(Status::Creating) => Condition::Creating,
        State::Common(Status::Running) => Condition::Running,
        State::Common(Status::Deleting) => Condition::Deleting,
        _ => Condition::Changing,
    };
    let nodes = cluster.nodes.iter();
    let nodes = nodes.map(|node| (node.machine.clone(), node_state(node), pool_of(cluster, node))).collect();
    Telling {
        state: state_name(cluster),
        condition,
        version: cluster.version.clone(),
        pools: pools(cluster),
        work: cluster.tasks().map(|task| step(cluster, task)).collect(),
        nodes,
    }
}

/// The pool or the scaling group of a node.
fn pool_of(cluster: &Cluster, node: &Node) -> Option<String> {
    let native = cluster.tke().native.machines.get(&node.machine).map(|machine| machine.pool.clone());
    let pool = cluster.pool_of(node).map(|pool| pool.id.clone());
    native.or(pool).or_else(|| node.external_pool.clone()).or_else(|| node.group.clone())
}

fn pools(cluster: &Cluster) -> Vec<Pool> {
    let parts = cluster.tke();
    let mut pools: Vec<Pool> = Vec::new();
    for pool in parts.node_pools.iter() {
        let group = parts.groups.get(&pool.group);
        let (added, started) = cluster.node_counts(pool);
        let sizes = group.map_or((0, 0, 0), |group| (group.desired, group.min, group.max));
        pools.push(Pool {
            desired: size(sizes.0) + added.total,
            actual: added.total + started.total,
            min: Some(size(sizes.1)),
            max: Some(size(sizes.2)),
            ..new(&pool.id, &pool.name, "node_pool", life_state(pool.state), of_pool(pool.state))
        });
    }
    pools.extend(parts.groups.iter().filter(|group| group.pool.is_none()).map(|group| group_pool(cluster, group)));
    for pool in parts.native.pools.iter() {
        let (state, condition) = match pool.state {
            PoolLife::Creating => ("Creating", Condition::Creating),
            PoolLife::Running => ("Running", Condition::Running),
            PoolLife::Deleting => ("Deleting", Condition::Deleting),
        };
        pools.push(Pool {
            desired: size(pool.spec.replicas),
            actual: parts.native.machines.iter().filter(|machine| machine.pool == pool.id).count(),
            min: pool.spec.autoscaling.then(|| size(pool.spec.scaling.min)),
            max: pool.spec.autoscaling.then(|| size(pool.spec.scaling.max)),
            ..new(&pool.id, &pool.name, "native_pool", state, condition)
        });
    }
    pools.extend(fixed_pools(cluster, parts));
    pools
}

/// Pools that have as many nodes as were added to them.
fn fixed_pools(cluster: &Cluster, parts: &Parts) -> Vec<Pool> {
    let mut pools = Vec::new();
    for pool in cluster.pools.iter() {
        let actual = cluster.virtual_nodes.iter().filter(|node| node.pool == pool.id).count();
        let shown = new(&pool.id, &pool.name, "virtual_pool", life_state(pool.state), of_pool(pool.state));
        pools.push(Pool { desired: actual, actual, ..shown });
    }
    for pool in parts.external.pools.iter() {
        let actual = cluster.external_nodes(Some(&pool.id)).count();
        let shown = new(&pool.id, &pool.name, "registered_pool", life_state(pool.state), of_pool(pool.state));
        pools.push(Pool { desired: actual, actual, ..shown });
    }
    pools
}

fn group_pool(cluster: &Cluster, group: &Group) -> Pool {
    let condition = match group.status {
        GroupStatus::Enabled => Condition::Running,
        GroupStatus::Disabled => Condition::Stopped,
        GroupStatus::Deleting => Condition::Deleting,
        _ => Condition::Changing,
    };
    Pool {
        desired: size(group.desired),
        actual: cluster.nodes.iter().filter(|node| node.group.as_deref() == Some(&group.id)).count(),
        min: Some(size(group.min)),
        max: Some(size(group.max)),
        ..new(&group.id, &group.name, "scaling_group", status_name(group.status), condition)
    }
}

fn new(id: &str, name: &str, kind: &'static str, state: &str, condition: Condition) -> Pool {
    let (id, name, state) = (id.to_owned(), name.to_owned(), state.to_owned());
    Pool { id, name, kind, state, condition, desired: 0, actual: 0, min: None, max: None }
}

fn of_pool(state: PoolState) -> Condition {
    match state {
        PoolState::Creating => Condition::Creating,
        PoolState::Normal => Condition::Running,
        PoolState::Updating => Condition::Changing,
        PoolState::Deleting => Condition::Deleting,
    }
}

fn size(count: i64) -> usize {
    usize::try_from(count).unwrap_or(0)
}

fn step(cluster: &Cluster, task: &Task) -> Step {
    let parts = cluster.tke();
    let progress = match task.kind {
        _ if task.life == Life::Done => None,
        TaskKind::ControlPlane => parts.control_plane.as_ref().map(|upgrade| upgrade.progress()),
        TaskKind::Nodes => parts.nodes_upgrade.as_ref().map(|upgrade| (upgrade.done(), upgrade.nodes.len())),
        _ => None,
    };
    let condition = match task.life {
        Life::Pending => WorkCondition::Waiting,
        Life::Process | Life::Pausing => WorkCondition::Running,
        Life::Paused => WorkCondition::Paused,
        Life::Done => WorkCondition::Done,
        Life::Timeout | Life::Aborted => WorkCondition::Failed,
    };
    Step {
        cluster: Some(cluster.id.clone()),
        id: task.id.clone(),
        kind: kind_name(task.kind).to_owned(),
        state: task_life(task.life).to_owned(),
        condition,
        progress: progress.unwrap_or((usize::from(task.life == Life::Done), 1)),
        reason: Some(task.error.clone()).filter(|error| !error.is_empty()),
    }
}
