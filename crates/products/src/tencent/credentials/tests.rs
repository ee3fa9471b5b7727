#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wharf_core::ErrorKind;
use wharf_core::credentials::ProvideCredentials;

const SECRET: &str = "planted-secret";

/// A file that is there as long as the test.
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
    for name in
        ["role_arn", "Role-Arn", "source_profile", "credential_process", "web_identity_token_file", "sso_session"]
    {
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

/// A metadata service that gives these answers to paths; what it does not know is 404.
async fn metadata(answers: &'static [(&str, &str)]) -> (InstanceRole, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let role = InstanceRole::new().base_url(format!("http://{}/latest/meta-data", listener.local_addr().unwrap()));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let paths = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                head.push(char::from(socket.read_u8().await.unwrap()));
            }
            let path = head.split(' ').nth(1).unwrap().strip_prefix("/latest/meta-data/cam/security-credentials/");
            let path = path.unwrap_or("?").to_owned();
            let found = answers.iter().find(|(known, _)| *known == path);
            let (status, body) = found.map_or(("404 Not Found", ""), |(_, body)| ("200 OK", *body));
            paths.lock().unwrap().push(path);
            let answer =
                format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (role, asked)
}

const GOOD: &str = r#"{"TmpSecretId":"AKIDtmp","TmpSecretKey":"planted-secret","ExpiredTime":1900000000,
    "Expiration":"2030-03-17T17:46:40Z","Token":"planted-token","Code":"Success"}"#;

#[tokio::test]
async fn the_role_of_a_machine_is_found_and_asked_for() {
    let (role, asked) = metadata(&[("", "my-role\n"), ("my-role", GOOD)]).await;
    let found = role.credentials().await.unwrap();
    assert_eq!((found.id(), found.secret().expose()), ("AKIDtmp", SECRET));
    assert_eq!(found.token().unwrap().expose(), "planted-token");
    assert_eq!(found.expires(), Some(UNIX_EPOCH + Duration::from_secs(1_900_000_000)));
    assert_eq!(*asked.lock().unwrap(), ["", "my-role"]);

    let (role, asked) = metadata(&[("other", GOOD)]).await;
    role.role("other").credentials().await.unwrap();
    assert_eq!(*asked.lock().unwrap(), ["other"]);
}

#[tokio::test]
async fn a_role_that_gives_nothing_says_why() {
    let cases: [(&'static [(&str, &str)], &str); 6] = [
        (&[], "this machine has no role"),
        (&[("", "  ")], "the metadata service names no role"),
        (&[("", "<html>planted-secret")], "the metadata service names no role"),
        (&[("", "r")], "this machine does not have the role that was asked for"),
        (&[("", "r"), ("r", r#"{"Code":"Failed","TmpSecretKey":"planted-secret"}"#)], "says Failed"),
        (&[("", "r"), ("r", r#"{"Code":"Success","TmpSecretKey":"planted-secret"}"#)], "lacks TmpSecretId"),
    ];
    for (answers, reason) in cases {
        let (role, _) = metadata(answers).await;
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
        .then("role", InstanceRole::new().base_url(silent));
    let error = chain.credentials().await.unwrap_err();
    assert_eq!(
        error.message(),
        "no credentials found: environment: TENCENTCLOUD_SECRET_ID is not set; \
         profile: no file /nowhere/credentials; role: timed out after 1 s"
    );
    let endless: &'static str = Box::leak("a".repeat(100_000).into_boxed_str());
    let (role, _) = metadata(Box::leak(Box::new([("", endless)]))).await;
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
