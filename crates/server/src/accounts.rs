//! The accounts of a cloud: keys, users of the identity service, sub-accounts and projects.
//!
//! Keys and sub-accounts can be added while the server runs. All dialects read this one book.

use crate::access::{Permissions, PolicyError, SubAccount};
pub(crate) use crate::clouds::fresh_credentials;
use crate::error::StartError;
use crate::gateway::Caller;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;
use wharf_sign::equal;
use wharf_world::kernel::ids::hexadecimal;

/// How many keys a cloud may have.
pub(crate) const MOST_KEYS: usize = 1_000;

/// A key that may sign.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) token: Option<Secret>,
    pub(crate) account: String,
    /// What it may do, if that is not everything.
    pub(crate) sub: Option<Arc<Permissions>>,
}

impl Key {
    /// Creates the key of an account.
    pub(crate) fn of_account(account: impl Into<String>, credentials: &Credentials) -> Self {
        Self {
            id: credentials.id().to_owned(),
            secret: credentials.secret().clone(),
            token: credentials.token().cloned(),
            account: account.into(),
            sub: None,
        }
    }

    /// Returns who signs with it.
    pub(crate) fn caller(&self) -> Caller {
        Caller { account: self.account.clone(), user: self.id.clone(), project: None, sub: self.sub.clone() }
    }

    /// Returns it as a client needs it.
    pub(crate) fn credentials(&self) -> Credentials {
        let credentials = Credentials::new(self.id.clone(), self.secret.clone());
        match &self.token {
            Some(token) => credentials.with_token(token.clone()),
            None => credentials,
        }
    }
}

/// A user with a password.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) password: Secret,
    pub(crate) account: String,
    /// What the user may do, if that is not everything.
    pub(crate) sub: Option<Arc<Permissions>>,
}

/// The project of an account in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Project {
    pub(crate) id: String,
    /// The region.
    pub(crate) name: String,
    pub(crate) account: String,
}

/// Returns the identifier of what has that name, in the form that Huawei's identity service gives to everything.
pub(crate) fn id_of(kind: &str, name: &str) -> String {
    hexadecimal(&format!("{kind} {name}"), 32)
}

/// A key, user or sub-account that cannot be added: the member that is wrong, and why.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct AccountError {
    pub(crate) place: &'static str,
    pub(crate) message: String,
    /// The policy that cannot be used, counted from 0, and what is wrong with it.
    #[source]
    pub(crate) policy: Option<Box<PolicyFault>>,
    /// Whether it contradicts what is there, rather than being wrong by itself.
    pub(crate) conflict: bool,
}

/// A policy that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("policy {at}: {error}")]
pub(crate) struct PolicyFault {
    pub(crate) at: usize,
    #[source]
    pub(crate) error: PolicyError,
}

impl AccountError {
    fn wrong(place: &'static str, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), policy: None, conflict: false }
    }

    pub(crate) fn conflict(place: &'static str, message: impl Into<String>) -> Self {
        Self { conflict: true, ..Self::wrong(place, message) }
    }

    fn policy(at: usize, error: PolicyError) -> Self {
        let policy = Some(Box::new(PolicyFault { at, error }));
        Self { policy, ..Self::wrong("policies", "a policy cannot be used") }
    }

    /// Returns it as an error of the start of a server.
    pub(crate) fn at_start(self, sub_account: Option<&str>) -> StartError {
        let name = sub_account.unwrap_or_default();
        match self.policy.map(|fault| *fault) {
            Some(PolicyFault { at, error }) => StartError::Policy { sub_account: name.to_owned(), policy: at, error },
            None if sub_account.is_some() => StartError::Setting(format!("sub-account {name:?}: {}", self.message)),
            None => StartError::Setting(self.message),
        }
    }
}

/// What a cloud is set up with: keys of accounts, users who log in, and sub-accounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Setup {
    pub(crate) keys: Vec<Key>,
    pub(crate) users: Vec<User>,
    pub(crate) sub_accounts: Vec<SubAccount>,
}

/// The accounts of one cloud.
pub(crate) struct Accounts {
    /// The region that the cloud is made for.
    pub(crate) region: String,
    pub(crate) regions: Vec<String>,
    book: RwLock<Book>,
}

/// Keys, users, sub-accounts and projects, each in the order in which they were added.
#[derive(Default, Clone)]
struct Book {
    keys: Vec<Arc<Key>>,
    by_id: HashMap<String, Arc<Key>>,
    users: Vec<Arc<User>>,
    sub_accounts: Vec<SubAccount>,
    projects: Vec<Arc<Project>>,
}

impl fmt::Debug for Accounts {
    /// Leaves out the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("region", &self.region).finish_non_exhaustive()
    }
}

impl Accounts {
    /// Creates the book of a cloud in these regions.
    ///
    /// # Errors
    /// What is wrong with the setup, and the name of the sub-account if it is one.
    pub(crate) fn new(
        region: String,
        regions: Vec<String>,
        setup: Setup,
    ) -> Result<Self, (AccountError, Option<String>)> {
        let accounts = Self { region, regions, book: RwLock::default() };
        accounts.replace(setup)?;
        Ok(accounts)
    }

    /// Replaces everything. Nothing changes if the setup is wrong.
    pub(crate) fn replace(&self, setup: Setup) -> Result<(), (AccountError, Option<String>)> {
        let mut book = Book::default();
        for key in setup.keys {
            book.add_key(key, &self.regions).map_err(|error| (error, None))?;
        }
        for user in setup.users {
            book.add_user(user, &self.regions);
        }
        for sub in setup.sub_accounts {
            let name = sub.name.clone();
            book.add_sub_account(sub, &self.regions).map_err(|error| (error, Some(name)))?;
        }
        *self.write() = book;
        Ok(())
    }

    /// Adds the key of an account, which may be new.
    pub(crate) fn add_key(&self, key: Key) -> Result<Arc<Key>, AccountError> {
        self.write().add_key(key, &self.regions)
    }

    /// Adds a sub-account and its key.
    pub(crate) fn add_sub_account(&self, sub: SubAccount) -> Result<Arc<Key>, AccountError> {
        self.write().add_sub_account(sub, &self.regions)
    }

    /// Removes a key, and the sub-account that it is of. The first key stays. False if there is no such key.
    pub(crate) fn remove_key(&self, id: &str) -> Result<bool, AccountError> {
        let mut book = self.write();
        if book.keys.first().is_some_and(|key| key.id == id) {
            return Err(AccountError::conflict("id", "the first key of a cloud stays"));
        }
        let Some(key) = book.by_id.remove(id) else { return Ok(false) };
        book.keys.retain(|there| there.id != id);
        if let Some(sub) = &key.sub {
            let same = |of: &Option<Arc<Permissions>>| of.as_ref().is_some_and(|of| of.id == sub.id);
            book.users.retain(|user| !(user.account == key.account && same(&user.sub)));
            book.sub_accounts.retain(|there| there.credentials.id() != id);
        }
        Ok(true)
    }

    /// Returns the key of that identifier.
    pub(crate) fn key(&self, id: &str) -> Option<Arc<Key>> {
        self.read().by_id.get(id).cloned()
    }

    /// Returns whether the text is the secret of a key.
    pub(crate) fn is_secret(&self, text: &str) -> bool {
        self.read().keys.iter().any(|key| key.secret.expose() == text)
    }

    /// Returns all keys, oldest first.
    pub(crate) fn keys(&self) -> Vec<Arc<Key>> {
        self.read().keys.clone()
    }

    /// Returns all users who can log in, oldest first.
    pub(crate) fn users(&self) -> Vec<Arc<User>> {
        self.read().users.clone()
    }

    /// Returns all sub-accounts, oldest first, each with its account.
    pub(crate) fn sub_accounts(&self) -> Vec<SubAccount> {
        self.read().sub_accounts.clone()
    }

    /// Returns the key that the cloud is chosen by.
    pub(crate) fn first_key(&self) -> Option<Arc<Key>> {
        self.read().keys.first().cloned()
    }

    /// Returns the account of the first key; empty without keys.
    pub(crate) fn first_account(&self) -> String {
        self.first_key().map(|key| key.account.clone()).unwrap_or_default()
    }

    /// Returns the projects of an account.
    pub(crate) fn projects(&self, account: &str) -> Vec<Arc<Project>> {
        self.read().projects.iter().filter(|project| project.account == account).cloned().collect()
    }

    /// Returns the project of an account with that identifier or name.
    pub(crate) fn project(&self, account: &str, id: Option<&str>, name: Option<&str>) -> Option<Arc<Project>> {
        let fits = |wanted: Option<&str>, there: &str| wanted.is_none_or(|wanted| wanted == there);
        let book = self.read();
        let mut own = book.projects.iter().filter(|project| project.account == account);
        own.find(|project| fits(id, &project.id) && fits(name, &project.name)).cloned()
    }

    /// Returns the region of a project.
    pub(crate) fn region_of(&self, id: &str) -> Option<String> {
        self.read().projects.iter().find(|project| project.id == id).map(|project| project.name.clone())
    }

    /// Returns the project of an account in the region that the cloud is made for.
    pub(crate) fn home(&self, account: &str) -> Option<Arc<Project>> {
        self.project(account, None, Some(&self.region))
    }

    /// Returns the user, if name, account and password are right.
    pub(crate) fn user(&self, name: &str, account: &str, password: &str) -> Option<Arc<User>> {
        let book = self.read();
        let known = book.users.iter().find(|user| user.name == name && user.account == account);
        known.filter(|user| equal(user.password.expose(), password)).cloned()
    }

    fn read(&self) -> RwLockReadGuard<'_, Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Book> {
        self.book.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn add_key(&mut self, key: Key, regions: &[String]) -> Result<Arc<Key>, AccountError> {
        if key.id.is_empty() || key.secret.is_empty() {
            return Err(AccountError::wrong("credentials", "credentials have an empty id or secret"));
        }
        if key.account.is_empty() {
            return Err(AccountError::wrong("account", "the account is empty"));
        }
        if self.by_id.contains_key(&key.id) {
            return Err(AccountError::conflict("credentials.id", "another key has the same identifier"));
        }
        if self.keys.len() >= MOST_KEYS {
            return Err(AccountError::conflict("", format!("a cloud has at most {MOST_KEYS} keys")));
        }
        self.add_projects(&key.account, regions);
        let key = Arc::new(key);
        self.by_id.insert(key.id.clone(), key.clone());
        self.keys.push(key.clone());
        Ok(key)
    }

    fn add_user(&mut self, user: User, regions: &[String]) {
        self.add_projects(&user.account, regions);
        self.users.push(Arc::new(user));
    }

    fn add_sub_account(&mut self, sub: SubAccount, regions: &[String]) -> Result<Arc<Key>, AccountError> {
        let home = self.keys.first().map(|key| key.account.clone()).unwrap_or_default();
        let account = sub.account.clone().unwrap_or(home);
        let permissions = sub.permissions(&account).map_err(|(at, error)| AccountError::policy(at, error))?;
        let id = sub.credentials.id();
        if sub.name.is_empty() {
            return Err(AccountError::wrong("name", "the name is empty"));
        }
        if !self.keys.iter().any(|key| key.sub.is_none() && key.account == account) {
            return Err(AccountError::wrong("account", "its account has no key"));
        }
        if self.by_id.contains_key(id) {
            let message = "another account or sub-account has the same key";
            return Err(AccountError::conflict("credentials.id", message));
        }
        let same = |key: &Arc<Key>| key.account == account && key.sub.as_ref().is_some_and(|of| of.name == sub.name);
        if self.keys.iter().any(same) {
            return Err(AccountError::conflict("name", "there is another one of that name in the account"));
        }
        let same_id = |key: &Arc<Key>| key.sub.as_ref().map_or(&key.account, |of| &of.id) == &permissions.id;
        if self.keys.iter().any(same_id) {
            let message = "another account or sub-account has the same identifier";
            return Err(AccountError::conflict("uin", message));
        }
        let known = |user: &Arc<User>| user.name == sub.name && user.account == account;
        if sub.password.is_some() && self.users.iter().any(known) {
            return Err(AccountError::conflict("name", "there is a user of that name in the account"));
        }
        let key = Key { sub: Some(permissions.clone()), ..Key::of_account(account.clone(), &sub.credentials) };
        let key = self.add_key(key, regions)?;
        if let Some(password) = sub.password.clone() {
            self.add_user(
                User { name: sub.name.clone(), password, account: account.clone(), sub: Some(permissions) },
                regions,
            );
        }
        self.sub_accounts.push(sub.account(account));
        Ok(key)
    }

    /// Adds the projects of an account, one in each region, if it has none.
    fn add_projects(&mut self, account: &str, regions: &[String]) {
        if self.projects.iter().any(|project| project.account == account) {
            return;
        }
        let project = |region: &String| {
            let id = id_of("project", &format!("{account} {region}"));
            Arc::new(Project { id, name: region.clone(), account: account.to_owned() })
        };
        self.projects.extend(regions.iter().map(project));
    }
}
