//! Where the bytes of layers are kept: in memory, or in a folder.

use crate::error::StartError;
use bytes::{Bytes, BytesMut};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use wharf_world::registry::{Blob, Data, Lease, Room};

/// The bytes of a piece in memory.
const PIECE: usize = 1 << 20;

/// Where the layers of pushed images are kept, and how much of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layers {
    folder: Option<PathBuf>,
    most: u64,
    pub(super) largest: u64,
    pub(super) uploads: usize,
    pub(super) idle: Duration,
}

impl Default for Layers {
    /// In memory.
    fn default() -> Self {
        Self { folder: None, most: 2 << 30, largest: 1 << 30, uploads: 256, idle: Duration::from_secs(600) }
    }
}

impl Layers {
    /// Returns layers in memory, which is the default.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// Returns layers in a folder, which is created if it does not exist and belongs to one server. The server removes
    /// the layers in it when it starts and when images are deleted; a saved world contains its layers itself.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), most: 64 << 30, largest: 16 << 30, ..Self::default() }
    }

    /// Sets how many bytes all layers and manifests may have together. By default 2 GiB in memory and 64 GiB in a
    /// folder.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.most = bytes;
        self
    }

    /// Sets how many bytes one layer may have. By default 1 GiB in memory and 16 GiB in a folder.
    #[must_use]
    pub fn max_layer_bytes(mut self, bytes: u64) -> Self {
        self.largest = bytes;
        self
    }

    /// Sets how many uploads may be open at the same time. By default 256.
    #[must_use]
    pub fn max_uploads(mut self, uploads: usize) -> Self {
        self.uploads = uploads;
        self
    }

    /// Sets after which time without a request an upload, and a layer that no manifest refers to, is removed. By default
    /// ten minutes of real time.
    #[must_use]
    pub fn upload_timeout(mut self, timeout: Duration) -> Self {
        self.idle = timeout;
        self
    }

    pub(crate) fn open(&self) -> Result<Store, StartError> {
        let folder = self.folder.as_deref().map(Folder::open).transpose()?;
        Ok(Store { room: Room::new(self.most), folder: folder.map(Arc::new), settings: self.clone() })
    }
}

/// The open layers, which all clouds of a server share.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(super) room: Arc<Room>,
    pub(super) settings: Layers,
    folder: Option<Arc<Folder>>,
}

impl Store {
    /// Begins an upload.
    pub(super) async fn writer(&self) -> io::Result<Writer> {
        let target = match &self.folder {
            None => Target::Memory { pieces: Vec::new(), open: BytesMut::new() },
            Some(folder) => {
                let part = Part(folder.next_path("uploads"));
                let mut options = tokio::fs::OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                options.mode(0o600);
                let file = options.open(&part.0).await?;
                Target::File { part, file, end: folder.next_path("layers"), _folder: folder.clone() }
            }
        };
        Ok(Writer { target, size: 0, lease: Lease::of(&self.room) })
    }
}

/// A folder that only this server uses.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    issued: AtomicU64,
    /// Locked as long as it is open.
    _lock: File,
}

impl Folder {
    fn open(path: &Path) -> Result<Self, StartError> {
        let failed = |what: &str, error: &dyn std::fmt::Display| {
            StartError::Setting(format!("layers: {} {what}: {error}", path.display()))
        };
        let make = |path: &Path| {
            let mut maker = fs::DirBuilder::new();
            maker.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
            maker.create(path)
        };
        make(path).map_err(|error| failed("cannot be created", &error))?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(path.join("lock"));
        let lock = lock.map_err(|error| failed("cannot be locked", &error))?;
        lock.try_lock().map_err(|error| failed("is used by another server", &error))?;
        for name in ["uploads", "layers"] {
            let inner = path.join(name);
            if inner.exists() {
                fs::remove_dir_all(&inner).map_err(|error| failed("cannot be emptied", &error))?;
            }
            make(&inner).map_err(|error| failed("cannot be created", &error))?;
        }
        Ok(Self { path: path.to_owned(), issued: AtomicU64::new(0), _lock: lock })
    }

    fn next_path(&self, inner: &str) -> PathBuf {
        let number = self.issued.fetch_add(1, Ordering::Relaxed);
        self.path.join(inner).join(format!("{number:012}"))
    }
}

/// A file of an upload. Removed when it is dropped, unless it was renamed.
#[derive(Debug)]
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // It is not there after it was renamed; the next start empties the folder.
        let _ = fs::remove_file(&self.0);
    }
}

#[derive(Debug)]
enum Target {
    Memory { pieces: Vec<Bytes>, open: BytesMut },
    File { part: Part, file: tokio::fs::File, end: PathBuf, _folder: Arc<Folder> },
}

/// Why bytes were not written.
#[derive(Debug)]
pub(super) enum WriteFailure {
    /// The store is full.
    Full,
    Io(io::Error),
}

/// The bytes of an upload so far.
#[derive(Debug)]
pub(super) struct Writer {
    target: Target,
    size: u64,
    lease: Lease,
}

impl Writer {
    /// Returns how many bytes were written.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Writes bytes.
    pub(super) async fn write(&mut self, mut bytes: &[u8]) -> Result<(), WriteFailure> {
        if !self.lease.grow(bytes.len() as u64) {
            return Err(WriteFailure::Full);
        }
        self.size += bytes.len() as u64;
        match &mut self.target {
            Target::Memory { pieces, open } => {
                while !bytes.is_empty() {
                    let (now, later) = bytes.split_at(bytes.len().min(PIECE - open.len()));
                    open.extend_from_slice(now);
                    bytes = later;
                    if open.len() == PIECE {
                        pieces.push(std::mem::take(open).freeze());
                    }
                }
                Ok(())
            }
            Target::File { file, .. } => file.write_all(bytes).await.map_err(WriteFailure::Io),
        }
    }

    /// Ends the upload.
    pub(super) async fn finish(self) -> io::Result<Blob> {
        let data = match self.target {
            Target::Memory { mut pieces, open } => {
                if !open.is_empty() {
                    pieces.push(open.freeze());
                }
                Data::Memory(pieces)
            }
            Target::File { part, mut file, end, .. } => {
                file.flush().await?;
                tokio::fs::rename(&part.0, &end).await?;
                Data::File(end)
            }
        };
        Ok(Blob::new(data, self.size, self.lease))
    }
}

#[cfg(test)]
mod tests;
