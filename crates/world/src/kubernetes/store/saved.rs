//! How the objects of a cluster are saved.
//!
//! An object is usually in several places: in the store, as the result of one change, as the state before the next one. All
//! objects are therefore in one list, and the places have their indexes. After loading, they are shared as before.

use super::{Change, ChangeKind, Key, Store, owners, uid};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedStore<V> {
    values: Vec<V>,
    objects: Vec<Place>,
    history: Vec<SavedChange>,
    forgotten: u64,
    pending: Vec<SavedChange>,
}

/// An object with its key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    key: Key,
    value: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedChange {
    version: u64,
    key: Key,
    kind: ChangeKind,
    object: usize,
    before: Option<usize>,
}

/// The list of all values while it is made. Values are the same if they are in the same place in memory.
#[derive(Default)]
struct Values<'s> {
    list: Vec<&'s Value>,
    indexes: BTreeMap<*const Value, usize>,
}

impl<'s> Values<'s> {
    fn index(&mut self, value: &'s Arc<Value>) -> usize {
        let next = self.list.len();
        let index = *self.indexes.entry(Arc::as_ptr(value)).or_insert(next);
        if index == next {
            self.list.push(value);
        }
        index
    }

    fn change(&mut self, change: &'s Change) -> SavedChange {
        SavedChange {
            version: change.version,
            key: change.key.clone(),
            kind: change.kind,
            before: change.before.as_ref().map(|before| self.index(before)),
            object: self.index(&change.object),
        }
    }
}

impl Serialize for Store {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut values = Values::default();
        let history = self.history.iter().map(|change| values.change(change)).collect();
        let pending = self.pending.iter().map(|change| values.change(change)).collect();
        let objects = self.objects.iter().flat_map(|(kind, objects)| objects.iter().map(move |object| (kind, object)));
        let objects = objects.map(|(kind, ((namespace, name), object))| Place {
            key: Key::new(kind, namespace, name),
            value: values.index(object),
        });
        let objects = objects.collect();
        SavedStore { objects, history, pending, forgotten: self.forgotten, values: values.list }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Store {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let saved = SavedStore::<Value>::deserialize(deserializer)?;
        let values: Vec<Arc<Value>> = saved.values.into_iter().map(Arc::new).collect();
        let value = |index: usize| {
            let missing = || D::Error::custom(format!("there is no value {index}, there are {} values", values.len()));
            values.get(index).cloned().ok_or_else(missing)
        };
        let change = |saved: SavedChange| {
            let SavedChange { version, key, kind, object, before } = saved;
            Ok(Change { version, key, kind, object: value(object)?, before: before.map(value).transpose()? })
        };
        let mut store = Self {
            history: saved.history.into_iter().map(change).collect::<Result<_, D::Error>>()?,
            pending: saved.pending.into_iter().map(change).collect::<Result<_, D::Error>>()?,
            forgotten: saved.forgotten,
            ..Self::default()
        };
        for Place { key, value: index } in saved.objects {
            let object = value(index)?;
            for owner in owners(&object) {
                store.dependents.entry(owner.to_owned()).or_default().insert(key.clone());
            }
            store.uids.extend(uid(&object).map(str::to_owned));
            let place = (key.namespace.clone(), key.name.clone());
            if store.objects.entry(key.kind.clone()).or_default().insert(place, object).is_some() {
                let Key { kind, namespace, name } = key;
                return Err(D::Error::custom(format!("the object `{kind}` `{namespace}/{name}` is there twice")));
            }
        }
        Ok(store)
    }
}
