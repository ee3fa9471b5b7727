//! World files on disk: private, and never half written.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use wharf_core::clock::{Clock, SystemClock};
use wharf_world::kernel::save::MOST_BYTES;

/// Reads a world file, which may have at most 256 MiB.
///
/// # Errors
/// If it cannot be read, is larger, or is not UTF-8.
pub fn read_file(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let most = MOST_BYTES as u64;
    fs::File::open(path)?.take(most + 1).read_to_string(&mut text)?;
    if text.len() as u64 > most {
        return Err(io::Error::other(format!("the file has more than {most} bytes")));
    }
    Ok(text)
}

/// Writes a world file that only its owner may read. A reader sees the old file or the new one, never a part of it.
///
/// # Errors
/// If it cannot be written. A file that is there stays as it was then.
pub fn write_file(path: &Path, text: &str) -> io::Result<()> {
    let temporary = beside(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let done = written.and_then(|()| fs::rename(&temporary, path));
    if done.is_err() {
        // It may not be there; the first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    done
}

/// A new name in the folder of a file.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.{:016x}", SystemClock.random()))
}
