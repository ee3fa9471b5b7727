//! Tasks: work on clusters and nodes that is asked after by a number.

use crate::World;
use crate::ccs::Event;
use crate::ccs::{Ccs, ENGINE};
use crate::cluster::nodes::{NodeSettings, REMOVAL, Role, State, check_host_name};
use crate::cluster::{Cluster, DELETION, NewCluster, Stage, Status};
use crate::infra::machines::{Charge, Purchase};
use crate::kernel::engine::Engine;
use crate::kernel::failures::FailurePoint;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a cluster takes with its first nodes; as long as its control plane.
const CREATION: Millis = 60 * SECOND;
/// How long machines take to become nodes.
const JOINING: Millis = 30 * SECOND;

/// The tasks of a realm, and the clusters in trouble.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tasks {
    tasks: BTreeMap<u64, Task>,
    troubles: BTreeMap<String, Trouble>,
}

/// A piece of work.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Task {
    cluster: String,
    work: Work,
    progress: Progress,
    failure: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Work {
    CreateCluster,
    DeleteCluster,
    AddNodes(Vec<String>),
    RemoveNodes(Vec<String>),
}

/// How far a task has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    Running,
    Done,
    Failed,
}

/// A problem of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// Work on it has failed.
    Broken,
    /// Its owner owes money.
    Isolated,
}

/// What became of machines that were to join.
#[derive(Debug, Default)]
pub struct Admitted {
    pub joined: Vec<String>,
    /// With the reason.
    pub refused: Vec<(String, String)>,
}

/// A task, for those who show all of them.
#[derive(Debug, Clone, Copy)]
pub struct TaskView<'a> {
    pub number: u64,
    pub cluster: &'a str,
    pub kind: &'static str,
    pub progress: Progress,
    /// Why it has failed, if it has.
    pub failure: Option<&'a str>,
}

impl Tasks {
    /// Returns all tasks, oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = TaskView<'_>> {
        self.tasks.iter().map(|(number, task)| {
            let kind = match task.work {
                Work::CreateCluster => "CreateCluster",
                Work::DeleteCluster => "DeleteCluster",
                Work::AddNodes(_) => "AddNodes",
                Work::RemoveNodes(_) => "RemoveNodes",
            };
            let failure = task.failure.as_deref().filter(|_| task.progress == Progress::Failed);
            TaskView { number: *number, cluster: &task.cluster, kind, progress: task.progress, failure }
        })
    }

    /// How far the task has come, if there is such a task.
    pub fn progress(&self, number: u64) -> Option<Progress> {
        self.tasks.get(&number).map(|task| task.progress)
    }

    /// The problem of the cluster.
    pub fn trouble(&self, cluster: &str) -> Option<Trouble> {
        self.troubles.get(cluster).copied()
    }

    /// Whether the cluster is being deleted in vain.
    pub fn is_deleting(&self, cluster: &str) -> bool {
        let mut tasks = self.tasks.values();
        tasks.any(|task| {
            task.cluster == cluster && task.progress == Progress::Running && matches!(task.work, Work::DeleteCluster)
        })
    }
}

impl World {
    /// Cuts a cluster off because its owner owes money, or connects it again.
    pub fn isolate_cluster(&mut self, account: &str, region: &str, cluster: &str, isolated: bool) {
        let troubles = &mut self.ccs(account, region).realm.ccs.tasks.troubles;
        if isolated {
            troubles.insert(cluster.to_owned(), Trouble::Isolated);
        } else if troubles.get(cluster) == Some(&Trouble::Isolated) {
            troubles.remove(cluster);
        }
    }

    /// The clusters that the account has in all regions.
    pub fn cluster_count(&self, account: &str) -> usize {
        let clusters = self.realms_of(&ENGINE, account).flat_map(|realm| realm.clusters.iter());
        clusters.filter(|cluster| cluster.engine.product() == ENGINE.product()).count()
    }
}

impl Ccs<'_> {
    /// Starts a task, which ends after that time.
    fn start_task(&mut self, cluster: &str, work: Work, delay: Millis, failure: Option<String>) -> u64 {
        let number = self.0.ids.number();
        let task = Task { cluster: cluster.to_owned(), work, progress: Progress::Running, failure };
        self.0.realm.ccs.tasks.tasks.insert(number, task);
        self.after(delay, Event::TaskDue { task: number });
        number
    }

    /// The cluster when it serves: up, at rest and not in trouble.
    pub fn ready_cluster(&self, id: &str) -> Outcome<&Cluster> {
        let cluster = self.serving_cluster(id)?;
        if cluster.status() != Status::Running {
            let message = format!("the cluster {id} is not running: nodes are joining or leaving");
            return Err(Reason::Unavailable.because(message));
        }
        Ok(cluster)
    }

    /// The cluster when it is up and not in trouble.
    pub fn serving_cluster(&self, id: &str) -> Outcome<&Cluster> {
        let cluster = self.0.realm.running_cluster(self.0.engine, id)?;
        let state = match self.0.realm.ccs.tasks.trouble(id) {
            _ if self.0.realm.ccs.tasks.is_deleting(id) => "is being deleted",
            None => return Ok(cluster),
            Some(Trouble::Broken) => "is abnormal",
            Some(Trouble::Isolated) => "is isolated",
        };
        Err(Reason::Unavailable.because(format!("the cluster {id} {state}")))
    }

    /// The cluster when it may be taken apart: running, isolated or abnormal.
    fn removable_cluster(&self, id: &str) -> Outcome<&Cluster> {
        let cluster = self.0.realm.running_cluster(self.0.engine, id)?;
        if self.0.realm.ccs.tasks.is_deleting(id) {
            return Err(Reason::Unavailable.because(format!("the cluster {id} is being deleted")));
        }
        if self.0.realm.ccs.tasks.trouble(id).is_none() && cluster.status() != Status::Running {
            let message = format!("the cluster {id} is neither running nor isolated nor abnormal: it is scaling");
            return Err(Reason::Unavailable.because(message));
        }
        Ok(cluster)
    }

    /// Creates a cluster with its nodes; gives it and the task.
    pub fn start_cluster(&mut self, new: NewCluster) -> Outcome<(String, u64)> {
        let id = self.create_cluster(new)?;
        let failure = self.planned_failure(FailurePoint::ClusterCreation);
        let task = self.start_task(&id, Work::CreateCluster, CREATION, failure);
        Ok((id, task))
    }

    /// Deletes a cluster; gives the task. What is paid ahead stays with the account in any case.
    pub fn order_deletion(&mut self, id: &str, keep_machines: bool) -> Outcome<u64> {
        self.removable_cluster(id)?;
        let failure = self.planned_failure(FailurePoint::ClusterDeletion);
        if failure.is_none() {
            self.delete_cluster(id, keep_machines)?;
        }
        Ok(self.start_task(id, Work::DeleteCluster, DELETION, failure))
    }

    /// Buys machines for a cluster; gives them and the task.
    pub fn order_nodes(
        &mut self,
        id: &str,
        purchase: &Purchase,
        settings: &NodeSettings,
    ) -> Outcome<(Vec<String>, u64)> {
        self.ready_cluster(id)?;
        let machines = self.add_new_nodes(id, purchase, settings)?;
        let failure = self.planned_failure(FailurePoint::NodeCreation);
        let task = self.start_task(id, Work::AddNodes(machines.clone()), JOINING, failure);
        Ok((machines, task))
    }

    /// Lets nodes leave a cluster, all of them or none; gives the task.
    pub fn order_removal(&mut self, id: &str, machines: &[String], keep: bool) -> Outcome<u64> {
        let cluster = self.removable_cluster(id)?;
        if let Some(unknown) = machines.iter().find(|machine| !cluster.nodes.contains(machine)) {
            let message = format!("the machine {unknown} is not a node of the cluster {id}");
            return Err(Reason::NoPart.because(message));
        }
        if let Some(master) = machines.iter().find(|id| cluster.nodes.get(id).is_some_and(|n| n.role == Role::Master)) {
            return Err(Reason::Masters.because(format!("the machine {master} is a master of the cluster {id}")));
        }
        for machine in machines {
            // Who has paid for a month keeps the machine.
            let prepaid = self.0.realm.machines.get(machine).is_some_and(|machine| machine.charge == Charge::Prepaid);
            self.leave(id, machine, keep || prepaid);
        }
        Ok(self.start_task(id, Work::RemoveNodes(machines.to_vec()), REMOVAL, None))
    }

    /// Makes machines that are there into nodes, running or not; says why others cannot be.
    pub fn admit_machines(&mut self, id: &str, machines: &[String]) -> Outcome<Admitted> {
        let cluster = self.ready_cluster(id)?;
        check_host_name(cluster.host_names, None, None)?;
        let mut admitted = Admitted::default();
        for machine in machines {
            if admitted.joined.contains(machine) || admitted.refused.iter().any(|(known, _)| known == machine) {
                continue;
            }
            match self.0.realm.machines.get(machine) {
                None => admitted.refused.push((machine.clone(), format!("the machine {machine} does not exist"))),
                Some(there) => {
                    // Those that are shut down are started when they are installed.
                    let started = crate::infra::machines::Machine { running: true, ..there.clone() };
                    match crate::cluster::existing::unusable(&started, Some(&cluster.network)) {
                        Some(why) => admitted.refused.push((machine.clone(), why)),
                        None => admitted.joined.push(machine.clone()),
                    }
                }
            }
        }
        self.check_room(cluster, admitted.joined.len())?;
        for machine in &admitted.joined {
            if let Some(machine) = self.0.realm.machines.get_mut(machine) {
                machine.running = true;
            }
        }
        self.reinstall(id, &admitted.joined, None)?;
        self.join(id, &admitted.joined, Role::Worker, &NodeSettings::default(), None, JOINING)?;
        Ok(admitted)
    }

    /// Puts labels on a node, beside those that it has.
    pub fn label_node(&mut self, id: &str, machine: &str, labels: Vec<(String, String)>) -> Outcome<()> {
        self.serving_cluster(id)?;
        NodeSettings { labels: labels.clone(), ..NodeSettings::default() }.check()?;
        let cluster = self.0.realm.cluster_mut(self.0.engine, id)?;
        let node = cluster.nodes.get_mut(machine).ok_or_else(|| {
            Reason::NoPart.because(format!("the machine {machine} is not a node of the cluster {id}"))
        })?;
        node.labels.extend(labels);
        cluster.kubernetes.next_version();
        self.control_plane().settle(id);
        Ok(())
    }

    /// Sees what has come of a task.
    pub fn task_due(&mut self, number: u64) {
        let Some(task) = self.0.realm.ccs.tasks.tasks.get(&number).cloned() else { return };
        let cluster = self.0.realm.clusters.get(&task.cluster);
        let up = cluster.is_some_and(|cluster| cluster.stage == Stage::Up);
        let node = |id: &String| cluster.and_then(|cluster| cluster.nodes.get(id));
        let done = match &task.work {
            _ if task.failure.is_some() => false,
            Work::CreateCluster => up,
            Work::DeleteCluster => cluster.is_none(),
            Work::AddNodes(machines) => {
                machines.iter().all(|id| node(id).is_some_and(|node| node.state == State::Running))
            }
            Work::RemoveNodes(machines) => machines.iter().all(|id| node(id).is_none()),
        };
        if task.failure.is_some() {
            match &task.work {
                Work::CreateCluster | Work::DeleteCluster => {
                    self.0.realm.ccs.tasks.troubles.insert(task.cluster.clone(), Trouble::Broken);
                }
                Work::AddNodes(machines) => {
                    for machine in machines {
                        self.0.realm.ccs.history.node_ended(&task.cluster, machine, self.0.now);
                        self.node_gone(&task.cluster, machine);
                        self.free_machine(machine, false);
                    }
                }
                Work::RemoveNodes(_) => {}
            }
        }
        if let Some(task) = self.0.realm.ccs.tasks.tasks.get_mut(&number) {
            task.progress = if done { Progress::Done } else { Progress::Failed };
        }
        if self.0.realm.clusters.get(&task.cluster).is_none() {
            self.0.realm.ccs.tasks.troubles.remove(&task.cluster);
        }
    }
}
