//! The tasks of clusters: long work that a caller started, and how far it has come.

use crate::cluster::Cluster;
use crate::kernel::Millis;
use crate::tke::Tke;
use serde::{Deserialize, Serialize};

/// Tasks of a cluster that are remembered.
const MOST_TASKS: usize = 500;

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskKind {
    /// The upgrade of a control plane.
    ControlPlane,
    /// The upgrade of several nodes.
    Nodes,
    /// The upgrade of one node.
    Node,
    /// A change of the arguments of the control plane.
    Arguments,
    /// Another range of addresses for pods.
    Range,
    /// Another way to connect pods.
    PodNetwork,
    /// More or fewer machines of the control plane.
    Masters,
}

/// Where a task is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Life {
    Pending,
    Process,
    Pausing,
    Paused,
    Done,
    Timeout,
    Aborted,
}

impl Life {
    /// Whether nothing happens any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Timeout | Self::Aborted)
    }
}

/// A task.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    pub id: String,
    pub kind: TaskKind,
    /// The cluster or the machine that it changes.
    pub target: String,
    /// What it was asked to do, for people.
    pub parameter: String,
    pub life: Life,
    pub error: String,
    pub created: Millis,
    pub updated: Millis,
}

impl Cluster {
    /// The tasks of the cluster, oldest first.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = &Task> {
        self.tke().tasks.iter()
    }
}

impl Tke<'_> {
    /// Notes the start of a task and returns its identifier.
    pub(super) fn start_task(&mut self, cluster: &str, kind: TaskKind, target: &str, parameter: String) -> String {
        let (id, now) = (self.0.ids.uuid(), self.0.now);
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster) else { return id };
        let tasks = &mut cluster.tke_mut().tasks;
        tasks.push_back(Task {
            id: id.clone(),
            kind,
            target: target.to_owned(),
            parameter,
            life: Life::Process,
            error: String::new(),
            created: now,
            updated: now,
        });
        if tasks.len() > MOST_TASKS {
            tasks.pop_front();
        }
        id
    }

    /// Notes how far a task has come, and why it came no further.
    pub(super) fn note_task(&mut self, cluster: &str, id: &str, life: Life, error: &str) {
        let now = self.0.now;
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster) else { return };
        if let Some(task) = cluster.tke_mut().tasks.iter_mut().find(|task| task.id == id) {
            (task.life, task.error, task.updated) = (life, error.to_owned(), now);
        }
    }
}
