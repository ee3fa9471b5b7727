//! Lists that were received, so that a watch can start from one of them.
//!
//! A watch starts from the `resourceVersion` of a list. To find out what changed since, the list itself is needed. The
//! bodies of the last lists are therefore stored, and read only if a watch starts from them.

use super::call::Call;
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Maximum number of lists that are stored.
const MAX_LISTS: usize = 64;
/// Maximum number of lists of one kind that are stored.
const MAX_OF_KEY: usize = 4;
/// Maximum size of all lists that are stored, in bytes. The newest one is always stored.
const MAX_BYTES: usize = 64 << 20;

/// Parameters of a query that select what is listed.
const SELECTORS: [&str; 2] = ["fieldSelector", "labelSelector"];

/// The last lists, oldest first.
#[derive(Debug, Default)]
pub(super) struct Lists(Mutex<VecDeque<Stored>>);

/// A list.
#[derive(Clone)]
pub(super) struct Stored {
    /// Path and selection.
    key: String,
    /// Versions at which the list was or is current.
    versions: Vec<String>,
    /// Token of the next page, if the list is not complete.
    next: Option<String>,
    pages: Vec<Bytes>,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored").field("key", &self.key).field("versions", &self.versions).finish_non_exhaustive()
    }
}

/// Metadata of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub(super) kind: String,
    #[serde(default)]
    pub(super) metadata: ListMeta,
    #[allow(dead_code)]
    items: IgnoredAny,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ListMeta {
    pub(super) resource_version: String,
    pub(super) r#continue: String,
}

impl Head {
    /// Reads the metadata of a body that is a list.
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok().filter(|head: &Self| head.kind.ends_with("List"))
    }
}

/// Returns the path and the selection of a list or watch.
pub(super) fn key(call: &Call) -> String {
    let mut key = call.path.clone();
    for name in SELECTORS {
        key.push('\n');
        key.push_str(call.parameter(name).unwrap_or_default());
    }
    // The same objects are listed in full, or with their metadata alone.
    let partial = call.accept.as_ref().and_then(|accept| accept.to_str().ok()).is_some_and(is_partial);
    key.push_str(if partial { "\npartial" } else { "\n" });
    key
}

fn is_partial(accept: &str) -> bool {
    accept.contains("PartialObjectMetadata")
}

impl Lists {
    /// Stores a response if it is a list, or the next page of one.
    pub(super) fn remember(&self, call: &Call, response: &Response<Bytes>) {
        if call.method != Method::GET || response.status() != StatusCode::OK {
            return;
        }
        let Some(head) = Head::of(response.body()) else { return };
        if head.metadata.resource_version.is_empty() {
            return;
        }
        let key = key(call);
        let next = Some(head.metadata.r#continue).filter(|token| !token.is_empty());
        let page = response.body().clone();
        match call.parameter("continue").filter(|token| !token.is_empty()) {
            None => self.store(&key, vec![head.metadata.resource_version], next, vec![page]),
            Some(token) => {
                let mut stored = self.stored();
                let begun = |list: &&mut Stored| list.key == key && list.next.as_deref() == Some(token);
                if let Some(list) = stored.iter_mut().rev().find(begun) {
                    list.next = next;
                    list.pages.push(page);
                }
                limit(&mut stored, &key);
            }
        }
    }

    /// Stores the complete list of a watch.
    pub(super) fn keep(&self, key: &str, versions: &[String], pages: &[Bytes]) {
        self.store(key, versions.to_vec(), None, pages.to_vec());
    }

    /// Returns the complete list that was current at a version.
    pub(super) fn at(&self, key: &str, version: &str) -> Option<Vec<Bytes>> {
        let stored = self.stored();
        let complete = |list: &&Stored| list.key == key && list.next.is_none();
        let found =
            stored.iter().rev().filter(complete).find(|list| list.versions.iter().any(|known| known == version));
        found.map(|list| list.pages.clone())
    }

    fn store(&self, key: &str, versions: Vec<String>, next: Option<String>, pages: Vec<Bytes>) {
        let mut stored = self.stored();
        stored.push_back(Stored { key: key.to_owned(), versions, next, pages });
        limit(&mut stored, key);
    }

    fn stored(&self) -> MutexGuard<'_, VecDeque<Stored>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes the oldest lists beyond the limits.
fn limit(stored: &mut VecDeque<Stored>, key: &str) {
    while stored.iter().filter(|list| list.key == key).count() > MAX_OF_KEY {
        if let Some(oldest) = stored.iter().position(|list| list.key == key) {
            stored.remove(oldest);
        }
    }
    let size = |list: &Stored| list.pages.iter().map(Bytes::len).sum::<usize>();
    let mut bytes: usize = stored.iter().map(size).sum();
    while stored.len() > 1 && (stored.len() > MAX_LISTS || bytes > MAX_BYTES) {
        bytes -= stored.pop_front().map_or(0, |list| size(&list));
    }
}
