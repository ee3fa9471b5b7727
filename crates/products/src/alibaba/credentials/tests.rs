#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};
use wharf_core::ErrorKind;
use wharf_core::credentials::{Credentials, ProvideCredentials};
use wharf_core::error::Error;
use wharf_core::transport::{Limits, Reached, Transport, TransportError, TransportErrorKind};

/// A file that exists as long as the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wharf-aliyun-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn profile(&self) -> Profile {
        Profile::new().path(&self.0).with_lookup(|_| None)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The file in the form that the command line client writes.
const CONFIG: &str = r#"{
	"current": "default",
	"profiles": [
		{"name": "default", "mode": "AK", "access_key_id": "LTAIa", "access_key_secret": "planted-a", "sts_token": "",
		 "ram_role_name": "", "ram_role_arn": "", "ram_session_name": "", "expired_seconds": 0, "region_id": "cn-x",
		 "output_format": "json", "language": "zh", "site": "", "retry_timeout": 0, "verified": ""},
		{"name": "sts", "mode": "StsToken", "access_key_id": "STS.b", "access_key_secret": "planted-b",
		 "sts_token": "planted-token"},
		{"name": "role", "mode": "RamRoleArn", "access_key_id": "LTAIc", "access_key_secret": "planted-c",
		 "ram_role_arn": "acs:ram::1:role/one", "ram_session_name": "me", "expired_seconds": 900,
		 "sts_region": "cn-shanghai"},
		{"name": "machine", "mode": "EcsRamRole", "ram_role_name": "machine-role"},
		{"name": "machine-role", "mode": "RamRoleArnWithRoleName", "ram_role_name": "",
		 "ram_role_arn": "acs:ram::1:role/two"},
		{"name": "chain", "mode": "ChainableRamRoleArn", "source_profile": "role", "ram_role_arn": "acs:ram::1:role/three"},
		{"name": "loop", "mode": "ChainableRamRoleArn", "source_profile": "loop", "ram_role_arn": "acs:ram::1:role/four"},
		{"name": "pair", "mode": "RsaKeyPair", "access_key_id": "a", "access_key_secret": "planted"},
		{"name": "sso", "mode": "CloudSSO", "access_token": "planted"},
		{"name": "external", "mode": "RamRoleArn", "access_key_id": "a", "access_key_secret": "planted",
		 "ram_role_arn": "acs:ram::1:role/one", "external_id": "x"},
		{"name": "no-id", "mode": "AK", "access_key_secret": "planted"},
		{"name": "no-secret", "mode": "AK", "access_key_id": "a", "access_key_secret": ""},
		{"name": "no-token", "mode": "StsToken", "access_key_id": "a", "access_key_secret": "planted"},
		{"name": "no-role", "mode": "RamRoleArn", "access_key_id": "a", "access_key_secret": "planted"},
		{"name": "short", "mode": "RamRoleArn", "access_key_id": "a", "access_key_secret": "planted",
		 "ram_role_arn": "acs:ram::1:role/one", "expired_seconds": 60}
	],
	"meta_path": ""
}"#;

/// A metadata service and a token service; each response is made from the request.
#[derive(Debug, Default)]
struct Cloud {
    asked: Mutex<Vec<String>>,
    metadata: Metadata,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Metadata {
    #[default]
    WithTokens,
    WithoutTokens,
    Silent,
}

const ROLE: &str = r#"{"Code":"Success","AccessKeyId":"STS.machine","AccessKeySecret":"planted-m",
    "SecurityToken":"planted-machine","Expiration":"2030-03-17T17:46:40Z"}"#;

#[async_trait]
impl Transport for Cloud {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        let answer = |status: u16, body: &str| {
            Ok(Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
        };
        let uri = request.uri();
        if let Some(query) = uri.query() {
            let get =
                |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap();
            let token = query.contains("SecurityToken=");
            let host = uri.host().unwrap();
            let role = get("RoleArn").rsplit("%2F").next().unwrap();
            let key = get("AccessKeyId");
            let mut asked =
                format!("{host} {key}{} -> {role} {}", if token { "+" } else { "" }, get("DurationSeconds"));
            if query.contains("ExternalId=") {
                asked = format!("{asked} agreed {}", get("ExternalId"));
            }
            self.asked.lock().unwrap().push(asked);
            return answer(
                200,
                &format!(
                    r#"{{"Credentials": {{"AccessKeyId": "STS.{role}", "AccessKeySecret": "planted-{role}",
                    "SecurityToken": "planted-token-{role}", "Expiration": "2030-03-17T17:46:40Z"}}}}"#
                ),
            );
        }
        if self.metadata == Metadata::Silent {
            return Err(TransportError::new(TransportErrorKind::Timeout, Reached::No, "on purpose"));
        }
        let token =
            request.headers().get("x-aliyun-ecs-metadata-token").map(|token| token.to_str().unwrap().to_owned());
        let shown = format!("{} {}{}", request.method(), uri.path(), if token.is_some() { " with token" } else { "" });
        self.asked.lock().unwrap().push(shown);
        let with_tokens = self.metadata == Metadata::WithTokens;
        match (request.method().as_str(), uri.path().strip_prefix("/latest/").unwrap()) {
            ("PUT", "api/token") if with_tokens => {
                assert_eq!(request.headers()["x-aliyun-ecs-metadata-token-ttl-seconds"], "60");
                answer(200, "planted-visit\n")
            }
            ("PUT", _) => answer(405, ""),
            _ if with_tokens && token.as_deref() != Some("planted-visit") => answer(401, ""),
            (_, "meta-data/ram/security-credentials/") => answer(200, "machine-role\n"),
            (_, "meta-data/ram/security-credentials/machine-role") => answer(200, ROLE),
            _ => answer(404, ""),
        }
    }
}

impl Cloud {
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn machine(cloud: &Arc<Cloud>) -> wharf_core::credentials::Metadata {
    instance_role().transport(cloud.clone()).with_lookup(|_| None)
}

fn over(profile: Profile, cloud: &Arc<Cloud>) -> Profile {
    let mut settings = Settings::default();
    settings.region = Some("cn-beijing".into());
    settings.transport = Some(cloud.clone());
    profile.over(settings, AlibabaSettings::default()).machine(machine(cloud))
}

fn shown(found: &Credentials) -> (&str, &str, Option<&str>) {
    (found.id(), found.secret().expose(), found.token().map(|token| token.expose()))
}

fn refusal(found: Result<Credentials, Error>) -> String {
    let error = found.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
    assert!(!format!("{error} {error:?}").contains("planted"), "{error}");
    error.message().to_owned()
}

#[tokio::test]
async fn keys_in_the_file() {
    let file = File::new("keys", &format!("\u{feff}{CONFIG}"));
    assert_eq!(shown(&file.profile().credentials().await.unwrap()), ("LTAIa", "planted-a", None));
    let named = file.profile().name("sts").credentials().await.unwrap();
    assert_eq!(shown(&named), ("STS.b", "planted-b", Some("planted-token")));
    let lookup = |name: &str| (name == "ALIBABA_CLOUD_PROFILE").then(|| "sts".to_owned());
    assert_eq!(file.profile().with_lookup(lookup).credentials().await.unwrap().id(), "STS.b");
    let both = file.profile().with_lookup(lookup).name("default");
    assert_eq!(both.credentials().await.unwrap().id(), "LTAIa");
    let off = |name: &str| (name == "ALIBABA_CLOUD_CLI_PROFILE_DISABLED").then(|| "TRUE".to_owned());
    let message = refusal(file.profile().with_lookup(off).credentials().await);
    assert_eq!(message, "switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED");
    assert!(!format!("{:?}", file.profile()).contains("planted"));
}

#[tokio::test]
async fn roles_are_assumed_as_the_profile_says() {
    let file = File::new("roles", CONFIG);
    let cloud = Arc::new(Cloud::default());
    for (name, id, asked) in [
        ("role", "STS.one", vec!["sts.cn-shanghai.aliyuncs.com LTAIc -> one 900"]),
        (
            "machine",
            "STS.machine",
            vec!["PUT /latest/api/token", "GET /latest/meta-data/ram/security-credentials/machine-role with token"],
        ),
        (
            "machine-role",
            "STS.two",
            vec![
                "PUT /latest/api/token",
                "GET /latest/meta-data/ram/security-credentials/ with token",
                "GET /latest/meta-data/ram/security-credentials/machine-role with token",
                "sts.cn-beijing.aliyuncs.com STS.machine+ -> two 3600",
            ],
        ),
        ("external", "STS.one", vec!["sts.cn-beijing.aliyuncs.com a -> one 3600 agreed x"]),
        (
            "chain",
            "STS.three",
            vec!["sts.cn-shanghai.aliyuncs.com LTAIc -> one 900", "sts.cn-beijing.aliyuncs.com STS.one+ -> three 3600"],
        ),
    ] {
        let found = over(file.profile(), &cloud).name(name).credentials().await.unwrap();
        assert_eq!((found.id(), cloud.asked()), (id, asked.iter().map(|text| (*text).to_owned()).collect()));
        assert_eq!(found.expires(), Some(UNIX_EPOCH + Duration::from_secs(1_900_000_000)));
    }
}

#[tokio::test]
async fn a_profile_that_is_wrong_says_why() {
    let file = File::new("wrong", CONFIG);
    let cloud = Arc::new(Cloud::default());
    for (name, reason) in [
        ("other", "it has no profile \"other\""),
        ("sso", "cloud_sso_sign_in_url is missing or empty in profile \"sso\""),
        ("pair", "profile \"pair\" has the mode \"RsaKeyPair\", which is not supported"),
        ("loop", "more than 8 profiles stand behind each other"),
        ("no-id", "access_key_id is missing or empty in profile \"no-id\""),
        ("no-secret", "access_key_secret is missing or empty in profile \"no-secret\""),
        ("no-token", "sts_token is missing or empty in profile \"no-token\""),
        ("no-role", "ram_role_arn is missing or empty in profile \"no-role\""),
        ("short", "profile \"short\": duration must be 15 minutes at least"),
    ] {
        let message = refusal(over(file.profile(), &cloud).name(name).credentials().await);
        assert_eq!(message, format!("{}: {reason}", file.0.display()));
    }
    for text in ["", "[]", "{\"profiles\": \"planted\"}", "planted"] {
        let file = File::new("form", text);
        let message = refusal(file.profile().credentials().await);
        assert!(message.starts_with(file.0.to_str().unwrap()), "{message}");
    }
    assert_eq!(refusal(Profile::new().path("/nowhere/x").credentials().await), "no file /nowhere/x");
}

#[tokio::test]
async fn the_role_of_a_machine_with_a_token_or_without() {
    let cloud = Arc::new(Cloud::default());
    let found = machine(&cloud).credentials().await.unwrap();
    assert_eq!(shown(&found), ("STS.machine", "planted-m", Some("planted-machine")));
    assert_eq!(cloud.asked().len(), 3);

    let old = Arc::new(Cloud { metadata: Metadata::WithoutTokens, ..Cloud::default() });
    machine(&old).credentials().await.unwrap();
    assert_eq!(
        old.asked(),
        [
            "PUT /latest/api/token",
            "GET /latest/meta-data/ram/security-credentials/",
            "GET /latest/meta-data/ram/security-credentials/machine-role",
        ]
    );
    let strict = |name: &str| (name == "ALIBABA_CLOUD_IMDSV1_DISABLED").then(|| "true".to_owned());
    let message = refusal(machine(&old).with_lookup(strict).credentials().await);
    assert_eq!(message, "the metadata service gives no token: HTTP status 405 Method Not Allowed");

    let named = |name: &str| (name == "ALIBABA_CLOUD_ECS_METADATA").then(|| "other".to_owned());
    let message = refusal(machine(&cloud).with_lookup(named).credentials().await);
    assert_eq!(message, "this machine does not have the role that was asked for");
    machine(&cloud).with_lookup(named).role("machine-role").credentials().await.unwrap();

    cloud.asked();
    let off = |name: &str| (name == "ALIBABA_CLOUD_ECS_METADATA_DISABLED").then(|| "true".to_owned());
    let message = refusal(machine(&cloud).with_lookup(off).credentials().await);
    assert_eq!((message.as_str(), cloud.asked()), ("switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED", vec![]));
}

#[tokio::test]
async fn the_chain_says_of_each_why_there_is_nothing() {
    let silent = Arc::new(Cloud { metadata: Metadata::Silent, ..Cloud::default() });
    let chain = Chain::new()
        .then("environment", environment().with_lookup(|_| None))
        .then("profile", Profile::new().path("/nowhere/config.json").with_lookup(|_| None))
        .then("role", machine(&silent));
    assert_eq!(
        refusal(chain.credentials().await),
        "no credentials found: environment: ALIBABA_CLOUD_ACCESS_KEY_ID is not set; \
         profile: no file /nowhere/config.json; role: timed out after 1 s"
    );
    let given = environment().with_lookup(|name| {
        let found =
            [("ID", "a"), ("SECRET", "b")].iter().find(|(end, _)| name == format!("ALIBABA_CLOUD_ACCESS_KEY_{end}"));
        found.map(|(_, value)| (*value).to_owned()).or((name == "ALIBABA_CLOUD_SECURITY_TOKEN").then(|| "c".to_owned()))
    });
    assert_eq!(shown(&given.credentials().await.unwrap()), ("a", "b", Some("c")));
}
