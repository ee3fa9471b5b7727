//! `wharf.hpp`: its example and its test, with both libraries, under AddressSanitizer with UBSan, and under valgrind.

use crate::build::{Linking, compile, has, package, run};
use crate::{BOTH, Cloud, run_example, source_of};
use std::path::{Path, PathBuf};
use std::process::Command;

const SANITIZERS: [&str; 3] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"];

fn there() -> bool {
    has(&std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned()))
}

fn tour() -> PathBuf {
    package().join("examples/tour.cpp")
}

pub(crate) fn check_tour(told: &str) {
    assert!(told.contains("  Running\na \"tour\" is Running\n3 nodes run\n"), "{told}");
    let end = "3 nodes on 2 pages, 3 items\n10 calls answered\nnot found: ResourceNotFound, with a request id\nwrong field: Limit\n\
        cancelled\na node with 1 data volume, its password hashed\n";
    assert!(told.ends_with(end), "{told}");
}

/// The header alone, for C++17 and C++20, and the C header.
#[test]
fn the_headers_are_for_cpp() {
    if !there() {
        return;
    }
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    for (name, standard) in [("wharf.h", "c++17"), ("wharf.hpp", "c++17"), ("wharf.hpp", "c++20")] {
        let file = std::env::temp_dir().join(format!("{name}-{standard}-{}.cpp", std::process::id()));
        std::fs::write(
            &file,
            format!("#include <{name}>\nint main() {{ return wharf_abi_version() == 1 ? 0 : 1; }}\n"),
        )
        .unwrap();
        let mut command = Command::new(&compiler);
        command.args(["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror", "-fsyntax-only"]);
        run(command.arg(format!("-std={standard}")).arg("-I").arg(package().join("include")).arg(&file));
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
fn the_example_in_cpp_works() {
    if there() {
        check_tour(&run_example(&compile(&tour(), Linking::Shared, &[]), 600));
    }
}

/// The program of the README.
#[test]
fn the_readme_is_true_in_cpp() {
    if !there() {
        return;
    }
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    let (_, program) = readme.split_once("```cpp\n").unwrap();
    let file = std::env::temp_dir().join(format!("wharf-readme-{}.cpp", std::process::id()));
    std::fs::write(&file, program.split_once("```").unwrap().0).unwrap();
    compile(&file, Linking::Shared, &[]);
    std::fs::remove_file(file).unwrap();
}

#[test]
fn classes_throw_and_free_in_both_libraries() {
    if there() {
        for linking in BOTH {
            Cloud::new().run(&compile(&source_of("classes.cpp"), linking, &[]), &[]);
        }
    }
}

#[test]
fn sanitizers_find_nothing_in_cpp() {
    if !there() {
        return;
    }
    for (path, example) in [(tour(), true), (source_of("classes.cpp"), false)] {
        let program = compile(&path, Linking::Shared, &SANITIZERS);
        let told = checked(&program, example, |command| {
            command.env("ASAN_OPTIONS", "detect_leaks=1:exitcode=99").env("UBSAN_OPTIONS", "print_stacktrace=1");
        });
        if example {
            check_tour(&told);
        }
    }
}

#[test]
fn valgrind_finds_nothing_in_cpp() {
    if !there() || !has("valgrind") {
        return;
    }
    for (path, example) in [(tour(), true), (source_of("classes.cpp"), false)] {
        let program = compile(&path, Linking::Shared, &[]);
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=99", "--leak-check=full", "--fair-sched=yes"]);
        valgrind
            .args(["--errors-for-leak-kinds=definite,possible", "--show-leak-kinds=definite,possible"])
            .arg(program);
        let told = finish(valgrind, example);
        if example {
            check_tour(&told);
        }
    }
}

fn checked(program: &Path, example: bool, prepare: impl FnOnce(&mut Command)) -> String {
    let mut command = Command::new(program);
    prepare(&mut command);
    finish(command, example)
}

fn finish(mut command: Command, example: bool) -> String {
    let cloud = Cloud::of_speed(600);
    if example {
        cloud.server.faults().clear();
        command.arg(cloud.options(None).to_string());
    }
    cloud.prepare(&mut command);
    run(&mut command)
}
