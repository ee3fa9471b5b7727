//! Builds the wheel and installs it, for the tests of this package and for the behaviour suite.
#![allow(dead_code, reason = "each of them uses a part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Returns the package's folder.
pub fn package() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(|folder| folder.join("crates/python").is_dir());
    root.unwrap().join("crates/python")
}

/// Returns a folder in the build folder.
pub fn folder(name: &str) -> PathBuf {
    home().join(name)
}

/// Returns the folder of files that are built for the tests and kept for the next run.
fn home() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("python")
}

/// Returns the Python of a virtual environment with the tools of `requirements.txt` and the current wheel.
pub fn python() -> &'static Path {
    static READY: OnceLock<PathBuf> = OnceLock::new();
    READY.get_or_init(|| {
        let requirements = package().join("tests/requirements.txt");
        let wanted = std::fs::read_to_string(&requirements).unwrap();
        let (venv, stamp) = (home().join("venv"), home().join("installed.txt"));
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            install(&venv, &["--force-reinstall", "--no-deps"], wheel());
        } else {
            make(&venv);
            install(&venv, &["-r"], &requirements);
            install(&venv, &["--force-reinstall", "--no-deps"], wheel());
            std::fs::write(&stamp, wanted).unwrap();
        }
        interpreter(&venv)
    })
}

/// Returns the Python of a fresh virtual environment with only the wheel.
pub fn fresh(name: &str) -> PathBuf {
    python();
    let venv = home().join(name);
    make(&venv);
    install(&venv, &["--no-index"], wheel());
    interpreter(&venv)
}

/// Returns the wheel: the one that `WHARF_WHEEL` names, or one that is built with maturin in a quick profile.
fn wheel() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        if let Some(wheel) = std::env::var_os("WHARF_WHEEL") {
            return wheel.into();
        }
        let (venv, wheels) = (home().join("venv"), home().join("wheels"));
        // A wheel of an older version would be found too.
        let _ = std::fs::remove_dir_all(&wheels);
        let mut maturin = Command::new(interpreter(&venv));
        maturin
            .args(["-m", "maturin", "build", "--quiet", "--profile", "dev", "--target-dir"])
            .arg(home().join("target"));
        maturin.arg("--interpreter").arg(interpreter(&venv)).arg("--out").arg(&wheels).current_dir(package());
        run(&mut maturin, "the wheel could not be built");
        let mut found = std::fs::read_dir(&wheels).unwrap().map(|entry| entry.unwrap().path());
        found.find(|path| path.extension().is_some_and(|extension| extension == "whl")).unwrap()
    })
}

/// Returns the reference server as a program, built in the same folder as the wheel.
pub fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let target = home().join("target");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "wharf-server", "--target-dir"]).arg(&target);
        run(cargo.current_dir(package()), "the program could not be built");
        target.join("debug").join(format!("wharf-server{}", std::env::consts::EXE_SUFFIX))
    })
}

fn make(venv: &Path) {
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(venv), "python3 with venv is needed");
}

fn install(venv: &Path, options: &[&str], what: &Path) {
    let mut pip = Command::new(interpreter(venv));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(options).arg(what);
    run(&mut pip, "installing failed");
}

fn interpreter(venv: &Path) -> PathBuf {
    venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

/// Runs a command that must succeed, and returns its output.
pub fn run(command: &mut Command, what: &str) -> String {
    let output = outcome(command);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{what}: {command:?}\n{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// Runs a command that may fail.
pub fn outcome(command: &mut Command) -> Output {
    // No files are left in the source folder.
    let clean = [("PYTHONDONTWRITEBYTECODE", "1".into()), ("MYPY_CACHE_DIR", folder("mypy-cache"))];
    command.envs(clean).env("PYTHONUTF8", "1").output().unwrap()
}
