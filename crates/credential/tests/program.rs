//! The program as kubectl runs it, with ACK's `user_config` from a server of this test. The fields of the output are
//! those of Kubernetes' `ExecCredential` (client.authentication.k8s.io/v1).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const INFO: &str =
    r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}"#;

/// A server that answers `user_config` with that user, and how often it was asked.
async fn cloud(user: Value, expiration: &str) -> MockServer {
    let config = json!({"users": [{"name": "u", "user": user}], "contexts": [{"name": "c", "context": {"user": "u"}}],
        "current-context": "c"});
    let body = json!({"config": config.to_string(), "expiration": expiration});
    let server = MockServer::start().await;
    let mock = Mock::given(method("GET")).and(path("/k8s/c-1/user_config"));
    mock.respond_with(ResponseTemplate::new(200).set_body_json(body)).mount(&server).await;
    server
}

/// An empty folder of this test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("credential-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn command(server: &str, cache: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wharf-credential"));
    command.args(["ack", "--cluster", "c-1", "--region", "cn-north-1", "--endpoint", server, "--cache-dir"]).arg(cache);
    command.env("ALIBABA_CLOUD_ACCESS_KEY_ID", "id").env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "planted-secret");
    command.env("KUBERNETES_EXEC_INFO", INFO);
    command
}

/// The status of the credential that the program printed.
#[track_caller]
fn printed(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let credential: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(credential["kind"], "ExecCredential");
    credential["status"].clone()
}

#[track_caller]
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!error.contains("planted"), "{error}");
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_fetched_once_by_many_and_cached_for_its_owner() {
    let server = cloud(json!({"token": "planted-token"}), "2099-01-01T00:00:00Z").await;
    let cache = folder("token");
    let running: Vec<_> = (0..6)
        .map(|_| {
            let mut command = command(&server.uri(), &cache);
            tokio::task::spawn_blocking(move || command.output().unwrap())
        })
        .collect();
    for output in running {
        let status = printed(&output.await.unwrap());
        assert_eq!(status, json!({"token": "planted-token", "expirationTimestamp": "2099-01-01T00:00:00Z"}));
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    let files: Vec<PathBuf> = std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "the credentials and the lock: {files:?}");
    #[cfg(unix)]
    for file in files.iter().chain([&cache]) {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o077, 0, "{file:?}");
    }
    // Another lifetime is another entry, and without the cache everything is fetched.
    printed(&command(&server.uri(), &cache).args(["--lifetime", "3600"]).output().unwrap());
    printed(&command(&server.uri(), &cache).arg("--no-cache").output().unwrap());
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expires_soon_or_cannot_be_read_is_fetched_again() {
    let server = cloud(json!({"token": "t"}), "2024-03-10T09:56:17Z").await;
    let cache = folder("expired");
    for fetched in 1..=2 {
        assert_eq!(printed(&command(&server.uri(), &cache).output().unwrap())["token"], "t");
        assert_eq!(server.received_requests().await.unwrap().len(), fetched);
    }
    let server = cloud(json!({"token": "t"}), "2099-01-01T00:00:00Z").await;
    printed(&command(&server.uri(), &cache).output().unwrap());
    for file in std::fs::read_dir(&cache).unwrap() {
        std::fs::write(file.unwrap().path(), "not JSON").unwrap();
    }
    printed(&command(&server.uri(), &cache).output().unwrap());
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_text_and_the_version_is_that_of_the_client() {
    // `printf certificate | base64` and `printf key | base64`.
    let user = json!({"client-certificate-data": "Y2VydGlmaWNhdGU=", "client-key-data": "a2V5"});
    let server = cloud(user, "2099-01-01T00:00:00Z").await;
    let cache = folder("certificate");
    let info = INFO.replace("/v1\"", "/v1beta1\"");
    let output = command(&server.uri(), &cache).env("KUBERNETES_EXEC_INFO", info).output().unwrap();
    let status = printed(&output);
    assert_eq!((&status["clientCertificateData"], &status["clientKeyData"]), (&json!("certificate"), &json!("key")));
    assert_eq!(
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["apiVersion"],
        "client.authentication.k8s.io/v1beta1"
    );
    let output = command(&server.uri(), &cache).env_remove("KUBERNETES_EXEC_INFO").output().unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["apiVersion"],
        "client.authentication.k8s.io/v1"
    );
    for (info, says) in [(INFO.replace("/v1\"", "/v9\""), "v1beta1"), ("planted".into(), "KUBERNETES_EXEC_INFO")] {
        let output = command(&server.uri(), &cache).env("KUBERNETES_EXEC_INFO", info).output().unwrap();
        let error = refused(&output);
        assert!(error.contains(says), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_told_and_not_cached() {
    let server = cloud(json!({"exec": {"command": "planted"}}), "2099-01-01T00:00:00Z").await;
    let cache = folder("failures");
    let error = refused(&command(&server.uri(), &cache).output().unwrap());
    assert!(error.contains("neither"), "{error}");
    let error = refused(&command(&server.uri(), &cache).args(["--option", "no_such=planted"]).output().unwrap());
    assert!(error.contains("no_such"), "{error}");
    let error = refused(&command(&server.uri(), &cache).args(["--lifetime", "60"]).output().unwrap());
    assert!(error.contains("TemporaryDurationMinutes"), "{error}");
    let stored = std::fs::read_dir(&cache)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "json"));
    assert_eq!(stored.count(), 0);
}
