//! What others run the server with: the container file, compose, the workflow, and the fixture for pytest.
//!
//! There is no container engine here. The files are read, what they name has to exist, and the commands that they run
//! are run with the program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_wharf-server");
/// The address in a container.
const EVERYWHERE: &str = "0.0.0.0:8080";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn yaml(path: &str) -> Value {
    let text = fs::read_to_string(root().join(path)).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// A program that is ended when it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the server with the arguments of a container, on a port of this machine, and returns its ready line.
fn start(arguments: &[String]) -> (Running, Value) {
    let arguments = arguments.iter().map(|argument| argument.replace(EVERYWHERE, "127.0.0.1:0"));
    let mut child = Command::new(PROGRAM).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
    (Running(child), ready)
}

/// The instructions of the container file, each in one line.
fn instructions() -> Vec<String> {
    let text = fs::read_to_string(root().join("Containerfile")).unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n");
    lines.replace("\\\n", " ").lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_container_file_starts_the_program_for_a_user_without_rights() {
    let instructions = instructions();
    let last = |word: &str| {
        let found = instructions.iter().rev().find_map(|line| line.strip_prefix(word)?.strip_prefix(' '));
        found.unwrap_or_else(|| panic!("no {word}")).to_owned()
    };
    assert_eq!(instructions.iter().filter(|line| line.starts_with("FROM ")).count(), 2);
    assert!(last("USER").parse::<u32>().is_err() && last("USER").split(':').all(|id| id.parse::<u32>().unwrap() > 0));
    assert_eq!((last("STOPSIGNAL").as_str(), last("EXPOSE").as_str()), ("SIGTERM", "8080"));
    assert_eq!(last("ENTRYPOINT"), r#"["wharf-server"]"#);
    let arguments = texts(&serde_json::from_str(&last("CMD")).unwrap());
    let (_server, ready) = start(&arguments);
    assert!(ready["endpoint"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{ready}");
    // What the build copies is whole: the ignored files are none of it.
    let ignored = fs::read_to_string(root().join(".containerignore")).unwrap();
    for needed in ["Cargo.toml", "Cargo.lock", "crates", "specs", "codegen", "tests", "benches", "examples"] {
        assert!(root().join(needed).exists() && !ignored.lines().any(|line| line == needed), "{needed}");
    }
}

/// The same command is in the container file, in compose and in the workflow.
#[test]
fn the_health_check_tells_whether_a_server_answers() {
    let check = instructions().into_iter().find(|line| line.starts_with("HEALTHCHECK ")).unwrap();
    let command = texts(&serde_json::from_str(check.split("CMD ").nth(1).unwrap()).unwrap());
    let compose = texts(&yaml("fixtures/compose/compose.yaml")["services"]["wharf"]["healthcheck"]["test"]);
    assert_eq!(compose, [&["CMD".to_owned()], &command[..]].concat());
    let workflow = yaml("fixtures/github/service.yaml");
    let options = workflow["jobs"]["service"]["services"]["wharf"]["options"].as_str().unwrap();
    assert!(options.contains(&format!("--health-cmd \"{}\"", command.join(" "))), "{options}");

    let (server, ready) = start(&["--listen".to_owned(), EVERYWHERE.to_owned()]);
    let endpoint = ready["endpoint"].as_str().unwrap();
    let ask = || {
        let arguments = command[1..].iter().map(|word| word.replace("http://127.0.0.1:8080", endpoint));
        Command::new(PROGRAM).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().code()
    };
    assert_eq!(ask(), Some(0));
    drop(server);
    assert_eq!(ask(), Some(1));
}

#[test]
fn compose_starts_the_server_with_the_key_that_its_tests_have() {
    let compose = yaml("fixtures/compose/compose.yaml");
    let (server, tests) = (&compose["services"]["wharf"], &compose["services"]["tests"]);
    let folder = root().join("fixtures/compose");
    let context = folder.join(server["build"]["context"].as_str().unwrap());
    assert!(context.join(server["build"]["dockerfile"].as_str().unwrap()).is_file());
    for volume in texts(&tests["volumes"]) {
        assert!(folder.join(volume.split(':').next().unwrap()).is_file(), "{volume}");
    }
    assert_eq!(tests["depends_on"]["wharf"]["condition"], "service_healthy");
    let (_server, ready) = start(&texts(&server["command"]));
    let environment = &tests["environment"];
    assert_eq!(ready["credentials"]["id"], environment["TENCENTCLOUD_SECRET_ID"]);
    assert_eq!(ready["credentials"]["secret"], environment["TENCENTCLOUD_SECRET_KEY"]);
}

/// The script of the workflow, with this program.
#[test]
fn the_workflow_reads_the_ready_line() {
    let workflow = yaml("fixtures/github/service.yaml");
    let jobs = workflow["jobs"].as_object().unwrap();
    assert_eq!(jobs.keys().collect::<Vec<_>>(), ["program", "service"]);
    assert!(jobs["service"]["services"]["wharf"]["image"].is_string());
    let steps = jobs["program"]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["name"] == "Start the reference server").unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("workflow");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("bin")).unwrap();
    std::os::unix::fs::symlink(PROGRAM, folder.join("bin/wharf-server")).unwrap();
    // The runner ends what a job leaves.
    let script = format!("{}\nkill %1\n", step["run"].as_str().unwrap());
    let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("bash");
    shell.args(["-e", "-o", "pipefail", "-m", "-c", &script]).env("PATH", path);
    shell.env("RUNNER_TEMP", &folder).env("GITHUB_ENV", folder.join("env"));
    assert!(shell.status().unwrap().success());
    let ready: Value = serde_json::from_str(&fs::read_to_string(folder.join("wharf.json")).unwrap()).unwrap();
    let due = [
        ("WHARF_ENDPOINT", ready["endpoint"].as_str().unwrap().trim_start_matches("http://")),
        ("TENCENTCLOUD_SECRET_ID", ready["credentials"]["id"].as_str().unwrap()),
        ("TENCENTCLOUD_SECRET_KEY", ready["credentials"]["secret"].as_str().unwrap()),
    ];
    let due: String = due.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    assert_eq!(fs::read_to_string(folder.join("env")).unwrap(), due);
}

/// Python with pytest and the vendor's client, installed once.
fn python() -> PathBuf {
    let folder = root().join("fixtures/pytest");
    let wanted = fs::read_to_string(folder.join("requirements.txt")).unwrap();
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture-venv");
    let (python, stamp) = (home.join("bin/python"), home.join("installed.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return python;
    }
    let run = |command: &mut Command| assert!(command.status().unwrap().success(), "{command:?}");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    run(Command::new(&python).args(install).arg(folder.join("requirements.txt")));
    fs::write(stamp, wanted).unwrap();
    python
}

fn pytest(folder: &str) -> Command {
    let mut command = Command::new(python());
    command.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "."]).current_dir(root().join(folder));
    command.env("PYTHONDONTWRITEBYTECODE", "1").env_remove("WHARF_SERVER_URL").env_remove("WHARF_CONTROL_TOKEN");
    command
}

#[test]
fn the_fixture_for_pytest_gives_each_test_a_cloud() {
    let output = pytest("fixtures/pytest").env("WHARF_SERVER", PROGRAM).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("5 passed"), "{said}");
    // A server that is not there is told in one line.
    let output = pytest("fixtures/pytest").env("WHARF_SERVER", "false").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.contains("false did not start: exit code 1"), "{said}");
}

/// A server that is already running is used too, and the clouds of its tests are ended.
#[test]
fn the_fixture_for_pytest_uses_a_server_that_is_running() {
    let arguments = ["--listen", EVERYWHERE, "--control-token", "fixture-token"].map(str::to_owned);
    let (_server, ready) = start(&arguments);
    let mut command = pytest("fixtures/pytest");
    let endpoint = ready["endpoint"].as_str().unwrap();
    let output =
        command.env("WHARF_SERVER_URL", endpoint).env("WHARF_CONTROL_TOKEN", "fixture-token").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The test of the compose file, with the server's address instead of its name.
#[test]
fn the_test_of_the_compose_file_passes() {
    let compose = yaml("fixtures/compose/compose.yaml");
    let (_server, ready) = start(&texts(&compose["services"]["wharf"]["command"]));
    let mut command = pytest("fixtures/compose");
    for (name, value) in compose["services"]["tests"]["environment"].as_object().unwrap() {
        command.env(name, value.as_str().unwrap());
    }
    command.env("WHARF_ENDPOINT", ready["endpoint"].as_str().unwrap().trim_start_matches("http://"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
