//! Pages that name the next one by an opaque token.

use super::member;
use crate::model::{Model, Place, Ref};
use crate::operation::{PageStyle, Paging};
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Tokens of a walk over pages.
#[derive(Clone, Default)]
pub(super) struct Tokens {
    next: Option<String>,
    /// Hashes of the tokens that have been followed. A token may be long.
    seen: HashSet<u64>,
}

impl Tokens {
    /// Starts at the page of the token.
    pub(super) fn new(token: Option<String>) -> Self {
        let mut tokens = Self::default();
        if let Some(token) = token.filter(|token| !token.is_empty()) {
            tokens.follow(token);
        }
        tokens
    }

    /// Returns the token of the next page.
    pub(super) fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Sets the token of the next page. Returns false if it has been followed before.
    pub(super) fn follow(&mut self, token: String) -> bool {
        let mut hasher = DefaultHasher::new();
        token.hash(&mut hasher);
        let new = self.seen.insert(hasher.finish());
        self.next = Some(token);
        new
    }
}

/// Tokens are not shown, because they may contain what is in a list.
impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("followed", &self.seen.len()).finish_non_exhaustive()
    }
}

/// Returns the token of the next page that a page contains, if any.
pub fn next_token(page: &dyn Model, paging: &Paging) -> Option<String> {
    text(page, paging.next)
}

/// Returns the token of the page that an input requests, or `None` if the input has no token or the operation is not
/// paged by token.
pub fn given_token(input: &dyn Model, paging: &Paging) -> Option<String> {
    (paging.style == PageStyle::Token).then(|| text(input, &[paging.begin])).flatten()
}

/// Sets the token of the page that an input requests, or clears it for the first page. Does nothing if pages have no
/// tokens.
pub fn set_token(input: &mut dyn Model, paging: &Paging, token: Option<&str>) {
    if paging.style != PageStyle::Token {
        return;
    }
    let Some((_, field)) = input.find(paging.begin) else { return };
    match token {
        None => field.clear(),
        Some(token) => {
            if let Place::Text(place) = field.place() {
                place.set(token);
            }
        }
    }
}

fn text(model: &dyn Model, path: &[&str]) -> Option<String> {
    match member(model, path)? {
        Ref::Text(text) => Some(text.to_owned()),
        _ => None,
    }
}
