//! Namespaces: unique over all accounts, each owned by one.

use super::name::check_namespace;
use super::{Quota, Registries, RegistryError};
use crate::kernel::Millis;
use serde::{Deserialize, Serialize};

/// Reserved names.
const RESERVED: &[&str] = &["library", "qcloud", "tencent", "tencentyun"];

/// A namespace of the personal edition.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Namespace {
    pub number: u64,
    pub owner: String,
    created: Millis,
}

/// A namespace as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceSummary {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Millis,
    /// How many repositories it holds.
    pub repositories: usize,
}

impl Registries {
    /// Makes a namespace for the account.
    pub fn create_namespace(&mut self, account: &str, name: &str) -> Result<(), RegistryError> {
        self.require_user(account)?;
        check_namespace(name)?;
        if self.is_reserved(name) {
            return Err(RegistryError::NamespaceReserved(name.to_owned()));
        }
        if self.namespaces.contains_key(name) {
            return Err(RegistryError::NamespaceExists(name.to_owned()));
        }
        let present = self.namespaces.values().filter(|namespace| namespace.owner == account).count();
        self.check_quota(account, Quota::Namespaces, present)?;
        let namespace = Namespace { number: self.number(), owner: account.to_owned(), created: self.now };
        self.namespaces.insert(name.to_owned(), namespace);
        Ok(())
    }

    /// Deletes a namespace of the account with every repository in it.
    pub fn delete_namespace(&mut self, account: &str, name: &str) -> Result<(), RegistryError> {
        self.require_user(account)?;
        match self.namespaces.get(name) {
            None => return Err(RegistryError::NoNamespace(name.to_owned())),
            Some(namespace) if namespace.owner != account => {
                return Err(RegistryError::ForeignNamespace(name.to_owned()));
            }
            Some(_) => {}
        }
        let inside: Vec<_> = self.repositories.keys().filter(|full| full.namespace() == name).cloned().collect();
        for repository in &inside {
            self.remove_repository(repository);
        }
        self.namespaces.remove(name);
        Ok(())
    }

    /// The account's namespaces whose name contains the text, oldest first.
    pub fn namespaces(&self, account: &str, text: &str) -> Result<Vec<NamespaceSummary>, RegistryError> {
        self.require_user(account)?;
        let mut found: Vec<_> = self
            .namespaces
            .iter()
            .filter(|(name, namespace)| namespace.owner == account && name.contains(text))
            .collect();
        found.sort_by_key(|(_, namespace)| namespace.number);
        let summary = |(name, namespace): (&String, &Namespace)| NamespaceSummary {
            name: name.clone(),
            created: namespace.created,
            repositories: self.repositories.keys().filter(|full| full.namespace() == name).count(),
        };
        Ok(found.into_iter().map(summary).collect())
    }

    /// Whether anyone has a namespace of that name.
    pub fn namespace_exists(&self, name: &str) -> bool {
        self.namespaces.contains_key(name)
    }

    /// Whether the name is kept for the vendor.
    pub fn is_reserved(&self, name: &str) -> bool {
        RESERVED.contains(&name)
    }

    /// The account that has the namespace.
    pub fn owner(&self, namespace: &str) -> Option<&str> {
        self.namespaces.get(namespace).map(|namespace| namespace.owner.as_str())
    }
}
