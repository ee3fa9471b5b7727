//! Import of the public APIs from the vendors' own packages.
//!
//! A package is downloaded by `pip`, compared with the digest in `specs/imports.lock`, and read by a script in
//! `codegen/import/` that runs nothing of it and prints its facts (`facts`). `merge` holds them against the
//! hand-written specs and the decisions in `overrides.json`, and returns the files of the folder `public/`. Nothing is
//! written before everything is known.

mod derive;
mod facts;
mod hand;
mod lock;
mod merge;
mod overrides;
mod stated;
mod write;

use crate::{Error, Files};
use facts::Facts;
use lock::{Import, Lock};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Imports the versions that the lock file has of one product, or of all products. Returns a line about each.
///
/// # Errors
/// When a package cannot be downloaded or is another one, a script cannot read it, facts contradict the hand-written
/// specs, or a decision names nothing. The tree is unchanged then.
pub fn run(root: &Path, product: Option<&str>) -> Result<Vec<String>, Error> {
    let mut lock = Lock::read(root)?;
    if let Some(product) = product
        && !lock.import.iter().any(|import| import.product == product)
    {
        return Err(Error::new(lock::PATH, format!("has no import of {product}")));
    }
    let folder = root.join("target/import");
    let (mut files, mut lines) = (Vec::new(), Vec::new());
    for import in lock.import.iter_mut().filter(|import| product.is_none_or(|wanted| import.product == wanted)) {
        let wheel = download(&folder, import)?;
        let facts = read(root, import, &wheel)?;
        let operations = facts.operations.len();
        let skipped = facts.skipped.iter().map(|(name, why)| format!("{} {name} is left out: {why}", import.product));
        lines.extend(skipped);
        let written = merge::merge(root, import, facts)?;
        import.operations = operations;
        import.output_sha256 = digest(written.values().map(String::as_str));
        lines.push(format!(
            "{} {}: {operations} operations of {}",
            import.product,
            import.version,
            import.requirement()
        ));
        files.push((root.join(import.folder()), written));
    }
    for (folder, written) in &files {
        replace(folder, written)?;
    }
    lock.write(root)?;
    Ok(lines)
}

/// Returns the imports whose files are not those of the lock file. Needs no network.
///
/// # Errors
/// When a file cannot be read.
pub fn drift(root: &Path) -> Result<Vec<String>, Error> {
    if !root.join(lock::PATH).is_file() {
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    for import in &Lock::read(root)?.import {
        let folder = root.join(import.folder());
        let mut texts = Vec::new();
        let listed = fs::read_dir(&folder).map_err(|error| Error::new(folder.display(), error))?;
        let mut paths: Vec<PathBuf> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            texts.push(fs::read_to_string(&path).map_err(|error| Error::new(path.display(), error))?);
        }
        if digest(texts.iter().map(String::as_str)) != import.output_sha256 {
            lines.push(format!("{} is not what `cargo codegen import {}` wrote", import.folder(), import.product));
        }
    }
    Ok(lines)
}

/// Downloads the wheel, unless it is there already, and checks its digest.
fn download(folder: &Path, import: &Import) -> Result<PathBuf, Error> {
    let requirement = import.requirement();
    let wheel = folder.join(format!("{}.whl", import.wheel_sha256));
    if !wheel.is_file() {
        let target = folder.join(&import.package);
        let _ = fs::remove_dir_all(&target);
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
        ]);
        run_command(pip.arg("--dest").arg(&target).arg(&requirement), &requirement)?;
        let wheels = fs::read_dir(&target).map_err(|error| Error::new(target.display(), error))?;
        let wheels: Vec<PathBuf> = wheels.filter_map(|entry| Some(entry.ok()?.path())).collect();
        let [only] = wheels.as_slice() else {
            return Err(Error::new(&requirement, format!("pip downloaded {} files instead of one", wheels.len())));
        };
        let bytes = fs::read(only).map_err(|error| Error::new(only.display(), error))?;
        let found = hex(&Sha256::digest(&bytes));
        if found != import.wheel_sha256 {
            let why = format!("its sha256 is {found}, not {}: it is another package", import.wheel_sha256);
            return Err(Error::new(&requirement, why));
        }
        fs::rename(only, &wheel).map_err(|error| Error::new(wheel.display(), error))?;
    }
    let bytes = fs::read(&wheel).map_err(|error| Error::new(wheel.display(), error))?;
    if hex(&Sha256::digest(&bytes)) != import.wheel_sha256 {
        return Err(Error::new(&requirement, format!("{} is not the package; delete it", wheel.display())));
    }
    Ok(wheel)
}

/// Reads the facts of a package.
fn read(root: &Path, import: &Import, wheel: &Path) -> Result<Facts, Error> {
    let script = root.join(format!("codegen/import/{}.py", import.importer));
    let requirement = import.requirement();
    let output =
        run_command(Command::new("python3").arg("-B").arg(script).arg(wheel).args(&import.members), &requirement)?;
    serde_json::from_slice(&output)
        .map_err(|error| Error::new(&requirement, format!("the facts are cut short: {error}")))
}

fn run_command(command: &mut Command, requirement: &str) -> Result<Vec<u8>, Error> {
    let output = command.output().map_err(|error| Error::new("python3", error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(Error::new(requirement, String::from_utf8_lossy(&output.stderr).trim()))
}

/// Puts the files in the folder, which then has no others.
fn replace(folder: &Path, files: &Files) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::new(folder.display(), error);
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)?;
    for (name, text) in files {
        fs::write(folder.join(name), text).map_err(failed)?;
    }
    Ok(())
}

fn digest<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut digest = Sha256::new();
    texts.for_each(|text| digest.update(text));
    hex(&digest.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
