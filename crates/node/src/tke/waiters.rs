//! Waiting for nodes.

use super::Client;
use super::types::{Instance, InstanceState};
use std::fmt;
use std::time::Duration;
use wharf_core::Error;
use wharf_core::wait::{Listed, Verdict, Waiter};

/// How long servers may take to become nodes.
const INSTANCES: Duration = Duration::from_secs(30 * 60);
/// How long servers may take to be listed.
const LISTING: Duration = Duration::from_secs(10 * 60);
/// Instances that one call asks for.
const PAGE: usize = 100;

/// How far a set of instances has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstancesProgress {
    /// Instances that run.
    pub running: usize,
    /// Instances that are waited for.
    pub total: usize,
    /// Instances that failed, each with the reason that the service gives.
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

impl Client {
    /// Waits until all of these instances are `running` nodes of a cluster, and gives them in the order asked
    /// for. Asks `DescribeClusterInstances`, a hundred instances at a time.
    ///
    /// Fails when one of them is `failed`; goes on while one is `initializing` or in an unknown state. One that is not
    /// listed within the [`grace`](Waiter::grace), 10 minutes here, or that disappears, is
    /// [`NotFound`](wharf_core::ErrorKind::NotFound). Gives up after 30 minutes, unless told otherwise by
    /// [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told how many run.
    pub fn wait_until_instances_running(
        &self,
        cluster_id: impl Into<String>,
        instance_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Waiter<Vec<Instance>, InstancesProgress> {
        let (client, cluster) = (self.clone(), cluster_id.into());
        let ids: Vec<String> = instance_ids.into_iter().map(Into::into).collect();
        let goal = format!("{} instances of cluster {cluster} to be running", ids.len());
        let listed = Listed::default();
        let waiter = Waiter::new(self.connection(), goal, INSTANCES, move || {
            let (client, cluster, ids) = (client.clone(), cluster.clone(), ids.clone());
            let listed = listed.clone();
            async move { client.progress(&cluster, &ids, &listed).await }
        });
        waiter.grace(LISTING)
    }

    async fn progress(
        &self,
        cluster: &str,
        ids: &[String],
        listed: &Listed,
    ) -> Result<(InstancesProgress, Verdict<Vec<Instance>>), Error> {
        let mut progress = InstancesProgress { total: ids.len(), ..InstancesProgress::default() };
        let mut running = Vec::new();
        for page in ids.chunks(PAGE) {
            let request = self.describe_cluster_instances(cluster).instance_ids(page).limit(PAGE as i64);
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
        progress.running = running.len();
        let verdict = if !progress.failed.is_empty() {
            Verdict::Failure
        } else if running.len() == ids.len() {
            Verdict::Success(running)
        } else {
            let members = ids.iter().map(|id| (id.as_str(), !progress.missing.contains(id)));
            listed.judge(members).unwrap_or(Verdict::GoOn)
        };
        Ok((progress, verdict))
    }
}
