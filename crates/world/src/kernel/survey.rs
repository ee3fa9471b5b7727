//! Reading the whole world, for those who show it.

use super::engine::Engine;
use super::realm::RealmKey;
use super::{Millis, failures::PlannedFailure};
use crate::infra::seed;
use crate::{Event, Realm, World};
use std::collections::BTreeSet;

/// What happens by itself when its time has come.
#[derive(Debug)]
pub struct PlannedEvent<'a> {
    pub due: Millis,
    pub realm: &'a RealmKey,
    pub engine: &'static dyn Engine,
    event: &'a Event,
}

impl PlannedEvent<'_> {
    /// Returns the event's name and the cluster that it happens to.
    ///
    /// Both are read from the event's `Debug` form: `Cluster(NodeUp { cluster: "cls-1", .. })`. Everything else in it stays
    /// hidden, as it can hold what callers keep secret.
    pub fn what(&self) -> (String, Option<String>) {
        let text = format!("{:?}", self.event);
        let inner = text.split_once('(').map_or(text.as_str(), |(_, inner)| inner);
        let name = inner.split([' ', '(', '{', ')']).next().unwrap_or_default();
        let cluster = inner.split_once("cluster: \"").and_then(|(_, rest)| rest.split('"').next());
        (name.to_owned(), cluster.map(str::to_owned))
    }
}

impl World {
    /// Returns all realms with what they have.
    pub fn realms(&self) -> impl Iterator<Item = (&RealmKey, &Realm)> {
        self.realms.iter()
    }

    /// Returns the zones in which an account has subnets in a region, by the rules of an engine. Nothing is made for that.
    pub fn zones(&self, engine: &'static dyn Engine, account: &str, region: &str) -> Vec<String> {
        let key = RealmKey { vendor: engine.vendor(), account: account.to_owned(), region: region.to_owned() };
        match self.realms.get(&key) {
            Some(realm) => realm.zones(),
            None => seed::realm(region, self.now).zones(),
        }
    }

    /// Returns how many events are planned.
    pub fn planned_count(&self) -> usize {
        self.queue.len()
    }

    /// Returns the planned events, the next one first.
    pub fn planned(&self) -> impl Iterator<Item = PlannedEvent<'_>> {
        self.queue.iter().map(|planned| PlannedEvent {
            due: planned.due,
            realm: &planned.realm,
            engine: planned.engine,
            event: &planned.event,
        })
    }

    /// Returns the work that is to fail.
    pub fn planned_failures(&self) -> &[PlannedFailure] {
        &self.failures
    }
}

impl Realm {
    /// Returns the zones in which the realm has subnets.
    fn zones(&self) -> Vec<String> {
        let subnets = self.networks.iter().flat_map(|network| network.subnets.iter());
        let zones: BTreeSet<&String> = subnets.map(|subnet| &subnet.zone).collect();
        zones.into_iter().cloned().collect()
    }
}
