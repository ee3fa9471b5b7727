//! Alibaba's own Python clients, from PyPI, drive the server.

use crate::witness::python;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use wharf_server::{Server, SignatureMethod, Time};

/// World seconds in one of ours: life cycles of minutes in moments.
const SPEED: u32 = 600;
/// The parts of the script.
const SECTIONS: [&str; 10] =
    ["cluster", "node", "pool", "addon", "upgrade", "template", "refusals", "session", "organization", "deletion"];

/// Runs the script with one of the clients, does what it wishes for, and gives what it says otherwise.
fn drive(server: &Server, client: &str) -> Vec<String> {
    let credentials = server.credentials();
    let mut command = Command::new(python());
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("witness/ack_lifecycle.py"))
        .arg(client)
        .env("WHARF_ENDPOINT", server.address().unwrap().to_string())
        .env("WHARF_ACCESS_KEY", credentials.id())
        .env("WHARF_SECRET_KEY", credentials.secret().expose())
        .env("WHARF_REGION", server.region())
        .env("WHARF_ROLE", server.role_arn())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONIOENCODING", "utf-8");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut answers, mut said) = (child.stdin.take().unwrap(), Vec::new());
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        match line.unwrap() {
            wish if wish == "! expire" => {
                server.expire_tokens();
                writeln!(answers).unwrap();
            }
            line => said.push(line),
        }
    }
    drop(answers);
    assert!(child.wait().unwrap().success(), "{client}: see above");
    said
}

/// Runs the script and gives the operations that were done in it.
async fn driven(client: &str, signed: SignatureMethod) -> BTreeSet<String> {
    let server = crate::support::documents().time(Time::Accelerated(SPEED)).rate_limits(false).start().await.unwrap();
    assert_eq!(drive(&server, client), SECTIONS.map(|section| format!("ok {section}")));
    let calls = server.journal().calls();
    let by = |operation: &str| if operation == "AssumeRole" { SignatureMethod::AcsRpc } else { signed };
    let wrong: Vec<_> = calls.iter().filter(|call| call.signature_method != by(&call.operation)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let refused: BTreeSet<&str> = calls.iter().filter_map(|call| call.code.as_deref()).collect();
    for code in ["SignatureDoesNotMatch", "InvalidTimeStamp.Expired", "InvalidSecurityToken.Expired"] {
        assert!(refused.contains(code), "{code} did not come up");
    }
    server.stop().await;
    calls.into_iter().filter(|call| call.code.is_none()).map(|call| call.operation).collect()
}

/// The files that our requests are held against in `ack::golden`.
#[test]
fn the_golden_files_are_what_the_clients_send() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("witness/record_alibaba.py");
    let mut check = Command::new(python());
    let output = check.arg(script).arg("--check").env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The operations of the guide that are not among these.
fn left(done: &BTreeSet<String>) -> Vec<&'static str> {
    let ours =
        crate::support::documented().map(|entry| entry.meta).filter(|meta| matches!(meta.product, "ack" | "sts"));
    ours.map(|meta| meta.name).filter(|name| !done.contains(*name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_older_client_lives_through_clusters_nodes_pools_and_addons() {
    let done = driven("older", SignatureMethod::AcsRoa).await;
    assert_eq!(left(&done), [""; 0], "with its common request it can do everything");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newer_client_lives_through_clusters_nodes_pools_and_addons() {
    let done = driven("newer", SignatureMethod::Acs3).await;
    assert_eq!(left(&done), ["DescribeAddons", "DescribeClusterNamespaces"], "it has one not, and one in another form");
}
