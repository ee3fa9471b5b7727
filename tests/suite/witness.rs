//! Tencent's own Python client, from PyPI, drives the server.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use wharf_server::{Server, Time};

/// World seconds in one of ours: life cycles of minutes in moments.
const SPEED: u32 = 600;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("witness")
}

/// The Python of a virtual environment with the clients that `requirements.txt` names, made when it is
/// not there yet.
pub(crate) fn python() -> PathBuf {
    static READY: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    READY
        .get_or_init(|| {
            let requirements = folder().join("requirements.txt");
            let wanted = std::fs::read_to_string(&requirements).unwrap();
            let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("witness-venv");
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
        })
        .clone()
}

fn run(command: &mut Command, what: &str) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(output.status.success(), "{what}:\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn drive(server: &Server, script: &str, arguments: &[&str]) -> String {
    let credentials = server.credentials();
    let output = run(
        Command::new(python())
            .arg(folder().join(script))
            .args(arguments)
            .env("WHARF_ENDPOINT", server.address().unwrap().to_string())
            .env("WHARF_SECRET_ID", credentials.id())
            .env("WHARF_SECRET_KEY", credentials.secret().expose())
            .env("WHARF_REGION", server.region())
            .env("PYTHONDONTWRITEBYTECODE", "1"),
        script,
    );
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_client_lives_through_clusters_nodes_endpoints_and_registries() {
    let server = Server::builder().time(Time::Accelerated(SPEED)).rate_limits(false).start().await.unwrap();
    for (signature, method) in
        [("TC3-HMAC-SHA256", "POST"), ("TC3-HMAC-SHA256", "GET"), ("HmacSHA1", "POST"), ("HmacSHA256", "GET")]
    {
        let said = drive(&server, "lifecycle.py", &[signature, method]);
        assert_eq!(said.trim(), format!("ok {signature} {method}"));
    }
    let refused: Vec<String> = server.journal().calls().into_iter().filter_map(|entry| entry.code).collect();
    for code in ["AuthFailure.SignatureFailure", "AuthFailure.SignatureExpire", "InvalidAction", "MissingParameter"] {
        assert!(refused.iter().any(|refused| refused == code), "{code} did not come up");
    }
    server.stop().await;
}
