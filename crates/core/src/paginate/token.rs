//! Pages that name the next one by an opaque token.

use super::member;
use crate::model::{Model, Place, Ref};
use crate::operation::{PageStyle, Paging};
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// The tokens of a walk.
#[derive(Clone, Default)]
pub(super) struct Tokens {
    next: Option<String>,
    /// Short forms of those that have been followed: a token may be long.
    seen: HashSet<u64>,
}

impl Tokens {
    /// Begins at the page of that token.
    pub(super) fn new(token: Option<String>) -> Self {
        let mut tokens = Self::default();
        if let Some(token) = token.filter(|token| !token.is_empty()) {
            tokens.follow(token);
        }
        tokens
    }

    /// The token of the next page.
    pub(super) fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Makes a token that of the next page. False if it was that of an earlier page already.
    pub(super) fn follow(&mut self, token: String) -> bool {
        let mut hasher = DefaultHasher::new();
        token.hash(&mut hasher);
        let new = self.seen.insert(hasher.finish());
        self.next = Some(token);
        new
    }
}

/// A token can say what is in a list: it is not shown.
impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("followed", &self.seen.len()).finish_non_exhaustive()
    }
}

/// Returns the token of the next page that a page holds, if it holds one.
pub fn next_token(page: &dyn Model, paging: &Paging) -> Option<String> {
    text(page, paging.next)
}

/// Returns the token that an input asks for a page with, if pages have tokens and it has one.
pub fn given_token(input: &dyn Model, paging: &Paging) -> Option<String> {
    (paging.style == PageStyle::Token).then(|| text(input, &[paging.begin])).flatten()
}

/// Makes an input ask for the page of a token; for the first page without one. Does nothing where pages have no tokens.
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
