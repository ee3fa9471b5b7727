//! Credentials in files that their owner alone can read, until shortly before they expire.

use serde_json::Value;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use wharf::Timestamp;

/// Time before the expiry at which credentials are fetched again.
const MARGIN: Duration = Duration::from_secs(120);

/// Returns the folder of the cache in the home of the user.
pub(crate) fn folder() -> Result<PathBuf, String> {
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    Ok(home.ok_or("the home folder is not known: set --cache-dir")?.join(".kube/cache/wharf"))
}

/// Credentials of one cluster.
pub(crate) struct Entry {
    folder: PathBuf,
    name: String,
}

impl Entry {
    pub(crate) fn new(folder: &Path, name: &str) -> Self {
        Self { folder: folder.to_owned(), name: name.to_owned() }
    }

    /// Returns the cached credentials, or fetches and stores them. Of several programs at the same time, one fetches.
    pub(crate) fn get(&self, fetch: impl FnOnce() -> Result<Value, String>) -> Result<Value, String> {
        if let Some(status) = self.read() {
            return Ok(status);
        }
        let failed = |error: io::Error| format!("the cache {} cannot be written: {error}", self.folder.display());
        create_folder(&self.folder).map_err(failed)?;
        // The system unlocks the file when the program ends, whatever happens.
        let lock =
            open(&self.folder.join(format!("{}.lock", self.name)), OpenOptions::new().create(true)).map_err(failed)?;
        lock.lock().map_err(failed)?;
        if let Some(status) = self.read() {
            return Ok(status);
        }
        let status = fetch()?;
        // Without an expiry, nobody knows how long they are good.
        if expiry(&status).is_some() {
            self.write(&status).map_err(failed)?;
        }
        Ok(status)
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name))
    }

    /// Returns the credentials, unless they expire soon. A file that cannot be read is ignored: it will be replaced.
    fn read(&self) -> Option<Value> {
        let status: Value = serde_json::from_slice(&fs::read(self.path()).ok()?).ok()?;
        (expiry(&status)? > SystemTime::now().checked_add(MARGIN)?).then_some(status)
    }

    /// Replaces the file at once.
    fn write(&self, status: &Value) -> io::Result<()> {
        let temporary = self.folder.join(format!("{}.{}.tmp", self.name, std::process::id()));
        let _ = fs::remove_file(&temporary);
        open(&temporary, OpenOptions::new().create_new(true))?.write_all(status.to_string().as_bytes())?;
        fs::rename(&temporary, self.path())
    }
}

fn expiry(status: &Value) -> Option<SystemTime> {
    Timestamp::from(status.get("expirationTimestamp")?.as_str()?).parse()
}

/// Opens a file for writing. A new one is readable by its owner alone.
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.write(true).open(path)
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
