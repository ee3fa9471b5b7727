//! The journal as a file of JSON lines.

use super::entry::Entry;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// A file to which each closed entry is appended as a line of JSON.
#[derive(Debug)]
pub(super) struct Lines {
    file: Mutex<File>,
    /// Whether a line could not be written, which is reported once.
    failed: AtomicBool,
}

impl Lines {
    /// Opens the file to append to it, or creates it for its owner alone.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self { file: Mutex::new(options.open(path)?), failed: AtomicBool::new(false) })
    }

    /// Appends an entry. After a failure, which is reported once, later entries are still tried.
    pub(super) fn write(&self, entry: &Entry) {
        let mut line = entry.to_json().to_string();
        line.push('\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = append(&mut file, line.as_bytes());
        drop(file);
        if let Err(error) = written
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            tracing::error!(%error, "the journal file cannot be written; requests are still answered");
        }
    }
}

/// Appends a line as a whole, or nothing of it. A `File` has no buffer that would have to be flushed.
fn append(file: &mut File, line: &[u8]) -> io::Result<()> {
    let mut rest = line;
    while !rest.is_empty() {
        match file.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                // What was written of the line, on a disk that is full now.
                let torn = (line.len() - rest.len()) as u64;
                if torn > 0
                    && let Ok(metadata) = file.metadata()
                    && metadata.is_file()
                {
                    // The line stays torn if the file cannot be shortened.
                    let _ = file.set_len(metadata.len().saturating_sub(torn));
                }
                return Err(error);
            }
        }
    }
    Ok(())
}
