//! What holds for the workspace as a whole, read from `cargo metadata`.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The workspace, with its dependencies on all systems.
fn metadata() -> Value {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--locked", "--manifest-path"]).arg(manifest);
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The packages by their identifiers.
fn packages(metadata: &Value) -> BTreeMap<&str, &Value> {
    list(metadata, "packages").iter().map(|package| (text(package, "id"), package)).collect()
}

/// Returns whether a package of the workspace is published: `publish = false` is an empty list.
fn is_published(package: &Value) -> bool {
    package["publish"].is_null()
}

/// What the published crates need when they are built, over normal dependencies.
fn needed<'a>(metadata: &'a Value, packages: &BTreeMap<&str, &'a Value>) -> BTreeSet<&'a str> {
    let nodes: BTreeMap<_, _> =
        list(&metadata["resolve"], "nodes").iter().map(|node| (text(node, "id"), node)).collect();
    let members = list(metadata, "workspace_members").iter().filter_map(Value::as_str);
    let mut waiting: Vec<&str> = members.filter(|id| is_published(packages[id])).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            let normal = |dependency: &&Value| list(dependency, "dep_kinds").iter().any(|kind| kind["kind"].is_null());
            let needs = list(nodes[id], "deps").iter().filter(normal);
            waiting.extend(needs.map(|dependency| text(dependency, "pkg")));
        }
    }
    seen
}

/// `1.89` and `1.89.0` are the same version.
fn version(text: &str) -> Vec<u32> {
    let mut parts: Vec<_> = text.split('.').map(|part| part.parse().unwrap()).collect();
    parts.resize(3, 0);
    parts
}

/// Older compilers cannot build the dependencies, and no newer one is necessary: `clippy::incompatible_msrv` says
/// whether the crates use something newer.
#[test]
fn the_rust_version_is_the_highest_that_a_dependency_declares() {
    let metadata = metadata();
    let packages = packages(&metadata);
    let (mut highest, mut by) = (version("1.85"), "the edition");
    for id in needed(&metadata, &packages) {
        let package = packages[id];
        let own = package["source"].is_null();
        if let Some(declared) = package["rust_version"].as_str().filter(|_| !own).map(version)
            && declared > highest
        {
            (highest, by) = (declared, text(package, "name"));
        }
    }
    for package in packages.values().filter(|package| package["source"].is_null()) {
        let declared = package["rust_version"].as_str().map(version);
        assert_eq!(declared.as_ref(), Some(&highest), "{}: {by} declares {highest:?}", text(package, "name"));
    }
}

/// The C library has every product of the facade, and its feature `public` every family.
#[test]
fn the_c_library_has_every_product() {
    let metadata = metadata();
    let find = |name: &str| {
        let mut own = list(&metadata, "packages").iter().filter(|package| package["source"].is_null());
        own.find(|package| text(package, "name") == name).unwrap()
    };
    let of_facade = |features: &'_ Value| -> BTreeSet<String> {
        let names = features.as_array().unwrap().iter().filter_map(Value::as_str);
        names.map(|name| name.trim_start_matches("wharf/").to_owned()).collect()
    };
    let facade = of_facade(&find("wharf")["features"]["default"]);
    let ffi = find("wharf-ffi");
    let wharf = list(ffi, "dependencies").iter().find(|dependency| text(dependency, "name") == "wharf").unwrap();
    let (always, products, public) =
        (of_facade(&wharf["features"]), of_facade(&ffi["features"]["products"]), of_facade(&ffi["features"]["public"]));
    assert_eq!(always.into_iter().chain(products).chain(public).collect::<BTreeSet<_>>(), facade);
}

/// What the package index shows of a crate, and the files that a licence asks for.
#[test]
fn published_crates_have_a_licence_a_readme_and_words_to_be_found_by() {
    let metadata = metadata();
    for package in list(&metadata, "packages").iter().filter(|package| package["source"].is_null()) {
        if !is_published(package) {
            continue;
        }
        let name = text(package, "name");
        let folder = Path::new(text(package, "manifest_path")).parent().unwrap();
        for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let there = std::fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{name}: {file}: {error}"));
            let whole = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)).unwrap();
            assert!(there == whole, "{name}: {file} is not that of the repository");
        }
        assert!(package["readme"].as_str().is_some_and(|readme| folder.join(readme).is_file()), "{name}: readme");
        for field in ["description", "repository", "license"] {
            assert!(package[field].is_string(), "{name}: {field}");
        }
        let keywords = list(package, "keywords");
        assert!((1..=5).contains(&keywords.len()), "{name}: keywords");
        assert!(!list(package, "categories").is_empty(), "{name}: categories");
    }
}
