//! Reading all registries, for those who show them, and registering images without a push.

use super::name::check_tag;
use super::{Instance, Registries, RegistryError, Repository, RepositoryName};

impl Registries {
    /// Checks the names of a repository and a tag.
    ///
    /// # Errors
    /// Which of them cannot be one.
    pub fn check_image_name(repository: &str, tag: &str) -> Result<(), RegistryError> {
        RepositoryName::checked(repository)?;
        check_tag("Tag", tag)
    }

    /// Returns the instances of all accounts, oldest first.
    pub fn all_instances(&self) -> &[Instance] {
        &self.instances
    }

    /// Returns the namespaces of the personal edition, each with its owner.
    pub fn all_namespaces(&self) -> impl Iterator<Item = (&str, &str)> {
        self.namespaces.iter().map(|(name, namespace)| (name.as_str(), namespace.owner.as_str()))
    }

    /// Returns the repositories of the personal edition.
    pub fn all_repositories(&self) -> impl Iterator<Item = &Repository> {
        self.repositories.values()
    }
}
