//! Rules of retention: which tags of a namespace are kept, and when the others are removed.

use super::{Happening, Selector, record};
use crate::kernel::Millis;
use crate::kernel::time::{china, midnight};
use crate::registry::distribution::Place;
use crate::registry::{Content, Registries, RegistryError, Tag};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const DAY: Millis = 24 * 60 * 60 * 1_000;
/// How many rules a namespace may have.
const MOST_RULES: usize = 15;

/// What a rule keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keep {
    /// The tags that were pushed last, that many.
    Latest(u64),
    /// The tags that were pushed in the last days.
    Days(u64),
}

impl Keep {
    /// Reads key and value.
    pub fn parse(key: &str, value: i64) -> Result<Self, RegistryError> {
        let Some(number) = u64::try_from(value).ok().filter(|number| *number > 0) else {
            return Err(RegistryError::Invalid("RetentionRule.Value", format!("must be at least 1, not {value}")));
        };
        match key {
            "latestPushedK" => Ok(Self::Latest(number)),
            "nDaysSinceLastPush" => Ok(Self::Days(number)),
            other => {
                let takes = format!("takes latestPushedK or nDaysSinceLastPush, not `{other}`");
                Err(RegistryError::Invalid("RetentionRule.Key", takes))
            }
        }
    }

    /// Its key and its value.
    pub fn pair(self) -> (&'static str, u64) {
        match self {
            Self::Latest(number) => ("latestPushedK", number),
            Self::Days(number) => ("nDaysSinceLastPush", number),
        }
    }
}

/// A rule, and the tags and repositories that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionItem {
    pub keep: Keep,
    pub tags: Selector,
    pub repositories: Selector,
}

/// When a policy is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Schedule {
    Manual,
    Daily,
    Weekly,
    Monthly,
}

impl Schedule {
    const ALL: [Self; 4] = [Self::Manual, Self::Daily, Self::Weekly, Self::Monthly];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Result<Self, RegistryError> {
        Self::ALL.into_iter().find(|schedule| schedule.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            RegistryError::Invalid("CronSetting", format!("takes {names}, not `{name}`"))
        })
    }

    /// The last moment at or before that one for which an execution is planned: a midnight in China.
    fn last(self, now: Millis) -> Option<Millis> {
        let today = midnight(now);
        let days = match self {
            Self::Manual => return None,
            Self::Daily => 0,
            Self::Weekly => china(now).weekday().num_days_from_sunday(),
            Self::Monthly => china(now).day0(),
        };
        Some(today.saturating_sub(u64::from(days) * DAY))
    }

    /// The first moment after that one for which an execution is planned.
    pub fn next(self, now: Millis) -> Option<Millis> {
        let last = self.last(now)?;
        // The first day after the last one on which the schedule begins anew: at most 31 days later.
        (1..=31).map(|days| last + days * DAY).find(|day| self.last(*day) == Some(*day))
    }
}

/// The policy of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    pub id: i64,
    pub namespace: String,
    pub items: Vec<RetentionItem>,
    /// Whether the items have selectors.
    pub advanced: bool,
    pub schedule: Schedule,
    pub disabled: bool,
    /// The next execution.
    pub next: Option<Millis>,
}

/// An execution of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionExecution {
    pub id: i64,
    pub policy: i64,
    pub at: Millis,
    pub tasks: Vec<RetentionTask>,
}

/// What an execution did in one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionTask {
    pub id: i64,
    pub repository: String,
    pub total: usize,
    pub retained: usize,
}

impl Registries {
    /// Creates the policy of a namespace, which is given by its number, and returns the policy's number.
    pub fn create_retention(
        &mut self,
        account: &str,
        id: &str,
        namespace: i64,
        mut new: Retention,
    ) -> Result<i64, RegistryError> {
        check_items(&new.items)?;
        let now = self.now;
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        new.namespace = namespace_of(content, namespace)?;
        if content.retention.iter().any(|other| other.namespace == new.namespace) {
            return Err(RegistryError::Exists("retention rule of namespace", new.namespace));
        }
        new.id = content.number();
        new.next = new.schedule.next(now).filter(|_| !new.disabled);
        let number = new.id;
        content.retention.push(new);
        Ok(number)
    }

    /// Replaces a policy.
    pub fn change_retention(
        &mut self,
        account: &str,
        id: &str,
        namespace: i64,
        mut new: Retention,
    ) -> Result<(), RegistryError> {
        check_items(&new.items)?;
        let now = self.now;
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        new.namespace = namespace_of(content, namespace)?;
        new.next = new.schedule.next(now).filter(|_| !new.disabled);
        let same = |other: &&mut Retention| other.id == new.id && other.namespace == new.namespace;
        let found = content.retention.iter_mut().find(same);
        let found = found.ok_or_else(|| RegistryError::NotFound("retention rule", new.id.to_string()))?;
        *found = new;
        Ok(())
    }

    /// Deletes a policy with its executions.
    pub fn delete_retention(&mut self, account: &str, id: &str, policy: i64) -> Result<(), RegistryError> {
        self.retention(account, id, policy)?;
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        content.retention.retain(|other| other.id != policy);
        content.retention_executions.retain(|execution| execution.policy != policy);
        Ok(())
    }

    /// Returns a policy.
    pub fn retention(&self, account: &str, id: &str, policy: i64) -> Result<&Retention, RegistryError> {
        let found = self.instance(account, id)?.enterprise.retention.iter().find(|other| other.id == policy);
        found.ok_or_else(|| RegistryError::NotFound("retention rule", policy.to_string()))
    }

    /// Executes a policy now. A dry run reports what it would keep, and removes nothing.
    pub fn execute_retention(&mut self, account: &str, id: &str, policy: i64, dry: bool) -> Result<(), RegistryError> {
        self.running_instance(account, id)?;
        let policy = self.retention(account, id, policy)?.clone();
        self.execute(id, &policy, self.now, dry);
        Ok(())
    }

    /// Executes the policies whose time has come.
    pub(in crate::registry) fn run_retention(&mut self) {
        let now = self.now;
        let mut due = Vec::new();
        for instance in &mut self.instances {
            let id = instance.id().to_owned();
            for policy in &mut instance.enterprise.retention {
                if policy.next.is_some_and(|next| next <= now) {
                    // Between two calls nothing is pushed: of several executions the last does what all do.
                    due.push((id.clone(), policy.clone(), policy.schedule.last(now).unwrap_or(now)));
                    policy.next = policy.schedule.next(now);
                }
            }
        }
        for (id, policy, at) in due {
            self.execute(&id, &policy, at, false);
        }
    }

    fn execute(&mut self, id: &str, policy: &Retention, at: Millis, dry: bool) {
        let Some(instance) = self.any_instance(id) else { return };
        let here = instance.enterprise.repositories.values().filter(|one| one.namespace() == policy.namespace);
        let mut tasks = Vec::new();
        for repository in here {
            let rules = policy.items.iter().filter(|item| item.repositories.selects(repository.name()));
            let rules: Vec<&RetentionItem> = rules.collect();
            // A repository that no rule is for is left as it is.
            if !rules.is_empty() && !repository.content.tags.is_empty() {
                let mut kept = kept(&repository.content, &rules, at);
                let all = repository.content.tags.keys();
                kept.extend(all.filter(|tag| self.is_immutable(id, &repository.path, tag)).cloned());
                tasks.push((repository.path.clone(), repository.content.tags.len(), kept));
            }
        }
        let place = Place::Instance(id.to_owned());
        let mut done = Vec::new();
        for (path, total, kept) in tasks {
            done.push((path.clone(), total, kept.len()));
            if dry || kept.len() == total {
                continue;
            }
            let content = self.content(&place, &path);
            let gone: Vec<(String, String)> = content.map_or_else(Vec::new, |content| {
                let gone = content.tags.values().filter(|tag| !kept.contains(&tag.name));
                gone.map(|tag| (tag.name.clone(), tag.digest.clone())).collect()
            });
            self.change_content(&place, &path, |content| content.retain(|tag| kept.contains(&tag.name)));
            for (tag, digest) in gone {
                self.happened(id, Happening::Delete, &path, &tag, &digest);
            }
        }
        self.collect();
        let Some(instance) = self.any_instance_mut(id) else { return };
        let content = &mut instance.enterprise;
        let execution = content.number();
        let task = |(repository, total, retained)| RetentionTask { id: content.number(), repository, total, retained };
        let tasks = done.into_iter().map(task).collect();
        record(&mut content.retention_executions, RetentionExecution { id: execution, policy: policy.id, at, tasks });
    }
}

/// The tags that at least one of the rules keeps.
fn kept(content: &Content, rules: &[&RetentionItem], at: Millis) -> BTreeSet<String> {
    let mut kept = BTreeSet::new();
    for rule in rules {
        let mut meant: Vec<&Tag> = content.tags.values().filter(|tag| rule.tags.selects(&tag.name)).collect();
        match rule.keep {
            Keep::Latest(number) => {
                meant.sort_by_key(|tag| std::cmp::Reverse(tag.turn));
                meant.truncate(usize::try_from(number).unwrap_or(usize::MAX));
            }
            Keep::Days(days) => meant.retain(|tag| tag.pushed.saturating_add(days.saturating_mul(DAY)) > at),
        }
        kept.extend(meant.into_iter().map(|tag| tag.name.clone()));
    }
    kept
}

fn check_items(items: &[RetentionItem]) -> Result<(), RegistryError> {
    match items.len() {
        0 => Err(RegistryError::Missing("RetentionRule")),
        number if number > MOST_RULES => {
            Err(RegistryError::Invalid("AdvancedRuleItems", format!("has at most {MOST_RULES} rules, not {number}")))
        }
        _ => Ok(()),
    }
}

fn namespace_of(content: &super::Enterprise, id: i64) -> Result<String, RegistryError> {
    let found = content.namespaces.values().find(|namespace| namespace.id == id);
    found.map(|namespace| namespace.name.clone()).ok_or_else(|| RegistryError::NotFound("namespace", id.to_string()))
}
