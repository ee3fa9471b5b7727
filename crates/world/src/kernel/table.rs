//! Things kept by identifier and listed in the order they were made.

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

#[cfg(test)]
mod tests;
