//! The objects of a cluster as its API shows them, and the history of their changes.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

/// Changes that are remembered for those who watch.
const MOST_CHANGES: usize = 5_000;

/// Where an object is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The kind: `deployments.apps`.
    pub kind: String,
    /// Empty for kinds without namespaces.
    pub namespace: String,
    pub name: String,
}

impl Key {
    /// The key of an object of that kind.
    pub fn new(kind: &str, namespace: &str, name: &str) -> Self {
        Self { kind: kind.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeKind {
    Added,
    Modified,
    Deleted,
}

/// A change of an object.
#[derive(Clone)]
pub struct Change {
    pub version: u64,
    pub key: Key,
    pub kind: ChangeKind,
    /// The object after the change; of one that was deleted, the last state.
    pub object: Arc<Value>,
    pub before: Option<Arc<Value>>,
}

type Objects = BTreeMap<(String, String), Arc<Value>>;

/// Shows no contents: they can hold secrets.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Change");
        shown.field("version", &self.version).field("key", &self.key).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Shows no contents: they can hold secrets.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: BTreeMap<&str, usize> = self.kinds().map(|kind| (kind, self.count(kind))).collect();
        f.debug_struct("Store").field("objects", &counts).finish_non_exhaustive()
    }
}

/// All objects of a cluster.
#[derive(Clone, Default)]
pub struct Store {
    objects: BTreeMap<String, Objects>,
    history: VecDeque<Change>,
    /// The version of the last change that is forgotten.
    forgotten: u64,
    /// Changes that the controllers have not seen yet.
    pending: Vec<Change>,
    /// The objects that name an owner, by the owner's `uid`.
    dependents: BTreeMap<String, BTreeSet<Key>>,
    /// The identifiers of all objects.
    uids: BTreeSet<String>,
}

impl Store {
    /// The object of that key.
    pub fn get(&self, key: &Key) -> Option<&Arc<Value>> {
        self.objects.get(&key.kind)?.get(&(key.namespace.clone(), key.name.clone()))
    }

    /// The objects of a kind, in one namespace or in all, by namespace and name.
    pub fn list<'a>(&'a self, kind: &str, namespace: Option<&str>) -> Box<dyn Iterator<Item = &'a Arc<Value>> + 'a> {
        let Some(objects) = self.objects.get(kind) else { return Box::new(std::iter::empty()) };
        match namespace {
            None => Box::new(objects.values()),
            Some(namespace) => {
                let namespace = namespace.to_owned();
                let from = Bound::Included((namespace.clone(), String::new()));
                let range = objects.range((from, Bound::Unbounded));
                Box::new(range.take_while(move |((there, _), _)| *there == namespace).map(|(_, object)| object))
            }
        }
    }

    /// The kinds that have objects.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.objects.iter().filter(|(_, objects)| !objects.is_empty()).map(|(kind, _)| kind.as_str())
    }

    /// How many objects of a kind there are.
    pub fn count(&self, kind: &str) -> usize {
        self.objects.get(kind).map_or(0, BTreeMap::len)
    }

    /// The keys of all objects in a namespace.
    pub fn keys_in(&self, namespace: &str) -> Vec<Key> {
        let mut keys = Vec::new();
        for (kind, objects) in &self.objects {
            let from = Bound::Included((namespace.to_owned(), String::new()));
            let here = objects.range((from, Bound::Unbounded)).take_while(|((there, _), _)| there == namespace);
            keys.extend(here.map(|((namespace, name), _)| Key::new(kind, namespace, name)));
        }
        keys
    }

    /// The keys of the objects of a kind.
    pub fn keys(&self, kind: &str) -> Vec<Key> {
        let objects = self.objects.get(kind).into_iter().flatten();
        objects.map(|((namespace, name), _)| Key::new(kind, namespace, name)).collect()
    }

    /// Whether there is an object of that `uid`.
    pub fn has_uid(&self, uid: &str) -> bool {
        self.uids.contains(uid)
    }

    /// The objects that name an owner of that `uid`.
    pub fn dependents(&self, uid: &str) -> Vec<Key> {
        self.dependents.get(uid).into_iter().flatten().cloned().collect()
    }

    /// Keeps an object as it is at that version.
    pub fn put(&mut self, key: Key, mut object: Value, version: u64) {
        set_version(&mut object, version);
        let place = (key.namespace.clone(), key.name.clone());
        let before = self.objects.get(&key.kind).and_then(|objects| objects.get(&place)).cloned();
        if let Some(before) = &before {
            self.forget_owners(&key, before);
        }
        for owner in owners(&object) {
            self.dependents.entry(owner.to_owned()).or_default().insert(key.clone());
        }
        if let Some(uid) = uid(&object) {
            self.uids.insert(uid.to_owned());
        }
        let object = Arc::new(object);
        self.objects.entry(key.kind.clone()).or_default().insert(place, Arc::clone(&object));
        let kind = if before.is_some() { ChangeKind::Modified } else { ChangeKind::Added };
        self.record(Change { version, key, kind, object, before });
    }

    /// Takes an object out at that version.
    pub fn remove(&mut self, key: &Key, version: u64) -> Option<Arc<Value>> {
        let objects = self.objects.get_mut(&key.kind)?;
        let before = objects.remove(&(key.namespace.clone(), key.name.clone()))?;
        self.forget_owners(key, &before);
        let mut last = Value::clone(&before);
        set_version(&mut last, version);
        let object = Arc::new(last);
        let change = Change {
            version,
            key: key.clone(),
            kind: ChangeKind::Deleted,
            object: Arc::clone(&object),
            before: Some(before),
        };
        self.record(change);
        Some(object)
    }

    fn forget_owners(&mut self, key: &Key, object: &Value) {
        for owner in owners(object) {
            if let Some(keys) = self.dependents.get_mut(owner) {
                keys.remove(key);
                if keys.is_empty() {
                    self.dependents.remove(owner);
                }
            }
        }
        if let Some(uid) = uid(object) {
            self.uids.remove(uid);
        }
    }

    fn record(&mut self, change: Change) {
        self.pending.push(change.clone());
        self.history.push_back(change);
        if self.history.len() > MOST_CHANGES
            && let Some(oldest) = self.history.pop_front()
        {
            self.forgotten = oldest.version;
        }
    }

    /// The changes after that version, oldest first; nothing if some of them are forgotten.
    pub fn changes_since(&self, version: u64) -> Option<impl Iterator<Item = &Change>> {
        if version < self.forgotten {
            return None;
        }
        let from = self.history.partition_point(|change| change.version <= version);
        Some(self.history.range(from..))
    }

    /// Forgets the changes up to that version, as an API server does when it compacts.
    pub fn compact(&mut self, version: u64) {
        while let Some(oldest) = self.history.front().filter(|change| change.version <= version) {
            self.forgotten = oldest.version;
            self.history.pop_front();
        }
        self.forgotten = self.forgotten.max(version);
    }

    /// The changes that the controllers have not seen, which they then have.
    pub fn take_pending(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.pending)
    }
}

fn set_version(object: &mut Value, version: u64) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.insert("resourceVersion".to_owned(), Value::String(version.to_string()));
    }
}

/// The identifier of an object.
pub fn uid(object: &Value) -> Option<&str> {
    object.pointer("/metadata/uid").and_then(Value::as_str)
}

/// The identifiers of the owners of an object.
pub fn owners(object: &Value) -> impl Iterator<Item = &str> {
    let references = object.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    references.into_iter().flatten().filter_map(|owner| owner.get("uid").and_then(Value::as_str))
}

mod check;
mod saved;

#[cfg(test)]
mod tests;
