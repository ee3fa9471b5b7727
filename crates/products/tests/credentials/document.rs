//! `docs/credentials.md` against the code.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

const PREFIXES: [&str; 6] = ["TENCENTCLOUD_", "TCCLI_", "TKE_", "HUAWEICLOUD_", "HC_", "ALIBABA_CLOUD_"];
const VENDORS: [&str; 3] = ["tencent", "huawei", "alibaba"];

/// The names of variables between two marks.
fn names(text: &str, mark: char) -> BTreeSet<String> {
    let is_name = |part: &&str| {
        let upper = part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        upper && PREFIXES.iter().any(|prefix| part.starts_with(prefix))
    };
    text.split(mark).filter(is_name).map(str::to_owned).collect()
}

fn source(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => source(&path, found),
            false if path.ends_with("tests.rs") => {}
            false => found.extend(names(&std::fs::read_to_string(path).unwrap(), '"')),
        }
    }
}

#[test]
fn the_document_names_every_variable_that_is_read_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("../../docs/credentials.md")).unwrap();
    let mut read = BTreeSet::new();
    for vendor in VENDORS {
        source(&root.join("src").join(vendor).join("credentials"), &mut read);
    }
    // One variable for each service and region.
    let prefix = "HUAWEICLOUD_SDK_REGION_";
    assert!(read.remove(prefix) && text.contains(&format!("`{prefix}<SERVICE>_<REGION>`")));
    let mut told = names(&text, '`');
    told.retain(|name| !name.starts_with(prefix));
    assert!(read.len() > 40, "{read:?}");
    assert_eq!(told, read);
}
