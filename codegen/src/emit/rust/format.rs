//! Formatting with the tool chain's `rustfmt`, so that `cargo fmt --check` and `cargo codegen --check` agree.

use crate::Error;
use crate::Files;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The formatting settings of the workspace.
const SETTINGS: &str = include_str!("../../../../rustfmt.toml");

/// Formats every file, in a temporary folder and in one run, because starting `rustfmt` takes most of the time.
pub(crate) fn all(files: &mut Files) -> Result<(), Error> {
    run(files, rustfmt())
}

/// Formats every file with lines of at most `width` characters.
pub(crate) fn narrow(files: &mut Files, width: usize) -> Result<(), Error> {
    let mut command = rustfmt();
    command.args(["--config", &format!("max_width={width}")]);
    run(files, command)
}

fn run(files: &mut Files, mut rustfmt: Command) -> Result<(), Error> {
    let folder = Folder::new();
    for (path, text) in files.iter() {
        let target = folder.0.join(path);
        let put = fs::create_dir_all(target.parent().unwrap_or(&folder.0)).and_then(|()| fs::write(&target, text));
        put.map_err(|error| Error::new(path.display(), error))?;
    }
    let roots = files.keys().filter(|path| path.ends_with("generated/mod.rs")).map(|path| folder.0.join(path));
    let output = rustfmt.args(roots).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::new("rustfmt", "is not installed; `rustup component add rustfmt` adds it"),
        _ => Error::new("rustfmt", error),
    })?;
    if !output.status.success() {
        return Err(Error::new("rustfmt", String::from_utf8_lossy(&output.stderr)));
    }
    for (path, text) in files {
        *text = fs::read_to_string(folder.0.join(path)).map_err(|error| Error::new(path.display(), error))?;
    }
    Ok(())
}

/// Returns the formatter with the settings of the workspace.
pub(crate) fn rustfmt() -> Command {
    let settings: Vec<_> = SETTINGS.lines().map(|line| line.replace([' ', '"'], "")).collect();
    let mut command = Command::new(std::env::var_os("RUSTFMT").unwrap_or_else(|| OsString::from("rustfmt")));
    command.args(["--edition", "2024", "--config", &settings.join(",")]);
    command
}

/// A folder that is removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("wharf-codegen-{}-{count}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that cannot be removed stays among the temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
