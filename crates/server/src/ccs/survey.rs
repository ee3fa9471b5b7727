//! What CCS tells of a cluster in the state of a cloud.

use super::clusters::status;
use crate::survey::{Condition, Step, Telling, WorkCondition};
use wharf_world::Realm;
use wharf_world::ccs::tasks::Progress;
use wharf_world::cluster::Cluster;
use wharf_world::cluster::nodes::{Node, State};

/// Returns what CCS knows of a cluster.
pub(crate) fn cluster(realm: &Realm, cluster: &Cluster) -> Telling {
    let state = status(cluster, &realm.ccs.tasks);
    let condition = match state {
        "Creating" => Condition::Creating,
        "Running" => Condition::Running,
        "Deleting" => Condition::Deleting,
        "Scaling" => Condition::Changing,
        "Isolated" => Condition::Stopped,
        _ => Condition::Failed,
    };
    let nodes = cluster.nodes.iter().map(|node| (node.machine.clone(), node_state(node), None));
    let nodes = nodes.collect();
    Telling { state, condition, version: cluster.version.clone(), pools: Vec::new(), work: Vec::new(), nodes }
}

fn node_state(node: &Node) -> &'static str {
    match node.state {
        State::Initializing => "Initializing",
        State::Running if node.is_ready() => "Normal",
        State::Running | State::Failed => "Abnormal",
    }
}

/// Returns the tasks of a realm.
pub(crate) fn tasks(realm: &Realm) -> Vec<Step> {
    let step = |task: wharf_world::ccs::tasks::TaskView<'_>| {
        let (state, condition) = match task.progress {
            Progress::Running => ("running", WorkCondition::Running),
            Progress::Done => ("succeed", WorkCondition::Done),
            Progress::Failed => ("failed", WorkCondition::Failed),
        };
        Step {
            cluster: Some(task.cluster.to_owned()),
            id: task.number.to_string(),
            kind: task.kind.to_owned(),
            state: state.to_owned(),
            condition,
            progress: (usize::from(task.progress == Progress::Done), 1),
            reason: task.failure.map(str::to_owned),
        }
    };
    realm.ccs.tasks.all().map(step).collect()
}
