//! Repositories of an enterprise instance.

use crate::kernel::Millis;
use crate::registry::{Content, Registries, RegistryError, RepositoryName};
use serde::{Deserialize, Serialize};

/// A repository of an instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterpriseRepository {
    pub number: i64,
    /// `namespace/name`.
    pub path: String,
    pub brief: String,
    pub description: String,
    pub created: Millis,
    pub updated: Millis,
    pub content: Content,
}

impl EnterpriseRepository {
    /// Returns its namespace.
    pub fn namespace(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Returns its name in the namespace.
    pub fn name(&self) -> &str {
        self.path.split_once('/').map_or("", |(_, name)| name)
    }
}

/// How many repositories the edition of an instance allows.
fn most_repositories(edition: &str) -> usize {
    match edition {
        "basic" => 1_000,
        "standard" => 3_000,
        _ => 5_000,
    }
}

impl Registries {
    /// Adds a repository to a namespace of an instance, as an operation or a push does.
    pub(in crate::registry) fn add_enterprise_repository(
        &mut self,
        id: &str,
        path: &str,
        brief: &str,
        description: &str,
    ) -> Result<(), RegistryError> {
        RepositoryName::check_path(path)?;
        let now = self.now;
        let instance = self.any_instance_mut(id).ok_or_else(|| RegistryError::NoInstance(id.to_owned()))?;
        let most = most_repositories(instance.edition());
        let content = &mut instance.enterprise;
        let namespace = path.split('/').next().unwrap_or_default();
        if !content.namespaces.contains_key(namespace) {
            return Err(RegistryError::NotFound("namespace", namespace.to_owned()));
        }
        if content.repositories.contains_key(path) {
            return Err(RegistryError::Exists("repository", path.to_owned()));
        }
        if content.repositories.len() >= most {
            return Err(RegistryError::EditionLimit("repositories", most));
        }
        let repository = EnterpriseRepository {
            number: content.number(),
            path: path.to_owned(),
            brief: brief.to_owned(),
            description: description.to_owned(),
            created: now,
            updated: now,
            content: Content::default(),
        };
        content.repositories.insert(path.to_owned(), repository);
        Ok(())
    }

    /// Creates an empty repository.
    pub fn create_enterprise_repository(
        &mut self,
        account: &str,
        id: &str,
        path: &str,
        brief: &str,
        description: &str,
    ) -> Result<(), RegistryError> {
        self.running_instance(account, id)?;
        self.add_enterprise_repository(id, path, brief, description)
    }

    /// Returns a repository of an instance.
    pub fn enterprise_repository(
        &self,
        account: &str,
        id: &str,
        path: &str,
    ) -> Result<&EnterpriseRepository, RegistryError> {
        let found = self.instance(account, id)?.enterprise.repositories.get(path);
        found.ok_or_else(|| RegistryError::NotFound("repository", path.to_owned()))
    }

    /// Replaces both descriptions of a repository.
    pub fn describe_enterprise_repository(
        &mut self,
        account: &str,
        id: &str,
        path: &str,
        brief: &str,
        description: &str,
    ) -> Result<(), RegistryError> {
        let now = self.now;
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        let found = content.repositories.get_mut(path);
        let found = found.ok_or_else(|| RegistryError::NotFound("repository", path.to_owned()))?;
        brief.clone_into(&mut found.brief);
        description.clone_into(&mut found.description);
        found.updated = now;
        Ok(())
    }

    /// Deletes a repository with its images; without force only if it is empty. Immutable tags stay, and with them the
    /// repository.
    pub fn delete_enterprise_repository(
        &mut self,
        account: &str,
        id: &str,
        path: &str,
        force: bool,
    ) -> Result<(), RegistryError> {
        self.running_instance(account, id)?;
        let tags: Vec<String> = self.enterprise_repository(account, id, path)?.content.tags.keys().cloned().collect();
        if !force && !tags.is_empty() {
            return Err(RegistryError::Precondition(format!("repository {path} has images")));
        }
        self.delete_enterprise_tags(account, id, path, &tags)?;
        self.running_instance_mut(account, id)?.enterprise.repositories.remove(path);
        self.collect();
        Ok(())
    }
}
