//! Signatures, stage by stage, against what the document prints and what Tencent's own client computes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use wharf_core::sign::{tc3, tencent_hmac};

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/sign");
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn request(example: &Path) -> Value {
    serde_json::from_slice(&fs::read(example.join("request.json")).unwrap()).unwrap()
}

/// Every file of an example but the request is a stage; each must have been compared.
fn compare(example: &Path, stages: &[(&str, &str)]) {
    let mut files: Vec<_> = fs::read_dir(example)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "request.json")
        .collect();
    files.sort();
    let mut names: Vec<_> = stages.iter().map(|(name, _)| format!("{name}.txt")).collect();
    names.sort();
    assert_eq!(files, names, "{}", example.display());
    for (name, value) in stages {
        let text = fs::read_to_string(example.join(format!("{name}.txt"))).unwrap();
        assert_eq!(*value, text.strip_suffix('\n').unwrap(), "{} of {}", name, example.display());
    }
}

fn pairs(value: &Value) -> Vec<(&str, &str)> {
    value.as_array().unwrap().iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect()
}

#[test]
fn every_stage_is_as_recorded() {
    let (mut with_tc3, mut with_hmac) = (0, 0);
    for example in examples() {
        let given = request(&example);
        let text = |name: &str| given[name].as_str().unwrap_or_else(|| panic!("{name} in {}", example.display()));
        if text("algorithm") == tc3::ALGORITHM {
            with_tc3 += 1;
            let request = tc3::Request {
                method: text("method"),
                path: text("path"),
                query: text("query"),
                headers: &pairs(&given["headers"]),
                payload: text("payload").as_bytes(),
            };
            let signer = tc3::Signer {
                id: text("secret_id"),
                secret: text("secret_key"),
                service: text("service"),
                timestamp: given["timestamp"].as_i64().unwrap(),
            };
            let signed = tc3::sign(&request, &signer);
            compare(
                &example,
                &[
                    ("canonical_request", &signed.canonical_request),
                    ("hashed_canonical_request", &signed.hashed_canonical_request),
                    ("string_to_sign", &signed.string_to_sign),
                    ("signature", &signed.signature),
                    ("authorization", &signed.authorization),
                ],
            );
            assert_eq!(tc3::sign_cached(&request, &signer, &tc3::KeyCache::default()), signed);
        } else {
            with_hmac += 1;
            let request = tencent_hmac::Request {
                method: text("method"),
                host: text("host"),
                path: text("path"),
                parameters: &pairs(&given["parameters"]),
            };
            let algorithm = tencent_hmac::Algorithm::requested(Some(text("algorithm")));
            assert_eq!(algorithm.name(), text("algorithm"));
            let signed = tencent_hmac::sign(&request, text("secret_key"), algorithm);
            compare(&example, &[("string_to_sign", &signed.string_to_sign), ("signature", &signed.signature)]);
        }
    }
    assert!(with_tc3 >= 6 && with_hmac >= 7, "{with_tc3} examples of TC3, {with_hmac} of HMAC");
}
