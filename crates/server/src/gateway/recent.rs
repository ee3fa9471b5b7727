//! What was given away most recently: tokens and temporary credentials.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// How many are remembered.
const MOST: usize = 1 << 14;

/// Things by their names, as many of the latest as there is room for.
#[derive(Debug)]
pub(super) struct Recent<T> {
    by_name: HashMap<Arc<str>, T>,
    /// The oldest first.
    order: VecDeque<Arc<str>>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { by_name: HashMap::new(), order: VecDeque::new() }
    }
}

impl<T> Recent<T> {
    /// Adds one, and drops the oldest that are over or have no room any more.
    pub(super) fn put(&mut self, name: String, value: T, is_over: impl Fn(&T) -> bool) {
        while let Some(oldest) = self.order.front()
            && (self.order.len() >= MOST || self.by_name.get(oldest).is_none_or(&is_over))
        {
            self.by_name.remove(oldest);
            self.order.pop_front();
        }
        let name: Arc<str> = name.into();
        self.order.push_back(name.clone());
        self.by_name.insert(name, value);
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.by_name.get(name)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.by_name.values_mut()
    }
}

#[cfg(test)]
mod tests;
