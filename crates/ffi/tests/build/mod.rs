//! Builds the library and C programs with it. For the tests of this package, and for the behaviour suite.
#![allow(dead_code, reason = "each of them uses a part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Linking of a C program with the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linking {
    Shared,
    Static,
}

/// The library, built as for programs, with the additional function that panics on demand.
#[derive(Debug)]
pub struct Library {
    pub shared: PathBuf,
    pub archive: PathBuf,
}

/// Returns the package's folder.
pub fn package() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(|folder| folder.join("crates/ffi").is_dir());
    root.unwrap().join("crates/ffi")
}

/// Returns the library, which is built once.
pub fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let files = build(&["--package", "wharf-ffi", "--lib", "--features", "test-panic"], "wharf_ffi");
        let file = |ending: &[&str]| {
            let found = files.iter().find(|path| ending.contains(&path.extension().unwrap().to_str().unwrap()));
            found.unwrap_or_else(|| panic!("no {ending:?} among {files:?}")).clone()
        };
        Library { shared: file(&["so", "dylib"]), archive: file(&["a"]) }
    })
}

/// Builds with cargo and returns the files of the target of that name.
pub fn build(arguments: &[&str], target: &str) -> Vec<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(package()).args(["build", "--quiet", "--message-format=json-render-diagnostics"]);
    // A separate folder: a shared library has the same name with all features.
    command.arg("--target-dir").arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("library"));
    let out = run(command.args(arguments));
    let messages = out.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let of_target = messages.filter(|message| message["target"]["name"] == target && message["filenames"].is_array());
    let names = of_target.flat_map(|message| message["filenames"].as_array().unwrap().clone());
    names.map(|name| PathBuf::from(name.as_str().unwrap())).collect()
}

/// Returns the compiler of C or C++, with the standard and the warnings of its language.
fn compiler(cpp: bool) -> Command {
    let (variable, program) = if cpp { ("CXX", "c++") } else { ("CC", "cc") };
    let mut command = Command::new(std::env::var(variable).unwrap_or_else(|_| program.to_owned()));
    if cpp {
        command.args(["-std=c++17", "-Wconversion", "-Wsign-conversion", "-Wold-style-cast", "-Wnon-virtual-dtor"]);
    } else {
        command.args(["-std=c11", "-Wstrict-prototypes"]);
    }
    command
}

/// Compiles a C or C++ program, with warnings as errors, and links it with the library.
pub fn compile(source: &Path, linking: Linking, extra: &[&str]) -> PathBuf {
    let library = library();
    let folder = library.archive.parent().unwrap().join("wharf-ffi-programs");
    std::fs::create_dir_all(&folder).unwrap();
    let name = source.file_stem().unwrap().to_str().unwrap();
    let program =
        folder.join(format!("{name}-{linking:?}-{}", extra.concat().replace(|c: char| !c.is_alphanumeric(), "")));
    let mut command = compiler(source.extension().is_some_and(|ending| ending == "cpp"));
    command.args(["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-g"]);
    command.arg("-DWHARF_TEST_PANIC").arg("-I").arg(package().join("include")).args(extra);
    command.arg(source).arg("-o").arg(&program);
    match linking {
        Linking::Shared => {
            let folder = library.shared.parent().unwrap();
            command.arg(format!("-L{}", folder.display())).arg("-lwharf_ffi");
            command.arg(format!("-Wl,-rpath,{}", folder.display())).arg("-pthread");
            if cfg!(target_os = "linux") {
                // Cargo puts its own folders into `LD_LIBRARY_PATH`, which may contain an older library.
                command.arg("-Wl,--disable-new-dtags");
            }
        }
        Linking::Static => {
            command.arg(&library.archive).args(["-pthread", "-lm", "-ldl"]);
            if cfg!(target_os = "linux") {
                command.args(["-lgcc_s", "-lutil", "-lrt"]);
            }
        }
    }
    run(&mut command);
    program
}

/// Runs a program that must succeed, and returns its output.
pub fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } =
        command.env_remove("LD_LIBRARY_PATH").output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{stdout}\n{stderr}");
    stdout.into_owned()
}

/// Returns whether a program is installed. Reports a missing one, so that a skipped test is visible.
pub fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        println!("skipped: there is no {program}");
    }
    there
}
