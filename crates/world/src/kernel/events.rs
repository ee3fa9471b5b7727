//! Planned events, in order of time.

use super::Millis;
use super::engine::Engine;
use super::realm::RealmKey;
use crate::Event;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// An event with the realm that it happens in and the engine that planned it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    pub due: Millis,
    pub realm: RealmKey,
    pub engine: &'static dyn Engine,
    pub event: Event,
}

/// Events keyed by the moment they are due; those of one moment in the order they were planned.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    planned: BTreeMap<(Millis, u64), Planned>,
    count: u64,
}

impl Queue {
    /// Plans an event.
    pub fn plan(&mut self, due: Millis, realm: RealmKey, engine: &'static dyn Engine, event: Event) {
        self.count += 1;
        self.planned.insert((due, self.count), Planned { due, realm, engine, event });
    }

    /// Returns how many events are planned.
    pub fn len(&self) -> usize {
        self.planned.len()
    }

    /// Returns whether nothing is planned.
    pub fn is_empty(&self) -> bool {
        self.planned.is_empty()
    }

    /// The events in the order in which they happen.
    pub fn iter(&self) -> impl Iterator<Item = &Planned> {
        self.planned.values()
    }

    /// When the next event is due.
    pub fn next_due(&self) -> Option<Millis> {
        self.planned.keys().next().map(|(due, _)| *due)
    }

    /// Takes the next event that is due by `now`.
    pub fn pop(&mut self, now: Millis) -> Option<Planned> {
        let entry = self.planned.first_entry()?;
        if entry.key().0 > now { None } else { Some(entry.remove()) }
    }
}

/// Events are saved in the order in which they happen. Their numbers are not saved, because only their order has a meaning.
impl Serialize for Queue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.planned.values())
    }
}

impl<'de> Deserialize<'de> for Queue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut queue = Self::default();
        for Planned { due, realm, engine, event } in Vec::deserialize(deserializer)? {
            queue.plan(due, realm, engine, event);
        }
        Ok(queue)
    }
}
