//! Planned events, in order of time.

use super::Millis;
use super::engine::Engine;
use super::realm::RealmKey;
use crate::Event;
use std::collections::BTreeMap;

/// An event with the realm that it happens in and the engine that planned it.
#[derive(Debug, Clone)]
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
