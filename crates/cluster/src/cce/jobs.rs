//! Jobs: work that continues after the call that requested it.

use super::operations::{GetJob, GetJobOutput};
use super::types::{self, JobPhase};
use super::{Client, Request};
use serde_json::{Value, json};
use std::fmt;
use wharf_core::wait::Waiter;

impl Client {
    /// Returns a handle of a job. `id` is its identifier: the `job_id()` of the output of the operation that started
    /// the job.
    pub fn job(&self, id: impl Into<String>) -> Job {
        Job { client: self.clone(), id: id.into() }
    }
}

/// A handle of a job on a cluster, its nodes or its node pools.
#[derive(Debug, Clone)]
pub struct Job {
    client: Client,
    id: String,
}

impl Job {
    /// Returns the identifier of the job.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Sends `GetJob` once.
    pub fn get(&self) -> Request<GetJob> {
        self.client.get_job(&self.id)
    }

    /// Waits until the job is done: see [`wait_until_job_done`](Client::wait_until_job_done).
    pub fn wait(&self) -> Waiter<GetJobOutput, JobProgress> {
        self.client.wait_until_job_done(&self.id)
    }
}

/// The progress of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobProgress {
    /// Phase of the whole job.
    pub phase: JobPhase,
    /// Number of parts that are done.
    pub done: usize,
    /// Number of all parts, nested ones included.
    pub total: usize,
    /// Types of the parts that are running.
    pub running: Vec<String>,
    /// Reasons of a failure, of the job and of its parts.
    pub reasons: Vec<String>,
}

impl JobProgress {
    /// Reads the progress from a response.
    pub fn of(job: &GetJobOutput) -> Self {
        let mut progress = Self { phase: job.status.phase.clone(), ..Self::default() };
        if progress.phase == JobPhase::Failed {
            progress.because(job.status.reason.as_deref());
        }
        let mut parts: Vec<&types::Job> = job.spec.sub_jobs.iter().rev().collect();
        while let Some(part) = parts.pop() {
            progress.total += 1;
            match part.status.phase {
                JobPhase::Success => progress.done += 1,
                JobPhase::Running => progress.running.push(part.spec.r#type.to_string()),
                JobPhase::Failed => progress.because(part.status.reason.as_deref()),
                _ => {}
            }
            parts.extend(part.spec.sub_jobs.iter().rev());
        }
        progress
    }

    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        json!({
            "phase": self.phase.as_str(),
            "done": self.done,
            "total": self.total,
            "running": self.running,
            "reasons": self.reasons,
        })
    }

    fn because(&mut self, reason: Option<&str>) {
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        if let Some(reason) = reason.filter(|reason| !self.reasons.iter().any(|known| known == reason)) {
            self.reasons.push(reason.to_owned());
        }
    }
}

impl fmt::Display for JobProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.phase)?;
        if self.total > 0 {
            write!(f, ", {} of {} parts done", self.done, self.total)?;
        }
        if !self.running.is_empty() {
            write!(f, ", now {}", self.running.join(", "))?;
        }
        if !self.reasons.is_empty() {
            write!(f, " ({})", self.reasons.join("; "))?;
        }
        Ok(())
    }
}
