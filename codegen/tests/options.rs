//! An option is described only in `specs/options.json`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

/// Hand-written files without tests.
fn written(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') || ["target", "tests", "generated", "tests.rs"].contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            written(&path, found);
        } else if fs::read_to_string(&path)
            .is_ok_and(|text| !text.lines().take(3).any(|line| line.contains("@generated")))
        {
            found.push(path);
        }
    }
}

#[test]
fn an_option_stands_in_few_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for part in ["codegen", "crates", "docs", "examples", "specs"] {
        written(&root.join(part), &mut files);
    }
    assert!(files.len() > 300, "{} files", files.len());
    let naming = |option: &str| -> Vec<_> {
        files.iter().filter(|path| fs::read_to_string(path).unwrap().contains(option)).collect()
    };
    for option in ["client_rate_limit", "pool_idle_timeout", "cluster_addressing"] {
        let found = naming(option);
        assert!(found.iter().any(|path| path.ends_with("specs/options.json")), "{found:?}");
        assert!(found.len() <= 5, "{option}: {found:#?}");
    }
    let found = naming("pool_idle_timeout");
    assert!(found.len() <= 3, "{found:#?}");
}
