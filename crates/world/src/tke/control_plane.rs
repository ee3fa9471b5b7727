//! The upgrade of the control plane of a cluster, component by component.

use super::arguments::Arguments;
use super::tasks::{Life, TaskKind};
use super::versions::{self, Target};
use crate::cluster::nodes::Role;
use crate::cluster::{Cluster, Status};
use crate::kernel::failures::FailurePoint;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};

/// A stage of the upgrade of a control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The checks before the upgrade.
    Checks,
    /// What the new release needs.
    Before,
    ApiServer,
    ControllerManager,
    Scheduler,
    /// The kubelets of the masters.
    Kubelet,
    /// What depends on the new release.
    After,
}

/// The stages in their order, and how long each takes: seven minutes in all.
const STAGES: [(Stage, Millis); 7] = [
    (Stage::Checks, 30 * SECOND),
    (Stage::Before, 60 * SECOND),
    (Stage::ApiServer, 120 * SECOND),
    (Stage::ControllerManager, 60 * SECOND),
    (Stage::Scheduler, 60 * SECOND),
    (Stage::Kubelet, 30 * SECOND),
    (Stage::After, 60 * SECOND),
];

/// An upgrade of a control plane that is running.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlPlaneUpgrade {
    pub target: Target,
    /// Which of the stages it is in.
    place: usize,
    task: String,
    order: Order,
    /// The plan that it carries out.
    pub plan: Option<i64>,
    /// Why it will fail.
    fails: Option<String>,
}

impl ControlPlaneUpgrade {
    /// The stage that it is in.
    pub fn stage(&self) -> Option<Stage> {
        STAGES.get(self.place).map(|(stage, _)| *stage)
    }

    /// Returns how many stages are done, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.place, STAGES.len())
    }

    /// Whether the checks are over and the components are being upgraded.
    pub fn is_past_checks(&self) -> bool {
        self.place > 0
    }
}

/// How a control plane is to be upgraded.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub arguments: Option<Arguments>,
    /// The most pods that may be unavailable, in percent; 0 allows any number.
    pub max_unready: f64,
    pub skips_checks: bool,
}

impl Cluster {
    /// Whether the control plane is being upgraded.
    pub fn is_control_plane_upgrading(&self) -> bool {
        self.tke().control_plane.is_some()
    }

    /// The versions that the control plane can be upgraded to now.
    pub fn available_versions(&self) -> Vec<&'static str> {
        let next = versions::next(&self.version).filter(|_| self.has_equal_versions());
        next.into_iter().collect()
    }

    /// Whether all nodes have the version of the control plane.
    fn has_equal_versions(&self) -> bool {
        self.nodes.iter().all(|node| versions::version_of(node.release(self)) == self.version)
    }

    /// The pods of the cluster, and those of them that are not ready.
    pub fn pod_health(&self) -> (usize, usize) {
        let pods: Vec<_> = self.kubernetes.pods.iter().filter(|pod| pod.is_active()).collect();
        let unready = pods.iter().filter(|pod| !pod.is_ready()).count();
        (pods.len(), unready)
    }

    /// What is wrong with the pods if at most that share of them, in percent, may be unready; 0 allows any number.
    pub(super) fn pod_fault(&self, most: f64) -> Option<String> {
        let (total, unready) = self.pod_health();
        let share = unready as f64 * 100.0 / total.max(1) as f64;
        let message = || format!("{unready} of {total} pods are not ready: more than {most} %");
        (most > 0.0 && share > most).then(message)
    }
}

/// Whether a share in percent is one.
pub(super) fn check_percent(name: &str, percent: f64) -> Outcome<()> {
    if (0.0..=100.0).contains(&percent) {
        return Ok(());
    }
    Err(Reason::Invalid.because(format!("{name} is 0 to 100, not {percent}")))
}

impl Tke<'_> {
    /// The cluster if nothing is being done to its control plane or nodes.
    pub(super) fn idle_cluster(&self, id: &str) -> Outcome<&Cluster> {
        let cluster = self.0.realm.running_cluster(self.0.engine, id)?;
        super::status::check_idle(cluster)?;
        Ok(cluster)
    }

    /// Starts the upgrade of a control plane.
    pub fn upgrade_control_plane(&mut self, id: &str, wanted: &str, order: Order) -> Outcome<()> {
        check_percent("MaxNotReadyPercent", order.max_unready)?;
        let cluster = self.idle_cluster(id)?;
        let target = versions::target(cluster, wanted)?;
        if target.is_major && !cluster.has_equal_versions() {
            let message = format!("the nodes of the cluster {id} must be upgraded to {} first", cluster.version);
            return Err(Reason::NodeVersions.because(message));
        }
        if cluster.status() == Status::Scaling {
            return Err(Reason::Unavailable.because(format!("nodes of the cluster {id} are joining or leaving")));
        }
        if let Some(arguments) = &order.arguments {
            arguments.check(&target.version, cluster.kind)?;
        }
        self.start_control_plane_upgrade(id, target, order, None);
        Ok(())
    }

    /// Starts an upgrade that was checked before.
    pub(super) fn start_control_plane_upgrade(&mut self, id: &str, target: Target, order: Order, plan: Option<i64>) {
        let fails = self.planned_failure(FailurePoint::ClusterUpgrade);
        let Ok(cluster) = self.0.realm.cluster(self.0.engine, id) else { return };
        let parameter = format!("{} to {}", cluster.release, target.release);
        let task = self.start_task(id, TaskKind::ControlPlane, id, parameter);
        let upgrade = ControlPlaneUpgrade { target, place: 0, task, order, plan, fails };
        if let Some(cluster) = self.0.realm.clusters.get_mut(id) {
            cluster.tke_mut().control_plane = Some(upgrade);
        }
        self.plan_stage(id, 0);
    }

    fn plan_stage(&mut self, id: &str, place: usize) {
        if let Some((_, lasts)) = STAGES.get(place) {
            self.after(*lasts, Event::ControlPlaneStage { cluster: id.to_owned(), place });
        }
    }

    /// Ends a stage of the upgrade and begins the next one.
    pub(super) fn control_plane_stage(&mut self, id: &str, place: usize) {
        let Ok(cluster) = self.0.realm.running_cluster_mut(self.0.engine, id) else { return };
        let Some(upgrade) = cluster.tke().control_plane.clone().filter(|upgrade| upgrade.place == place) else {
            return;
        };
        let Some((stage, _)) = STAGES.get(place) else { return };
        match stage {
            Stage::Checks => {
                let fault = cluster.pod_fault(upgrade.order.max_unready).filter(|_| !upgrade.order.skips_checks);
                if let Some(reason) = fault.or(upgrade.fails.clone()) {
                    self.end_control_plane_upgrade(id, Some(&reason));
                    return;
                }
            }
            Stage::ApiServer => cluster.serve(&upgrade),
            Stage::Kubelet => {
                for node in cluster.nodes.iter_mut().filter(|node| node.role == Role::Master) {
                    node.release = None;
                }
            }
            Stage::After => {
                self.end_control_plane_upgrade(id, None);
                return;
            }
            Stage::Before | Stage::ControllerManager | Stage::Scheduler => {}
        }
        let next = place + 1;
        if let Some(upgrade) = cluster.tke_mut().control_plane.as_mut() {
            upgrade.place = next;
        }
        self.control_plane().sync(id);
        self.plan_stage(id, next);
    }

    fn end_control_plane_upgrade(&mut self, id: &str, fault: Option<&str>) {
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let Some(upgrade) = cluster.tke_mut().control_plane.take() else { return };
        let (life, error) = fault.map_or((Life::Done, ""), |fault| (Life::Aborted, fault));
        self.note_task(id, &upgrade.task, life, error);
        if let Some(plan) = upgrade.plan {
            self.plan_ended(plan, fault);
        }
        self.plan_upgrades();
        self.grow_level(id);
        self.control_plane().sync(id);
    }
}

impl Cluster {
    /// Lets the API server have the new release; the kubelets keep theirs.
    fn serve(&mut self, upgrade: &ControlPlaneUpgrade) {
        self.upgrade_control_plane(&upgrade.target.version, &upgrade.target.release);
        if let Some(arguments) = &upgrade.order.arguments {
            self.tke_mut().arguments = arguments.clone();
        } else if upgrade.target.is_major {
            self.tke_mut().arguments = Arguments::default();
        }
    }
}
