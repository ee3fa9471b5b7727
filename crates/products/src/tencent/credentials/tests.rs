#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};
use tokio::net::TcpListener;
use wharf_core::ErrorKind;
use wharf_core::credentials::ProvideCredentials;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const SECRET: &str = "planted-secret";

/// A file that exists as long as the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wharf-profile-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    async fn read(&self, section: &str) -> Result<(String, String, Option<String>), String> {
        let found = Profile::new().path(&self.0).section(section).credentials().await;
        let found = found.map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(!format!("{error} {error:?}").contains(SECRET));
            error.message().to_owned()
        })?;
        let token = found.token().map(|token| token.expose().to_owned());
        Ok((found.id().to_owned(), found.secret().expose().to_owned(), token))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn a_profile_is_read_as_tencents_clients_write_it() {
    let file = File::new(
        "good",
        "\u{feff}# of the account\n[default]\r\nsecret_id=\"AKIDa\"\r\nSecret_Key : 'k=1'\n\n; more\n[ prod ]\n\
         secret_id = AKIDb\nsecret_key = k2\ntoken = t2\nrole_arn = \n[default]\nregion = x\n",
    );
    assert_eq!(file.read("default").await.unwrap(), ("AKIDa".into(), "k=1".into(), None));
    assert_eq!(file.read("prod").await.unwrap(), ("AKIDb".into(), "k2".into(), Some("t2".into())));
}

#[tokio::test]
async fn a_profile_of_another_identity_is_refused_by_name() {
    for name in ["Role-Arn", "source_profile", "credential_process", "web_identity_token_file", "sso_session"] {
        let text = format!("[default]\nsecret_id = a\nsecret_key = planted-secret\n{name} = planted-secret\n");
        let file = File::new(name, &text);
        let error = Profile::new().path(&file.0).credentials().await.unwrap_err();
        let name = name.to_ascii_lowercase();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Credentials, Some(name.as_str())));
        let message = file.read("default").await.unwrap_err();
        assert!(message.contains(&format!("{name} in section [default] names another identity")), "{message}");
    }
}

#[tokio::test]
async fn a_profile_that_is_wrong_says_where() {
    for (name, text, reason) in [
        ("no-section", "[other]\nsecret_key = planted-secret\n", "it has no section [default]"),
        ("no-id", "[default]\nsecret_key = planted-secret\n", "secret_id is missing in section [default]"),
        ("empty", "[default]\nsecret_id = a\nsecret_key = \"\"\n", "secret_key is empty in section [default]"),
        ("garbage", "[default]\nsecret_id = a\nplanted-secret\n", "line 3 is neither [section] nor name = value"),
    ] {
        let file = File::new(name, text);
        let message = file.read("default").await.unwrap_err();
        assert!(message.starts_with(file.0.to_str().unwrap()) && message.ends_with(reason), "{message}");
    }
    let error = Profile::new().path("/nowhere/credentials").credentials().await.unwrap_err();
    assert_eq!(error.message(), "no file /nowhere/credentials");
}

const ROLES: &str = "/latest/meta-data/cam/security-credentials/";

/// Starts a metadata service with these responses by path; other paths return 404.
async fn metadata(responses: &[(&str, &str)]) -> (Metadata, MockServer) {
    let server = MockServer::start().await;
    for (name, body) in responses {
        let response = ResponseTemplate::new(200).set_body_string(*body);
        Mock::given(path(format!("{ROLES}{name}"))).respond_with(response).mount(&server).await;
    }
    (instance_role().base_url(format!("{}/latest/meta-data", server.uri())), server)
}

async fn asked(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| request.url.path().strip_prefix(ROLES).unwrap().to_owned()).collect()
}

const GOOD: &str = r#"{"TmpSecretId":"AKIDtmp","TmpSecretKey":"planted-secret","ExpiredTime":1900000000,
    "Expiration":"2030-03-17T17:46:40Z","Token":"planted-token","Code":"Success"}"#;

#[tokio::test]
async fn the_role_of_a_machine_is_found_and_asked_for() {
    let (role, server) = metadata(&[("", "my-role\n"), ("my-role", GOOD)]).await;
    let found = role.credentials().await.unwrap();
    assert_eq!((found.id(), found.secret().expose()), ("AKIDtmp", SECRET));
    assert_eq!(found.token().unwrap().expose(), "planted-token");
    assert_eq!(found.expires(), Some(UNIX_EPOCH + Duration::from_secs(1_900_000_000)));
    assert_eq!(asked(&server).await, ["", "my-role"]);

    let (role, server) = metadata(&[("other", GOOD)]).await;
    role.role("other").credentials().await.unwrap();
    assert_eq!(asked(&server).await, ["other"]);
}

#[tokio::test]
async fn a_role_that_gives_nothing_says_why() {
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[], "this machine has no role"),
        (&[("", "  ")], "the metadata service names no role"),
        (&[("", "<html>planted-secret")], "the metadata service names no role"),
        (&[("", "r")], "this machine does not have the role that was asked for"),
        (&[("", "r"), ("r", r#"{"Code":"Failed","TmpSecretKey":"planted-secret"}"#)], "says Failed"),
        (&[("", "r"), ("r", r#"{"Code":"Success","TmpSecretKey":"planted-secret"}"#)], "lacks TmpSecretId"),
    ];
    for (answers, reason) in cases {
        let (role, _server) = metadata(answers).await;
        let error = role.credentials().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(error.message().contains(reason), "{error}");
        assert!(!format!("{error} {error:?}").contains(SECRET));
    }
}

#[tokio::test]
async fn a_metadata_service_that_is_silent_or_endless_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let chain = Chain::new()
        .then("environment", environment().with_lookup(|_| None))
        .then("profile", Profile::new().path("/nowhere/credentials"))
        .then("role", instance_role().base_url(silent));
    let error = chain.credentials().await.unwrap_err();
    assert_eq!(
        error.message(),
        "no credentials found: environment: TENCENTCLOUD_SECRET_ID is not set; \
         profile: no file /nowhere/credentials; role: timed out after 1 s"
    );
    let (role, _server) = metadata(&[("", &"a".repeat(100_000))]).await;
    assert!(role.credentials().await.unwrap_err().message().contains("larger"));
}

#[tokio::test]
async fn both_names_of_the_token_are_read() {
    for name in ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"] {
        let found = environment().with_lookup(move |asked| match asked {
            "TENCENTCLOUD_SECRET_ID" => Some("id".to_owned()),
            "TENCENTCLOUD_SECRET_KEY" => Some("key".to_owned()),
            asked => (asked == name).then(|| "token".to_owned()),
        });
        assert_eq!(found.credentials().await.unwrap().token().unwrap().expose(), "token");
    }
}
