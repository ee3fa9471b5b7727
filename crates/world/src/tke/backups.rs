//! The storage of backups: an account has it in all regions.

use crate::infra::offers::is_region;
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis};
use crate::kubernetes::names::is_dns_label;
use serde::{Deserialize, Serialize};

/// The most places of an account.
const MOST: usize = 100;
/// How the names of buckets start (002:57895).
const BUCKET: &str = "tke-backup";
/// How often places are checked.
const CHECKS: Millis = MINUTE;

/// The places of one account, by name.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupStorage {
    pub locations: Table<Location>,
}

/// A place for backups.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    pub name: String,
    pub region: String,
    pub bucket: String,
    pub path: String,
    pub created: Millis,
}

impl Location {
    /// When it was last checked.
    pub fn checked(&self, now: Millis) -> Millis {
        self.created + now.saturating_sub(self.created) / CHECKS * CHECKS
    }
}

impl BackupStorage {
    /// Adds a place.
    pub fn create(&mut self, new: Location) -> Outcome<()> {
        if !is_dns_label(&new.name) {
            let message =
                "Name has at most 63 lower-case letters, digits and hyphens, with a letter or digit at both ends";
            return Err(Reason::Invalid.because(message));
        }
        if !new.bucket.starts_with(BUCKET) {
            return Err(Reason::Invalid.because(format!("Bucket starts with {BUCKET}, unlike {}", new.bucket)));
        }
        if !is_region(&new.region) {
            return Err(Reason::Invalid.because(format!("the region {} (StorageRegion) is not offered", new.region)));
        }
        if self.locations.contains(&new.name) {
            return Err(Reason::InUse.because(format!("there is a backup storage location {} already", new.name)));
        }
        if self.locations.iter().count() >= MOST {
            return Err(Reason::Quota.because(format!("an account has at most {MOST} backup storage locations")));
        }
        self.locations.insert(new.name.clone(), new);
        Ok(())
    }

    /// Removes a place. Its bucket stays (002:57933).
    pub fn delete(&mut self, name: &str) -> Outcome<()> {
        let gone = self.locations.remove(name);
        let none = || Reason::NoPart.because(format!("the backup storage location {name} does not exist"));
        gone.map(drop).ok_or_else(none)
    }
}
