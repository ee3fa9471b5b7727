//! Image registries: the personal edition, shared by all accounts, and enterprise instances.
//!
//! Each rule is here once, for all products. Time comes from [`Registries::advance`] alone: move the world to
//! the present before calling anything else.

pub mod access;
mod blob;
mod check;
mod content;
pub mod digest;
pub mod distribution;
pub mod enterprise;
mod error;
mod favorite;
mod image;
mod instance;
mod lifecycle;
mod manifest;
mod name;
mod namespace;
mod pull;
mod push;
mod repository;
mod sign;
mod survey;
mod token;
mod trigger;
mod user;

pub use blob::{Blob, Data, Lease, Room};
pub use content::Content;
pub use error::RegistryError;
pub use image::{Image, Tag};
pub use instance::{Instance, InstanceFilter, InstanceState, InstanceStep};
pub use lifecycle::{Policy, PolicyKind, SWEEP_INTERVAL};
pub use manifest::{Descriptor, LARGEST_MANIFEST, Manifest};
pub use name::RepositoryName;
pub use namespace::NamespaceSummary;
pub use pull::{ImageName, Login, PERSONAL_HOST, PullRefusal};
pub use repository::Repository;
pub use token::{InstanceToken, TokenKind};
pub use trigger::{Condition, Invocation, Trigger, TriggerChange, TriggerRun, Workload, WorkloadKind};
pub use user::Quota;

use crate::kernel::Millis;
use namespace::Namespace;
use serde::{Deserialize, Serialize};
use sign::Digest;
use std::collections::BTreeMap;

/// Every registry of the cloud.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registries {
    now: Millis,
    /// How many things were numbered so far; numbers give the order of creation and the ids.
    issued: u64,
    users: BTreeMap<String, user::User>,
    #[serde(with = "crate::kernel::save::forms::entries")]
    quotas: BTreeMap<(String, Quota), u64>,
    policies: BTreeMap<String, Policy>,
    namespaces: BTreeMap<String, Namespace>,
    #[serde(with = "crate::kernel::save::forms::entries")]
    repositories: BTreeMap<RepositoryName, Repository>,
    triggers: Vec<Trigger>,
    pub(crate) runs: Vec<TriggerRun>,
    instances: Vec<Instance>,
    /// The layers and configurations that manifests of any registry refer to, by digest.
    blobs: BTreeMap<String, Blob>,
    /// The requests of webhooks that are to be sent.
    deliveries: Vec<enterprise::Delivery>,
}

impl Registries {
    /// Empty registries at that time.
    pub fn new(start: Millis) -> Self {
        Self {
            now: start,
            issued: 0,
            users: BTreeMap::new(),
            quotas: BTreeMap::new(),
            policies: BTreeMap::new(),
            namespaces: BTreeMap::new(),
            repositories: BTreeMap::new(),
            triggers: Vec::new(),
            runs: Vec::new(),
            instances: Vec::new(),
            blobs: BTreeMap::new(),
            deliveries: Vec::new(),
        }
    }

    /// Moves time on: clean-up rules run at every whole [`SWEEP_INTERVAL`] and tokens expire. Time never goes back.
    pub fn advance(&mut self, now: Millis) {
        if now <= self.now {
            return;
        }
        let sweeps_before = self.now / SWEEP_INTERVAL;
        self.now = now;
        let sweeps = now / SWEEP_INTERVAL;
        // Nothing is pushed between two calls, so all the sweeps that came due are done at once.
        if sweeps > sweeps_before {
            self.sweep((sweeps_before + 1) * SWEEP_INTERVAL, sweeps * SWEEP_INTERVAL);
        }
        self.expire_tokens();
        self.run_retention();
    }

    /// The time it is here.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Returns how many blobs the registries have.
    pub fn blob_count(&self) -> usize {
        self.blobs.len()
    }

    fn number(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    /// A hash that no other number of these registries gives.
    fn seed(&self, purpose: &str, number: u64) -> Digest {
        Digest::of(&[purpose.as_bytes(), &number.to_be_bytes()])
    }
}
