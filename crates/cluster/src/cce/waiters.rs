//! Waiters for clusters. The reasons for a failure are in the job of a cluster.

pub use super::JobProgress;

use super::Client;
use super::operations::GetClusterOutput;
use super::types::{ClusterPhase, JobPhase};
use serde_json::{Value, json};
use std::fmt;
use wharf_core::Error;
use wharf_core::wait::{Verdict, unless_gone};

/// Any text makes the service report the phase Error; without one it reports Deleting.
const TELL_ERRORS: &str = "true";

/// The phase of a cluster and its reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterProgress {
    /// Phase of the cluster.
    pub phase: ClusterPhase,
    /// Reasons of the phase, if the cluster or its failed job reports them.
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

/// Polls until a cluster is available.
pub(super) async fn cluster_available(
    client: &Client,
    cluster_id: &str,
) -> Result<(ClusterProgress, Verdict<GetClusterOutput>), Error> {
    client
        .judge(cluster_id, |phase| match phase {
            ClusterPhase::Available => Verdict::Success(()),
            ClusterPhase::Unavailable | ClusterPhase::Error | ClusterPhase::RollbackFailed | ClusterPhase::Deleting => {
                Verdict::Failure
            }
            _ => Verdict::Retry,
        })
        .await
}

/// Polls until a cluster is hibernated.
pub(super) async fn cluster_hibernated(
    client: &Client,
    cluster_id: &str,
) -> Result<(ClusterProgress, Verdict<GetClusterOutput>), Error> {
    client
        .judge(cluster_id, |phase| match phase {
            ClusterPhase::Hibernation => Verdict::Success(()),
            ClusterPhase::Unavailable | ClusterPhase::Error | ClusterPhase::Deleting => Verdict::Failure,
            _ => Verdict::Retry,
        })
        .await
}

/// Polls until a cluster is deleted.
pub(super) async fn cluster_deleted(
    client: &Client,
    cluster_id: &str,
) -> Result<(ClusterProgress, Verdict<()>), Error> {
    let request = client.get_cluster(cluster_id).error_status(TELL_ERRORS);
    let Some(cluster) = unless_gone(request.send().await)? else {
        let gone = ClusterProgress { phase: "Deleted".into(), ..ClusterProgress::default() };
        return Ok((gone, Verdict::Success(())));
    };
    if cluster.status.phase != ClusterPhase::Error {
        return Ok((ClusterProgress::of(&cluster), Verdict::Retry));
    }
    let (progress, job_failed) = client.why(&cluster).await;
    Ok((progress, if job_failed { Verdict::Failure } else { Verdict::Retry }))
}

impl Client {
    /// Polls once. A failure includes its reasons.
    async fn judge(
        &self,
        cluster_id: &str,
        verdict: fn(&ClusterPhase) -> Verdict<()>,
    ) -> Result<(ClusterProgress, Verdict<GetClusterOutput>), Error> {
        let cluster = self.get_cluster(cluster_id).error_status(TELL_ERRORS).send().await?;
        let verdict = verdict(&cluster.status.phase);
        let progress = match verdict {
            Verdict::Failure => self.why(&cluster).await.0,
            _ => ClusterProgress::of(&cluster),
        };
        Ok((progress, verdict.map(|()| cluster)))
    }

    /// Returns the reasons from the cluster and its last job, and whether that job has failed. If the job cannot be
    /// read, the reasons are those of the cluster.
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

    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        json!({"phase": self.phase.as_str(), "reasons": self.reasons})
    }
}
