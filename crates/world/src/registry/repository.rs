//! Repositories of the personal edition: who may see them, who may change them.

use super::{Content, Policy, Quota, Registries, RegistryError, RepositoryName};
use crate::kernel::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A repository of the personal edition.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    pub number: u64,
    pub name: RepositoryName,
    pub public: bool,
    pub description: String,
    pub created: Millis,
    pub updated: Millis,
    pub pulls: u64,
    pub content: Content,
    pub policy: Option<Policy>,
    pub favored_by: BTreeSet<String>,
}

impl Repository {
    /// Its full name.
    pub fn name(&self) -> &RepositoryName {
        &self.name
    }

    /// Whether everyone may pull from it.
    pub fn is_public(&self) -> bool {
        self.public
    }

    /// What its owner says about it.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// When it was made.
    pub fn created(&self) -> Millis {
        self.created
    }

    /// When it, or an image in it, last changed.
    pub fn updated(&self) -> Millis {
        self.updated
    }

    /// How often an image was pulled from it.
    pub fn pulls(&self) -> u64 {
        self.pulls
    }

    /// How many tags it has.
    pub fn tag_count(&self) -> usize {
        self.content.tags.len()
    }

    /// How many accounts have it among their favorites.
    pub fn favor_count(&self) -> usize {
        self.favored_by.len()
    }

    /// Whether the account has it among its favorites.
    pub fn is_favorite_of(&self, account: &str) -> bool {
        self.favored_by.contains(account)
    }
}

impl Registries {
    /// Makes an empty repository in a namespace of the account.
    pub fn create_repository(
        &mut self,
        account: &str,
        full: &str,
        public: bool,
        description: &str,
    ) -> Result<(), RegistryError> {
        let name = RepositoryName::checked(full)?;
        if self.owner(name.namespace()) != Some(account) {
            return Err(RegistryError::NamespaceMismatch(full.to_owned()));
        }
        if self.repositories.contains_key(&name) {
            return Err(RegistryError::RepositoryExists(full.to_owned()));
        }
        self.check_quota(account, Quota::Repositories, self.repositories(account).len())?;
        let repository = Repository {
            number: self.number(),
            name: name.clone(),
            public,
            description: description.to_owned(),
            created: self.now,
            updated: self.now,
            pulls: 0,
            content: Content::default(),
            policy: None,
            favored_by: BTreeSet::new(),
        };
        self.repositories.insert(name, repository);
        Ok(())
    }

    /// A repository that the account may see: its own, or a public one.
    pub fn repository(&self, account: &str, full: &str) -> Result<&Repository, RegistryError> {
        let name = RepositoryName::parse(full);
        let found = name.as_ref().and_then(|name| self.repositories.get(name));
        match found {
            Some(repository) if repository.public => Ok(repository),
            _ => self.own_repository(account, full),
        }
    }

    /// A repository of the account.
    ///
    /// The response does not reveal whether another account's namespace holds a repository of that name.
    pub fn own_repository(&self, account: &str, full: &str) -> Result<&Repository, RegistryError> {
        let missing = || RegistryError::NoRepository(full.to_owned());
        let name = RepositoryName::parse(full).ok_or_else(missing)?;
        if self.owner(name.namespace()).is_some_and(|owner| owner != account) {
            return Err(RegistryError::ForeignRepository(full.to_owned()));
        }
        self.repositories.get(&name).ok_or_else(missing)
    }

    pub fn own_repository_mut(&mut self, account: &str, full: &str) -> Result<&mut Repository, RegistryError> {
        let name = self.own_repository(account, full)?.name.clone();
        self.repositories.get_mut(&name).ok_or_else(|| RegistryError::NoRepository(full.to_owned()))
    }

    /// The account's repositories, oldest first.
    pub fn repositories(&self, account: &str) -> Vec<&Repository> {
        let mut own: Vec<_> = self
            .repositories
            .values()
            .filter(|repository| self.owner(repository.name.namespace()) == Some(account))
            .collect();
        own.sort_by_key(|repository| repository.number);
        own
    }

    /// Whether the account has the repository. To ask about another account's namespace is refused.
    pub fn repository_exists(&self, account: &str, full: &str) -> Result<bool, RegistryError> {
        match self.own_repository(account, full) {
            Ok(_) => Ok(true),
            Err(RegistryError::NoRepository(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Makes a repository public or private.
    pub fn set_public(&mut self, account: &str, full: &str, public: bool) -> Result<(), RegistryError> {
        let now = self.now;
        let repository = self.own_repository_mut(account, full)?;
        repository.public = public;
        repository.updated = now;
        Ok(())
    }

    /// Changes a repository's description.
    pub fn set_description(&mut self, account: &str, full: &str, description: &str) -> Result<(), RegistryError> {
        let now = self.now;
        let repository = self.own_repository_mut(account, full)?;
        repository.description = description.to_owned();
        repository.updated = now;
        Ok(())
    }

    /// Deletes repositories of the account with every tag in them: all of them, or none when one may not be deleted.
    pub fn delete_repositories(&mut self, account: &str, fulls: &[String]) -> Result<(), RegistryError> {
        let mut names = BTreeSet::new();
        for full in fulls {
            names.insert(self.own_repository(account, full)?.name.clone());
        }
        for name in &names {
            self.remove_repository(name);
        }
        Ok(())
    }

    /// Takes a repository away with all that points at it.
    pub fn remove_repository(&mut self, name: &RepositoryName) {
        self.repositories.remove(name);
        self.triggers.retain(|trigger| trigger.repository != *name);
        self.runs.retain(|run| run.repository != *name);
        self.collect();
    }
}
