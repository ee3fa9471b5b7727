//! The program: its line of JSON, its end, its coverage.

use crate::client::{Answer, Call, exchange_at};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use wharf_core::credentials::Credentials;
use wharf_server::Server;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_wharf-server"))
}

#[test]
fn it_prints_one_line_when_ready_and_stops_when_told() {
    let mut child = program()
        .args(["--tls", "--speed", "60", "--secret-id", "AKIDx", "--secret-key", "y", "--region", "private-1"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let endpoint = ready["endpoint"].as_str().unwrap();
    assert!(endpoint.starts_with("https://127.0.0.1:"), "{line}");
    assert_eq!((&ready["products"]["tke"], &ready["products"]["tcr"]), (&ready["endpoint"], &ready["endpoint"]));
    assert_eq!((&ready["credentials"]["id"], &ready["credentials"]["secret"]), (&"AKIDx".into(), &"y".into()));
    assert_eq!((&ready["region"], &ready["speed"]), (&"private-1".into(), &60.into()));
    let root = ready["tls"]["ca"].as_str().unwrap().to_owned();
    assert!(std::fs::read_to_string(&root).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(Path::new(ready["tls"]["certificate"].as_str().unwrap()).exists());

    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(child.wait().unwrap().success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert!(!Path::new(&root).exists());
}

/// The codes of an operation that only public clouds have.
#[tokio::test]
async fn its_flags_are_for_what_it_does_not_simulate_and_for_its_edition() {
    // Signs for the program.
    let server = Server::builder().without_socket().start().await.unwrap();
    for (flags, code) in [
        (&[][..], "UnsupportedOperation"),
        (&["--shaped"], ""),
        (&["--private"], "InvalidAction"),
        (&["--private", "--shaped"], "InvalidAction"),
    ] {
        let mut child = program().args(flags).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let host = text(&ready["endpoint"]).replace("http://", "");
        let (id, secret) = (text(&ready["credentials"]["id"]), text(&ready["credentials"]["secret"]));
        let call = Call::tke("DescribeTKEEdgeClusters", json!({})).with(|call| {
            call.region = text(&ready["region"]);
            call.credentials = Some(Credentials::new(id, secret));
            call.host = Some(host.clone());
        });
        let bytes = exchange_at(host.parse().unwrap(), &call.request(&server)).await.unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let answer = Answer::read(&bytes);
        assert_eq!(answer.code(), code, "{flags:?}: {}", answer.message());
        assert_eq!(answer.json()["Clusters"] == json!([]), code.is_empty(), "{flags:?}");
    }
}

#[cfg(unix)]
#[test]
fn its_certificates_are_in_a_private_folder_that_cannot_be_foretold() {
    use std::os::unix::fs::PermissionsExt;
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("private-{}", std::process::id()));
    std::fs::create_dir_all(&temporary).unwrap();
    let mut names = Vec::new();
    for _ in 0..2 {
        let mut child = program().arg("--tls").env("TMPDIR", &temporary).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let root = Path::new(ready["tls"]["ca"].as_str().unwrap());
        let folder = root.parent().unwrap().to_owned();
        assert_eq!(folder.parent(), Some(temporary.as_path()));
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(std::fs::symlink_metadata(root).unwrap().is_file());
        let name = folder.file_name().unwrap().to_str().unwrap().strip_prefix("wharf-server-").unwrap().to_owned();
        assert!(name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        names.push(name);
        assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        assert!(child.wait().unwrap().success());
        assert!(!folder.exists());
    }
    assert_ne!(names.first(), names.last());
    std::fs::remove_dir_all(&temporary).unwrap();
}

#[test]
fn it_refuses_half_a_key() {
    let output = program().args(["--secret-id", "AKIDx"]).output().unwrap();
    assert!(!output.status.success());
}

#[test]
fn it_counts_what_it_covers() {
    let output = program().args(["coverage", "--json"]).output().unwrap();
    let coverage: Value = serde_json::from_slice(&output.stdout).unwrap();
    let products = coverage["products"].as_array().unwrap();
    let text = String::from_utf8(program().arg("coverage").output().unwrap().stdout).unwrap();
    for specified in wharf_spec::Catalog::embedded().unwrap().products() {
        let (name, total) = (&specified.name, specified.operations.len() as u64);
        let is_meant = |product: &&Value| product["product"] == **name && product["version"] == *specified.version;
        let product = products.iter().find(is_meant).unwrap();
        assert_eq!((&product["typed"], &product["checked"]), (&Value::from(total), &Value::from(total)));
        let unsimulated = product["unsimulated"].as_array().unwrap().len() as u64;
        let simulated = product["simulated"].as_u64().unwrap();
        assert_eq!(simulated + unsimulated, total);
        let line = format!("{name} {}: {total} typed, {total} checked, {simulated} simulated;", specified.version);
        assert!(text.contains(&line), "{text} lacks {line}");
        let cells = format!("| {total} | {total} | {simulated} |");
        let readme = include_str!("../../../../README.md").lines().find(|line| {
            line.contains(&format!("| {} |", specified.version)) && line.contains(&format!("`wharf::{name}"))
        });
        let readme = readme.unwrap_or_else(|| panic!("README lacks {name} {}", specified.version));
        assert!(readme.contains(&cells), "{readme} lacks {cells}");
    }
}
