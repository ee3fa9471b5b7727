//! Jobs: work that takes time and whose progress can be read.

use crate::Realm;
use crate::cce::Cce;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How long a job waits before its work begins.
const WAITING: Millis = SECOND;

/// A job, or a part of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    pub id: String,
    pub kind: Cow<'static, str>,
    pub cluster: String,
    /// What it works on, and the name of that.
    pub resource: String,
    pub resource_name: String,
    /// More that a caller may want to know.
    pub details: Vec<(Cow<'static, str>, String)>,
    pub parts: Vec<Job>,
    pub created: Millis,
    starts: Millis,
    ends: Millis,
    /// When it fails and why.
    fails: Option<(Millis, String)>,
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Waiting,
    Running,
    Done,
    Failed,
}

/// What a job is to be.
#[derive(Debug, Clone, Default)]
pub struct NewJob {
    pub kind: &'static str,
    pub cluster: String,
    pub resource: String,
    pub resource_name: String,
    pub parts: Vec<Part>,
}

/// A part of a planned job: when it starts and ends, counted from now.
#[derive(Debug, Clone, Default)]
pub struct Part {
    pub kind: &'static str,
    pub resource: String,
    pub resource_name: String,
    pub details: Vec<(&'static str, String)>,
    pub from: Millis,
    pub to: Millis,
}

impl Job {
    /// How far it has come.
    pub fn progress(&self, now: Millis) -> Progress {
        match &self.fails {
            Some((at, _)) if now >= *at => Progress::Failed,
            _ if now >= self.ends => Progress::Done,
            _ if now < self.starts => Progress::Waiting,
            _ => Progress::Running,
        }
    }

    /// Why it has failed, if it has.
    pub fn reason(&self, now: Millis) -> Option<&str> {
        self.fails.as_ref().filter(|(at, _)| now >= *at).map(|(_, reason)| reason.as_str())
    }

    /// When it last changed.
    pub fn changed(&self, now: Millis) -> Millis {
        let own = [Some(self.created), Some(self.starts), Some(self.ends), self.fails.as_ref().map(|(at, _)| *at)];
        let own = own.into_iter().flatten().filter(|moment| *moment <= now);
        own.chain(self.parts.iter().map(|part| part.changed(now))).max().unwrap_or(self.created)
    }

    /// Lets it fail at that time, if it is not done by then, and what it is working on with it.
    fn fail(&mut self, at: Millis, reason: &str) {
        if self.ends <= at || self.fails.is_some() {
            return;
        }
        self.fails = Some((at, reason.to_owned()));
        self.ends = Millis::MAX;
        for part in &mut self.parts {
            if part.starts <= at {
                part.fail(at, reason);
            } else {
                (part.starts, part.ends) = (Millis::MAX, Millis::MAX);
            }
        }
    }
}

impl Realm {
    /// The job, or the part of a job, of that identifier.
    pub fn job(&self, id: &str) -> Outcome<&Job> {
        let part = || self.cce.jobs.iter().find_map(|job| job.parts.iter().find(|part| part.id == id));
        let job = self.cce.jobs.get(id).or_else(part);
        job.ok_or_else(|| Reason::NoPart.because(format!("the job {id} does not exist")))
    }
}

impl Cce<'_> {
    /// Starts a job that ends when its last part does, and gives its identifier.
    pub fn start_job(&mut self, new: NewJob) -> String {
        let id = self.0.ids.uuid();
        let now = self.0.now;
        let parts: Vec<Job> = new
            .parts
            .into_iter()
            .map(|part| Job {
                id: self.0.ids.uuid(),
                kind: part.kind.into(),
                cluster: new.cluster.clone(),
                resource: part.resource,
                resource_name: part.resource_name,
                details: part.details.into_iter().map(|(name, value)| (name.into(), value)).collect(),
                parts: Vec::new(),
                created: now,
                starts: now + part.from.max(WAITING),
                ends: now + part.to,
                fails: None,
            })
            .collect();
        let job = Job {
            id: id.clone(),
            kind: new.kind.into(),
            cluster: new.cluster,
            resource: new.resource,
            resource_name: new.resource_name,
            details: parts.first().map(|part| part.details.clone()).unwrap_or_default(),
            created: now,
            starts: now + WAITING,
            ends: parts.iter().map(|part| part.ends).max().unwrap_or(now + WAITING),
            fails: None,
            parts,
        };
        self.0.realm.cce.jobs.insert(id.clone(), job);
        id
    }

    /// Lets a job fail after a while.
    pub fn fail_job(&mut self, id: &str, after: Millis, reason: &str) {
        let at = self.0.now + after;
        if let Some(job) = self.0.realm.cce.jobs.get_mut(id) {
            job.fail(at, reason);
        }
    }

    /// Lets all work on a cluster fail, but for that job.
    pub fn fail_jobs_of(&mut self, cluster: &str, but: &str, reason: &str) {
        let now = self.0.now;
        for job in self.0.realm.cce.jobs.iter_mut().filter(|job| job.cluster == cluster && job.id != but) {
            job.fail(now, reason);
        }
    }
}
