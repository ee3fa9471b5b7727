//! The vendors' own Python clients: each fault is one of their exceptions, and none hangs.
//!
//! Where a client does something else, [`OTHERWISE`] says what: that is how it meets such an answer of a cloud, too.

use super::table::{Kind, TOKEN, Then, WAYS, Way, kinds};
use crate::support::builder;
use crate::witness::script;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use wharf::Credentials;
use wharf_server::{Fault, Server};

/// A client: its name in the script, the way that it calls, and where its exceptions are defined.
struct Client {
    name: &'static str,
    way: &'static str,
    exceptions: &'static [&'static str],
}

const CLIENTS: [Client; 6] = [
    Client { name: "tencent-tc3", way: "tke TC3", exceptions: &["tencentcloud."] },
    Client { name: "tencent-v1", way: "tke GET HmacSHA1", exceptions: &["tencentcloud."] },
    Client { name: "huawei", way: "cce AK/SK", exceptions: &["huaweicloudsdkcore."] },
    Client { name: "alibaba-older", way: "ack ROA", exceptions: &["aliyunsdkcore."] },
    Client { name: "alibaba-older-sts", way: "sts", exceptions: &["aliyunsdkcore."] },
    Client { name: "alibaba-newer", way: "ack ACS3", exceptions: &["alibabacloud_tea_openapi.", "Tea.", "darabonba."] },
];

/// What a client does that has no exception for a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Otherwise {
    /// It reads the answer.
    Reads,
    /// It returns without an error, and without the answer.
    Returns,
    /// An exception of a library below it, or of what reads the body that it returns.
    Raises(&'static str),
}

/// The page of a proxy that says that all is well.
const PAGE: &str = r#"{"kind":"status","status":200}"#;

/// What each client does otherwise, by the beginning of its name and the effect.
///
/// - requests, below all of them, unpacks compressed bodies, and a timeout is for each part of a body.
/// - Huawei's client reads the body of an error as JSON, whatever it is, and takes a body that is none for an answer
///   without members. It does not translate an error of requests while the body is read.
/// - Alibaba's older client returns the body as it is: that it cannot be read shows where it is read. It takes a body
///   that is shorter than its length.
const OTHERWISE: &[(&str, &str, Otherwise)] = &[
    ("", r#"{"kind":"compressed"}"#, Otherwise::Reads),
    ("", r#"{"bytes":8,"kind":"drip","pause":0.3}"#, Otherwise::Reads),
    ("huawei", r#"{"kind":"status","status":503}"#, Otherwise::Raises("json.decoder.JSONDecodeError")),
    ("huawei", r#"{"kind":"status","status":500}"#, Otherwise::Raises("json.decoder.JSONDecodeError")),
    ("huawei", r#"{"kind":"status","status":403}"#, Otherwise::Raises("json.decoder.JSONDecodeError")),
    ("huawei", PAGE, Otherwise::Returns),
    ("huawei", r#"{"kind":"garbage"}"#, Otherwise::Returns),
    ("huawei", r#"{"kind":"empty"}"#, Otherwise::Returns),
    ("huawei", r#"{"kind":"truncate"}"#, Otherwise::Raises("requests.exceptions.ChunkedEncodingError")),
    ("alibaba-older", PAGE, Otherwise::Raises("json.decoder.JSONDecodeError")),
    ("alibaba-older", r#"{"kind":"truncate"}"#, Otherwise::Raises("json.decoder.JSONDecodeError")),
    ("alibaba-older", r#"{"kind":"empty"}"#, Otherwise::Raises("json.decoder.JSONDecodeError")),
    ("alibaba-older", r#"{"kind":"garbage"}"#, Otherwise::Raises("builtins.UnicodeDecodeError")),
];

/// Returns whether the outcome is the one that is due.
fn fits(client: &Client, kind: &Kind, found: &Value) -> bool {
    let (outcome, by) = (&found["outcome"], found["by"].as_str().unwrap_or_default());
    let effect = kind.effect.to_string();
    let otherwise = OTHERWISE.iter().find(|(name, which, _)| client.name.starts_with(name) && *which == effect);
    match otherwise.map(|(.., otherwise)| *otherwise) {
        Some(Otherwise::Reads) => outcome == "read",
        Some(Otherwise::Returns) => outcome == "read wrongly",
        Some(Otherwise::Raises(name)) => format!("{by}.{}", found["kind"].as_str().unwrap_or_default()) == name,
        None if kind.then == Then::Read => outcome == "read",
        None => outcome == "raised" && client.exceptions.iter().any(|module| by.starts_with(module)),
    }
}

/// Runs a client with all faults and returns what is wrong.
fn problems(client: &Client, server: &Server) -> Vec<String> {
    let way: &Way = WAYS.iter().find(|way| way.name == client.way).unwrap();
    let mut command = script(server, "faults.py", &[client.name]);
    command.env("WHARF_TOKEN", TOKEN).env("WHARF_PROJECT_ID", server.project_id()).env("WHARF_ROLE", server.role_arn());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut orders, mut said) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
    let mut problems = Vec::new();
    for kind in kinds() {
        server.faults().clear();
        server.journal().clear();
        server.faults().add(Fault::from_json(&way.order(&kind.effect)).unwrap());
        writeln!(orders, "call").unwrap();
        let found: Value = serde_json::from_str(&said.next().unwrap().unwrap()).unwrap();
        let name = kind.effect["kind"].as_str();
        let struck = server.journal().calls().iter().any(|call| call.fault == name);
        if !fits(client, &kind, &found) || !struck {
            problems.push(format!("{} / {}: {found}, struck: {struck}", client.name, kind.effect));
        }
    }
    drop(orders);
    assert!(child.wait().unwrap().success(), "{}: see above", client.name);
    problems
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_an_exception_of_the_vendors_clients() {
    let clients = CLIENTS.iter().map(|client| async move {
        let key = Credentials::new("AKIDexample", "pl4nted-k3y").with_token(TOKEN);
        let server = builder().credentials(key).start().await.unwrap();
        tokio::task::spawn_blocking(move || problems(client, &server)).await.unwrap()
    });
    let problems = futures_util::future::join_all(clients).await.concat();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
