//! The handle through which rules read and change a realm.

use super::Millis;
use super::engine::Engine;
use super::events::Queue;
use super::failures::PlannedFailure;
use super::ids::Ids;
use super::users::Users;
use crate::infra::offers::Releases;
use crate::kernel::save::forms::known;
use crate::registry::Registries;
use crate::{ENGINES, Event, Quotas, Realm};
use serde::{Deserialize, Deserializer, Serialize};

/// The name of a vendor, as its engines return it.
pub type Vendor = &'static str;

fn vendor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vendor, D::Error> {
    let named = |name: &str| ENGINES.into_iter().map(Engine::vendor).find(|vendor| *vendor == name);
    known(deserializer, "vendor", named)
}

/// Vendor, account and region. What is in one realm is not seen from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RealmKey {
    #[serde(deserialize_with = "vendor")]
    pub vendor: Vendor,
    pub account: String,
    pub region: String,
}

/// A realm with all that a rule may change: identifiers, planned events and the realm's tables.
#[derive(Debug)]
pub struct RealmMut<'a> {
    pub now: Millis,
    pub key: RealmKey,
    /// The engine whose rules apply. Only its clusters are found.
    pub engine: &'static dyn Engine,
    pub quotas: &'a Quotas,
    /// The releases that the engine offers.
    pub releases: Releases,
    /// The sub-accounts of all accounts.
    pub users: &'a Users,
    pub ids: &'a mut Ids,
    pub queue: &'a mut Queue,
    pub failures: &'a mut Vec<PlannedFailure>,
    /// The image registries of all accounts.
    pub registry: &'a Registries,
    pub realm: &'a mut Realm,
}

impl RealmMut<'_> {
    /// Plans an event of this realm.
    pub fn after(&mut self, delay: Millis, event: impl Into<Event>) {
        self.queue.plan(self.now + delay, self.key.clone(), self.engine, event.into());
    }

    /// Borrows the same realm again, with the rules of the same engine.
    pub fn reborrow(&mut self) -> RealmMut<'_> {
        RealmMut {
            now: self.now,
            key: self.key.clone(),
            engine: self.engine,
            quotas: self.quotas,
            releases: self.releases,
            users: self.users,
            ids: self.ids,
            queue: self.queue,
            failures: self.failures,
            registry: self.registry,
            realm: self.realm,
        }
    }
}

/// Declares the type whose methods are the rules of an engine, and how the world gives it.
macro_rules! engine {
    ($(#[$doc:meta])* $type:ident, $method:ident, $engine:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $type<'a>(pub $crate::kernel::realm::RealmMut<'a>);

        impl<'a> std::ops::Deref for $type<'a> {
            type Target = $crate::kernel::realm::RealmMut<'a>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl std::ops::DerefMut for $type<'_> {
            fn deref_mut(&mut self) -> &mut Self::Target {
                &mut self.0
            }
        }

        impl $crate::World {
            /// What the account has in the region, by the rules of this engine.
            pub fn $method(&mut self, account: &str, region: &str) -> $type<'_> {
                $type(self.realm(&$engine, account, region))
            }
        }
    };
}
pub(crate) use engine;
