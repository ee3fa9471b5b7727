//! Replication: what is pushed to one instance is copied to another one of the account.

use super::patterns::matches;
use super::{EnterpriseRepository, Happening, NamespaceSettings, record};
use crate::kernel::Millis;
use crate::registry::distribution::{Place, set_tag};
use crate::registry::{Registries, RegistryError};
use serde::{Deserialize, Serialize};

/// How many rules an instance may have.
const MOST_RULES: usize = 100;

/// What a filter looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplicationFilterKind {
    /// `namespace/name`.
    Name,
    Tag,
    /// `image` or `chart`.
    Resource,
}

/// A pattern that images of a rule match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicationFilter {
    pub kind: ReplicationFilterKind,
    /// Empty for everything.
    pub pattern: String,
}

impl ReplicationFilter {
    /// Reads type and value.
    pub fn parse(kind: &str, value: &str) -> Result<Self, RegistryError> {
        let kind = match kind {
            "name" => ReplicationFilterKind::Name,
            "tag" => ReplicationFilterKind::Tag,
            "resource" => ReplicationFilterKind::Resource,
            other => {
                let takes = format!("takes the types name, tag and resource, not `{other}`");
                return Err(RegistryError::Invalid("Rule.Filters", takes));
            }
        };
        Ok(Self { kind, pattern: value.to_owned() })
    }

    /// The name of its type.
    pub fn name(&self) -> &'static str {
        match self.kind {
            ReplicationFilterKind::Name => "name",
            ReplicationFilterKind::Tag => "tag",
            ReplicationFilterKind::Resource => "resource",
        }
    }

    fn admits(&self, path: &str, tag: &str, kind: &str) -> bool {
        let resource = if kind == "helm" { "chart" } else { "image" };
        self.pattern.is_empty()
            || match self.kind {
                ReplicationFilterKind::Name => matches(&self.pattern, path),
                ReplicationFilterKind::Tag => matches(&self.pattern, tag),
                ReplicationFilterKind::Resource => self.pattern == resource,
            }
    }
}

/// A rule of the instance whose images are copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicationRule {
    pub id: i64,
    pub name: String,
    pub description: String,
    /// The identifier of the other instance.
    pub destination: String,
    /// The namespace there; empty for that of the image.
    pub namespace: String,
    /// Whether a tag of the destination is moved to another image.
    pub replace: bool,
    /// Whether deletions are repeated.
    pub deletion: bool,
    pub enabled: bool,
    pub filters: Vec<ReplicationFilter>,
    pub created: Millis,
    pub updated: Millis,
}

/// Changes of a rule; `None` leaves a value as it is.
#[derive(Debug, Clone, Default)]
pub struct RuleChange {
    pub description: Option<String>,
    pub namespace: Option<String>,
    pub replace: Option<bool>,
    pub deletion: Option<bool>,
    pub enabled: Option<bool>,
    pub filters: Option<Vec<ReplicationFilter>>,
}

/// One run of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicationExecution {
    pub id: i64,
    pub rule: i64,
    pub at: Millis,
    pub task: ReplicationTask,
}

/// The copy or the deletion of one image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicationTask {
    pub job: i64,
    pub kind: String,
    pub source: String,
    pub destination: String,
    /// Why it failed.
    pub failure: Option<String>,
}

impl Registries {
    /// Creates a rule between two instances of the account.
    pub fn create_replication(
        &mut self,
        account: &str,
        id: &str,
        mut new: ReplicationRule,
    ) -> Result<(), RegistryError> {
        self.running_instance(account, &new.destination)?;
        if new.destination == id {
            return Err(RegistryError::Invalid("DestinationRegistryId", "is the source itself".to_owned()));
        }
        let now = self.now;
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        if new.name.is_empty() {
            return Err(RegistryError::Missing("Rule.Name"));
        }
        if content.replication.iter().any(|rule| rule.name == new.name) {
            return Err(RegistryError::Exists("replication rule", new.name));
        }
        if content.replication.len() >= MOST_RULES {
            return Err(RegistryError::EditionLimit("replication rules", MOST_RULES));
        }
        new.id = content.number();
        (new.created, new.updated) = (now, now);
        content.replication.push(new);
        Ok(())
    }

    /// Changes a rule, which is given by its name.
    pub fn change_replication(
        &mut self,
        account: &str,
        id: &str,
        name: &str,
        change: RuleChange,
    ) -> Result<(), RegistryError> {
        let now = self.now;
        let rules = &mut self.running_instance_mut(account, id)?.enterprise.replication;
        let rule = rules.iter_mut().find(|rule| rule.name == name);
        let rule = rule.ok_or_else(|| RegistryError::NotFound("replication rule", name.to_owned()))?;
        rule.description = change.description.unwrap_or_else(|| rule.description.clone());
        rule.namespace = change.namespace.unwrap_or_else(|| rule.namespace.clone());
        rule.filters = change.filters.unwrap_or_else(|| rule.filters.clone());
        rule.replace = change.replace.unwrap_or(rule.replace);
        rule.deletion = change.deletion.unwrap_or(rule.deletion);
        rule.enabled = change.enabled.unwrap_or(rule.enabled);
        rule.updated = now;
        Ok(())
    }

    /// Deletes a rule, which is given by its name.
    pub fn delete_replication(&mut self, account: &str, id: &str, name: &str) -> Result<(), RegistryError> {
        let rules = &mut self.running_instance_mut(account, id)?.enterprise.replication;
        let before = rules.len();
        rules.retain(|rule| rule.name != name);
        if rules.len() < before { Ok(()) } else { Err(RegistryError::NotFound("replication rule", name.to_owned())) }
    }

    /// Does what the rules of an instance order after a push or a deletion. Returns what has changed elsewhere:
    /// instance, repository and tag.
    pub(super) fn replicate(
        &mut self,
        id: &str,
        happening: Happening,
        path: &str,
        tag: &str,
        digest: &str,
    ) -> Vec<(String, String, String)> {
        let Some(instance) = self.any_instance(id) else { return Vec::new() };
        let found = instance.enterprise.repositories.get(path).and_then(|one| one.content.manifests.get(digest));
        let kind = found.map_or("docker", |manifest| manifest.kind());
        let meant = |rule: &&ReplicationRule| {
            rule.enabled
                && (happening == Happening::Push || rule.deletion)
                && rule.filters.iter().all(|filter| filter.admits(path, tag, kind))
        };
        let rules: Vec<ReplicationRule> = instance.enterprise.replication.iter().filter(meant).cloned().collect();
        let source = instance.enterprise.repositories.get(path).cloned();
        let mut changed = Vec::new();
        for rule in rules {
            let name = path.split_once('/').map_or("", |(_, name)| name);
            let namespace = match rule.namespace.as_str() {
                "" => path.split('/').next().unwrap_or_default(),
                other => other,
            };
            let there = format!("{namespace}/{name}");
            let result = match (happening, &source) {
                (Happening::Push, Some(source)) => self.copy(source, tag, digest, &rule, &there),
                (Happening::Push, None) => Ok(false),
                _ => self.repeat_deletion(&rule.destination, &there, tag),
            };
            if result == Ok(true) {
                changed.push((rule.destination.clone(), there.clone(), tag.to_owned()));
            }
            let now = self.now;
            let Some(instance) = self.any_instance_mut(id) else { continue };
            let content = &mut instance.enterprise;
            let task = ReplicationTask {
                job: content.number(),
                kind: if kind == "helm" { "chart" } else { "image" }.to_owned(),
                source: format!("{path}:{tag}"),
                destination: format!("{there}:{tag}"),
                failure: result.err().map(|error| error.to_string()),
            };
            let execution = ReplicationExecution { id: content.number(), rule: rule.id, at: now, task };
            record(&mut content.replication_executions, execution);
        }
        changed
    }

    /// Copies an image with its layers. Returns `false` if it is there already.
    fn copy(
        &mut self,
        source: &EnterpriseRepository,
        tag: &str,
        digest: &str,
        rule: &ReplicationRule,
        path: &str,
    ) -> Result<bool, RegistryError> {
        let (id, place) = (&rule.destination, Place::Instance(rule.destination.clone()));
        let image = source.content.tags.get(tag).map(|tag| tag.image.clone());
        let missing = || RegistryError::NotFound("image", format!("{}:{tag}", source.path));
        let image = image.ok_or_else(missing)?;
        let there = self.content(&place, path).and_then(|content| content.tags.get(tag));
        match there.map(|there| there.digest == digest) {
            Some(true) => return Ok(false),
            Some(false) if !rule.replace => {
                return Err(RegistryError::Exists("image", format!("{path}:{tag}")));
            }
            Some(false) if self.is_immutable(id, path, tag) => {
                return Err(RegistryError::Precondition(format!("tag {tag} of {path} is immutable")));
            }
            _ => {}
        }
        let account = self.any_instance(id).map(|instance| instance.account().to_owned());
        let account = account.ok_or_else(|| RegistryError::NoInstance(id.clone()))?;
        if !self.has_namespace_of(&place, path) {
            let namespace = path.split('/').next().unwrap_or_default();
            self.create_enterprise_namespace(&account, id, namespace, NamespaceSettings::default())?;
        }
        if self.content(&place, path).is_none() {
            self.add_enterprise_repository(id, path, "", "")?;
        }
        let (number, now) = (self.number(), self.now);
        let manifests = source.content.closure(digest);
        self.change_content(&place, path, |content| {
            content.manifests.extend(manifests);
            set_tag(content, tag, image, number, now);
        });
        Ok(true)
    }

    fn repeat_deletion(&mut self, id: &str, path: &str, tag: &str) -> Result<bool, RegistryError> {
        let place = Place::Instance(id.to_owned());
        if self.is_immutable(id, path, tag) {
            return Err(RegistryError::Precondition(format!("tag {tag} of {path} is immutable")));
        }
        let removed = self.change_content(&place, path, |content| content.retain(|one| one.name != tag));
        self.collect();
        Ok(removed.is_some_and(|removed| removed > 0))
    }
}
