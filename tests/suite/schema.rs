//! The specs follow `specs/schema.json`, by which editors check them. Python's `jsonschema` reads it: the environment of
//! the vendors' clients is there anyway, and a validator in Rust would bring some forty crates.

use crate::witness::python;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn check(files: &[PathBuf]) -> Output {
    let mut command = Command::new(python());
    command.arg(root().join("tests/witness/schema.py")).arg(root().join("specs/schema.json")).args(files);
    command.env("PYTHONUTF8", "1").output().unwrap()
}

#[test]
fn every_spec_follows_the_schema() {
    let sources = wharf_spec::sources_in(&root().join("specs")).unwrap();
    let written = sources.iter().filter(|source| !source.is_imported());
    let files: Vec<_> = written.map(|source| root().join("specs").join(&source.name)).collect();
    let output = check(&files);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(told.trim(), format!("{} files, 0 faults", files.len()));
}

#[test]
fn what_the_schema_does_not_have_is_found() {
    let text = std::fs::read_to_string(root().join("specs/tke/product.json")).unwrap();
    let wrong = text.replacen("\"host\"", "\"hosts\"", 1);
    assert_ne!(wrong, text);
    let file = std::env::temp_dir().join(format!("wharf-schema-{}.json", std::process::id()));
    std::fs::write(&file, wrong).unwrap();
    let output = check(std::slice::from_ref(&file));
    std::fs::remove_file(&file).unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && told.contains("1 files, 1 faults"), "{told}");
}
