//! The simulated clouds behind the reference server.
//!
//! A rule is written once, as a method of the engine of its product ([`tke::Tke`], [`ccs::Ccs`], [`cce::Cce`],
//! [`ack::Ack`]) or, if products share it, of [`kernel::realm::RealmMut`]. A rule that is broken is a
//! [`kernel::violation::Violation`]; it names no product's error code. What takes time is an [`Event`] in a queue
//! ordered by due time. The world has no clock and no randomness of its own: the same calls lead to the same world.
//!
//! What one vendor, account and region has is a [`Realm`]. Engines of one vendor share its networks and machines; each
//! finds only its own clusters.

#![allow(missing_docs, reason = "the names of fields say what they are; the server is the only caller")]

pub mod ack;
pub mod cce;
pub mod ccs;
mod check;
pub mod cluster;
pub mod infra;
pub mod kernel;
pub mod kubernetes;
pub mod registry;
pub mod tke;

pub use cluster::faults::MachineFault;
pub use kernel::Millis;
pub use kernel::failures::FailurePoint;

use cluster::Cluster;
use infra::offers::Releases;
use infra::{machines::Machine, network::Network, seed};
use kernel::engine::Engine;
use kernel::events::{Planned, Queue};
use kernel::failures::PlannedFailure;
use kernel::ids::Ids;
use kernel::realm::{RealmKey, RealmMut};
use kernel::table::Table;
use kernel::users::Users;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// All clouds: accounts, networks, machines, clusters, registries.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The image registries.
    pub registry: registry::Registries,
    /// How much accounts may have.
    pub quotas: Quotas,
    /// The releases that the clouds offer.
    #[serde(default)]
    pub releases: Releases,
    /// The sub-accounts of accounts.
    pub users: Users,
    now: Millis,
    ids: Ids,
    queue: Queue,
    #[serde(with = "crate::kernel::save::forms::entries")]
    realms: BTreeMap<RealmKey, Realm>,
    charts: BTreeMap<String, tke::charts::ChartRepository>,
    /// The maintenance windows of accounts.
    windows: BTreeMap<String, Vec<tke::maintenance::GlobalWindow>>,
    backups: BTreeMap<String, tke::backups::BackupStorage>,
    failures: Vec<PlannedFailure>,
}

/// The quotas of accounts. The documents name the numbers that are theirs, see `docs/rules-*.md`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotas {
    pub tke: tke::Quotas,
    pub ccs: ccs::Quotas,
    pub cce: cce::Quotas,
    pub ack: ack::Quotas,
    pub machines: infra::machines::Quotas,
}

/// What one account has in one region of one vendor.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Realm {
    pub networks: Table<Network>,
    pub machines: Table<Machine>,
    /// The clusters of all engines of the vendor.
    pub clusters: Table<Cluster>,
    /// Purchases by the token that the caller gave them, so that repeating one buys nothing more.
    pub purchases: BTreeMap<String, Vec<String>>,
    pub tke: tke::State,
    /// Types of machines that cannot be bought, and the zones in which they cannot.
    pub sold_out: BTreeSet<(String, String)>,
    pub ccs: ccs::State,
    pub cce: cce::State,
    pub ack: ack::State,
}

/// What the engine of a cluster adds to it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineParts {
    pub tke: Option<Box<tke::Parts>>,
}

/// All engines.
pub(crate) static ENGINES: [&dyn Engine; 4] = [&tke::ENGINE, &ccs::ENGINE, &cce::ENGINE, &ack::ENGINE];

/// What happens by itself when its time has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    Cluster(cluster::Event),
    Tke(tke::Event),
    Ccs(ccs::Event),
    Cce(cce::Event),
    Ack(ack::Event),
}

/// Shows no contents: they can hold what callers keep secret.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("now", &self.now).field("realms", &self.realms.len()).finish_non_exhaustive()
    }
}

impl World {
    /// A new world at that time.
    pub fn new(start: Millis) -> Self {
        Self {
            registry: registry::Registries::new(start),
            quotas: Quotas::default(),
            releases: Releases::default(),
            users: Users::default(),
            now: start,
            ids: Ids::default(),
            queue: Queue::default(),
            realms: BTreeMap::new(),
            charts: BTreeMap::new(),
            windows: BTreeMap::new(),
            backups: BTreeMap::new(),
            failures: Vec::new(),
        }
    }

    /// Sets the releases that the clouds offer.
    #[must_use]
    pub fn with_releases(mut self, releases: Releases) -> Self {
        self.releases = releases;
        self
    }

    /// The time in the world.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Moves time on and runs what has come due, in order. Time never goes back.
    pub fn advance(&mut self, now: Millis) {
        let until = now.max(self.now);
        let mut changed: BTreeMap<(RealmKey, String), &'static dyn Engine> = BTreeMap::new();
        loop {
            // Controllers act when all that happens at one moment has happened, and may plan more.
            let next = self.queue.next_due().filter(|due| *due <= until);
            if next.is_none_or(|due| due > self.now)
                && let Some(((realm, cluster), engine)) = changed.pop_first()
            {
                let mut realm = self.realm(engine, &realm.account, &realm.region);
                realm.control_plane().sync(&cluster);
                continue;
            }
            let Some(Planned { due, realm, engine, event }) = self.queue.pop(until) else { break };
            self.now = self.now.max(due);
            if let Event::Cluster(event) = &event {
                changed.insert((realm.clone(), event.cluster().to_owned()), engine);
            }
            let mut realm = self.realm(engine, &realm.account, &realm.region);
            match event {
                Event::Cluster(event) => event.happen(&mut realm),
                Event::Tke(event) => tke::Tke(realm).happen(event),
                Event::Ccs(event) => ccs::Ccs(realm).happen(event),
                Event::Cce(event) => cce::Cce(realm).happen(event),
                Event::Ack(event) => ack::Ack(realm).happen(event),
            }
        }
        self.now = until;
        self.registry.advance(until);
    }

    /// What the account has in the region, by the rules of that engine. A realm is seeded when it is first seen.
    pub fn realm(&mut self, engine: &'static dyn Engine, account: &str, region: &str) -> RealmMut<'_> {
        let key = RealmKey { vendor: engine.vendor(), account: account.to_owned(), region: region.to_owned() };
        let now = self.now;
        let windows = self.windows.get(account);
        let realm = self.realms.entry(key.clone()).or_insert_with(|| {
            let mut realm = seed::realm(region, now);
            realm.tke.global_windows = windows.cloned().unwrap_or_default();
            realm
        });
        let Self { registry, quotas, users, ids, queue, failures, .. } = self;
        let releases = engine.releases(self.releases);
        RealmMut { now, key, engine, quotas, releases, users, ids, queue, failures, registry, realm }
    }

    /// The realms of an account at the vendor of that engine.
    fn realms_of(&self, engine: &'static dyn Engine, account: &str) -> impl Iterator<Item = &Realm> {
        let own = move |key: &RealmKey| key.vendor == engine.vendor() && key.account == account;
        self.realms.iter().filter(move |(key, _)| own(key)).map(|(_, realm)| realm)
    }
}

macro_rules! from_events {
    ($($variant:ident $event:path;)*) => {
        $(impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Self::$variant(event)
            }
        })*
    };
}

from_events! {
    Cluster cluster::Event;
    Tke tke::Event;
    Ccs ccs::Event;
    Cce cce::Event;
    Ack ack::Event;
}
