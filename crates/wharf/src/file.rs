//! Files with secrets: written at once, readable by their owner alone, locked like `kubectl` locks them.

use crate::Error;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Time that the lock of another program is waited for, in steps.
const STEPS: u32 = 40;
const STEP: Duration = Duration::from_millis(50);

/// Returns the error of a file that is named by a setting or an argument.
pub(crate) fn failed(field: &str, path: &Path, what: &str, error: &io::Error) -> Error {
    Error::configuration(field, format!("{} {what}: {error}", path.display()))
}

/// Returns the content of a file. `None` if it does not exist.
pub(crate) fn read(path: &Path, most: usize) -> io::Result<Option<String>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut text = String::new();
    file.take(most as u64 + 1).read_to_string(&mut text)?;
    Ok(Some(text))
}

/// Replaces a file, or creates it: writes another one in the same folder and renames it. A link is followed.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = folder(&path);
    create_folder(folder)?;
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    let random = RandomState::new().build_hasher().finish();
    let temporary = folder.join(format!(".{}.{random:016x}.tmp", name.to_string_lossy()));
    let written = create(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&temporary, &path)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

/// A lock on a file. Dropping it unlocks the file.
pub(crate) struct Lock(PathBuf);

impl Lock {
    /// Waits until no other program has locked the file, for two seconds at most.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        create_folder(folder(&path))?;
        let mut name = path.into_os_string();
        name.push(".lock");
        let lock = PathBuf::from(name);
        for step in 0.. {
            match create(&lock) {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && step < STEPS => std::thread::sleep(STEP),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    let message = format!("{} exists: another program writes the file, or has left it", lock.display());
                    return Err(io::Error::new(error.kind(), message));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Self(lock))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates a file that does not exist, readable by its owner alone.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
