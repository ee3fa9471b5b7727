//! Keys, roles, and temporary credentials.

use super::auth::MAX_SKEW;
use crate::access::Permissions;
use crate::accounts::{Accounts, Key};
use crate::clouds::CloudTag;
use crate::gateway::nonces::Nonces;
use crate::gateway::recent::Recent;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wharf_core::clock::{Clock, SystemClock};
use wharf_core::model::Secret;
use wharf_world::kernel::ids::hexadecimal;

/// The roles of every account, and for how many seconds each can be assumed at most.
const ROLES: [(&str, i64); 2] = [("wharf", 3_600), ("wharf-long", 43_200)];
/// How long the server remembers that credentials have expired, in seconds.
const MEMORY: i64 = 24 * 60 * 60;

/// What the identifier of each temporary key begins with, before the tag of its cloud.
const START: &str = "STS.";

/// Returns the tag of the cloud that issued a temporary key, if the identifier has the form of one.
pub(crate) fn tag_of_session(key: &str) -> Option<CloudTag> {
    CloudTag::read(key.strip_prefix(START)?)
}

/// Temporary credentials.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) key: Arc<Key>,
    /// Seconds since 1970, by the clock that [`Ram`] is given.
    expires: i64,
}

/// A role of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) name: &'static str,
    /// In seconds.
    pub(super) most: i64,
}

/// The owner of a key, and whether the key has expired.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub(super) key: Arc<Key>,
    pub(super) expired: bool,
}

/// Keys, roles and temporary credentials.
#[derive(Debug)]
pub(crate) struct Ram {
    accounts: Arc<Accounts>,
    /// What the identifiers of temporary keys of this cloud begin with.
    tag: CloudTag,
    sessions: Mutex<Recent<Session>>,
    /// Nonces that were used.
    pub(super) nonces: Nonces,
}

impl Ram {
    pub(crate) fn new(accounts: Arc<Accounts>, tag: CloudTag) -> Self {
        Self { accounts, tag, sessions: Mutex::default(), nonces: Nonces::new(MAX_SKEW.unsigned_abs()) }
    }

    /// The ARN of a role.
    pub(crate) fn role_arn(&self, account: &str, role: &str) -> String {
        format!("acs:ram::{account}:role/{role}")
    }

    /// The role of that name; every account has the same.
    pub(super) fn role(name: &str) -> Option<Role> {
        ROLES.iter().find(|(known, _)| *known == name).map(|(name, most)| Role { name, most: *most })
    }

    /// The owner of a key, if there is one.
    pub(super) fn holder(&self, id: &str, now: i64) -> Option<Holder> {
        if let Some(key) = self.accounts.key(id) {
            return Some(Holder { key, expired: false });
        }
        let session = self.sessions().get(id).cloned()?;
        Some(Holder { key: session.key.clone(), expired: session.expires <= now })
    }

    /// Returns temporary credentials, with the permissions of the account or with these.
    pub(super) fn give(&self, account: &str, now: i64, seconds: i64, sub: Option<Arc<Permissions>>) -> Arc<Key> {
        let random = |length: usize| hexadecimal(&format!("{} {}", SystemClock.random(), SystemClock.random()), length);
        let key = Arc::new(Key {
            id: format!("{START}{}{}", self.tag, random(16)),
            secret: Secret::from(random(40)),
            token: Some(Secret::from(format!("CAIS{}", random(160)))),
            account: account.to_owned(),
            sub,
        });
        let session = Session { key: key.clone(), expires: now + seconds };
        self.sessions().put(key.id.clone(), session, |session| session.expires + MEMORY <= now);
        key
    }

    /// Ends all temporary credentials.
    pub(crate) fn expire_sessions(&self) {
        self.sessions().values_mut().for_each(|session| session.expires = session.expires.min(0));
    }

    fn sessions(&self) -> MutexGuard<'_, Recent<Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
