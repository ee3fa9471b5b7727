//! The tokens of the identity service.

use crate::clouds::CloudTag;
use crate::gateway::dialect::Caller;
use crate::gateway::recent::Recent;
use std::sync::{Mutex, MutexGuard, PoisonError};
use wharf_core::clock::{Clock, SystemClock};

/// How long a token is good for, in seconds.
pub(super) const TOKEN_LIFE: i64 = 24 * 60 * 60;

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

/// The tokens of the identity service.
#[derive(Debug)]
pub(crate) struct Identity {
    /// What tokens of this cloud begin with.
    tag: CloudTag,
    tokens: Mutex<Recent<Token>>,
}

/// What each token begins with, before the tag of its cloud.
const START: &str = "MII";

/// Returns the tag of the cloud that a token was issued by, if it has the form of one.
pub(crate) fn tag_of_token(token: &str) -> Option<CloudTag> {
    CloudTag::read(token.strip_prefix(START)?)
}

impl Identity {
    pub(crate) fn new(tag: CloudTag) -> Self {
        Self { tag, tokens: Mutex::default() }
    }

    /// Issues a token. `now` is in seconds since 1970.
    pub(super) fn issue(&self, caller: Caller, now: i64) -> String {
        let parts = [0; 6].map(|_: u8| format!("{:016x}", SystemClock.random()));
        let token = format!("{START}{}{}", self.tag, parts.concat());
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
