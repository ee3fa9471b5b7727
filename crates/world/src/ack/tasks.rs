//! Tasks: work on clusters and nodes that takes time and whose progress can be read.

use super::creation::CREATION;
use crate::Realm;
use crate::ack::Ack;
use crate::ack::nodes::INSTALLATION;
use crate::ack::rolling::Rolling;
use crate::ack::tenancy::Owner;
use crate::cluster::DELETION;
use crate::kernel::Millis;
use crate::kernel::failures::FAILURE;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A task.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    pub id: String,
    pub owner: Owner,
    pub cluster: String,
    pub kind: Cow<'static, str>,
    pub target: Target,
    pub created: Millis,
    updated: Millis,
    state: TaskState,
    /// When it ends by itself, and why it fails then.
    ends: Option<(Millis, Option<String>)>,
    /// Its work on nodes, in batches.
    pub rolling: Option<Rolling>,
}

/// What a task works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    Cluster(String),
    NodePool(String),
}

/// How far a task has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskState {
    Running,
    Paused,
    Cancelled,
    Failed(String),
    Done,
}

/// What a task is to be.
#[derive(Debug)]
pub struct NewTask<'a> {
    pub owner: &'a Owner,
    pub kind: &'static str,
    pub cluster: &'a str,
    pub target: Target,
    /// How long it takes, if it ends by itself.
    pub takes: Option<Millis>,
    /// When it fails, and why.
    pub fails: Option<(Millis, String)>,
    pub rolling: Option<Rolling>,
}

impl<'a> NewTask<'a> {
    /// A task on a whole cluster, whose end is set later.
    pub fn of_cluster(owner: &'a Owner, kind: &'static str, cluster: &'a str) -> Self {
        let target = Target::Cluster(cluster.to_owned());
        Self { owner, kind, cluster, target, takes: None, fails: None, rolling: None }
    }

    /// A task on a pool, whose end is set later.
    pub fn of_pool(owner: &'a Owner, kind: &'static str, cluster: &'a str, pool: &str) -> Self {
        Self { target: Target::NodePool(pool.to_owned()), ..Self::of_cluster(owner, kind, cluster) }
    }

    /// The same task, which takes that long.
    pub fn taking(self, takes: Millis) -> Self {
        Self { takes: Some(takes), ..self }
    }
}

impl Task {
    /// How far it has come.
    pub fn state(&self, now: Millis) -> TaskState {
        match &self.ends {
            Some((ends, why)) if self.state == TaskState::Running && now >= *ends => {
                why.clone().map_or(TaskState::Done, TaskState::Failed)
            }
            _ => self.state.clone(),
        }
    }

    /// When it last changed.
    pub fn updated(&self, now: Millis) -> Millis {
        self.ends.as_ref().map(|(ends, _)| *ends).filter(|ends| *ends <= now).unwrap_or(self.updated)
    }

    /// Whether it works on nodes and is not over.
    pub fn works_on_nodes(&self) -> bool {
        self.rolling.is_some() && matches!(self.state, TaskState::Running | TaskState::Paused)
    }
}

impl Realm {
    /// The task of that identifier, if that owner sees it.
    pub fn task(&self, owner: &Owner, id: &str) -> Outcome<&Task> {
        let task = self.ack.tasks.get(id).filter(|task| owner.sees(&task.owner));
        task.ok_or_else(|| Reason::NoPart.because(format!("the task {id} does not exist")))
    }

    /// Whether a task works on the nodes of a pool.
    pub fn works_on_pool(&self, pool: &str) -> bool {
        let target = Target::NodePool(pool.to_owned());
        self.ack.tasks.iter().any(|task| task.target == target && task.works_on_nodes())
    }
}

impl Ack<'_> {
    /// Adds a task, and returns its identifier.
    pub fn add_task(&mut self, new: NewTask<'_>) -> String {
        let (id, now) = (self.task_id(), self.0.now);
        let failure = new.fails.map(|(at, why)| (at, Some(why)));
        let task = Task {
            id: id.clone(),
            owner: new.owner.clone(),
            cluster: new.cluster.to_owned(),
            kind: new.kind.into(),
            target: new.target,
            created: now,
            updated: now,
            state: TaskState::Running,
            ends: failure.or(new.takes.map(|takes| (now + takes, None))),
            rolling: new.rolling,
        };
        self.0.realm.ack.tasks.insert(id.clone(), task);
        id
    }

    /// Adds the task of the creation of a cluster.
    pub fn add_creation_task(&mut self, owner: &Owner, cluster: &str) -> String {
        let trouble = self.0.realm.ack.clusters.get(cluster).and_then(|dedicated| dedicated.trouble.clone());
        let fails = trouble.map(|trouble| (trouble.at, trouble.reason));
        let new = NewTask::of_cluster(owner, "cluster_create", cluster).taking(CREATION);
        self.add_task(NewTask { fails, ..new })
    }

    /// Adds the task of the deletion of a cluster.
    pub fn add_deletion_task(&mut self, owner: &Owner, cluster: &str) -> String {
        let trouble = self.0.realm.ack.clusters.get(cluster).and_then(|dedicated| dedicated.trouble.clone());
        let fails = trouble.map(|trouble| (trouble.at, trouble.reason));
        let new = NewTask::of_cluster(owner, "cluster_delete", cluster).taking(DELETION);
        self.add_task(NewTask { fails, ..new })
    }

    /// Adds the task of a pool that becomes larger.
    pub fn add_scaling_task(&mut self, owner: &Owner, kind: &'static str, cluster: &str, pool: &str) -> String {
        let now = self.0.now;
        let failed = self.0.realm.ack.pools.get(pool).is_some_and(|pool| pool.failed.iter().any(|at| *at > now));
        let fails = failed.then(|| (now + FAILURE, "nodes could not be made".to_owned()));
        let new = NewTask::of_pool(owner, kind, cluster, pool).taking(INSTALLATION);
        self.add_task(NewTask { fails, ..new })
    }

    /// Sets how far a task has come.
    pub(super) fn set_task(&mut self, id: &str, state: TaskState) {
        let now = self.0.now;
        if let Some(task) = self.0.realm.ack.tasks.get_mut(id) {
            (task.state, task.updated) = (state, now);
        }
    }

    /// Pauses a task on nodes or the upgrade of a cluster.
    pub fn pause_task(&mut self, owner: &Owner, id: &str) -> Outcome<()> {
        let task = self.0.realm.task(owner, id)?;
        if self.upgrades(id) {
            let cluster = task.cluster.clone();
            return self.pause_upgrade(owner, &cluster);
        }
        self.check_task(owner, id, &[TaskState::Running], "paused")?;
        self.interrupt(id, TaskState::Paused);
        Ok(())
    }

    /// Resumes a task that was paused.
    pub fn resume_task(&mut self, owner: &Owner, id: &str) -> Outcome<()> {
        let task = self.0.realm.task(owner, id)?;
        let cluster = task.cluster.clone();
        if self.upgrades(id) {
            return self.resume_upgrade(owner, &cluster);
        }
        self.check_task(owner, id, &[TaskState::Paused], "resumed")?;
        self.0.realm.at_work(owner, &cluster, self.0.now)?;
        self.set_task(id, TaskState::Running);
        self.start_batch(id);
        Ok(())
    }

    /// Cancels a task. What it has done stays.
    pub fn cancel_task(&mut self, owner: &Owner, id: &str) -> Outcome<()> {
        let task = self.0.realm.task(owner, id)?;
        if self.upgrades(id) {
            let cluster = task.cluster.clone();
            return self.cancel_upgrade(owner, &cluster);
        }
        self.check_task(owner, id, &[TaskState::Running, TaskState::Paused], "cancelled")?;
        self.interrupt(id, TaskState::Cancelled);
        Ok(())
    }

    /// Whether it is the task of the last upgrade of its cluster.
    fn upgrades(&self, id: &str) -> bool {
        let mut clusters = self.0.realm.ack.clusters.iter();
        clusters.any(|dedicated| dedicated.upgrade.as_ref().is_some_and(|upgrade| upgrade.task == id))
    }

    fn check_task(&self, owner: &Owner, id: &str, states: &[TaskState], what: &str) -> Outcome<()> {
        let task = self.0.realm.task(owner, id)?;
        if task.rolling.is_none() {
            let message = format!("the task {id} is not one of those that can be {what}: {}", task.kind);
            return Err(Reason::Unavailable.because(message));
        }
        if !states.contains(&task.state(self.0.now)) {
            return Err(Reason::Unavailable.because(format!("the task {id} is not in a state to be {what}")));
        }
        Ok(())
    }
}
