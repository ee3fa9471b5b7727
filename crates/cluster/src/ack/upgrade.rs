//! Upgrades of clusters to another version of Kubernetes.

use super::operations::{
    CancelClusterUpgrade, GetUpgradeStatus, GetUpgradeStatusOutput, PauseClusterUpgrade, ResumeUpgradeCluster,
    UpgradeCluster,
};
use super::types::{UpgradeComponent, UpgradeStatus, UpgradeStep};
use super::{Client, Request};
use serde_json::{Value, json};
use std::fmt;
use wharf_core::wait::Waiter;

impl Client {
    /// Returns a handle of a cluster's upgrade: one to be started, or one in progress, regardless of the caller that
    /// started it. Nothing is sent.
    pub fn upgrade(&self, cluster_id: impl Into<String>) -> Upgrade {
        Upgrade { client: self.clone(), cluster_id: cluster_id.into() }
    }
}

/// A handle of the upgrade of a cluster to another version of Kubernetes. A cluster has one upgrade at a time, without
/// an identifier.
#[derive(Debug, Clone)]
pub struct Upgrade {
    client: Client,
    cluster_id: String,
}

impl Upgrade {
    /// Returns the identifier of the cluster.
    pub fn cluster_id(&self) -> &str {
        &self.cluster_id
    }

    /// Starts the upgrade to a version that the cluster supports: see the cluster's `next_version`.
    pub fn start(&self, next_version: impl Into<String>) -> Request<UpgradeCluster> {
        let request = self.client.upgrade_cluster(&self.cluster_id);
        request.component_name(UpgradeComponent::K8s).next_version(next_version)
    }

    /// Sends `GetUpgradeStatus` once; [`UpgradeProgress::of`] reads the response.
    pub fn status(&self) -> Request<GetUpgradeStatus> {
        self.client.get_upgrade_status(&self.cluster_id)
    }

    /// Pauses the upgrade until it is resumed.
    pub fn pause(&self) -> Request<PauseClusterUpgrade> {
        self.client.pause_cluster_upgrade(&self.cluster_id)
    }

    /// Resumes a paused upgrade.
    pub fn resume(&self) -> Request<ResumeUpgradeCluster> {
        self.client.resume_upgrade_cluster(&self.cluster_id)
    }

    /// Cancels the upgrade. Nodes that are already upgraded stay so.
    pub fn cancel(&self) -> Request<CancelClusterUpgrade> {
        self.client.cancel_cluster_upgrade(&self.cluster_id)
    }

    /// Waits until the upgrade is done: see [`wait_until_upgrade_done`](Client::wait_until_upgrade_done). To wait for a
    /// version of the cluster, use [`wait_until_upgraded`](Client::wait_until_upgraded).
    pub fn wait(&self) -> Waiter<GetUpgradeStatusOutput, UpgradeProgress> {
        self.client.wait_until_upgrade_done(&self.cluster_id)
    }
}

/// The progress of an upgrade.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpgradeProgress {
    /// State of the whole upgrade.
    pub status: UpgradeStatus,
    /// Current step.
    pub step: UpgradeStep,
    /// Messages of the service about current work or failures.
    pub messages: Vec<String>,
}

impl UpgradeProgress {
    /// Reads the progress from a response.
    pub fn of(answer: &GetUpgradeStatusOutput) -> Self {
        let task = answer.upgrade_task.as_ref().and_then(|task| task.message.as_deref());
        let mut messages: Vec<String> = Vec::new();
        for text in [answer.error_message.as_deref(), task].into_iter().flatten().map(str::trim) {
            if !text.is_empty() && !messages.iter().any(|known| known == text) {
                messages.push(text.to_owned());
            }
        }
        let (status, step) = (answer.status.clone(), answer.upgrade_step.clone());
        Self { status: status.unwrap_or_default(), step: step.unwrap_or_default(), messages }
    }

    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        json!({"status": self.status.as_str(), "step": self.step.as_str(), "messages": self.messages})
    }

    /// Returns true when the upgrade failed or was cancelled. The documents have no status for a cancelled upgrade.
    pub(super) fn is_given_up(&self) -> bool {
        let given_up = |word: &str| word.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("cancel"));
        self.status == UpgradeStatus::Fail || given_up(self.status.as_str())
    }
}

impl fmt::Display for UpgradeProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, step) = (self.status.as_str(), self.step.as_str());
        f.write_str(status)?;
        if !step.is_empty() && step != status {
            write!(f, ", {step}")?;
        }
        if !self.messages.is_empty() {
            write!(f, " ({})", self.messages.join("; "))?;
        }
        Ok(())
    }
}
