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

/// A running program with its endpoint.
struct Running {
    child: std::process::Child,
    endpoint: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = program().args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self { child, endpoint: ready["endpoint"].as_str().unwrap().to_owned() }
    }

    /// What a command prints, if it succeeds; else what it says.
    fn order(&self, arguments: &[&str]) -> Result<String, (i32, String)> {
        let mut command = program();
        command.args(arguments).args(["--server", &self.endpoint]).env_remove("WHARF_CONTROL_TOKEN");
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        match output.status.code() {
            Some(0) => Ok(text(&output.stdout)),
            code => Err((code.unwrap(), text(&output.stderr))),
        }
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.order(arguments).unwrap()).unwrap()
    }

    fn stop(mut self) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

#[cfg(unix)]
#[test]
fn its_commands_control_a_running_server() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("control-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (world, saved) = (folder.join("world.json"), folder.join("saved.json"));
    let world = world.to_str().unwrap();
    let server = Running::start(&["--speed", "manual", "--world", world, "--save-on-exit"]);
    assert_eq!(server.json(&["health"])["status"], "ok");
    let before = server.json(&["clock"]);
    assert_eq!(before["speed"], "manual");
    let after = server.json(&["clock", "--advance", "60", "--skew", "-5"]);
    assert!(after["time"].as_str() > before["time"].as_str());
    assert_eq!(after["skew"], -5);
    let fault = server.json(&["fault", "add", "refuse", "code=InternalError", "--operation", "DescribeClusters"]);
    assert_eq!((&fault["effect"]["kind"], &fault["operation"]), (&json!("refuse"), &json!("DescribeClusters")));
    let id = fault["id"].to_string();
    server.order(&["fault", "remove", &id]).unwrap();
    assert_eq!(server.json(&["fault", "list"])["faults"], json!([]));
    assert_eq!(server.json(&["mishap", "next_fails", "point=node_creation"])["changed"], json!(["node_creation"]));
    let policy = folder.join("policy.json");
    let text = r#"{"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*"}]}"#;
    std::fs::write(&policy, text).unwrap();
    let policy = format!("tencent={}", policy.display());
    assert_eq!(server.json(&["account", "sub", "reader", "--policy", &policy])["name"], "reader");
    assert_eq!(server.json(&["image", "add", "team/web", "v1"])["tag"], "v1");
    assert_eq!(server.json(&["image", "list"])["images"][0]["repository"], "team/web");
    let key = server.json(&["clouds", "new"])["credentials"]["id"].as_str().unwrap().to_owned();
    assert_eq!(server.json(&["state", "--cloud", &key])["counts"]["images"], 0);
    server.order(&["world", "save", saved.to_str().unwrap()]).unwrap();
    server.order(&["world", "load", saved.to_str().unwrap(), "--cloud", &key]).unwrap();
    assert_eq!(server.json(&["state", "--cloud", &key])["counts"]["images"], 1);
    server.order(&["clouds", "end", &key]).unwrap();
    assert_eq!(server.json(&["clouds"])["clouds"].as_array().unwrap().len(), 1);
    assert_eq!(server.json(&["journal", "list", "product=tke"])["entries"], json!([]));

    let (code, said) = server.order(&["clock", "--speed", "0"]).unwrap_err();
    assert_eq!(code, 1);
    assert!(said.contains("speed: 0 is no speed; expected: \"manual\""), "{said}");
    assert_eq!(server.order(&["clock", "--elephant"]).unwrap_err().0, 2);
    assert_eq!(server.order(&["fault", "add", "refuse", "code"]).unwrap_err().0, 2);
    let nowhere = program().args(["state", "--server", "http://127.0.0.1:1"]).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(1));
    server.stop();

    // The cloud continues where it ended.
    let again = Running::start(&["--world", world]);
    assert_eq!(again.json(&["clock"])["time"], after["time"]);
    assert_eq!(again.json(&["state"])["counts"]["images"], 1);
    again.order(&["reset"]).unwrap();
    assert_eq!(again.json(&["state"])["counts"]["images"], 0);
    again.stop();
    std::fs::write(world, "{}").unwrap();
    for arguments in [&["--world", world][..], &["--world", "/no/such/file"], &["--control-token", ""]] {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    }
    for arguments in [&["--speed", "0"][..], &["--speed", "fast"], &["--save-on-exit"], &["--max-clouds", "0"]] {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[cfg(unix)]
#[test]
fn its_commands_have_the_token_of_a_server_that_needs_one() {
    let server = Running::start(&["--control-token", "t0ken-of-the-test"]);
    let (code, said) = server.order(&["state"]).unwrap_err();
    assert!(code == 1 && said.contains("control token is missing"), "{said}");
    let (_, said) = server.order(&["state", "--control-token", "wr0ng"]).unwrap_err();
    assert!(said.contains("control token is wrong") && !said.contains("wr0ng"), "{said}");
    server.order(&["state", "--control-token", "t0ken-of-the-test"]).unwrap();
    server.stop();
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

/// A captured request, and with what the program ends.
#[test]
fn it_explains_a_captured_request_and_exits_with_the_verdict() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("explain-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (headers, body) = ([("content-type", "application/json"), ("host", "tke.example.com")], b"{}");
    let payload = wharf_sign::Payload::Bytes(body);
    let request = wharf_sign::Request { method: "POST", path: "/", headers: &headers, payload, ..Default::default() };
    let key = wharf_sign::Credentials { id: "AKIDx", secret: "planted-secret", token: None };
    let scope = wharf_sign::tc3::Scope { service: "tke", timestamp: 1_551_113_065 };
    let signed = wharf_sign::tc3::sign(&request, &key, &scope);
    let capture = format!(
        "POST / HTTP/1.1\nHost: tke.example.com\nContent-Type: application/json\nX-TC-Action: DescribeClusters\n\
         X-TC-Version: 2018-05-25\nX-TC-Timestamp: 1551113065\nAuthorization: {}\n\n{{}}\n",
        signed.authorization()
    );
    let (file, secret) = (folder.join("request.txt"), folder.join("secret"));
    std::fs::write(&file, &capture).unwrap();
    std::fs::write(&secret, "planted-secret\n").unwrap();
    let file = file.to_str().unwrap();
    let run = |arguments: &[&str], secret: Option<&str>, input: &str| {
        let mut command = program();
        command.arg("explain").args(arguments).env_remove("WHARF_SECRET_ID").env_remove("WHARF_SECRET_KEY");
        command.envs(secret.map(|secret| ("WHARF_SECRET_KEY", secret)));
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let (out, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(!out.contains("planted") && !errors.contains("planted"), "{out} {errors}");
        (output.status.code(), out, errors)
    };
    let at = ["--at", "2019-02-25T16:44:25Z"];
    let good = run(&[file, at[0], at[1], "--secret-file", secret.to_str().unwrap()], None, "");
    assert_eq!(good.0, Some(0), "{good:?}");
    assert!(
        good.1.starts_with("Signature: good (TC3-HMAC-SHA256)\nRequest:   tke DescribeClusters, POST /\n"),
        "{}",
        good.1
    );
    let piped = run(&["-", at[0], "1551113065", "--json"], Some("planted-secret "), &capture);
    let json: Value = serde_json::from_str(&piped.1).unwrap();
    assert_eq!((piped.0, &json["verdict"]), (Some(1), &json!("wrong")));
    let cause = "The secret key was used without the white space that it has around it here.";
    assert_eq!(json["diagnosis"]["cause"], cause);
    let now = run(&[file], Some("planted-secret"), "");
    assert_eq!(now.0, Some(1));
    assert!(now.1.contains("Signature: expired") && now.1.contains("AuthFailure.SignatureExpire"), "{}", now.1);
    for (arguments, secret, expected) in [
        (&["-"][..], Some("planted-secret"), "there is no request line"),
        (&["nowhere.txt"], Some("planted-secret"), "nowhere.txt: "),
        (&[file], None, "the secret is needed: set WHARF_SECRET_KEY"),
        (&[file, "--at", "noon"], Some("planted-secret"), "it is neither seconds since 1970"),
    ] {
        let (code, _, errors) = run(arguments, secret, "");
        assert!(code == Some(2) && errors.contains(expected), "{arguments:?}: {errors}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The log and the journal of the program have a line for each request.
#[tokio::test]
async fn its_log_and_its_journal_have_the_requests() {
    let server = Server::builder().without_socket().start().await.unwrap();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("journal-{}.jsonl", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let mut command = program();
    command.args(["--secret-id", "AKIDx", "--secret-key", "planted", "--log", "info", "--journal"]).arg(&path);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let host = ready["endpoint"].as_str().unwrap().replace("http://", "");
    let call = |secret: &str| {
        let credentials = Credentials::new("AKIDx", secret.to_owned());
        Call::tke("DescribeClusters", json!({})).with(|call| {
            call.credentials = Some(credentials);
            call.host = Some(host.clone());
        })
    };
    for secret in ["planted", "other"] {
        exchange_at(host.parse().unwrap(), &call(secret).request(&server)).await.unwrap();
    }
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success() && child.wait().unwrap().success());
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("DescribeClusters")).collect();
    assert!(lines.len() == 2 && lines.iter().all(|line| line.contains("INFO")), "{log}");
    assert!(lines[0].contains("outcome=\"succeeded\"") && lines[1].contains("signature=\"wrong\""), "{log}");
    assert!(!log.contains("planted") && !log.contains('\u{1b}'), "{log}");
    let journal = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let entries: Vec<Value> = journal.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let codes: Vec<_> = entries.iter().map(|entry| entry["code"].as_str()).collect();
    assert_eq!(codes, [None, Some("AuthFailure.SignatureFailure")]);
    assert!(!journal.contains("planted"));
}
