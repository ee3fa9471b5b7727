//! Rules by which tags can neither move nor be deleted.

use super::Selector;
use crate::registry::distribution::DistributionError;
use crate::registry::{Registries, RegistryError};
use serde::{Deserialize, Serialize};

/// How many rules a namespace may have.
const MOST_RULES: usize = 15;

/// A rule of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImmutableRule {
    pub id: i64,
    pub namespace: String,
    pub repositories: Selector,
    pub tags: Selector,
    pub disabled: bool,
}

impl Registries {
    /// Returns whether a tag is immutable.
    pub(super) fn is_immutable(&self, id: &str, path: &str, tag: &str) -> bool {
        let Some((namespace, name)) = path.split_once('/') else { return false };
        let rules = self.any_instance(id).map(|instance| &instance.enterprise.immutable);
        rules.into_iter().flatten().any(|rule| {
            !rule.disabled && rule.namespace == namespace && rule.repositories.selects(name) && rule.tags.selects(tag)
        })
    }

    /// Refuses to move or to delete an immutable tag.
    pub(in crate::registry) fn check_mutable(&self, id: &str, path: &str, tag: &str) -> Result<(), DistributionError> {
        if self.is_immutable(id, path, tag) {
            let message = format!("{path}:{tag} is configured as immutable");
            return Err(DistributionError::Immutable(message));
        }
        Ok(())
    }

    /// Adds a rule to a namespace.
    pub fn create_immutable_rule(
        &mut self,
        account: &str,
        id: &str,
        mut rule: ImmutableRule,
    ) -> Result<i64, RegistryError> {
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        if !content.namespaces.contains_key(&rule.namespace) {
            return Err(RegistryError::NotFound("namespace", rule.namespace));
        }
        let same = |other: &&ImmutableRule| other.namespace == rule.namespace;
        if content.immutable.iter().filter(same).count() >= MOST_RULES {
            return Err(RegistryError::EditionLimit("immutable tag rules in a namespace", MOST_RULES));
        }
        let twin = |other: &ImmutableRule| (&other.repositories, &other.tags) == (&rule.repositories, &rule.tags);
        if content.immutable.iter().filter(same).any(twin) {
            return Err(RegistryError::Exists("immutable tag rule", rule.tags.pattern));
        }
        rule.id = content.number();
        let number = rule.id;
        content.immutable.push(rule);
        Ok(number)
    }

    /// Replaces a rule of a namespace.
    pub fn change_immutable_rule(&mut self, account: &str, id: &str, rule: ImmutableRule) -> Result<(), RegistryError> {
        let rules = &mut self.running_instance_mut(account, id)?.enterprise.immutable;
        let found = rules.iter_mut().find(|other| other.id == rule.id && other.namespace == rule.namespace);
        let found = found.ok_or_else(|| RegistryError::NotFound("immutable tag rule", rule.id.to_string()))?;
        *found = rule;
        Ok(())
    }

    /// Deletes a rule of a namespace.
    pub fn delete_immutable_rule(
        &mut self,
        account: &str,
        id: &str,
        namespace: &str,
        rule: i64,
    ) -> Result<(), RegistryError> {
        let rules = &mut self.running_instance_mut(account, id)?.enterprise.immutable;
        let before = rules.len();
        rules.retain(|other| other.id != rule || other.namespace != namespace);
        if rules.len() < before { Ok(()) } else { Err(RegistryError::NotFound("immutable tag rule", rule.to_string())) }
    }
}
