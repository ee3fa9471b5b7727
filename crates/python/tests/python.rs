//! The Python module as users have it: installed from the wheel, used by Python programs, checked by type checkers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub, missing_docs)]

mod build;

use build::{folder, fresh, outcome, package, program, python, run};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn module(name: &str) -> Command {
    let mut command = Command::new(python());
    command.args(["-m", name]).current_dir(package());
    command
}

fn examples() -> PathBuf {
    package().join("../../examples/python").canonicalize().unwrap()
}

#[test]
fn the_tests_in_python_pass() {
    let mut pytest = module("pytest");
    pytest.env("WHARF_SERVER_PROGRAM", program());
    let said = run(pytest.args(["-q", "-p", "no:cacheprovider", "tests"]).arg(examples()), "pytest");
    assert!(said.contains(" passed") && !said.contains("skipped"), "{said}");
}

#[test]
fn the_quickstarts_run_in_an_environment_that_has_the_wheel_alone() {
    let python = fresh("fresh");
    for (name, last) in [
        ("quickstart.py", "each one signed and checked"),
        ("quickstart_async.py", "and the call with it"),
        ("kubernetes_deployment.py", "deployment web: 3 available"),
        ("upgrade_cluster.py", "has v1.32.2-tke.2"),
        ("move_node_pool.py", "4 are ready of /api/v1/namespaces/default/pods?labelSelector=app%3Dweb"),
    ] {
        let said = run(Command::new(&python).arg(examples().join(name)), name);
        assert!(said.trim_end().ends_with(last), "{said}");
    }
}

#[test]
fn the_readme_runs() {
    let text = std::fs::read_to_string(package().join("README.md")).unwrap();
    let programs: Vec<_> = text.split("```python\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(programs.len() >= 3);
    // Each program continues the previous one, against the reference server.
    let file = folder("readme.py");
    std::fs::write(&file, programs.join("\n")).unwrap();
    run(Command::new(python()).arg(package().join("tests/readme.py")).arg(&file), "README.md");
    let output = mypy("readme", &[&file]);
    assert!(output.status.success(), "{}", told(&output));
    let each = programs.iter().enumerate().map(|(at, program)| {
        let file = folder(&format!("readme_{at}.py"));
        std::fs::write(&file, program).unwrap();
        file
    });
    let output = pyright("readme", each);
    assert!(output.status.success(), "{}", told(&output));
}

/// Runs mypy. Each check has its own cache, because two checks may run at once.
fn mypy(check: &str, what: &[&Path]) -> Output {
    let mut mypy = Command::new(python());
    mypy.args(["-m", "mypy", "--strict", "--no-error-summary", "--python-version", "3.10", "--cache-dir"]);
    // In the source folder, `wharf` would be imported from there instead of the installed package.
    outcome(mypy.arg(folder("mypy").join(check)).args(what).current_dir(examples()))
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn mypy_finds_nothing_in_what_is_right() {
    let (examples, tests) = (examples(), package().join("tests"));
    let output = mypy("right", &[Path::new("--exclude"), Path::new("wrong"), &examples, &tests]);
    assert!(output.status.success(), "{}", told(&output));
}

/// Checks that a type checker found an error in each line that is marked as wrong, and in no other.
fn assert_finds_what_is_wrong(said: &str, error: &str) {
    let errors = said.lines().filter_map(|line| line.split_once(error)).map(|(place, _)| place);
    let found: BTreeSet<usize> =
        errors.filter_map(|place| place.split(':').find_map(|part| part.parse().ok())).collect();
    let source = std::fs::read_to_string(wrong()).unwrap();
    let numbered = source.lines().zip(1..);
    let wanted: BTreeSet<usize> =
        numbered.filter(|(line, _)| line.contains("# wrong")).map(|(_, number)| number).collect();
    assert!(wanted.len() >= 20);
    assert_eq!(found, wanted, "{said}");
}

fn wrong() -> PathBuf {
    package().join("tests/wrong/wrong.py")
}

#[test]
fn mypy_finds_what_is_wrong() {
    assert_finds_what_is_wrong(&told(&mypy("wrong", &[&wrong()])), ": error: ");
}

/// Runs pyright, which expects its settings next to the checked files.
fn pyright(check: &str, files: impl Iterator<Item = PathBuf>) -> Output {
    let home = folder("pyright").join(check);
    let _ = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(&home).unwrap();
    for file in files.filter(|path| path.extension().is_some_and(|extension| extension == "py")) {
        std::fs::copy(&file, home.join(file.file_name().unwrap())).unwrap();
    }
    let settings = r#"{"typeCheckingMode": "strict", "pythonVersion": "3.10"}"#;
    std::fs::write(home.join("pyrightconfig.json"), settings).unwrap();
    let mut pyright = Command::new(python());
    outcome(pyright.args(["-m", "pyright", "--pythonpath"]).arg(python()).arg("--project").arg(&home))
}

#[test]
fn pyright_finds_nothing() {
    let files = std::fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().path());
    let output = pyright("right", files);
    assert!(output.status.success() && told(&output).contains("0 errors, 0 warnings"), "{}", told(&output));
}

#[test]
fn pyright_finds_what_is_wrong() {
    assert_finds_what_is_wrong(&told(&pyright("wrong", std::iter::once(wrong()))), " - error: ");
}

#[test]
fn the_stubs_say_what_the_module_has() {
    let allowed = package().join("tests/stubtest.txt");
    let mut stubtest = Command::new(python());
    stubtest.arg(package().join("tests/stubtest.py")).args(["wharf", "--concise", "--allowlist"]).arg(allowed);
    stubtest.current_dir(folder("."));
    run(&mut stubtest, "stubtest");
}
