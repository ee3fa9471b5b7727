//! The C interface as C programs use it: compiled with warnings as errors, linked both ways, run against the
//! reference server, and checked by AddressSanitizer and valgrind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, unreachable_pub, missing_docs)]

mod build;
mod cpp;
mod helpers;

use build::{Linking, compile, has, package, run};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use wharf_server::{Fault, Server, Time};

const BOTH: [Linking; 2] = [Linking::Shared, Linking::Static];

fn source(name: &str) -> PathBuf {
    source_of(&format!("{name}.c"))
}

fn source_of(file: &str) -> PathBuf {
    package().join("tests/c").join(file)
}

/// A server, and the connections to it as the C programs find them in their environment.
struct Cloud {
    // Runs the server.
    _runtime: tokio::runtime::Runtime,
    server: Server,
}

impl Cloud {
    fn new() -> Self {
        Self::of_speed(600)
    }

    fn of_speed(speed: u32) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let builder = Server::builder().time(Time::Accelerated(speed)).rate_limits(false).journal_capacity(10);
        let server = runtime.block_on(builder.start()).unwrap();
        // Longer than any test.
        server.faults().add(Fault::delay(Duration::from_secs(600)).operation("DescribeRegions"));
        server.faults().add(Fault::delay(Duration::from_secs(600)).operation("DescribeClusterInstances"));
        Self { _runtime: runtime, server }
    }

    fn options(&self, secret: Option<&str>) -> Value {
        let key = self.server.credentials();
        json!({
            "endpoint": self.server.endpoint(),
            "region": self.server.region(),
            // The server has no limits either, and the programs make thousands of calls.
            "client_rate_limit": false,
            "credentials": {"id": key.id(), "secret": secret.unwrap_or(key.secret().expose())},
        })
    }

    fn prepare(&self, command: &mut Command) {
        let mut cce = self.options(None);
        cce["project_id"] = self.server.project_id().into();
        command.env("WHARF_TEST_TKE", self.options(None).to_string());
        command.env("WHARF_TEST_STRANGER", self.options(Some("pl4nted")).to_string());
        command.env("WHARF_TEST_CCE", cce.to_string());
    }

    fn run(&self, program: &PathBuf, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        self.prepare(&mut command);
        run(command.args(arguments))
    }
}

/// Checks the README's table of waiters, and its program.
#[test]
fn the_readme_is_true() {
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    let rows: Vec<_> = readme.lines().filter(|line| line.starts_with("| `")).collect();
    let mut waiters = 0;
    for product in wharf::any::products() {
        for waiter in wharf::any::waiters(product).unwrap() {
            let arguments: Vec<_> = waiter.arguments.iter().map(|each| format!("`{}`", each.name)).collect();
            let row = format!("| `{product}` | `{}` | {} |", waiter.name, arguments.join(", "));
            assert!(rows.iter().any(|line| line.starts_with(&row)), "the README lacks {row}");
            waiters += 1;
        }
    }
    assert_eq!(rows.len(), waiters);
    let (_, program) = readme.split_once("```c\n").unwrap();
    let file = std::env::temp_dir().join(format!("wharf-readme-{}.c", std::process::id()));
    std::fs::write(&file, program.split_once("```").unwrap().0).unwrap();
    compile(&file, Linking::Shared, &[]);
    std::fs::remove_file(file).unwrap();
}

#[test]
fn misuse_has_its_documented_result() {
    for linking in BOTH {
        run(&mut Command::new(compile(&source("misuse"), linking, &[])));
    }
}

#[test]
fn calls_work_in_both_libraries() {
    for linking in BOTH {
        Cloud::new().run(&compile(&source("calls"), linking, &[]), &[]);
    }
}

#[test]
fn eight_threads_share_a_connection() {
    let cloud = Cloud::new();
    assert_eq!(cloud.run(&compile(&source("threads"), Linking::Shared, &[]), &["1250"]), "10000 calls\n");
    assert!(cloud.server.journal().len() >= 10_000);
}

#[test]
fn callbacks_and_finalizers_may_call_the_library() {
    for linking in BOTH {
        Cloud::new().run(&compile(&source("callbacks"), linking, &[]), &[]);
    }
}

#[test]
fn credentials_come_from_a_callback() {
    for linking in BOTH {
        Cloud::new().run(&compile(&source("credentials"), linking, &[]), &[]);
    }
}

#[test]
fn a_forked_child_gets_an_error_and_never_hangs() {
    for linking in BOTH {
        Cloud::new().run(&compile(&source("fork"), linking, &[]), &[]);
    }
}

/// The number that the header states. The library is built without optimization here, which takes more than a release.
#[test]
fn sixty_four_kilobytes_of_stack_are_enough_for_the_deepest_json() {
    Cloud::new().run(&compile(&source("stack"), Linking::Shared, &[]), &["64"]);
}

#[test]
fn the_examples_work() {
    let examples = package().join("examples");
    let server = build::build(&["--package", "wharf-server", "--bin", "wharf-server"], "wharf-server");
    let quickstart = compile(&examples.join("quickstart.c"), Linking::Shared, &[]);
    let told = run(Command::new(quickstart).arg(&server[0]));
    assert!(told.contains("  Running\n") && told.matches("a page of 2 nodes").count() == 2, "{told}");
    assert!(told.contains("a page of 1 nodes") && told.contains("not found: code "), "{told}");
    let example = |name: &str| compile(&examples.join(format!("{name}.c")), Linking::Static, &[]);
    let told = run_example(&example("async"), 600);
    assert_eq!(told, "20 answered, 1 cancelled\n");
    let told = run_example(&example("upgrade_cluster"), 120);
    assert!(told.contains("  Upgrading\n  Running\n") && told.contains("  done, 3 of 3 nodes upgraded\n"), "{told}");
    let versions = [" has v1.30.0-tke.1\n", " has v1.32.2-tke.2\n"].map(|version| told.matches(version).count());
    assert_eq!(versions, [3, 3], "{told}");
    let told = run_example(&example("move_node_pool"), 60);
    assert_eq!(told.matches(" is drained\n").count(), 2, "{told}");
    assert!(told.contains("the old pool is deleted; 4 are ready of "), "{told}");
}

/// Runs an example against a server of its own, whose time is that many times faster.
fn run_example(program: &PathBuf, speed: u32) -> String {
    let cloud = Cloud::of_speed(speed);
    cloud.server.faults().clear();
    run(Command::new(program).arg(cloud.options(None).to_string()))
}

/// The header has the helpers of `wharf::any`. The expected text is written to a file.
#[test]
fn the_header_has_all_helpers() {
    let expected = helpers::header();
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("helpers.h");
    std::fs::write(&file, &expected).unwrap();
    let found = std::fs::read_to_string(package().join("include/wharf/helpers.h")).unwrap_or_default();
    assert!(found == expected, "include/wharf/helpers.h should be as {}", file.display());
}

#[test]
fn address_sanitizer_finds_nothing() {
    let flags = ["-fsanitize=address", "-fno-omit-frame-pointer"];
    let leaks = |command: &mut Command| {
        command.env("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0:exitcode=99");
    };
    for linking in BOTH {
        let mut misuse = Command::new(compile(&source("misuse"), linking, &flags));
        leaks(&mut misuse);
        run(&mut misuse);
        let cloud = Cloud::new();
        for (name, argument) in [("calls", ""), ("threads", "50"), ("callbacks", ""), ("credentials", "")] {
            let mut command = Command::new(compile(&source(name), linking, &flags));
            cloud.prepare(&mut command);
            leaks(&mut command);
            run(command.arg(argument));
        }
    }
}

/// Checks that the sanitizer is active: it reports a program that leaks an output.
#[test]
fn address_sanitizer_finds_a_leak() {
    let file = std::env::temp_dir().join(format!("wharf-leak-{}.c", std::process::id()));
    let text = "#include <wharf.h>\n\
        static void leak(void) { char *text; wharf_describe(0, &text, 0); }\n\
        int main(void) { for (int at = 0; at < 10; at++) leak(); return 0; }\n";
    std::fs::write(&file, text).unwrap();
    let program = compile(&file, Linking::Shared, &["-fsanitize=address"]);
    let output = Command::new(program).env("ASAN_OPTIONS", "detect_leaks=1:exitcode=99").output().unwrap();
    std::fs::remove_file(file).unwrap();
    assert_eq!(output.status.code(), Some(99));
    assert!(String::from_utf8_lossy(&output.stderr).contains("detected memory leaks"));
}

#[test]
fn valgrind_finds_nothing() {
    if !has("valgrind") {
        return;
    }
    let cloud = Cloud::new();
    for (name, argument) in [("misuse", ""), ("calls", ""), ("threads", "5"), ("callbacks", ""), ("credentials", "")] {
        let program = compile(&source(name), Linking::Shared, &[]);
        let mut command = Command::new("valgrind");
        command.args([
            "--quiet",
            "--error-exitcode=99",
            "--leak-check=full",
            "--errors-for-leak-kinds=definite,possible",
        ]);
        command.args(["--show-leak-kinds=definite,possible", "--fair-sched=yes"]).arg(program).arg(argument);
        cloud.prepare(&mut command);
        run(&mut command);
    }
}

/// The machine's CMake, or else one from PyPI.
fn cmake() -> PathBuf {
    if has("cmake") {
        return "cmake".into();
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cmake-from-pypi");
    let program = folder.join("bin/cmake");
    if !program.is_file() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(folder.join("bin/python")).args(["-m", "pip", "install", "--quiet", "cmake==4.4.4"]));
    }
    program
}

/// A project finds the library by the name of the package.
#[test]
fn cmake_finds_the_library_by_pkg_config() {
    if !has("pkg-config") {
        return;
    }
    let cmake = cmake();
    let libraries = build::library().shared.parent().unwrap().display().to_string();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cmake");
    // Results of an earlier run would be cached.
    let _ = std::fs::remove_dir_all(&folder);
    let mut configure = Command::new(&cmake);
    configure.arg("-S").arg(package().join("examples/cmake")).arg("-B").arg(&folder);
    configure.arg(format!("-DPKG_CONFIG_ARGN=--define-variable=libdir={libraries}"));
    run(configure.env("PKG_CONFIG_PATH", package()));
    run(Command::new(&cmake).arg("--build").arg(&folder));
    assert_eq!(run_example(&folder.join("async"), 600), "20 answered, 1 cancelled\n");
    cpp::check_tour(&run_example(&folder.join("tour"), 600));
}
