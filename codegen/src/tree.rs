//! The generated files on disk.

use crate::Error;
pub use crate::Files;
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A file that differs from the generated one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// Its text differs.
    Changed(PathBuf),
    /// It does not exist.
    Missing(PathBuf),
    /// It exists but is not generated.
    Stale(PathBuf),
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (how, path) = match self {
            Self::Changed(path) => ("changed", path),
            Self::Missing(path) => ("missing", path),
            Self::Stale(path) => ("stale", path),
        };
        write!(f, "{how} {}", path.display())
    }
}

/// Returns the differences between the files and those below `root`.
///
/// # Errors
/// When a file or a folder cannot be read.
pub fn compare(root: &Path, files: &Files) -> Result<Vec<Drift>, Error> {
    let mut drift = Vec::new();
    for (path, text) in files {
        match read(&root.join(path))? {
            Some(found) if found == *text => {}
            Some(_) => drift.push(Drift::Changed(path.clone())),
            None => drift.push(Drift::Missing(path.clone())),
        }
    }
    drift.extend(stale(root, files)?.into_iter().map(Drift::Stale));
    Ok(drift)
}

/// Writes the files that differ, removes those that are no longer generated, and returns the number of both.
///
/// # Errors
/// When a file or a folder cannot be read or written.
pub fn write(root: &Path, files: &Files) -> Result<usize, Error> {
    let drift = compare(root, files)?;
    for change in &drift {
        let done = match change {
            Drift::Stale(path) => fs::remove_file(root.join(path)).map_err(|error| Error::new(path.display(), error)),
            Drift::Changed(path) | Drift::Missing(path) => put(root, path, files.get(path).map_or("", String::as_str)),
        };
        done?;
    }
    Ok(drift.len())
}

fn put(root: &Path, path: &Path, text: &str) -> Result<(), Error> {
    let target = root.join(path);
    let folder = target.parent().unwrap_or(root);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&target, text))
        .map_err(|error| Error::new(path.display(), error))
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::new(path.display(), error)),
    }
}

/// Returns the files that are not among `files`, but are in a `generated` folder of a crate, among the C headers, in
/// the Python package of a product, among the examples, or consist of one block.
fn stale(root: &Path, files: &Files) -> Result<BTreeSet<PathBuf>, Error> {
    let mut found = BTreeSet::new();
    for crate_folder in folders(&root.join("crates"))? {
        collect_generated(&crate_folder.join("src"), &mut found)?;
        for product in folders(&crate_folder.join("src"))? {
            collect_blocks(&product, &mut found)?;
        }
        collect_blocks(&crate_folder.join("src"), &mut found)?;
    }
    let headers = root.join(crate::emit::c::FOLDER);
    collect(&headers, &mut found)?;
    collect(&root.join(crate::emit::rust::EXAMPLES), &mut found)?;
    for by_hand in crate::emit::c::BY_HAND {
        found.remove(&headers.join(by_hand));
    }
    for folder in crate::emit::python::folders(root) {
        collect(&folder, &mut found)?;
    }
    found.retain(|path| path.extension().is_none_or(|extension| extension != "pyc"));
    let below_root = found.iter().filter_map(|path| path.strip_prefix(root).ok());
    Ok(below_root.filter(|path| !files.contains_key(*path)).map(Path::to_path_buf).collect())
}

/// Collects the files in folders named `generated` below a folder.
fn collect_generated(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
    for inner in folders(folder)? {
        if inner.ends_with("generated") { collect(&inner, found)? } else { collect_generated(&inner, found)? }
    }
    Ok(())
}

fn collect(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
    for path in entries(folder)? {
        if path.is_dir() {
            collect(&path, found)?;
        } else {
            found.insert(path);
        }
    }
    Ok(())
}

/// Collects the files in a folder and its subfolders that consist of one block.
fn collect_blocks(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
    let inner = folders(folder)?.into_iter().map(|folder| folder.join("mod.rs"));
    let own = entries(folder)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    for path in inner.chain(own) {
        if read(&path)?.is_some_and(|text| crate::emit::registrations::is_block(&text)) {
            found.insert(path);
        }
    }
    Ok(())
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    Ok(entries(folder)?.into_iter().filter(|path| path.is_dir()).collect())
}

/// Returns the entries of a folder; none if it does not exist.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let listed = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>());
    match listed {
        Ok(paths) => Ok(paths),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Error::new(folder.display(), error)),
    }
}
