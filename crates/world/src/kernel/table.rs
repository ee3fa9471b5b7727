//! Things kept by identifier and listed in the order they were made.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// A map that remembers the order of insertion.
#[derive(Debug, Clone)]
pub struct Table<T> {
    rows: BTreeMap<u64, T>,
    places: BTreeMap<String, u64>,
    next: u64,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), places: BTreeMap::new(), next: 0 }
    }
}

impl<T> Table<T> {
    /// Adds a row at the end; a row of the same identifier is replaced where it stands.
    pub fn insert(&mut self, id: impl Into<String>, row: T) {
        let next = self.next;
        let place = *self.places.entry(id.into()).or_insert(next);
        if place == next {
            self.next += 1;
        }
        self.rows.insert(place, row);
    }

    /// The row of that identifier.
    pub fn get(&self, id: &str) -> Option<&T> {
        self.rows.get(self.places.get(id)?)
    }

    /// The row of that identifier, to change.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.rows.get_mut(self.places.get(id)?)
    }

    /// Takes the row of that identifier out.
    pub fn remove(&mut self, id: &str) -> Option<T> {
        self.rows.remove(&self.places.remove(id)?)
    }

    /// Takes the rows out that are not to be kept.
    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.rows.retain(|_, row| keep(row));
        self.places.retain(|_, place| self.rows.contains_key(place));
    }

    /// Whether there is a row of that identifier.
    pub fn contains(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    /// The rows with their identifiers, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &T)> {
        let ids: BTreeMap<u64, &str> = self.places.iter().map(|(id, place)| (*place, id.as_str())).collect();
        ids.into_iter().filter_map(|(place, id)| Some((id, self.rows.get(&place)?)))
    }

    /// The rows, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values()
    }

    /// The rows, oldest first, to change.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.rows.values_mut()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A row as it is saved. The numbers of the rows are not saved, because only their order has a meaning.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row<I, T> {
    id: I,
    row: T,
}

impl<T: Serialize> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.entries().map(|(id, row)| Row { id, row }))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = Self::default();
        for Row { id, row } in Vec::<Row<String, T>>::deserialize(deserializer)? {
            if table.contains(&id) {
                return Err(D::Error::custom(format!("the identifier `{id}` is there twice")));
            }
            table.insert(id, row);
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests;
