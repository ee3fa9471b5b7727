//! Favorites. No operation of the documents sets them, consoles do; so does a test, from here.

use super::{Registries, RegistryError, Repository};

impl Registries {
    /// Puts a repository that the account may see among its favorites.
    pub fn add_favorite(&mut self, account: &str, full: &str) -> Result<(), RegistryError> {
        let name = self.repository(account, full)?.name.clone();
        if let Some(repository) = self.repositories.get_mut(&name) {
            repository.favored_by.insert(account.to_owned());
        }
        Ok(())
    }

    /// Takes a repository off the account's favorites.
    pub fn remove_favorite(&mut self, account: &str, full: &str) -> Result<(), RegistryError> {
        let name = self.repository(account, full)?.name.clone();
        if let Some(repository) = self.repositories.get_mut(&name) {
            repository.favored_by.remove(account);
        }
        Ok(())
    }

    /// The account's favorites that it can still see and whose name contains the text, by age of the repository.
    pub fn favorites(&self, account: &str, text: &str) -> Vec<&Repository> {
        let visible =
            |repository: &Repository| repository.public || self.owner(repository.name.namespace()) == Some(account);
        let mut found: Vec<_> = self
            .repositories
            .values()
            .filter(|repository| repository.is_favorite_of(account) && visible(repository))
            .filter(|repository| repository.name.to_string().contains(text))
            .collect();
        found.sort_by_key(|repository| repository.number);
        found
    }
}
