//! The encryption of a cluster's secrets with a key of the key service.

use super::versions::minor;
use crate::infra::offers::is_region;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};

/// How long it takes to switch the encryption on or off.
const SWITCHING: Millis = MINUTE;
/// The first minor version that can encrypt (002:5164).
const FIRST_MINOR: u32 = 18;

/// Whether secrets are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum EncryptionState {
    #[default]
    Closed,
    Opening,
    Opened,
    Closing,
}

/// The encryption of a cluster.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    pub state: EncryptionState,
    /// The key; nothing for the one that the platform makes.
    pub key: Option<String>,
    pub region: Option<String>,
    round: u64,
}

impl Tke<'_> {
    /// Switches the encryption of secrets on.
    pub fn enable_encryption(&mut self, id: &str, key: Option<String>, region: Option<String>) -> Outcome<()> {
        let cluster = self.idle_cluster(id)?;
        if minor(&cluster.version) < FIRST_MINOR {
            let message = format!("secrets are encrypted from Kubernetes 1.18 on; {id} has {}", cluster.version);
            return Err(Reason::Invalid.because(message));
        }
        if let Some(region) = region.as_ref().filter(|region| !is_region(region) && **region != self.0.key.region) {
            return Err(Reason::Invalid.because(format!("KmsRegion: the region {region} is not offered")));
        }
        self.switch_encryption(id, EncryptionState::Closed, EncryptionState::Opening)?;
        let encryption = &mut self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut().encryption;
        (encryption.key, encryption.region) = (key, region);
        Ok(())
    }

    /// Switches the encryption of secrets off.
    pub fn disable_encryption(&mut self, id: &str) -> Outcome<()> {
        self.idle_cluster(id)?;
        self.switch_encryption(id, EncryptionState::Opened, EncryptionState::Closing)
    }

    fn switch_encryption(&mut self, id: &str, from: EncryptionState, to: EncryptionState) -> Outcome<()> {
        let encryption = &mut self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut().encryption;
        if encryption.state != from {
            let message = format!("the encryption of the cluster {id} is on already, off, or being switched");
            return Err(Reason::Unavailable.because(message));
        }
        encryption.state = to;
        encryption.round += 1;
        let round = encryption.round;
        self.after(SWITCHING, Event::EncryptionSettled { cluster: id.to_owned(), round });
        Ok(())
    }

    pub(super) fn encryption_settled(&mut self, id: &str, round: u64) {
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let encryption = &mut cluster.tke_mut().encryption;
        if encryption.round != round {
            return;
        }
        match encryption.state {
            EncryptionState::Opening => encryption.state = EncryptionState::Opened,
            EncryptionState::Closing => {
                encryption.state = EncryptionState::Closed;
                (encryption.key, encryption.region) = (None, None);
            }
            EncryptionState::Opened | EncryptionState::Closed => {}
        }
    }
}
