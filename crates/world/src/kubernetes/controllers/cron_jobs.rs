//! CronJobs: jobs at the times of a schedule.

use super::jobs::end_of;
use super::schedule::Schedule;
use super::{About, moment};
use crate::kernel::SECOND;
use crate::kernel::time::iso;
use crate::kubernetes::ControlPlane;
use crate::kubernetes::names::{number, text};
use crate::kubernetes::store::Key;
use serde_json::{Map, Value, json};

impl ControlPlane<'_, '_> {
    /// Starts the job of a CronJob if it is time, and tells its status.
    pub(super) fn run_cron_job(&mut self, cluster_id: &str, key: &Key, cron: &Value) {
        let now = self.0.now;
        let Ok(schedule) = Schedule::read(text(cron, "/spec/schedule")) else { return };
        self.clean_jobs(cluster_id, cron);
        let last = moment(text(cron, "/status/lastScheduleTime"));
        let since = last.or_else(|| moment(text(cron, "/metadata/creationTimestamp"))).unwrap_or(now);
        let suspended = cron.pointer("/spec/suspend") == Some(&Value::Bool(true));
        let mut started = None;
        if let (Some(due), false) = (schedule.last_until(since, now), suspended) {
            let limit = number(cron, "/spec/startingDeadlineSeconds").and_then(|seconds| u64::try_from(seconds).ok());
            let late = limit.is_some_and(|seconds| due + seconds * SECOND < now);
            let running: Vec<Key> = self.running_jobs(cluster_id, cron);
            let policy = text(cron, "/spec/concurrencyPolicy");
            let blocked = policy == "Forbid" && !running.is_empty();
            if !late && !blocked {
                if policy == "Replace" {
                    for job in &running {
                        self.delete_in_background(cluster_id, job);
                    }
                }
                self.start_job(cluster_id, key, cron, due);
                started = Some(due);
            }
        }
        let active: Vec<Value> = self
            .running_jobs(cluster_id, cron)
            .iter()
            .filter_map(|job| self.object(cluster_id, job))
            .map(|job| {
                json!({"apiVersion": "batch/v1", "kind": "Job", "name": job["metadata"]["name"],
                    "namespace": job["metadata"]["namespace"], "uid": job["metadata"]["uid"]})
            })
            .collect();
        let mut status = Map::new();
        if !active.is_empty() {
            status.insert("active".to_owned(), Value::Array(active));
        }
        if let Some(at) = started.or(last) {
            status.insert("lastScheduleTime".to_owned(), json!(iso(at)));
        }
        let ended = self.children(cluster_id, "jobs.batch", text(cron, "/metadata/uid"));
        let ended = ended.iter().map(|(_, job)| text(job, "/status/completionTime")).filter(|time| !time.is_empty());
        let success = ended.chain(std::iter::once(text(cron, "/status/lastSuccessfulTime"))).max();
        if let Some(success) = success.filter(|time| !time.is_empty()) {
            status.insert("lastSuccessfulTime".to_owned(), json!(success));
        }
        self.set_status(cluster_id, key, Value::Object(status));
        if let (Some(next), false) = (schedule.next_after(now), suspended) {
            self.wake_at(cluster_id, next);
        }
    }

    fn running_jobs(&self, cluster_id: &str, cron: &Value) -> Vec<Key> {
        let all = self.children(cluster_id, "jobs.batch", text(cron, "/metadata/uid"));
        all.into_iter().filter(|(_, job)| end_of(job).is_none()).map(|(key, _)| key).collect()
    }

    fn start_job(&mut self, cluster_id: &str, key: &Key, cron: &Value, due: u64) {
        // One job for each time: its name says the minute.
        let job_key = Key::new("jobs.batch", &key.namespace, &format!("{}-{}", key.name, due / (60 * SECOND)));
        if self.object(cluster_id, &job_key).is_some() {
            return;
        }
        let template = cron.pointer("/spec/jobTemplate").cloned().unwrap_or_default();
        let mut job = json!({"kind": "Job", "apiVersion": "batch/v1", "metadata": {}, "spec": template["spec"]});
        for field in ["labels", "annotations"] {
            if let Some(value) = template.pointer(&format!("/metadata/{field}")) {
                job["metadata"][field] = value.clone();
            }
        }
        let kind =
            crate::kubernetes::kinds::of_key("jobs.batch").and_then(|kind| Some(kind.resource(kind.served.first()?)));
        let Some(resource) = kind else { return };
        self.create_child(cluster_id, &job_key, job, Some(cron));
        // The selector is made of the identifier, which the job has now.
        if let Some(mut made) = self.object(cluster_id, &job_key) {
            crate::kubernetes::defaults::set(&resource, None, &mut made, self.0.now);
            self.put(cluster_id, &job_key, made);
        }
        let message = format!("Created job {}", job_key.name);
        let (kind, component) = ("CronJob", "cronjob-controller");
        let about = About { kind, component, reason: "SuccessfulCreate", message, warning: false };
        self.object_event(cluster_id, cron, about);
    }

    /// Jobs that are over are kept up to a number.
    fn clean_jobs(&mut self, cluster_id: &str, cron: &Value) {
        let all = self.children(cluster_id, "jobs.batch", text(cron, "/metadata/uid"));
        for (end, limit, usual) in
            [("Complete", "successfulJobsHistoryLimit", 3), ("Failed", "failedJobsHistoryLimit", 1)]
        {
            let kept = usize::try_from(number(cron, &format!("/spec/{limit}")).unwrap_or(usual)).unwrap_or(0);
            let mut over: Vec<&(Key, Value)> = all.iter().filter(|(_, job)| end_of(job) == Some(end)).collect();
            over.sort_by_key(|(key, job)| (text(job, "/metadata/creationTimestamp").to_owned(), key.clone()));
            for (key, _) in over.iter().take(over.len().saturating_sub(kept)) {
                self.delete_in_background(cluster_id, key);
            }
        }
    }
}
