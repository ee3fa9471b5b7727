//! The import of the public APIs: the committed files are what the packages say, and what is wrong stops it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use wharf_codegen::import;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// A workspace with the specs and the scripts alone. Packages that were downloaded before are kept.
fn copy(name: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("import").join(name);
    for part in ["specs", "codegen/import"] {
        let _ = fs::remove_dir_all(home.join(part));
        copy_folder(&root().join(part), &home.join(part));
    }
    let wheels = Path::new(env!("CARGO_TARGET_TMPDIR")).join("import/wheels");
    fs::create_dir_all(&wheels).unwrap();
    let target = home.join("target");
    fs::create_dir_all(&target).unwrap();
    #[cfg(unix)]
    if !target.join("import").exists() {
        std::os::unix::fs::symlink(&wheels, target.join("import")).unwrap();
    }
    home
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The files of all folders `public/` and the lock file, with their texts.
fn imported(root: &Path) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, root: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, out);
            } else if path.ends_with("imports.lock") || path.parent().unwrap().ends_with("public") {
                out.push((path.strip_prefix(root).unwrap().to_path_buf(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut out = Vec::new();
    walk(&root.join("specs"), root, &mut out);
    out.sort();
    out
}

/// One test, because the packages are downloaded once.
#[test]
fn the_import_gives_what_is_committed_and_stops_where_something_is_wrong() {
    let home = copy("again");
    let committed = imported(&home);
    assert!(committed.len() > 40, "{}", committed.len());
    for product in ["ack", "cce", "tcr", "tke"] {
        let public = fs::read_dir(home.join("specs").join(product)).unwrap();
        let versions = public.map(|entry| entry.unwrap().path().join("public")).filter(|path| path.is_dir());
        versions.for_each(|path| fs::remove_dir_all(path).unwrap());
    }
    let lines = import::run(&home, None).unwrap();
    assert!(lines.iter().any(|line| line.starts_with("tke 2018-05-25: 272 operations of tccli==")), "{lines:?}");
    assert_eq!(imported(&home), committed);
    assert_eq!(import::drift(&home).unwrap(), [""; 0]);
    let again = import::run(&home, Some("tke")).unwrap();
    assert_eq!((again.len(), imported(&home)), (2, committed.clone()));
    wrong_input_leaves_the_tree_as_it_was(&home, &committed);
}

fn wrong_input_leaves_the_tree_as_it_was(home: &Path, committed: &[(PathBuf, String)]) {
    let lock = home.join("specs/imports.lock");
    let text = fs::read_to_string(&lock).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        fs::write(&lock, text.replacen(from, to, 1)).unwrap();
    };
    let refused = |product: &str, parts: &[&str]| {
        let message = import::run(home, Some(product)).unwrap_err().to_string();
        for part in parts {
            assert!(message.contains(part), "{message} lacks {part}");
        }
        fs::write(&lock, &text).unwrap();
        assert_eq!(imported(home), committed, "{message}");
    };
    let digest = text.lines().find(|line| line.starts_with("wheel_sha256")).unwrap();
    changed(digest, "wheel_sha256 = \"00\"");
    refused("ack", &["alibabacloud_cs20151215==7.2.3", "sha256", "another package"]);
    changed("tke/v20220501/api.json", "tke/v20220502/api.json");
    refused("tke", &["tccli==", "tke/v20220502/api.json", "is not in the package"]);
    changed("version = \"2015-12-15\"", "version = \"2015-12-16\"");
    refused("ack", &["specs/ack/2015-12-16"]);
    refused("nothing", &["specs/imports.lock", "has no import of nothing"]);

    let path = home.join("specs/tcr/2019-09-24/overrides.json");
    let overrides = fs::read_to_string(&path).unwrap();
    for (from, to, parts) in [
        ("\"*Webhook*\"", "\"*Webhoax*\"", &["*Webhoax*", "no operation has such a name"][..]),
        (
            "\"operations\": [\"*\"]",
            "\"operations\": [\"*Instance*\"]",
            &["no family takes the operation DescribeRegions"],
        ),
        ("    ]\n", "    ], \"items\": {\"shape Nothing\": {\"keep\": true, \"reason\": \"r\"}}\n", &["shape Nothing"]),
        ("\"families\"", "\"familys\"", &["overrides.json", "familys"]),
    ] {
        assert!(overrides.contains(from), "{from}");
        fs::write(&path, overrides.replace(from, to)).unwrap();
        refused("tcr", parts);
    }
    fs::write(&path, &overrides).unwrap();

    // A type that contradicts the hand-written one is an error until a decision answers it.
    let path = home.join("specs/tke/2018-05-25/overrides.json");
    let overrides = fs::read_to_string(&path).unwrap();
    let without: String =
        overrides.lines().filter(|line| !line.contains("IsDualStack")).map(|l| format!("{l}\n")).collect();
    fs::write(&path, without).unwrap();
    refused("tke", &["shape ClusterAdvancedSettings field IsDualStack: `string` by hand, `bool` in the package"]);
    fs::write(&path, &overrides).unwrap();

    let file = home.join("specs/tcr/2019-09-24/public/ai.json");
    let original = fs::read_to_string(&file).unwrap();
    fs::write(&file, original.replace("ListSkills", "ListSkill")).unwrap();
    let drift = import::drift(home).unwrap();
    assert!(drift.len() == 1 && drift[0].contains("specs/tcr/2019-09-24/public"), "{drift:?}");
    fs::write(&file, original).unwrap();
}

/// What a script cannot read stops it with the member and the cause, and nothing is printed.
#[test]
fn a_script_names_what_it_cannot_read() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("import/broken");
    fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, api: &str| {
        let wheel = folder.join(name);
        let make = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n z.writestr('api.json', sys.argv[2])\n z.writestr('examples.json', '{\"actions\": {}}')";
        let made = std::process::Command::new("python3").args(["-c", make]).arg(&wheel).arg(api).status().unwrap();
        assert!(made.success());
        wheel
    };
    let member = |ty: &str, of: &str| {
        format!(
            r#"{{"actions": {{"A": {{"input": "ARequest", "output": "AResponse", "status": "online"}}}}, "objects": {{
            "ARequest": {{"members": [{{"name": "X", "type": "{ty}", "member": "{of}", "required": true}}]}},
            "AResponse": {{"members": []}}}}}}"#
        )
    };
    for (name, api, parts) in [
        ("cut.whl", "{\"actions\": {", &["api.json", "cannot be read"][..]),
        ("type.whl", &member("tensor", "int8"), &["ARequest.X", "no rule takes the type tensor of int8"]),
        ("lacks.whl", "{\"actions\": {}}", &["api.json", "lacks 'objects'"]),
        ("status.whl", &member("string", "string").replace("online", "gone"), &["A", "no rule takes the status gone"]),
    ] {
        let wheel = write(name, api);
        let script = root().join("codegen/import/tencent.py");
        let mut command = std::process::Command::new("python3");
        let output = command.arg("-B").arg(script).arg(wheel).args(["api.json", "examples.json"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty(), "{name}");
        assert!(parts.iter().all(|part| said.contains(part)) && said.lines().count() == 1, "{name}: {said}");
    }
}
