//! The identity service: users, tokens, and their projects.

use crate::access::Permissions;
use crate::gateway::Key;
use crate::gateway::dialect::Caller;
use crate::gateway::recent::Recent;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wharf_core::clock::{Clock, SystemClock};
use wharf_core::model::Secret;
use wharf_sign::equal;
use wharf_world::kernel::ids::hexadecimal;

/// How long a token is good for, in seconds.
pub(super) const TOKEN_LIFE: i64 = 24 * 60 * 60;

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

#[derive(Debug, Clone)]
struct Token {
    caller: Caller,
    /// Seconds since 1970.
    expires: i64,
}

/// Why a token does not open anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenFault {
    Unknown,
    Expired,
}

/// Users, projects, keys and tokens.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(super) keys: Vec<Key>,
    users: Vec<User>,
    projects: Vec<Project>,
    /// The region that the server was set up for.
    region: String,
    tokens: Mutex<Recent<Token>>,
}

/// The identifier of what has that name, in the form the service gives to everything.
pub(super) fn id_of(kind: &str, name: &str) -> String {
    hexadecimal(&format!("{kind} {name}"), 32)
}

impl Identity {
    /// With a project for each account in each region.
    pub(crate) fn new(keys: Vec<Key>, users: Vec<User>, regions: &[String], region: &str) -> Self {
        let mut accounts: Vec<&String> = keys.iter().map(|key| &key.account).collect();
        accounts.extend(users.iter().map(|user| &user.account));
        accounts.sort();
        accounts.dedup();
        let project = |account: &String, region: &String| Project {
            id: id_of("project", &format!("{account} {region}")),
            name: region.clone(),
            account: account.clone(),
        };
        let projects =
            accounts.iter().flat_map(|account| regions.iter().map(|region| project(account, region))).collect();
        Self { keys, users, projects, region: region.to_owned(), tokens: Mutex::default() }
    }

    /// The projects of an account.
    pub(super) fn projects(&self, account: &str) -> impl Iterator<Item = &Project> {
        self.projects.iter().filter(move |project| project.account == account)
    }

    /// The project of an account with that identifier or name.
    pub(crate) fn project(&self, account: &str, id: Option<&str>, name: Option<&str>) -> Option<&Project> {
        let fits = |wanted: Option<&str>, there: &str| wanted.is_none_or(|wanted| wanted == there);
        self.projects(account).find(|project| fits(id, &project.id) && fits(name, &project.name))
    }

    /// The region of a project.
    pub(super) fn region(&self, id: &str) -> Option<String> {
        self.projects.iter().find(|project| project.id == id).map(|project| project.name.clone())
    }

    /// The project of an account in the region that the server was set up for.
    pub(crate) fn home(&self, account: &str) -> Option<&Project> {
        self.project(account, None, Some(&self.region))
    }

    /// The user, if name, account and password are right.
    pub(super) fn user(&self, name: &str, account: &str, password: &str) -> Option<&User> {
        let known = |user: &&User| user.name == name && user.account == account;
        self.users.iter().find(known).filter(|user| equal(user.password.expose(), password))
    }

    /// The user of an account that is shown to those who ask.
    pub(crate) fn first_user(&self) -> Option<&User> {
        self.users.first()
    }

    /// Issues a token. `now` is in seconds since 1970.
    pub(super) fn issue(&self, caller: Caller, now: i64) -> String {
        let parts = [0; 6].map(|_: u8| format!("{:016x}", SystemClock.random()));
        let token = format!("MII{}", parts.concat());
        let given = Token { caller, expires: now + TOKEN_LIFE };
        self.tokens().put(token.clone(), given, |token| token.expires + TOKEN_LIFE <= now);
        token
    }

    /// The caller with that token.
    pub(super) fn bearer(&self, token: &str, now: i64) -> Result<Caller, TokenFault> {
        match self.tokens().get(token) {
            None => Err(TokenFault::Unknown),
            Some(token) if token.expires <= now => Err(TokenFault::Expired),
            Some(token) => Ok(token.caller.clone()),
        }
    }

    /// Ends all tokens.
    pub(crate) fn expire_tokens(&self) {
        self.tokens().values_mut().for_each(|token| token.expires = 0);
    }

    fn tokens(&self) -> MutexGuard<'_, Recent<Token>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
