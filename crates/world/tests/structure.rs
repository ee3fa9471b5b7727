//! The layers of the world: engines know their cloud, the shared parts know none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

const ENGINES: [&str; 4] = ["tke", "ccs", "cce", "ack"];
const SHARED: [&str; 5] = ["kernel", "infra", "cluster", "kubernetes", "registry"];

/// The source files of a folder, with their names.
fn sources(folder: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let files = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let sources = files.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let all: Vec<_> = sources.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap())).collect();
    assert!(!all.is_empty(), "{folder} has no sources");
    all
}

/// Whether a text uses a module of the crate, alone or in a list.
fn names_module(text: &str, module: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let after = |start: &str| text.split(start).skip(1).collect::<Vec<_>>();
    let direct = after(&format!("crate::{module}")).into_iter().any(ends);
    let listed = after("use crate::{")
        .into_iter()
        .filter_map(|rest| rest.split_once(';'))
        .any(|(list, _)| list.split([',', '{', '}', ' ', '\n']).any(|part| part.split("::").next() == Some(module)));
    direct || listed
}

#[test]
fn modules_are_found_alone_and_in_lists() {
    for text in ["use crate::tke;", "crate::tke::Tke", "use crate::{Realm, tke::Tke};", "use crate::{a, tke};"] {
        assert!(names_module(text, "tke"), "{text}");
    }
    assert!(!names_module("crate::tkeish; use crate::{Realm, kernel}; realm.tke.parts", "tke"));
}

#[test]
fn no_engine_names_another_and_the_shared_parts_name_none() {
    for folder in ENGINES.into_iter().chain(SHARED) {
        for (name, text) in sources(folder) {
            for engine in ENGINES.into_iter().filter(|engine| *engine != folder) {
                assert!(!names_module(&text, engine), "{name} names the engine {engine}");
            }
        }
    }
}

#[test]
fn the_kernel_names_no_cloud() {
    for (name, text) in sources("kernel") {
        let text = text.to_lowercase();
        for cloud in ["tencent", "huawei", "alibaba", "tke", "\"cce", "\"ccs", "\"ack"] {
            assert!(!text.contains(cloud), "{name} contains {cloud}");
        }
    }
}

#[test]
fn rules_of_engines_and_services_are_methods_of_their_own_types() {
    for folder in ENGINES.into_iter().chain(["kubernetes", "registry"]) {
        for (name, text) in sources(folder) {
            assert!(!text.contains("impl RealmMut") && !text.contains("impl<'a> RealmMut"), "{name} has rules for all");
        }
    }
}

#[test]
fn the_kubernetes_of_all_clusters_names_no_cloud() {
    // Load balancers and labels of the clouds' own workloads have vendors' names.
    const NAMING: [&str; 3] = ["services.rs", "template.rs", "workloads.rs"];
    let parts = ["kubernetes", "kubernetes/controllers", "kubernetes/patch", "kubernetes/schema"];
    for (name, text) in
        parts.into_iter().flat_map(sources).filter(|(name, _)| !NAMING.iter().any(|n| name.ends_with(n)))
    {
        let text = text.to_lowercase();
        for cloud in ["qcloud", "tencent", "huawei", "alibaba", "aliyun"] {
            assert!(!text.contains(cloud), "{name} contains {cloud}");
        }
    }
}

#[test]
fn the_world_depends_on_no_other_crate_of_the_workspace() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let dependencies = manifest.split_once("[dependencies]").unwrap().1;
    assert!(!dependencies.contains("wharf"), "{dependencies}");
}
