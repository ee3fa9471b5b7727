//! Uploads that are open, and blobs that no manifest refers to yet.

use super::layers::Writer;
use crate::distribution::Layers;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use wharf_world::registry::Blob;
use wharf_world::registry::digest::{Algorithm, Hashing};
use wharf_world::registry::distribution::{DistributionError, Place};

/// How many blobs may wait for their manifests.
const MOST_BLOBS: usize = 10_000;

/// A repository: its registry and its name there.
pub(super) type Key = (Place, String);

/// An open upload.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) key: Key,
    pub(super) writer: Writer,
    pub(super) hashing: Hashing,
}

#[derive(Debug)]
enum Slot {
    Idle(Box<Upload>, Instant),
    /// A request is writing to it.
    Busy(Key),
}

#[derive(Debug, Default)]
struct Tables {
    open: HashMap<String, Slot>,
    /// With the time of the last use.
    blobs: BTreeMap<Key, BTreeMap<String, (Blob, Instant)>>,
}

/// All uploads of one cloud.
#[derive(Debug)]
pub(super) struct Uploads {
    tables: Arc<Mutex<Tables>>,
    most: usize,
    idle: Duration,
}

/// An upload that a request writes to. It is put back when it is dropped, unless it has ended.
#[derive(Debug)]
pub(super) struct Writing {
    tables: Arc<Mutex<Tables>>,
    id: String,
    upload: Option<Upload>,
}

impl Writing {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn upload(&mut self) -> Option<&mut Upload> {
        self.upload.as_mut()
    }

    /// Returns how many bytes it has.
    pub(super) fn size(&self) -> u64 {
        self.upload.as_ref().map_or(0, |upload| upload.writer.size())
    }

    /// Ends the upload.
    pub(super) fn end(mut self) -> Option<Upload> {
        let upload = self.upload.take();
        locked(&self.tables).open.remove(&self.id);
        upload
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if let Some(upload) = self.upload.take() {
            locked(&self.tables)
                .open
                .insert(std::mem::take(&mut self.id), Slot::Idle(Box::new(upload), Instant::now()));
        }
    }
}

fn locked(tables: &Mutex<Tables>) -> MutexGuard<'_, Tables> {
    tables.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Uploads {
    pub(super) fn new(layers: &Layers) -> Self {
        Self { tables: Arc::default(), most: layers.uploads, idle: layers.idle }
    }

    /// Opens an upload that a request writes to.
    pub(super) fn begin(&self, id: String, key: Key, writer: Writer) -> Result<Writing, DistributionError> {
        let mut tables = locked(&self.tables);
        if tables.open.len() >= self.most {
            let message = format!("{} uploads are open, which is the most", self.most);
            return Err(DistributionError::TooManyRequests(message));
        }
        tables.open.insert(id.clone(), Slot::Busy(key.clone()));
        let upload = Upload { key, writer, hashing: Hashing::new(Algorithm::Sha256) };
        Ok(Writing { tables: self.tables.clone(), id, upload: Some(upload) })
    }

    /// Takes an upload of a repository, so that a request can write to it.
    pub(super) fn take(&self, id: &str, key: &Key) -> Result<Writing, DistributionError> {
        let unknown = || DistributionError::BlobUploadUnknown(format!("upload {id} does not exist or has expired"));
        let mut tables = locked(&self.tables);
        let slot = tables.open.get_mut(id).ok_or_else(unknown)?;
        match std::mem::replace(slot, Slot::Busy(key.clone())) {
            Slot::Idle(upload, _) if upload.key == *key => {
                Ok(Writing { tables: self.tables.clone(), id: id.to_owned(), upload: Some(*upload) })
            }
            Slot::Busy(owner) if owner == *key => {
                let message = format!("another request writes to upload {id}");
                Err(DistributionError::BlobUploadInvalid(message))
            }
            // An upload of another repository is hidden.
            other => {
                *slot = other;
                Err(unknown())
            }
        }
    }

    /// Keeps a blob of a repository until a manifest refers to it.
    pub(super) fn keep(&self, key: &Key, digest: &str, blob: Blob) -> Result<(), DistributionError> {
        let mut tables = locked(&self.tables);
        if tables.blobs.values().map(BTreeMap::len).sum::<usize>() >= MOST_BLOBS {
            let message = format!("{MOST_BLOBS} blobs wait for their manifests, which is the most");
            return Err(DistributionError::TooManyRequests(message));
        }
        tables.blobs.entry(key.clone()).or_default().insert(digest.to_owned(), (blob, Instant::now()));
        Ok(())
    }

    /// Returns a blob that waits for its manifest.
    pub(super) fn blob(&self, key: &Key, digest: &str) -> Option<Blob> {
        let mut tables = locked(&self.tables);
        let (blob, used) = tables.blobs.get_mut(key)?.get_mut(digest)?;
        *used = Instant::now();
        Some(blob.clone())
    }

    /// Returns all blobs of a repository that wait for their manifests.
    pub(super) fn blobs(&self, key: &Key) -> BTreeMap<String, Blob> {
        let tables = locked(&self.tables);
        let waiting = tables.blobs.get(key).into_iter().flatten();
        waiting.map(|(digest, (blob, _))| (digest.clone(), blob.clone())).collect()
    }

    /// Forgets blobs of a repository. Returns how many there were.
    pub(super) fn forget<'a>(&self, key: &Key, digests: impl IntoIterator<Item = &'a str>) -> usize {
        let mut tables = locked(&self.tables);
        let Some(waiting) = tables.blobs.get_mut(key) else { return 0 };
        let gone = digests.into_iter().filter(|digest| waiting.remove(*digest).is_some()).count();
        if waiting.is_empty() {
            tables.blobs.remove(key);
        }
        gone
    }

    /// Removes what no request has used for too long.
    pub(super) fn expire(&self) {
        let fresh = |used: &Instant| used.elapsed() < self.idle;
        let mut tables = locked(&self.tables);
        tables.open.retain(|_, slot| match slot {
            Slot::Idle(_, used) => fresh(used),
            Slot::Busy(_) => true,
        });
        for waiting in tables.blobs.values_mut() {
            waiting.retain(|_, (_, used)| fresh(used));
        }
        tables.blobs.retain(|_, waiting| !waiting.is_empty());
    }

    /// Returns how often [`expire`](Self::expire) is to be called.
    pub(super) fn step(&self) -> Duration {
        (self.idle / 4).clamp(Duration::from_millis(10), Duration::from_secs(30))
    }
}
