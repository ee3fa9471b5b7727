//! The bytes of layers and configurations: in memory, or in files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fmt, fs, io};

/// How many bytes the content of registries may have together.
#[derive(Debug)]
pub struct Room {
    used: AtomicU64,
    most: u64,
}

impl Room {
    /// Returns room for that many bytes.
    pub fn new(most: u64) -> Arc<Self> {
        Arc::new(Self { used: AtomicU64::new(0), most })
    }

    /// Returns how many bytes are used.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Returns how many bytes there is room for.
    pub fn most(&self) -> u64 {
        self.most
    }
}

/// A part of a [`Room`]. It is released when it is dropped.
#[derive(Debug)]
pub struct Lease {
    room: Arc<Room>,
    bytes: u64,
}

impl Lease {
    /// Returns a lease of no bytes yet.
    pub fn of(room: &Arc<Room>) -> Self {
        Self { room: room.clone(), bytes: 0 }
    }

    /// Takes that many bytes more. Returns `false`, and takes none, if there is no room for them.
    pub fn grow(&mut self, bytes: u64) -> bool {
        let most = self.room.most;
        let fits = |used: u64| used.checked_add(bytes).filter(|sum| *sum <= most);
        let grown = self.room.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok();
        if grown {
            self.bytes += bytes;
        }
        grown
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.room.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Where bytes are.
#[derive(Debug)]
pub enum Data {
    /// In memory, in pieces.
    Memory(Vec<Bytes>),
    /// In a file, which is removed with the last blob that has it.
    File(PathBuf),
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Self::File(path) = self {
            // A file that cannot be removed is removed when a server opens the folder again.
            let _ = fs::remove_file(path);
        }
    }
}

/// The bytes of a layer, a configuration or a manifest. Cheap to clone.
#[derive(Clone)]
pub struct Blob(Arc<Stored>);

struct Stored {
    size: u64,
    data: Data,
    /// Releases the room of the bytes.
    _lease: Option<Lease>,
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob").field("size", &self.0.size).finish_non_exhaustive()
    }
}

impl Blob {
    /// Returns a blob of bytes that were counted by the lease.
    pub fn new(data: Data, size: u64, lease: Lease) -> Self {
        Self(Arc::new(Stored { size, data, _lease: Some(lease) }))
    }

    /// Returns a blob of a few bytes in memory, which no room counts.
    pub fn small(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let size = bytes.len() as u64;
        Self(Arc::new(Stored { size, data: Data::Memory(vec![bytes]), _lease: None }))
    }

    /// Returns its size in bytes.
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// Returns where its bytes are.
    pub fn data(&self) -> &Data {
        &self.0.data
    }

    /// Reads all its bytes, if there are not more than that many.
    ///
    /// # Errors
    /// There are more, or their file cannot be read.
    pub fn read(&self, most: u64) -> io::Result<Vec<u8>> {
        if self.size() > most {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the blob is too large to be read at once"));
        }
        match &self.0.data {
            Data::Memory(pieces) => Ok(pieces.concat()),
            Data::File(path) => fs::read(path),
        }
    }
}

/// A blob is saved as its bytes in Base64.
impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.read(u64::MAX).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self::small).map_err(|_| D::Error::custom("bytes in Base64 are expected"))
    }
}
