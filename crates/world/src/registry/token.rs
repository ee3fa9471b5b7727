//! Passwords of enterprise instances: temporary ones, and long-term ones that can be disabled and deleted.

use super::sign::Digest;
use super::{Registries, RegistryError};
use crate::kernel::Millis;
use serde::{Deserialize, Serialize};
use std::fmt;

const HOUR: Millis = 60 * 60 * 1_000;
/// How long a long-term password works: ten years.
const LONG: Millis = 3_650 * 24 * HOUR;
/// How many long-term passwords an instance may have.
const MOST_TOKENS: usize = 100;

/// How long a password works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenKind {
    /// An hour.
    Temporary,
    /// Until it is disabled or deleted.
    LongTerm,
}

/// A password of an instance.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceToken {
    pub id: String,
    pub kind: TokenKind,
    /// The password.
    pub secret: String,
    /// What its owner says about it.
    pub description: String,
    pub enabled: bool,
    pub created: Millis,
    /// When it stops working.
    pub expires: Millis,
}

impl fmt::Debug for InstanceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceToken").field("id", &self.id).field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl Registries {
    /// Issues a temporary password of a running instance.
    pub fn create_instance_token(&mut self, account: &str, id: &str) -> Result<InstanceToken, RegistryError> {
        self.issue_token(account, id, TokenKind::Temporary, "")
    }

    /// Issues a password of a running instance.
    pub fn issue_token(
        &mut self,
        account: &str,
        id: &str,
        kind: TokenKind,
        description: &str,
    ) -> Result<InstanceToken, RegistryError> {
        let now = self.now;
        let number = self.number();
        let seed = self.seed("token", number);
        let instance = self.running_instance_mut(account, id)?;
        if instance.tokens.iter().filter(|token| token.kind == kind).count() >= MOST_TOKENS {
            match kind {
                // The oldest of so many temporary passwords is not used any more.
                TokenKind::Temporary => {
                    let oldest = instance.tokens.iter().position(|token| token.kind == kind);
                    oldest.map(|oldest| instance.tokens.remove(oldest));
                }
                TokenKind::LongTerm => return Err(RegistryError::EditionLimit("long-term tokens", MOST_TOKENS)),
            }
        }
        let lasts = match kind {
            TokenKind::Temporary => instance.token_hours() * HOUR,
            TokenKind::LongTerm => LONG,
        };
        let token = InstanceToken {
            id: seed.short(),
            kind,
            secret: Digest::of(&[b"token", id.as_bytes(), &seed.hex().into_bytes()]).hex(),
            description: description.to_owned(),
            enabled: true,
            created: now,
            expires: now + lasts,
        };
        instance.tokens.push(token.clone());
        Ok(token)
    }

    /// The long-term passwords of an instance, oldest first.
    pub fn long_term_tokens(&self, account: &str, id: &str) -> Result<Vec<&InstanceToken>, RegistryError> {
        let tokens = self.instance(account, id)?.tokens.iter();
        Ok(tokens.filter(|token| token.kind == TokenKind::LongTerm).collect())
    }

    /// Enables or disables a long-term password, or changes its description.
    pub fn change_token(
        &mut self,
        account: &str,
        id: &str,
        token: &str,
        enabled: Option<bool>,
        description: Option<&str>,
    ) -> Result<(), RegistryError> {
        let tokens = &mut self.running_instance_mut(account, id)?.tokens;
        let found = tokens.iter_mut().find(|one| one.id == token && one.kind == TokenKind::LongTerm);
        let found = found.ok_or_else(|| RegistryError::NotFound("token", token.to_owned()))?;
        found.enabled = enabled.unwrap_or(found.enabled);
        if let Some(description) = description {
            description.clone_into(&mut found.description);
        }
        Ok(())
    }

    /// Deletes a long-term password.
    pub fn delete_token(&mut self, account: &str, id: &str, token: &str) -> Result<(), RegistryError> {
        let tokens = &mut self.running_instance_mut(account, id)?.tokens;
        let before = tokens.len();
        tokens.retain(|one| one.id != token || one.kind != TokenKind::LongTerm);
        if tokens.len() < before { Ok(()) } else { Err(RegistryError::NotFound("token", token.to_owned())) }
    }

    /// Whether a login to the instance with that password would be let in now. Those that expired are gone.
    pub fn instance_login(&self, id: &str, secret: &str) -> bool {
        let valid = |token: &InstanceToken| token.enabled && token.secret == secret;
        self.instances.iter().any(|instance| instance.id() == id && instance.tokens.iter().any(valid))
    }

    pub(super) fn expire_tokens(&mut self) {
        for instance in &mut self.instances {
            instance.tokens.retain(|token| token.expires > self.now);
        }
    }
}
