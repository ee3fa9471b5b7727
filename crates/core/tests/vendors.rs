//! Core names no cloud: what is special about one is in `wharf-products`, and its signatures are in `wharf-sign`.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// Names of the vendors, and the beginnings of their headers.
const VENDORS: [&str; 10] =
    ["tencent", "qcloud", "huawei", "alibaba", "aliyun", "x-tc-", "x-acs-", "x-sdk-", "x-ascm-", "x-apigw-"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn no_source_file_names_a_vendor() {
    let mut sources = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    assert!(sources.len() > 50, "{sources:?}");
    let mut named = Vec::new();
    for source in sources {
        for (at, line) in fs::read_to_string(&source).unwrap().lines().enumerate() {
            let line = line.to_lowercase();
            if VENDORS.iter().any(|vendor| line.contains(vendor)) {
                named.push(format!("{}:{}: {line}", source.display(), at + 1));
            }
        }
    }
    assert!(named.is_empty(), "{}", named.join("\n"));
}
