//! Waiting for clusters.

use super::operations::GetClusterOutput;
use super::types::{ClusterPhase, JobPhase};
use super::{Client, JobProgress};
use std::fmt;
use std::time::Duration;
use wharf_core::wait::{Verdict, Waiter, is_gone};

/// How long creating, waking or deleting a cluster may take.
const CLUSTER: Duration = Duration::from_secs(30 * 60);
/// Any text makes the service tell the phase Error; without one it says Deleting.
const TELL_ERRORS: &str = "true";

/// The phase of a cluster, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterProgress {
    /// The phase.
    pub phase: ClusterPhase,
    /// Why it is in this phase, as far as the cluster and its failed job tell.
    pub reasons: Vec<String>,
}

impl fmt::Display for ClusterProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.phase)?;
        if !self.reasons.is_empty() {
            write!(f, " ({})", self.reasons.join("; "))?;
        }
        Ok(())
    }
}

impl Client {
    /// Waits until a cluster is `Available`, and gives it. Asks `GetCluster`.
    ///
    /// Fails in the phases from which a cluster does not come to work by itself: `Unavailable`, `Error`,
    /// `RollbackFailed` and `Deleting`, with the reasons that the cluster and its job give; goes on in every other one,
    /// unknown ones too, and while it sleeps: it may have been woken just now. A cluster that does not appear within
    /// the [`grace`](Waiter::grace), or that disappears, is [`NotFound`](wharf_core::ErrorKind::NotFound). Gives up
    /// after 30 minutes, unless told otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is
    /// told each new phase.
    pub fn wait_until_available(&self, cluster_id: impl Into<String>) -> Waiter<GetClusterOutput, ClusterProgress> {
        self.wait_for(cluster_id.into(), "Available", |phase| match phase {
            ClusterPhase::Available => Verdict::Success(()),
            ClusterPhase::Unavailable | ClusterPhase::Error | ClusterPhase::RollbackFailed | ClusterPhase::Deleting => {
                Verdict::Failure
            }
            _ => Verdict::GoOn,
        })
    }

    /// Waits until a cluster sleeps (`Hibernation`), and gives it. Asks `GetCluster`.
    ///
    /// Fails in the phases `Unavailable`, `Error` and `Deleting`; goes on in every other one. Gives up after
    /// 30 minutes, unless told otherwise by [`timeout`](Waiter::timeout);
    /// [`on_progress`](Waiter::on_progress) is told each new phase.
    pub fn wait_until_hibernated(&self, cluster_id: impl Into<String>) -> Waiter<GetClusterOutput, ClusterProgress> {
        self.wait_for(cluster_id.into(), "asleep", |phase| match phase {
            ClusterPhase::Hibernation => Verdict::Success(()),
            ClusterPhase::Unavailable | ClusterPhase::Error | ClusterPhase::Deleting => Verdict::Failure,
            _ => Verdict::GoOn,
        })
    }

    /// Waits until a cluster is gone: until `GetCluster` does not find it.
    ///
    /// Fails in the phase `Error` when the cluster's job has failed, with its reasons; goes on in every other
    /// one: what was asked to be deleted may still look as before. Gives up after 30 minutes, unless told
    /// otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told each new
    /// phase, and at the end `Deleted`, for which the service has no word.
    pub fn wait_until_deleted(&self, cluster_id: impl Into<String>) -> Waiter<(), ClusterProgress> {
        let (client, id) = (self.clone(), cluster_id.into());
        let goal = format!("cluster {id} to be gone");
        Waiter::new(self.connection(), goal, CLUSTER, move || {
            let (client, id) = (client.clone(), id.clone());
            async move {
                match client.get_cluster(&id).error_status(TELL_ERRORS).send().await {
                    Ok(cluster) if cluster.status.phase == ClusterPhase::Error => {
                        let (progress, job_failed) = client.why(&cluster).await;
                        Ok((progress, if job_failed { Verdict::Failure } else { Verdict::GoOn }))
                    }
                    Ok(cluster) => Ok((ClusterProgress::of(&cluster), Verdict::GoOn)),
                    Err(error) if is_gone(&error) => {
                        let gone = ClusterProgress { phase: "Deleted".into(), ..ClusterProgress::default() };
                        Ok((gone, Verdict::Success(())))
                    }
                    Err(error) => Err(error),
                }
            }
        })
    }

    fn wait_for(
        &self,
        id: String,
        goal: &str,
        judge: fn(&ClusterPhase) -> Verdict<()>,
    ) -> Waiter<GetClusterOutput, ClusterProgress> {
        let client = self.clone();
        let goal = format!("cluster {id} to be {goal}");
        Waiter::new(self.connection(), goal, CLUSTER, move || {
            let (client, id) = (client.clone(), id.clone());
            async move {
                let cluster = client.get_cluster(&id).error_status(TELL_ERRORS).send().await?;
                let verdict = judge(&cluster.status.phase);
                let progress = match verdict {
                    Verdict::Failure => client.why(&cluster).await.0,
                    _ => ClusterProgress::of(&cluster),
                };
                Ok((progress, verdict.map(|()| cluster)))
            }
        })
    }

    /// What the cluster and its last job say, and whether that job has failed. A job that cannot be asked
    /// says nothing: the cluster's own word is enough.
    async fn why(&self, cluster: &GetClusterOutput) -> (ClusterProgress, bool) {
        let mut progress = ClusterProgress::of(cluster);
        let Some(id) = cluster.status.job_id.as_ref().filter(|id| !id.is_empty()) else { return (progress, false) };
        let Ok(job) = self.get_job(id).send().await else { return (progress, false) };
        let job = JobProgress::of(&job);
        for reason in &job.reasons {
            if !progress.reasons.iter().any(|known| known.contains(reason.as_str())) {
                progress.reasons.push(reason.clone());
            }
        }
        (progress, job.phase == JobPhase::Failed)
    }
}

impl ClusterProgress {
    fn of(cluster: &GetClusterOutput) -> Self {
        let status = &cluster.status;
        let told = [&status.reason, &status.message].into_iter().flatten().map(|text| text.trim());
        let reasons = told.filter(|text| !text.is_empty()).map(str::to_owned).collect();
        Self { phase: status.phase.clone(), reasons }
    }
}
