//! Waiters for several nodes.

use super::Client;
use super::types::{Instance, InstanceState};
use serde_json::{Map, Value, json};
use std::fmt;
use wharf_core::Error;
use wharf_core::wait::{Listed, Verdict};

/// Number of instances in one call.
const PAGE: usize = 100;

/// The progress of a set of instances.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstancesProgress {
    /// Number of instances that run.
    pub running: usize,
    /// Number of instances that the waiter waits for.
    pub total: usize,
    /// Failed instances, each with the reason that the service reports.
    pub failed: Vec<(String, String)>,
    /// Instances that are not listed.
    pub missing: Vec<String>,
}

impl fmt::Display for InstancesProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} running", self.running, self.total)?;
        for (id, reason) in &self.failed {
            write!(f, ", {id} failed")?;
            if !reason.is_empty() {
                write!(f, " ({reason})")?;
            }
        }
        for id in &self.missing {
            write!(f, ", {id} not listed")?;
        }
        Ok(())
    }
}

impl InstancesProgress {
    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        let failed = self.failed.iter().map(|(id, reason)| (id.clone(), Value::from(reason.as_str())));
        json!({
            "running": self.running,
            "total": self.total,
            "failed": failed.collect::<Map<_, _>>(),
            "missing": self.missing,
        })
    }

    /// Returns the verdict on instances of which some run.
    pub(super) fn judge<T>(mut self, ids: &[String], running: Vec<T>, listed: &Listed) -> (Self, Verdict<Vec<T>>) {
        self.running = running.len();
        let verdict = if !self.failed.is_empty() {
            Verdict::Failure
        } else if running.len() == ids.len() {
            Verdict::Success(running)
        } else {
            let members = ids.iter().map(|id| (id.as_str(), !self.missing.contains(id)));
            listed.judge(members).unwrap_or(Verdict::Retry)
        };
        (self, verdict)
    }
}

/// Polls until all of these instances are running nodes.
pub(super) async fn instances_running(
    client: &Client,
    cluster_id: &str,
    ids: &[String],
    listed: &Listed,
) -> Result<(InstancesProgress, Verdict<Vec<Instance>>), Error> {
    let mut progress = InstancesProgress { total: ids.len(), ..InstancesProgress::default() };
    let mut running = Vec::new();
    for page in ids.chunks(PAGE) {
        let request = client.describe_cluster_instances(cluster_id).instance_ids(page).limit(PAGE as i64);
        let found = request.send().await?.instance_set;
        for id in page {
            let Some(instance) = found.iter().find(|instance| instance.instance_id == *id) else {
                progress.missing.push(id.clone());
                continue;
            };
            match instance.instance_state {
                InstanceState::Running => running.push(instance.clone()),
                InstanceState::Failed => progress.failed.push((id.clone(), instance.failed_reason.clone())),
                _ => {}
            }
        }
    }
    Ok(progress.judge(ids, running, listed))
}
