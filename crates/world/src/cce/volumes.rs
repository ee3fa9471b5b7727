//! Cloud storage of clusters: volumes, and the claims of workloads to them.

use crate::cce::Cce;
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How long it takes to bind a claim to its volume.
const BINDING: Millis = 5 * SECOND;
/// Default capacity of a volume.
const CAPACITY: &str = "10Gi";

/// The volumes and claims of a cluster.
#[derive(Debug, Clone, Default)]
pub struct Storage {
    pub volumes: Table<Volume>,
    /// By `namespace/name`.
    pub claims: Table<Claim>,
}

/// A volume.
#[derive(Debug, Clone)]
pub struct Volume {
    pub name: String,
    pub uid: String,
    pub labels: BTreeMap<String, String>,
    /// Identifier and kind of the storage behind it.
    pub storage: (String, String),
    pub access_modes: Vec<String>,
    pub capacity: Map<String, Value>,
    /// The rest of what it was made with.
    pub order: Map<String, Value>,
    pub created: Millis,
    pub claim: Option<String>,
    /// A claim to it was given up.
    pub released: bool,
}

/// A claim to a volume.
#[derive(Debug, Clone)]
pub struct Claim {
    pub name: String,
    pub namespace: String,
    pub uid: String,
    pub labels: BTreeMap<String, String>,
    pub storage: Option<(String, String)>,
    pub access_modes: Vec<String>,
    pub volume: Option<String>,
    pub requests: Map<String, Value>,
    pub created: Millis,
    bound: Option<Millis>,
}

/// A claim to create.
#[derive(Debug, Clone, Default)]
pub struct NewClaim {
    pub name: String,
    pub namespace: String,
    pub labels: BTreeMap<String, String>,
    pub storage: Option<(String, String)>,
    pub access_modes: Vec<String>,
    pub volume: Option<String>,
    pub requests: Map<String, Value>,
}

impl Claim {
    /// Whether it has its volume.
    pub fn is_bound(&self, now: Millis) -> bool {
        self.bound.is_some_and(|bound| now >= bound)
    }
}

impl Cce<'_> {
    /// Makes a claim. One to a storage of the cloud brings the volume with it.
    pub fn make_claim(&mut self, cluster_id: &str, new: NewClaim) -> Outcome<Claim> {
        let (cluster, _) = self.0.realm.available(cluster_id, self.0.now)?;
        if cluster.kubernetes.namespaces.get(&new.namespace).is_none_or(|namespace| namespace.stopping) {
            return Err(Reason::NoPart.because(format!("the namespace {} does not exist", new.namespace)));
        }
        let key = format!("{}/{}", new.namespace, new.name);
        let (uid, now) = (self.0.ids.uuid(), self.0.now);
        let storage = self.0.realm.cce.volumes.entry(cluster_id.to_owned()).or_default();
        if storage.claims.contains(&key) {
            return Err(Reason::InUse.because(format!("persistentvolumeclaims \"{}\" already exists", new.name)));
        }
        let mut volume = new.volume.clone();
        if let Some(behind) = &new.storage {
            let name = format!("cceaddon-{}", uid.replace('-', ""));
            let capacity = if new.requests.is_empty() { capacity() } else { new.requests.clone() };
            let made = Volume {
                name: name.clone(),
                uid: uid.clone(),
                labels: BTreeMap::new(),
                storage: behind.clone(),
                access_modes: new.access_modes.clone(),
                capacity,
                order: Map::new(),
                created: now,
                claim: None,
                released: false,
            };
            storage.volumes.insert(name.clone(), made);
            volume = Some(name);
        }
        let free = volume.as_ref().and_then(|name| storage.volumes.get_mut(name)).filter(|v| v.claim.is_none());
        let bound = free.map(|volume| {
            volume.claim = Some(key.clone());
            now + BINDING
        });
        let claim = Claim {
            name: new.name,
            namespace: new.namespace,
            uid,
            labels: new.labels,
            storage: new.storage,
            access_modes: new.access_modes,
            volume,
            requests: new.requests,
            created: now,
            bound,
        };
        storage.claims.insert(key, claim.clone());
        Ok(claim)
    }

    /// Gives up a claim; the storage behind it goes too when that is wanted, which needs its kind.
    pub fn drop_claim(
        &mut self,
        cluster_id: &str,
        namespace: &str,
        name: &str,
        storage: Option<&str>,
    ) -> Outcome<Claim> {
        self.0.realm.available(cluster_id, self.0.now)?;
        let there = self.0.realm.cce.volumes.entry(cluster_id.to_owned()).or_default();
        let key = format!("{namespace}/{name}");
        let missing = || Reason::NoPart.because(format!("persistentvolumeclaims \"{name}\" not found"));
        let claim = there.claims.get(&key).ok_or_else(missing)?;
        if let (Some((_, kind)), Some(wanted)) = (&claim.storage, storage)
            && kind != wanted
        {
            return Err(Reason::Invalid.because(format!("the storage is of the type {kind}, not {wanted}")));
        }
        let claim = there.claims.remove(&key).ok_or_else(missing)?;
        if let Some(volume) = &claim.volume {
            if storage.is_some() {
                there.volumes.remove(volume);
            } else if let Some(volume) = there.volumes.get_mut(volume).filter(|v| v.claim.as_ref() == Some(&key)) {
                (volume.claim, volume.released) = (None, true);
            }
        }
        Ok(claim)
    }

    /// Makes a volume of a storage of the cloud. Its identifier and time are given to it here.
    pub fn make_volume(&mut self, cluster_id: &str, new: Volume) -> Outcome<Volume> {
        self.0.realm.available(cluster_id, self.0.now)?;
        let mut volume = Volume { uid: self.0.ids.uuid(), created: self.0.now, ..new };
        if volume.capacity.is_empty() {
            volume.capacity = capacity();
        }
        let there = self.0.realm.cce.volumes.entry(cluster_id.to_owned()).or_default();
        if there.volumes.contains(&volume.name) {
            return Err(Reason::InUse.because(format!("persistentvolumes \"{}\" already exists", volume.name)));
        }
        there.volumes.insert(volume.name.clone(), volume.clone());
        Ok(volume)
    }

    /// Removes a volume that no claim uses.
    pub fn drop_volume(&mut self, cluster_id: &str, name: &str, storage: Option<&str>) -> Outcome<Volume> {
        self.0.realm.available(cluster_id, self.0.now)?;
        let there = self.0.realm.cce.volumes.entry(cluster_id.to_owned()).or_default();
        let missing = || Reason::NoPart.because(format!("persistentvolumes \"{name}\" not found"));
        let volume = there.volumes.get(name).ok_or_else(missing)?;
        if let Some(claim) = &volume.claim {
            return Err(Reason::Unavailable.because(format!("the volume {name} is bound to the claim {claim}")));
        }
        if let Some(wanted) = storage.filter(|wanted| *wanted != volume.storage.1) {
            let message = format!("the storage is of the type {}, not {wanted}", volume.storage.1);
            return Err(Reason::Invalid.because(message));
        }
        there.volumes.remove(name).ok_or_else(missing)
    }
}

fn capacity() -> Map<String, Value> {
    Map::from_iter([("storage".to_owned(), json!(CAPACITY))])
}
