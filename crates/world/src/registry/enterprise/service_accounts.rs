//! Service accounts of an enterprise instance: users with permissions for namespaces.

use crate::kernel::Millis;
use crate::registry::access::Actions;
use crate::registry::sign::Digest;
use crate::registry::{Registries, RegistryError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many service accounts an instance may have.
const MOST_ACCOUNTS: usize = 100;
/// Users of service accounts begin with it.
const PREFIX: &str = "tcr$";
/// The actions that permissions name.
const ACTIONS: [&str; 5] = [
    "tcr:PushRepository",
    "tcr:PullRepository",
    "tcr:CreateRepository",
    "tcr:CreateHelmChart",
    "tcr:DescribeHelmCharts",
];
/// The shortest password that a caller chooses.
const SHORTEST: usize = 8;

/// What a service account may do in a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// The namespace.
    pub resource: String,
    pub actions: Vec<String>,
}

impl Permission {
    fn check(&self) -> Result<(), RegistryError> {
        if self.resource.is_empty() || self.actions.is_empty() {
            return Err(RegistryError::Missing("Permissions"));
        }
        match self.actions.iter().find(|action| !ACTIONS.contains(&action.as_str())) {
            None => Ok(()),
            Some(other) => {
                let takes = format!("takes the actions {}, not `{other}`", ACTIONS.join(", "));
                Err(RegistryError::Invalid("Permissions", takes))
            }
        }
    }
}

/// A service account.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccount {
    pub name: String,
    pub description: String,
    pub disabled: bool,
    /// When it expires. `None` if it does not.
    pub expires: Option<Millis>,
    pub created: Millis,
    pub updated: Millis,
    pub permissions: Vec<Permission>,
    password: Digest,
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceAccount").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ServiceAccount {
    /// Returns whether a login with that password is accepted.
    pub fn lets_in(&self, password: &str, now: Millis) -> bool {
        !self.disabled && self.expires.is_none_or(|end| end > now) && self.password == seal(&self.name, password)
    }

    /// Returns what it may do in a namespace.
    pub fn actions(&self, namespace: &str) -> Actions {
        let granted = |action: &str| {
            let here = self.permissions.iter().filter(|permission| permission.resource == namespace);
            here.flat_map(|permission| &permission.actions).any(|given| given == action)
        };
        let push = granted("tcr:PushRepository");
        Actions { pull: push || granted("tcr:PullRepository"), push, delete: false }
    }
}

/// A service account to be created.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    pub name: String,
    pub description: String,
    pub permissions: Vec<Permission>,
    pub expires: Option<Millis>,
    pub disabled: bool,
}

/// Changes of a service account; `None` leaves a value as it is.
#[derive(Debug, Clone, Default)]
pub struct AccountChange {
    pub description: Option<String>,
    pub permissions: Option<Vec<Permission>>,
    pub expires: Option<Option<Millis>>,
    pub disabled: Option<bool>,
}

impl Registries {
    /// Creates a service account, and returns its full name and its password.
    pub fn create_service_account(
        &mut self,
        account: &str,
        id: &str,
        new: NewAccount,
    ) -> Result<(ServiceAccount, String), RegistryError> {
        let (now, password) = (self.now, self.new_password(id));
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        check_name(&new.name)?;
        new.permissions.iter().try_for_each(Permission::check)?;
        let name = format!("{PREFIX}{}", new.name);
        if content.accounts.contains_key(&name) {
            return Err(RegistryError::Exists("service account", name));
        }
        if content.accounts.len() >= MOST_ACCOUNTS {
            return Err(RegistryError::EditionLimit("service accounts", MOST_ACCOUNTS));
        }
        let created = ServiceAccount {
            password: seal(&name, &password),
            name: name.clone(),
            description: new.description,
            disabled: new.disabled,
            expires: new.expires,
            created: now,
            updated: now,
            permissions: new.permissions,
        };
        content.accounts.insert(name, created.clone());
        Ok((created, password))
    }

    /// Changes a service account.
    pub fn change_service_account(
        &mut self,
        account: &str,
        id: &str,
        name: &str,
        change: AccountChange,
    ) -> Result<(), RegistryError> {
        for permission in change.permissions.iter().flatten() {
            permission.check()?;
        }
        let now = self.now;
        let found = self.service_account_mut(account, id, name)?;
        found.description = change.description.unwrap_or_else(|| found.description.clone());
        found.permissions = change.permissions.unwrap_or_else(|| found.permissions.clone());
        found.expires = change.expires.unwrap_or(found.expires);
        found.disabled = change.disabled.unwrap_or(found.disabled);
        found.updated = now;
        Ok(())
    }

    /// Sets the password of a service account: the given one, or a new one, which is returned.
    pub fn change_service_password(
        &mut self,
        account: &str,
        id: &str,
        name: &str,
        chosen: Option<&str>,
    ) -> Result<String, RegistryError> {
        let password = match chosen {
            Some(chosen) if chosen.len() < SHORTEST => {
                return Err(RegistryError::Invalid("Password", format!("has at least {SHORTEST} characters")));
            }
            Some(chosen) => chosen.to_owned(),
            None => self.new_password(id),
        };
        let now = self.now;
        let found = self.service_account_mut(account, id, name)?;
        found.password = seal(&found.name, &password);
        found.updated = now;
        Ok(password)
    }

    /// Deletes a service account.
    pub fn delete_service_account(&mut self, account: &str, id: &str, name: &str) -> Result<(), RegistryError> {
        let full = self.service_account_mut(account, id, name)?.name.clone();
        self.running_instance_mut(account, id)?.enterprise.accounts.remove(&full);
        Ok(())
    }

    /// Finds a service account by its name, with the prefix or without.
    fn service_account_mut(
        &mut self,
        account: &str,
        id: &str,
        name: &str,
    ) -> Result<&mut ServiceAccount, RegistryError> {
        let full = if name.starts_with(PREFIX) { name.to_owned() } else { format!("{PREFIX}{name}") };
        let accounts = &mut self.running_instance_mut(account, id)?.enterprise.accounts;
        accounts.get_mut(&full).ok_or_else(|| RegistryError::NotFound("service account", name.to_owned()))
    }

    fn new_password(&mut self, id: &str) -> String {
        let number = self.number();
        Digest::of(&[b"service account", id.as_bytes(), &number.to_be_bytes()]).hex().chars().take(32).collect()
    }
}

fn check_name(name: &str) -> Result<(), RegistryError> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 64 || !name.chars().all(legal) {
        let takes = "takes 1 to 64 lower-case letters, digits, `-`, `_` and `.`".to_owned();
        return Err(RegistryError::Invalid("Name", takes));
    }
    Ok(())
}

/// Passwords are not kept: only a sum of them is.
fn seal(name: &str, password: &str) -> Digest {
    Digest::of(&[b"service password", name.as_bytes(), password.as_bytes()])
}
