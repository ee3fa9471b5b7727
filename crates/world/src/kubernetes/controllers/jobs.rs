//! Jobs: pods that run to their end, until enough of them have succeeded or too many have failed.

use super::{About, MadePod, moment, set_condition};
use crate::kernel::SECOND;
use crate::kernel::time::iso;
use crate::kubernetes::names::{items, number, text};
use crate::kubernetes::store::Key;
use crate::kubernetes::{ControlPlane, Pod, suffix};
use serde_json::{Map, Value, json};

/// Whether a job is over, and how.
pub(super) fn end_of(job: &Value) -> Option<&str> {
    let over = items(job, "/status/conditions").iter().find(|condition| {
        matches!(text(condition, "/type"), "Complete" | "Failed") && text(condition, "/status") == "True"
    });
    over.map(|condition| text(condition, "/type"))
}

impl ControlPlane<'_, '_> {
    /// Takes the next step of a job, and tells its status.
    pub(super) fn run_job(&mut self, cluster_id: &str, key: &Key, job: &Value) {
        let now = self.0.now;
        if end_of(job).is_some() {
            self.expire_job(cluster_id, key, job);
            return;
        }
        let id = text(job, "/metadata/uid").to_owned();
        let pods = self.pods_of_owner(cluster_id, &id);
        let ended =
            |good: bool| pods.iter().filter(|pod| pod.finished.is_some_and(|end| (end.code == 0) == good)).count();
        let before = |name: &str| number(job, &format!("/status/{name}")).unwrap_or(0);
        let succeeded = before("succeeded").max(ended(true) as i64);
        let restarts: i64 = pods.iter().map(|pod| i64::from(pod.restarts)).sum();
        let failed = before("failed").max(ended(false) as i64);
        let mut active: Vec<&Pod> = pods.iter().filter(|pod| pod.is_active()).collect();
        let mut conditions = items(job, "/status/conditions").to_vec();
        let start = text(job, "/status/startTime");
        let mut start = if start.is_empty() { iso(now) } else { start.to_owned() };
        let completions = number(job, "/spec/completions");
        let suspended = job.pointer("/spec/suspend") == Some(&Value::Bool(true));
        let deadline = number(job, "/spec/activeDeadlineSeconds").and_then(|seconds| u64::try_from(seconds).ok());
        let due = deadline.and_then(|seconds| moment(&start).map(|start| start + seconds * SECOND));
        let done = match completions {
            Some(wanted) => succeeded >= wanted,
            None => succeeded > 0 && active.is_empty(),
        };
        let mut end = None;
        if done {
            set_condition(
                &mut conditions,
                "Complete",
                true,
                "CompletionsReached",
                "Reached expected number of succeeded pods",
                now,
            );
            end = Some(("Completed", "Job completed".to_owned(), false));
        } else if failed + restarts > number(job, "/spec/backoffLimit").unwrap_or(6) {
            let message = "Job has reached the specified backoff limit";
            set_condition(&mut conditions, "Failed", true, "BackoffLimitExceeded", message, now);
            end = Some(("BackoffLimitExceeded", message.to_owned(), true));
        } else if due.is_some_and(|due| now >= due) && !suspended {
            let message = "Job was active longer than specified deadline";
            set_condition(&mut conditions, "Failed", true, "DeadlineExceeded", message, now);
            end = Some(("DeadlineExceeded", message.to_owned(), true));
        } else if suspended {
            set_condition(&mut conditions, "Suspended", true, "JobSuspended", "Job suspended", now);
            start = String::new();
        } else if conditions.iter().any(|condition| text(condition, "/type") == "Suspended") {
            set_condition(&mut conditions, "Suspended", false, "JobResumed", "Job resumed", now);
        }
        let mut running = active.len() as i64;
        if end.is_some() || suspended {
            for pod in active.drain(..) {
                self.stop_pod(cluster_id, &pod.uid);
            }
            running = 0;
        } else {
            let parallel = number(job, "/spec/parallelism").unwrap_or(1);
            let left = completions.map_or(if succeeded > 0 { running } else { parallel }, |wanted| wanted - succeeded);
            let wanted = parallel.min(left).max(0);
            let started = (running..wanted).filter(|_| self.start_job_pod(cluster_id, key, job)).count();
            running += started as i64;
        }
        let ready = active.iter().filter(|pod| pod.is_ready()).count();
        let mut status = Map::new();
        let counts = [("active", running), ("succeeded", succeeded), ("failed", failed)];
        status.extend(
            counts.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name.to_owned(), json!(count))),
        );
        status.insert("ready".to_owned(), json!(ready));
        status.insert("uncountedTerminatedPods".to_owned(), json!({}));
        if !start.is_empty() {
            status.insert("startTime".to_owned(), json!(start));
        }
        if done {
            status.insert("completionTime".to_owned(), json!(iso(now)));
        }
        if !conditions.is_empty() {
            status.insert("conditions".to_owned(), Value::Array(conditions));
        }
        self.set_status(cluster_id, key, Value::Object(status));
        if let Some(due) = due {
            self.wake_at(cluster_id, due);
        }
        if let Some((reason, message, warning)) = end {
            let about = About { kind: "Job", component: "job-controller", reason, message, warning };
            self.object_event(cluster_id, job, about);
        }
    }

    fn start_job_pod(&mut self, cluster_id: &str, key: &Key, job: &Value) -> bool {
        let name = format!("{}-{}", key.name, suffix(self.0.ids));
        let template = job.pointer("/spec/template").cloned().unwrap_or_default();
        let message = format!("Created pod: {name}");
        let made = self.create_pod_of(cluster_id, job, &template, MadePod { name, ..MadePod::default() }).is_some();
        if made {
            let (kind, component) = ("Job", "job-controller");
            let about = About { kind, component, reason: "SuccessfulCreate", message, warning: false };
            self.object_event(cluster_id, job, about);
        }
        made
    }

    /// Deletes a job that is over for as long as it was to be kept.
    fn expire_job(&mut self, cluster_id: &str, key: &Key, job: &Value) {
        let kept = number(job, "/spec/ttlSecondsAfterFinished").and_then(|seconds| u64::try_from(seconds).ok());
        let over = items(job, "/status/conditions")
            .iter()
            .filter(|condition| matches!(text(condition, "/type"), "Complete" | "Failed"))
            .find_map(|condition| moment(text(condition, "/lastTransitionTime")));
        let (Some(kept), Some(over)) = (kept, over) else { return };
        let due = over + kept * SECOND;
        if self.0.now >= due {
            self.delete_in_background(cluster_id, key);
        } else {
            self.wake_at(cluster_id, due);
        }
    }
}
