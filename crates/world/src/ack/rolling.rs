//! Work on nodes that exist, batch by batch.

use crate::ack::Ack;
use crate::ack::Event;
use crate::ack::tasks::{NewTask, Target, TaskState};
use crate::ack::tenancy::Owner;
use crate::cluster::nodes::State;
use crate::kernel::failures::FailurePoint;
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How long a batch takes, unless nodes leave with it.
pub const BATCH: Millis = 30 * SECOND;

/// Work on nodes in batches.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rolling {
    pub work: NodeWork,
    pub batches: Vec<Vec<String>>,
    /// Batches that are over.
    pub done: usize,
    /// The nodes for which the work has failed.
    pub failed: Vec<String>,
    policy: RollingPolicy,
    takes: Millis,
    /// The next batch begins later.
    waiting: bool,
    /// Number of the last start: what was planned for an earlier one has no effect.
    round: u64,
}

/// How batches follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollingPolicy {
    /// The most nodes of a batch.
    pub at_once: usize,
    /// How many nodes may fail before the task does.
    pub most_failed: usize,
    pub pause: PausePolicy,
    /// The time between two batches.
    pub interval: Millis,
}

/// After which batches a task is paused by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PausePolicy {
    Never,
    FirstBatch,
    EveryBatch,
}

/// What is done with nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum NodeWork {
    /// They get the version of the cluster, or another image; their system disk may be replaced.
    Upgrade { release: bool, image: Option<String>, replace: bool },
    /// They get the settings of their pool.
    Configure,
    /// Vulnerabilities are fixed.
    Fix { names: Vec<Cow<'static, str>> },
    /// They are repaired.
    Repair { restart: bool },
    /// They leave the cluster.
    Remove { release: bool, drain: bool },
}

impl Default for RollingPolicy {
    fn default() -> Self {
        Self { at_once: 10, most_failed: 0, pause: PausePolicy::Never, interval: 0 }
    }
}

impl Rolling {
    /// Work on those servers.
    pub fn new(work: NodeWork, servers: &[String], policy: RollingPolicy) -> Self {
        let batches = servers.chunks(policy.at_once.max(1)).map(<[String]>::to_vec).collect();
        let leaving = matches!(work, NodeWork::Remove { .. });
        let takes = if leaving { crate::cluster::nodes::REMOVAL } else { BATCH };
        Self { work, batches, done: 0, failed: Vec::new(), policy, takes, waiting: false, round: 0 }
    }
}

impl Ack<'_> {
    /// Starts a task on servers, and returns its identifier.
    pub(super) fn start_rolling(
        &mut self,
        owner: &Owner,
        kind: &'static str,
        cluster: &str,
        pool: &str,
        rolling: Rolling,
    ) -> String {
        let target = Target::NodePool(pool.to_owned());
        let new = NewTask { target, rolling: Some(rolling), ..NewTask::of_cluster(owner, kind, cluster) };
        let task = self.add_task(new);
        self.start_batch(&task);
        task
    }

    /// Starts the batch that is due.
    pub(super) fn start_batch(&mut self, id: &str) {
        let Some(task) = self.0.realm.ack.tasks.get_mut(id) else { return };
        let cluster = task.cluster.clone();
        let Some(rolling) = &mut task.rolling else { return };
        rolling.round += 1;
        rolling.waiting = false;
        let (round, takes, work) = (rolling.round, rolling.takes, rolling.work.clone());
        let Some(batch) = rolling.batches.get(rolling.done).cloned() else {
            return self.set_task(id, TaskState::Done);
        };
        for server in &batch {
            self.begin_work(&cluster, server, &work);
        }
        self.after(takes, Event::TaskStep { task: id.to_owned(), round });
    }

    /// Ends a batch, unless the task was paused or cancelled since, and starts the next one.
    pub(super) fn task_step(&mut self, id: &str, round: u64) {
        let Some(task) = self.0.realm.ack.tasks.get(id) else { return };
        let (cluster, now) = (task.cluster.clone(), self.0.now);
        let Some(rolling) = task.rolling.clone() else { return };
        if rolling.round != round || task.state(now) != TaskState::Running {
            return;
        }
        if !self.0.realm.ack.clusters.contains(&cluster) {
            return self.set_task(id, TaskState::Failed(format!("the cluster {cluster} was deleted")));
        }
        if rolling.waiting {
            return self.start_batch(id);
        }
        let fails = self.planned_failure(FailurePoint::NodeWork);
        let batch = rolling.batches.get(rolling.done).cloned().unwrap_or_default();
        let failed: Vec<String> = batch.iter().take(usize::from(fails.is_some())).cloned().collect();
        for server in &batch {
            if failed.contains(server) {
                self.abandon_work(&cluster, server, &rolling.work);
            } else {
                self.finish_work(&cluster, server, &rolling.work);
            }
        }
        let Some(rolling) = self.0.realm.ack.tasks.get_mut(id).and_then(|task| task.rolling.as_mut()) else { return };
        rolling.done += 1;
        rolling.failed.extend(failed);
        let too_many = rolling.failed.len() > rolling.policy.most_failed;
        if let Some(reason) = fails.filter(|_| too_many) {
            self.set_task(id, TaskState::Failed(reason));
        } else {
            self.next_batch(id);
        }
        self.control_plane().sync(&cluster);
    }

    fn next_batch(&mut self, id: &str) {
        let Some(rolling) = self.0.realm.ack.tasks.get_mut(id).and_then(|task| task.rolling.as_mut()) else { return };
        let (done, all) = (rolling.done, rolling.batches.len());
        let pauses = match rolling.policy.pause {
            PausePolicy::Never => false,
            PausePolicy::FirstBatch => done == 1,
            PausePolicy::EveryBatch => true,
        };
        if done >= all {
            self.set_task(id, TaskState::Done);
        } else if pauses {
            self.set_task(id, TaskState::Paused);
        } else if rolling.policy.interval > 0 {
            rolling.waiting = true;
            rolling.round += 1;
            let (round, interval) = (rolling.round, rolling.policy.interval);
            self.after(interval, Event::TaskStep { task: id.to_owned(), round });
        } else {
            self.start_batch(id);
        }
    }

    /// Stops a task before its batch is over.
    pub(super) fn interrupt(&mut self, id: &str, state: TaskState) {
        let running = self.0.realm.ack.tasks.get(id).is_some_and(|task| task.state(self.0.now) == TaskState::Running);
        let Some(task) = self.0.realm.ack.tasks.get_mut(id) else { return };
        let cluster = task.cluster.clone();
        let Some(rolling) = &mut task.rolling else { return };
        rolling.round += 1;
        let batch = rolling.batches.get(rolling.done).cloned().filter(|_| running && !rolling.waiting);
        let work = rolling.work.clone();
        self.set_task(id, state);
        for server in batch.unwrap_or_default() {
            self.abandon_work(&cluster, &server, &work);
        }
    }

    /// Starts the work on a node that stays.
    fn begin_work(&mut self, cluster: &str, server: &str, work: &NodeWork) {
        let node = self.0.realm.clusters.get_mut(cluster).and_then(|cluster| cluster.nodes.get_mut(server));
        let Some(node) = node.filter(|node| node.leaving.is_none()) else { return };
        let name = node.name.clone();
        match work {
            NodeWork::Upgrade { replace: true, .. } => {
                node.state = State::Initializing;
                self.control_plane().lose_node(cluster, &name);
            }
            NodeWork::Remove { release, drain } => {
                self.shrink_pool(server);
                self.leave(cluster, server, !release);
                if *drain {
                    self.control_plane().evict(cluster, &name, false);
                }
            }
            _ => {}
        }
    }

    /// Lets a node be as it was before the work, which is not finished.
    fn abandon_work(&mut self, cluster: &str, server: &str, work: &NodeWork) {
        if matches!(work, NodeWork::Upgrade { replace: true, .. }) {
            self.node_up(cluster, server);
        }
    }

    /// Finishes the work on a node.
    fn finish_work(&mut self, cluster: &str, server: &str, work: &NodeWork) {
        match work {
            NodeWork::Upgrade { release, image, replace } => {
                if let Some(cluster) = self.0.realm.clusters.get_mut(cluster).filter(|_| *release) {
                    cluster.upgrade_node(server);
                }
                if let Some(image) = image {
                    self.set_image(server, image);
                }
                if *replace {
                    self.settle_replaced(cluster, server);
                }
            }
            NodeWork::Configure | NodeWork::Remove { .. } => {}
            NodeWork::Fix { names } => {
                if let Some(worker) = self.0.realm.ack.nodes.get_mut(server) {
                    worker.fixed.extend(names.iter().cloned());
                }
            }
            NodeWork::Repair { restart } => {
                if let Some(machine) = self.0.realm.machines.get_mut(server).filter(|_| *restart) {
                    machine.running = true;
                }
            }
        }
    }

    fn set_image(&mut self, server: &str, image: &str) {
        if let Some(worker) = self.0.realm.ack.nodes.get_mut(server) {
            image.clone_into(&mut worker.image);
        }
    }

    /// Gives a node with a new system disk what its pool says.
    fn settle_replaced(&mut self, cluster: &str, server: &str) {
        let pool = self.0.realm.ack.nodes.get(server).and_then(|worker| worker.pool.as_ref());
        if let Some(pool) = pool.and_then(|pool| self.0.realm.ack.pools.get(pool)) {
            let (settings, image) = (pool.settings.clone(), pool.server.image.clone());
            self.set_image(server, &image);
            let node = self.0.realm.clusters.get_mut(cluster).and_then(|cluster| cluster.nodes.get_mut(server));
            if let Some(node) = node {
                node.labels = settings.labels.into_iter().collect();
                node.cordoned = settings.cordoned;
            }
        }
        self.node_up(cluster, server);
    }
}
