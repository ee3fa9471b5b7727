//! Clean-up of tags, by rules of a repository or of a whole account.

use super::{Quota, Registries, RegistryError, Repository, Tag};
use crate::kernel::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often the clean-up runs, at whole multiples of it since 1970.
pub const SWEEP_INTERVAL: Millis = 60 * 60 * 1000;

const DAY: Millis = 24 * 60 * 60 * 1000;

/// What a clean-up rule keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyKind {
    /// Tags pushed in the last days.
    LastDays,
    /// The tags pushed last, a number of them.
    LastTags,
}

/// A clean-up rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What it counts.
    pub kind: PolicyKind,
    /// How many days or tags it keeps; at least one.
    pub keep: u64,
    /// When it was set.
    pub created: Millis,
}

impl Registries {
    /// Sets the rule of an own repository and replaces the previous one.
    pub fn set_policy(&mut self, account: &str, full: &str, kind: PolicyKind, keep: i64) -> Result<(), RegistryError> {
        let policy = self.new_policy(kind, keep)?;
        self.own_repository_mut(account, full)?.policy = Some(policy);
        Ok(())
    }

    /// Takes the rule of an own repository away, if it has one.
    pub fn remove_policy(&mut self, account: &str, full: &str) -> Result<(), RegistryError> {
        self.own_repository_mut(account, full)?.policy = None;
        Ok(())
    }

    /// The rule of an own repository.
    pub fn policy(&self, account: &str, full: &str) -> Result<Option<Policy>, RegistryError> {
        Ok(self.own_repository(account, full)?.policy)
    }

    /// Sets the rule for all of the account's repositories that have none of their own.
    pub fn set_global_policy(&mut self, account: &str, kind: PolicyKind, keep: i64) -> Result<(), RegistryError> {
        self.require_user(account)?;
        let policy = self.new_policy(kind, keep)?;
        self.policies.insert(account.to_owned(), policy);
        Ok(())
    }

    /// Takes the account's rule away, if it has one.
    pub fn remove_global_policy(&mut self, account: &str) {
        self.policies.remove(account);
    }

    /// The account's rule.
    pub fn global_policy(&self, account: &str) -> Option<Policy> {
        self.policies.get(account).copied()
    }

    /// Cleans a repository up when it has as many tags as it may, if it has a rule.
    pub fn make_room(&mut self, account: &str, full: &str) -> Result<(), RegistryError> {
        let (limit, now) = (self.quota(account, Quota::Tags), self.now);
        let global = self.policies.get(account).copied();
        let repository = self.own_repository_mut(account, full)?;
        if (repository.content.tags.len() as u64) >= limit
            && let Some(policy) = repository.policy.or(global)
        {
            clean(repository, policy, now, now);
            self.collect();
        }
        Ok(())
    }

    fn new_policy(&self, kind: PolicyKind, keep: i64) -> Result<Policy, RegistryError> {
        match u64::try_from(keep) {
            Ok(keep) if keep > 0 => Ok(Policy { kind, keep, created: self.now }),
            _ => Err(RegistryError::Invalid("Val", format!("must be at least 1, not {keep}"))),
        }
    }

    /// Does what the clean-ups from the first of these moments to the last do, when nothing else happens between
    /// them. A repository's own rule goes before the account's.
    pub fn sweep(&mut self, first: Millis, last: Millis) {
        let owners: BTreeMap<&str, &str> =
            self.namespaces.iter().map(|(name, namespace)| (name.as_str(), namespace.owner.as_str())).collect();
        for repository in self.repositories.values_mut() {
            let global = owners.get(repository.name.namespace()).and_then(|owner| self.policies.get(*owner));
            if let Some(policy) = repository.policy.as_ref().or(global).copied() {
                clean(repository, policy, first, last);
            }
        }
        self.collect();
    }
}

fn clean(repository: &mut Repository, policy: Policy, first: Millis, last: Millis) {
    match policy.kind {
        PolicyKind::LastDays => {
            let age = policy.keep.saturating_mul(DAY);
            // Each tag goes with the first clean-up that finds it old enough.
            let end = |tag: &Tag| {
                let old = tag.pushed.saturating_add(age);
                old.div_ceil(SWEEP_INTERVAL).saturating_mul(SWEEP_INTERVAL).max(first)
            };
            let gone = repository.content.tags.values().map(end).filter(|end| *end <= last).max();
            repository.content.retain(|tag| end(tag) > last);
            repository.updated = gone.unwrap_or(repository.updated);
        }
        PolicyKind::LastTags => {
            let keep = usize::try_from(policy.keep).unwrap_or(usize::MAX);
            // Turns are unique: those of the kept tags are the highest.
            let mut turns: Vec<u64> = repository.content.tags.values().map(|tag| tag.turn).collect();
            turns.sort_unstable();
            let surplus = turns.len().saturating_sub(keep);
            if surplus == 0 {
                return;
            }
            if let Some(first_kept) = turns.get(surplus).copied() {
                repository.content.retain(|tag| tag.turn >= first_kept);
                repository.updated = first;
            }
        }
    }
}
