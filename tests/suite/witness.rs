//! The vendors' own clients, from PyPI, and the scripts that drive the server with them.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use wharf_server::world::registry::Image;
use wharf_server::{FailurePoint, Fault, MachineFault, Server};

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("witness")
}

/// The Python of a virtual environment with the clients that `requirements.txt` names, made when it is
/// not there yet.
pub(crate) fn python() -> PathBuf {
    static READY: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    READY.get_or_init(|| environment("witness-venv", "requirements.txt")).clone()
}

/// The Python of a virtual environment with `tccli`. It has one of its own, because it brings all of the vendor's typed
/// clients, and they would replace those that `requirements.txt` names.
pub(crate) fn tccli() -> PathBuf {
    static READY: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    READY.get_or_init(|| environment("tccli-venv", "requirements-tccli.txt")).clone()
}

fn environment(name: &str, requirements: &str) -> PathBuf {
    let requirements = folder().join(requirements);
    let wanted = std::fs::read_to_string(&requirements).unwrap();
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let (python, stamp) = (home.join("bin/python"), home.join("installed.txt"));
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return python;
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home), "python3 with venv is needed");
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&requirements);
    run(&mut install, "the vendor's client could not be installed");
    std::fs::write(&stamp, wanted).unwrap();
    python
}

pub(crate) fn run(command: &mut Command, what: &str) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(output.status.success(), "{what}:\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The script, ready to run against the server.
pub(crate) fn script(server: &Server, name: &str, arguments: &[&str]) -> Command {
    let credentials = server.credentials();
    let mut command = Command::new(python());
    command
        .arg(folder().join(name))
        .args(arguments)
        .env("WHARF_ENDPOINT", server.address().unwrap().to_string())
        .env("WHARF_SECRET_ID", credentials.id())
        .env("WHARF_SECRET_KEY", credentials.secret().expose())
        .env("WHARF_REGION", server.region())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONIOENCODING", "utf-8");
    command
}

pub(crate) fn drive(server: &Server, name: &str, arguments: &[&str]) -> String {
    let output = run(&mut script(server, name, arguments), name);
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a script and does what it asks for besides its calls; gives the lines that it says otherwise.
pub(crate) fn accompany(server: &Server, mut command: Command) -> Vec<String> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut answers, mut said) = (child.stdin.take().unwrap(), Vec::new());
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        match line.strip_prefix("! ") {
            Some(wish) => writeln!(answers, "{}", grant(server, wish)).unwrap(),
            None => said.push(line),
        }
    }
    drop(answers);
    assert!(child.wait().unwrap().success(), "{command:?}: see above");
    said
}

/// What no operation does: time passes, docker logs in and pushes, someone stars a repository, a service has more to
/// do, something on the way fails.
fn grant(server: &Server, wish: &str) -> String {
    let words: Vec<&str> = wish.split(' ').collect();
    if let ["wait", seconds] = words[..] {
        server.advance(Duration::from_secs(seconds.parse().unwrap()));
        return String::new();
    }
    if let ["fail", status] = words[..] {
        server.faults().add(Fault::http_status(status.parse().unwrap()).times(1));
        return String::new();
    }
    let account = server.journal().last().and_then(|call| call.account).unwrap();
    server.with_world(|world| match words[..] {
        ["push", repository, tag, content] => {
            world.push_image(&account, repository, tag, Image::new(content, 4_096)).unwrap()
        }
        ["favor", repository] => {
            world.registry.add_favorite(&account, repository).unwrap();
            String::new()
        }
        ["load", cluster, service, times] => {
            world.load_service(&account, server.region(), cluster, "default", service, times.parse().unwrap());
            String::new()
        }
        ["break", machine] => world.break_machine(machine, MachineFault::Kubelet).to_string(),
        ["fail-next", "addon", ref reason @ ..] => {
            world.fail_next(FailurePoint::AddonInstallation, reason.join(" "));
            String::new()
        }
        ["login", password] => world.registry.login(&account, password).to_string(),
        _ => panic!("what is `{wish}`?"),
    })
}
