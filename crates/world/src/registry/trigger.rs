//! Application triggers: a push to a repository updates a workload of a cluster.

use super::{Quota, Registries, RegistryError, RepositoryName};
use crate::kernel::Millis;
use regex_lite::Regex;
use serde::{Deserialize, Serialize};

/// Which pushed tags fire a trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// Every tag.
    All,
    /// The tags of a list, separated by commas, semicolons or blanks.
    Tags(String),
    /// The tags in which the regular expression finds a match.
    Regex(String),
}

impl Condition {
    /// Reads method and expression.
    pub fn parse(method: &str, expression: &str) -> Result<Self, RegistryError> {
        match (method, expression.trim()) {
            ("all", _) => Ok(Self::All),
            ("taglist" | "regex", "") => Err(RegistryError::Missing("InvokeExpr")),
            ("taglist", list) => Ok(Self::Tags(list.to_owned())),
            ("regex", pattern) => match Regex::new(pattern) {
                Ok(_) => Ok(Self::Regex(pattern.to_owned())),
                Err(error) => {
                    Err(RegistryError::Invalid("InvokeExpr", format!("is not a regular expression: {error}")))
                }
            },
            _ => {
                let takes = format!("takes `all`, `taglist` or `regex`, not `{method}`");
                Err(RegistryError::Invalid("InvokeMethod", takes))
            }
        }
    }

    /// The method's name.
    pub fn method(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Tags(_) => "taglist",
            Self::Regex(_) => "regex",
        }
    }

    /// The expression; empty for every tag.
    pub fn expression(&self) -> &str {
        match self {
            Self::All => "",
            Self::Tags(expression) | Self::Regex(expression) => expression,
        }
    }

    fn matches(&self, tag: &str) -> bool {
        match self {
            Self::All => true,
            Self::Tags(list) => list.split([',', ';', ' ']).any(|listed| listed == tag),
            Self::Regex(pattern) => Regex::new(pattern).is_ok_and(|regex| regex.is_match(tag)),
        }
    }
}

/// A kind of workload that a trigger can update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkloadKind {
    /// A Deployment.
    Deployment,
    /// A StatefulSet.
    StatefulSet,
    /// A DaemonSet.
    DaemonSet,
    /// A CronJob.
    CronJob,
    /// A Job.
    Job,
}

impl WorkloadKind {
    const ALL: [Self; 5] = [Self::Deployment, Self::StatefulSet, Self::DaemonSet, Self::CronJob, Self::Job];

    /// Reads a kind's name.
    pub fn parse(name: &str) -> Result<Self, RegistryError> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            RegistryError::Invalid("WorkloadType", format!("takes one of {names}, not `{name}`"))
        })
    }

    /// The kind's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::CronJob => "CronJob",
            Self::Job => "Job",
        }
    }
}

/// The workload a trigger updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// The cluster.
    pub cluster: String,
    /// The numeric id of the cluster's region.
    pub region: i64,
    /// The Kubernetes namespace.
    pub namespace: String,
    /// The kind.
    pub kind: WorkloadKind,
    /// The workload's name.
    pub name: String,
    /// The container whose image is replaced.
    pub container: String,
}

/// A trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    pub account: String,
    /// Its name, unique in the account.
    pub name: String,
    /// The repository it watches.
    pub repository: RepositoryName,
    /// Which tags fire it.
    pub condition: Condition,
    /// What it updates.
    pub workload: Workload,
    /// When it was made.
    pub created: Millis,
    /// When it was last changed.
    pub updated: Millis,
}

/// Changes of a trigger; `None` leaves a value as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TriggerChange {
    /// A new name.
    pub name: Option<String>,
    /// Another repository.
    pub repository: Option<String>,
    /// Another method.
    pub method: Option<String>,
    /// Another expression.
    pub expression: Option<String>,
    /// Another cluster.
    pub cluster: Option<String>,
    /// Another region.
    pub region: Option<i64>,
    /// Another Kubernetes namespace.
    pub namespace: Option<String>,
    /// Another kind of workload.
    pub kind: Option<String>,
    /// Another workload.
    pub workload: Option<String>,
    /// Another container.
    pub container: Option<String>,
}

/// What the cluster answered when a trigger ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invocation {
    /// 0 for success.
    pub code: i64,
    /// What happened, for people.
    pub message: String,
}

impl Invocation {
    /// The workload was updated.
    pub fn success() -> Self {
        Self { code: 0, message: "success".to_owned() }
    }

    /// The workload could not be updated.
    pub fn failure(message: impl Into<String>) -> Self {
        Self { code: 1, message: message.into() }
    }
}

/// One run of a trigger, with the trigger as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerRun {
    pub account: String,
    /// The trigger's name.
    pub trigger: String,
    /// The repository that was pushed to.
    pub repository: RepositoryName,
    /// The tag that was pushed.
    pub tag: String,
    /// When.
    pub at: Millis,
    /// Which tags fired the trigger.
    pub condition: Condition,
    /// What it was to update.
    pub workload: Workload,
    /// What came of it.
    pub result: Invocation,
}

impl Registries {
    /// Makes a trigger on an own repository.
    pub fn create_trigger(
        &mut self,
        account: &str,
        name: &str,
        full: &str,
        condition: Condition,
        workload: Workload,
    ) -> Result<(), RegistryError> {
        self.require_user(account)?;
        let repository = self.own_repository(account, full)?.name.clone();
        let own = self.triggers(account);
        if own.iter().any(|trigger| trigger.name == name) {
            return Err(RegistryError::TriggerExists(name.to_owned()));
        }
        self.check_quota(account, Quota::Triggers, own.len())?;
        self.triggers.push(Trigger {
            account: account.to_owned(),
            name: name.to_owned(),
            repository,
            condition,
            workload,
            created: self.now,
            updated: self.now,
        });
        Ok(())
    }

    /// Changes a trigger: all that is asked, or nothing when a part is refused.
    pub fn change_trigger(&mut self, account: &str, name: &str, change: TriggerChange) -> Result<(), RegistryError> {
        self.require_user(account)?;
        let own = |trigger: &Trigger| trigger.account == account && trigger.name == name;
        let place = self.triggers.iter().position(own).ok_or_else(|| RegistryError::NoTrigger(name.to_owned()))?;
        let mut trigger = self.triggers[place].clone();
        if let Some(new) = change.name.filter(|new| new != name) {
            if self.triggers(account).iter().any(|other| other.name == new) {
                return Err(RegistryError::TriggerExists(new));
            }
            trigger.name = new;
        }
        if let Some(full) = change.repository {
            trigger.repository = self.own_repository(account, &full)?.name.clone();
        }
        if change.method.is_some() || change.expression.is_some() {
            let method = change.method.as_deref().unwrap_or(trigger.condition.method());
            // An expression is kept only for the method it was written for.
            let kept = if method == trigger.condition.method() { trigger.condition.expression() } else { "" };
            trigger.condition = Condition::parse(method, change.expression.as_deref().unwrap_or(kept))?;
        }
        if let Some(kind) = change.kind {
            trigger.workload.kind = WorkloadKind::parse(&kind)?;
        }
        let workload = &mut trigger.workload;
        workload.region = change.region.unwrap_or(workload.region);
        for (place, new) in [
            (&mut workload.cluster, change.cluster),
            (&mut workload.namespace, change.namespace),
            (&mut workload.name, change.workload),
            (&mut workload.container, change.container),
        ] {
            if let Some(new) = new {
                *place = new;
            }
        }
        trigger.updated = self.now;
        self.triggers[place] = trigger;
        Ok(())
    }

    /// Deletes a trigger. What its runs did stays on record.
    pub fn delete_trigger(&mut self, account: &str, name: &str) -> Result<(), RegistryError> {
        self.require_user(account)?;
        let before = self.triggers.len();
        self.triggers.retain(|trigger| trigger.account != account || trigger.name != name);
        if self.triggers.len() < before { Ok(()) } else { Err(RegistryError::NoTrigger(name.to_owned())) }
    }

    /// The account's triggers, oldest first.
    pub fn triggers(&self, account: &str) -> Vec<&Trigger> {
        self.triggers.iter().filter(|trigger| trigger.account == account).collect()
    }

    /// The runs of the account's triggers, oldest first.
    pub fn trigger_runs(&self, account: &str) -> Vec<&TriggerRun> {
        self.runs.iter().filter(|run| run.account == account).collect()
    }

    /// Runs the triggers that watch for this push.
    pub fn fire(&mut self, repository: &RepositoryName, tag: &str, invoke: &dyn Fn(&Workload) -> Invocation) {
        let watching = |trigger: &&Trigger| trigger.repository == *repository && trigger.condition.matches(tag);
        let runs = self.triggers.iter().filter(watching).map(|trigger| TriggerRun {
            account: trigger.account.clone(),
            trigger: trigger.name.clone(),
            repository: repository.clone(),
            tag: tag.to_owned(),
            at: self.now,
            condition: trigger.condition.clone(),
            workload: trigger.workload.clone(),
            result: invoke(&trigger.workload),
        });
        let runs: Vec<_> = runs.collect();
        self.runs.extend(runs);
    }
}

#[cfg(test)]
mod tests;
