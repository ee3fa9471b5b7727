//! Signatures, stage by stage, against what the documents print and what the vendors' own clients compute.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod alibaba;
mod huawei;
mod tencent;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use wharf_sign::Signed;

/// The recorded cases of a kind: files or folders.
fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(folder);
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn json(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

fn pairs(value: &Value) -> Vec<(&str, &str)> {
    value.as_array().unwrap().iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect()
}

/// Compares the stages with the files of a case: each file but the request is a stage, and each stage has a file.
fn compare(case: &Path, signed: &Signed) {
    let names = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> = names.filter(|name| name != "request.json").collect();
    files.sort();
    let mut stages: Vec<_> = signed.stages().map(|(stage, _)| format!("{}.txt", stage.name())).collect();
    stages.sort();
    assert_eq!(files, stages, "{}", case.display());
    for (stage, text) in signed.stages() {
        let recorded = fs::read_to_string(case.join(format!("{}.txt", stage.name()))).unwrap();
        assert_eq!(text, recorded.strip_suffix('\n').unwrap(), "{} of {}", stage.name(), case.display());
    }
}
