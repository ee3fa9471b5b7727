//! Users of the personal edition and what each may have.

use super::sign::Digest;
use super::{Registries, RegistryError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an account is limited in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Quota {
    /// Namespaces of the account.
    Namespaces,
    /// Repositories of the account.
    Repositories,
    /// Tags in one repository.
    Tags,
    /// Application triggers of the account.
    Triggers,
    /// Enterprise instances of the account.
    Instances,
}

impl Quota {
    /// Those of the personal edition, in the order that CCS shows them.
    pub const PERSONAL: [Self; 4] = [Self::Namespaces, Self::Repositories, Self::Tags, Self::Triggers];

    /// What an account may have until its quota is changed.
    pub fn default_limit(self) -> u64 {
        match self {
            Self::Namespaces | Self::Triggers => 10,
            Self::Repositories | Self::Tags | Self::Instances => 100,
        }
    }

    /// The name by which the registry shows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Namespaces => "namespace",
            Self::Repositories => "repo",
            Self::Tags => "tag",
            Self::Triggers => "triggers",
            Self::Instances => "instance",
        }
    }

    pub fn plural(self) -> &'static str {
        match self {
            Self::Namespaces => "namespaces",
            Self::Repositories => "repositories",
            Self::Tags => "tags in a repository",
            Self::Triggers => "triggers",
            Self::Instances => "instances",
        }
    }
}

/// The user that an account has in the personal edition; its name is the account's.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    password: Digest,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").finish_non_exhaustive()
    }
}

impl Registries {
    /// Opens the personal edition for an account.
    pub fn create_user(&mut self, account: &str, password: &str) -> Result<(), RegistryError> {
        if self.users.contains_key(account) {
            return Err(RegistryError::UserExists(account.to_owned()));
        }
        let password = seal(account, password)?;
        self.users.insert(account.to_owned(), User { password });
        Ok(())
    }

    /// Opens the personal edition for an account that has not, as the vendor's console does, with an unknown
    /// password.
    pub fn open_user(&mut self, account: &str) {
        if !self.users.contains_key(account) {
            let number = self.number();
            let password = self.seed("password", number);
            self.users.insert(account.to_owned(), User { password });
        }
    }

    /// Changes the password.
    pub fn change_password(&mut self, account: &str, password: &str) -> Result<(), RegistryError> {
        let sealed = seal(account, password)?;
        let user = self.users.get_mut(account).ok_or_else(|| RegistryError::NoUser(account.to_owned()))?;
        user.password = sealed;
        Ok(())
    }

    /// Whether a login with that password would be let in.
    pub fn login(&self, account: &str, password: &str) -> bool {
        self.users.get(account).is_some_and(|user| seal(account, password).as_ref() == Ok(&user.password))
    }

    /// Checks that the account has opened the personal edition.
    pub fn require_user(&self, account: &str) -> Result<(), RegistryError> {
        if self.users.contains_key(account) { Ok(()) } else { Err(RegistryError::NoUser(account.to_owned())) }
    }

    /// How much of it the account may have.
    pub fn quota(&self, account: &str, quota: Quota) -> u64 {
        self.quotas.get(&(account.to_owned(), quota)).copied().unwrap_or_else(|| quota.default_limit())
    }

    /// Changes a quota of the account. Existing things stay.
    pub fn set_quota(&mut self, account: &str, quota: Quota, limit: u64) {
        self.quotas.insert((account.to_owned(), quota), limit);
    }

    /// Checks that one more fits.
    pub fn check_quota(&self, account: &str, quota: Quota, present: usize) -> Result<(), RegistryError> {
        let limit = self.quota(account, quota);
        if u64::try_from(present).is_ok_and(|present| present < limit) {
            Ok(())
        } else {
            Err(RegistryError::OverQuota(quota, limit))
        }
    }
}

/// Passwords are not kept: only a sum of them is.
fn seal(account: &str, password: &str) -> Result<Digest, RegistryError> {
    if password.is_empty() {
        return Err(RegistryError::Missing("Password"));
    }
    Ok(Digest::of(&[b"password", account.as_bytes(), password.as_bytes()]))
}
