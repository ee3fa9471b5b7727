//! A product on an existing protocol comes with one folder below `specs/`: in a copy of the workspace that has one more,
//! programs in Rust, Python and C call it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

#[path = "../blocks/mod.rs"]
mod blocks;
mod copy;
mod service;

use copy::{Copy, here, run};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The product that is called, in two versions, and one that has neither waiters nor types.
const PRODUCTS: [&str; 2] = ["toy", "bare"];

/// Builds in the copy, with the dependencies that this workspace has built already, and returns the built files.
fn build(copy: &Copy, arguments: &[&str]) -> Vec<PathBuf> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--offline", "--message-format=json-render-diagnostics"]).args(arguments);
    cargo.arg("--target-dir").arg(Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap());
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0").current_dir(&copy.built);
    let (out, told) = run(&mut cargo);
    assert!(!told.contains("warning"), "{arguments:?}: {told}");
    let messages = out.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let files = messages.flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default());
    files.map(|file| PathBuf::from(file.as_str().unwrap())).collect()
}

fn named<'a>(files: &'a [PathBuf], name: &str) -> &'a Path {
    files.iter().find(|file| file.ends_with(name)).unwrap_or_else(|| panic!("no {name} among {files:?}"))
}

#[test]
fn a_product_is_one_folder_of_specs_in_every_language() {
    let copy = Copy::new(&PRODUCTS);
    copy.assert_only_generated_files_changed(&PRODUCTS);
    let files = build(&copy, &["-p", "toy-user", "-p", "wharf-ffi", "-p", "wharf-python"]);
    let address = service::start();
    run(Command::new(named(&files, "toy-user")).arg(&address));
    python(&copy, named(&files, "lib_wharf.so"), &address);
    c(&copy, named(&files, "libwharf_ffi.so"), &address);
    // Alone, a product has no import and no module that nothing uses.
    for product in PRODUCTS {
        let features = format!("{product},rustls-ring");
        build(&copy, &["-p", "wharf", "--no-default-features", "--features", &features]);
    }
}

fn python(copy: &Copy, module: &Path, address: &str) {
    let packages = copy.built.join("crates/python/python");
    fs::copy(module, packages.join("wharf/_wharf.abi3.so")).unwrap();
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", &packages).env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUTF8", "1");
    run(python.arg(here("programs/program.py")).arg(address));
    let stub = |name: &str| fs::read_to_string(packages.join("wharf/toy").join(name)).unwrap();
    let connection = stub("__init__.pyi");
    for name in [
        "def clusters(self) -> ClustersClient",
        "from wharf.toy._stubs.clusters import _ClustersOperations, ClustersClient",
    ] {
        assert!(connection.contains(name), "{name}: {connection}");
    }
    for (file, prefix) in [("_stubs/clusters.pyi", ""), ("_stubs/clusters_async.pyi", "Async")] {
        let client = stub(file);
        assert!(
            client.contains(&format!(
                "class {prefix}ClustersClient(_{prefix}ClustersOperations, _product.{prefix}Client)"
            )),
            "{client}"
        );
        for name in ["def create_toy(", "def describe_toys(", "def wait_until_toy_ready("] {
            assert!(client.contains(name), "{name}: {client}");
        }
    }
    let types = stub("_stubs/clusters_types.pyi");
    for name in ["class Toy(Structure):", "class DescribeToysOutput(Page[Toy]):", "class CreateToyOutput(Structure):"] {
        assert!(types.contains(name), "{name}: {types}");
    }
}

fn c(copy: &Copy, library: &Path, address: &str) {
    // Another build may put another library in the place of this one.
    let folder = copy.built.join("target");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(library, folder.join("libwharf_ffi.so")).unwrap();
    let program = folder.join("program");
    let mut cc = Command::new(std::env::var("CC").unwrap_or_else(|_| "cc".to_owned()));
    cc.args(["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"]).arg(copy.built.join("crates/ffi/include"));
    cc.arg(here("programs/program.c")).arg("-o").arg(&program);
    cc.arg(format!("-L{0}", folder.display())).arg("-lwharf_ffi");
    run(cc.arg(format!("-Wl,-rpath,{0}", folder.display())));
    run(Command::new(program).arg(address).env_remove("LD_LIBRARY_PATH"));
}
