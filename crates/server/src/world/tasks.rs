//! Tasks: work on clusters and nodes that is asked after by a number.

use super::clusters::{Cluster, DELETION, NewCluster, Stage, Status};
use super::events::Event;
use super::fault::{Outcome, Reason};
use super::machines::{Charge, Purchase};
use super::mishaps::Undertaking;
use super::nodes::{NodeSettings, REMOVAL, Role, State, check_host_name};
use super::{Millis, RealmMut, SECOND, World};
use std::collections::BTreeMap;

/// How long a cluster takes with its first nodes; as long as its control plane.
const CREATION: Millis = 60 * SECOND;
/// How long machines take to become nodes.
const JOINING: Millis = 30 * SECOND;

/// The tasks of a realm, and the clusters in trouble.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tasks {
    tasks: BTreeMap<u64, Task>,
    troubles: BTreeMap<String, Trouble>,
}

/// A piece of work.
#[derive(Debug, Clone)]
struct Task {
    cluster: String,
    work: Work,
    progress: Progress,
    mishap: Option<String>,
}

#[derive(Debug, Clone)]
enum Work {
    CreateCluster,
    DeleteCluster,
    AddNodes(Vec<String>),
    RemoveNodes(Vec<String>),
}

/// How far a task has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Running,
    Done,
    Failed,
}

/// What is wrong with a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Work on it has failed.
    Broken,
    /// Its owner owes money.
    Isolated,
}

/// What became of machines that were to join.
#[derive(Debug, Default)]
pub(crate) struct Admitted {
    pub joined: Vec<String>,
    /// With the reason.
    pub refused: Vec<(String, String)>,
}

impl Tasks {
    /// How far the task has come, if there is such a task.
    pub(crate) fn progress(&self, number: u64) -> Option<Progress> {
        self.tasks.get(&number).map(|task| task.progress)
    }

    /// What is wrong with the cluster.
    pub(crate) fn trouble(&self, cluster: &str) -> Option<Trouble> {
        self.troubles.get(cluster).copied()
    }

    /// Whether the cluster is being deleted in vain.
    pub(crate) fn is_deleting(&self, cluster: &str) -> bool {
        let mut tasks = self.tasks.values();
        tasks.any(|task| {
            task.cluster == cluster && task.progress == Progress::Running && matches!(task.work, Work::DeleteCluster)
        })
    }
}

impl World {
    /// Cuts a cluster off because its owner owes money, or connects it again.
    pub fn isolate_cluster(&mut self, account: &str, region: &str, cluster: &str, isolated: bool) {
        let troubles = &mut self.realm(account, region).realm.tasks.troubles;
        if isolated {
            troubles.insert(cluster.to_owned(), Trouble::Isolated);
        } else if troubles.get(cluster) == Some(&Trouble::Isolated) {
            troubles.remove(cluster);
        }
    }

    /// The clusters that the account has in all regions.
    pub(crate) fn cluster_count(&self, account: &str) -> usize {
        let realms = self.realms.iter().filter(|((owner, _), _)| owner == account);
        realms.map(|(_, realm)| realm.clusters.len()).sum()
    }
}

impl RealmMut<'_> {
    /// Starts a task, which ends after that time.
    fn start_task(&mut self, cluster: &str, work: Work, delay: Millis, mishap: Option<String>) -> u64 {
        let number = self.ids.number();
        let task = Task { cluster: cluster.to_owned(), work, progress: Progress::Running, mishap };
        self.realm.tasks.tasks.insert(number, task);
        self.after(delay, Event::TaskDue { task: number });
        number
    }

    /// The cluster when it serves: up, at rest and not in trouble.
    pub(crate) fn ready_cluster(&self, id: &str) -> Outcome<&Cluster> {
        let cluster = self.serving_cluster(id)?;
        if cluster.status() != Status::Running {
            let message = format!("the cluster {id} is not running: nodes are joining or leaving");
            return Err(Reason::Unavailable.because(message));
        }
        Ok(cluster)
    }

    /// The cluster when it is up and not in trouble.
    pub(crate) fn serving_cluster(&self, id: &str) -> Outcome<&Cluster> {
        let cluster = self.realm.running_cluster(id)?;
        let state = match self.realm.tasks.trouble(id) {
            _ if self.realm.tasks.is_deleting(id) => "is being deleted",
            None => return Ok(cluster),
            Some(Trouble::Broken) => "is abnormal",
            Some(Trouble::Isolated) => "is isolated",
        };
        Err(Reason::Unavailable.because(format!("the cluster {id} {state}")))
    }

    /// The cluster when it may be taken apart: running, isolated or abnormal.
    fn removable_cluster(&self, id: &str) -> Outcome<&Cluster> {
        let cluster = self.realm.running_cluster(id)?;
        if self.realm.tasks.is_deleting(id) {
            return Err(Reason::Unavailable.because(format!("the cluster {id} is being deleted")));
        }
        if self.realm.tasks.trouble(id).is_none() && cluster.status() != Status::Running {
            let message = format!("the cluster {id} is neither running nor isolated nor abnormal: it is scaling");
            return Err(Reason::Unavailable.because(message));
        }
        Ok(cluster)
    }

    /// Creates a cluster with its nodes; gives it and the task.
    pub(crate) fn start_cluster(&mut self, new: NewCluster) -> Outcome<(String, u64)> {
        let id = self.create_cluster(new)?;
        let mishap = self.mishap(Undertaking::ClusterCreation);
        let task = self.start_task(&id, Work::CreateCluster, CREATION, mishap);
        Ok((id, task))
    }

    /// Deletes a cluster; gives the task. What is paid ahead stays with the account in any case.
    pub(crate) fn order_deletion(&mut self, id: &str, keep_machines: bool) -> Outcome<u64> {
        self.removable_cluster(id)?;
        let mishap = self.mishap(Undertaking::ClusterDeletion);
        if mishap.is_none() {
            self.delete_cluster(id, keep_machines)?;
        }
        Ok(self.start_task(id, Work::DeleteCluster, DELETION, mishap))
    }

    /// Buys machines for a cluster; gives them and the task.
    pub(crate) fn order_nodes(
        &mut self,
        id: &str,
        purchase: &Purchase,
        settings: &NodeSettings,
    ) -> Outcome<(Vec<String>, u64)> {
        let cluster = self.ready_cluster(id)?;
        self.check_first_edition_room(cluster, purchase.count as usize)?;
        let machines = self.add_new_nodes(id, purchase, settings)?;
        let mishap = self.mishap(Undertaking::NodeCreation);
        let task = self.start_task(id, Work::AddNodes(machines.clone()), JOINING, mishap);
        Ok((machines, task))
    }

    /// Whether the cluster has room for that many more nodes.
    fn check_first_edition_room(&self, cluster: &Cluster, more: usize) -> Outcome<()> {
        let most = self.quotas.first_edition_nodes;
        if cluster.nodes.len() + more > most {
            let message = format!("the cluster {} can have at most {most} nodes", cluster.id);
            return Err(Reason::NodeQuota.because(message));
        }
        Ok(())
    }

    /// Lets nodes leave a cluster, all of them or none; gives the task.
    pub(crate) fn order_removal(&mut self, id: &str, machines: &[String], keep: bool) -> Outcome<u64> {
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
            let prepaid = self.realm.machines.get(machine).is_some_and(|machine| machine.charge == Charge::Prepaid);
            self.leave(id, machine, keep || prepaid);
        }
        Ok(self.start_task(id, Work::RemoveNodes(machines.to_vec()), REMOVAL, None))
    }

    /// Makes machines that are there into nodes, running or not; says why others cannot be.
    pub(crate) fn admit_machines(&mut self, id: &str, machines: &[String]) -> Outcome<Admitted> {
        let cluster = self.ready_cluster(id)?;
        check_host_name(cluster.host_names, None, None)?;
        let mut admitted = Admitted::default();
        for machine in machines {
            if admitted.joined.contains(machine) || admitted.refused.iter().any(|(known, _)| known == machine) {
                continue;
            }
            match self.realm.machines.get(machine) {
                None => admitted.refused.push((machine.clone(), format!("the machine {machine} does not exist"))),
                Some(there) => {
                    // Those that are shut down are started when they are installed.
                    let started = super::machines::Machine { running: true, ..there.clone() };
                    match super::existing::unusable(&started, Some(&cluster.network)) {
                        Some(why) => admitted.refused.push((machine.clone(), why)),
                        None => admitted.joined.push(machine.clone()),
                    }
                }
            }
        }
        self.check_room(cluster, admitted.joined.len())?;
        self.check_first_edition_room(cluster, admitted.joined.len())?;
        for machine in &admitted.joined {
            if let Some(machine) = self.realm.machines.get_mut(machine) {
                machine.running = true;
            }
        }
        self.reinstall(id, &admitted.joined, None)?;
        self.join(id, &admitted.joined, Role::Worker, &NodeSettings::default(), None, JOINING)?;
        Ok(admitted)
    }

    /// Puts labels on a node, beside those that it has.
    pub(crate) fn label_node(&mut self, id: &str, machine: &str, labels: Vec<(String, String)>) -> Outcome<()> {
        self.serving_cluster(id)?;
        NodeSettings { labels: labels.clone(), ..NodeSettings::default() }.check()?;
        let cluster = self.realm.cluster_mut(id)?;
        let node = cluster.nodes.get_mut(machine).ok_or_else(|| {
            Reason::NoPart.because(format!("the machine {machine} is not a node of the cluster {id}"))
        })?;
        node.labels.extend(labels);
        cluster.kubernetes.next_version();
        self.settle(id);
        Ok(())
    }

    /// Sees what has come of a task.
    pub(super) fn task_due(&mut self, number: u64) {
        let Some(task) = self.realm.tasks.tasks.get(&number).cloned() else { return };
        let cluster = self.realm.clusters.get(&task.cluster);
        let up = cluster.is_some_and(|cluster| cluster.stage == Stage::Up);
        let node = |id: &String| cluster.and_then(|cluster| cluster.nodes.get(id));
        let done = match &task.work {
            _ if task.mishap.is_some() => false,
            Work::CreateCluster => up,
            Work::DeleteCluster => cluster.is_none(),
            Work::AddNodes(machines) => {
                machines.iter().all(|id| node(id).is_some_and(|node| node.state == State::Running))
            }
            Work::RemoveNodes(machines) => machines.iter().all(|id| node(id).is_none()),
        };
        if task.mishap.is_some() {
            match &task.work {
                Work::CreateCluster | Work::DeleteCluster => {
                    self.realm.tasks.troubles.insert(task.cluster.clone(), Trouble::Broken);
                }
                Work::AddNodes(machines) => {
                    for machine in machines {
                        self.realm.history.node_ended(&task.cluster, machine, self.now);
                        self.node_gone(&task.cluster, machine);
                        self.free_machine(machine, false);
                    }
                }
                Work::RemoveNodes(_) => {}
            }
        }
        if let Some(task) = self.realm.tasks.tasks.get_mut(&number) {
            task.progress = if done { Progress::Done } else { Progress::Failed };
        }
        if self.realm.clusters.get(&task.cluster).is_none() {
            self.realm.tasks.troubles.remove(&task.cluster);
        }
    }
}
