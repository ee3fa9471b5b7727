//! Alibaba: the role of a pod, the file that its clients share, a URL, programs and logins.

#![allow(clippy::unwrap_used)]

use crate::cloud::{Detour, Folder, answering, asked, meant, parts, refusal, variables};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use wharf_core::ErrorKind;
use wharf_core::clock::ManualClock;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Cache, ProvideCredentials};
use wharf_products::alibaba::AlibabaSettings;
use wharf_products::alibaba::credentials::{CredentialsUri, OidcRole, Profile, Role, SharedProfile, instance_role};
use wiremock::MockServer;

const ARN: &str = "acs:ram::1:role/one";
const PROVIDER: &str = "acs:ram::1:oidc-provider/ack-rrsa-c1";
/// 1,900,000,000 seconds after 1970.
const END: &str = "2030-03-17T17:46:40Z";

fn key(id: &str) -> Value {
    json!({"AccessKeyId": id, "AccessKeySecret": "planted-key", "SecurityToken": "planted-token", "Expiration": END})
}

/// As the documents of AssumeRole and AssumeRoleWithOIDC print it.
fn session(id: &str) -> String {
    json!({"RequestId": "r", "Credentials": key(id)}).to_string()
}

fn rrsa(folder: &Folder) -> impl Fn(&str) -> Option<String> + Clone + Send + Sync + use<> {
    variables(&[
        ("ALIBABA_CLOUD_ROLE_ARN", ARN),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", PROVIDER),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", &folder.write("token", "planted-jwt\n")),
    ])
}

fn form(body: &str) -> Vec<(String, String)> {
    let url = http::Uri::try_from(format!("http://h/?{body}")).unwrap();
    let pairs = url.query().unwrap().split('&').map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.replace("%3A", ":").replace("%2F", "/"))).collect()
}

#[tokio::test]
async fn a_pod_assumes_its_role_without_a_signature() {
    let (folder, server) = (Folder::new(), answering(200, session("STS.pod")).await);
    let mut settings = Detour::settings(&server);
    settings.endpoint = Some("https://cs.example.com".to_owned());
    let pod = OidcRole::new().with_lookup(rrsa(&folder)).over(settings, AlibabaSettings::default());
    let found = pod.credentials().await.unwrap();
    assert_eq!(parts(&found), ("STS.pod", "planted-key", Some("planted-token")));
    assert_eq!(found.expires(), Some(UNIX_EPOCH + Duration::from_secs(1_900_000_000)));
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.headers["x-wanted"], "https://sts.aliyuncs.com/");
    assert!(!request.headers.contains_key("authorization"));
    let query = request.url.query().unwrap();
    for part in ["Action=AssumeRoleWithOIDC", "Version=2015-04-01", "Format=JSON", "Timestamp="] {
        assert!(query.contains(part), "{query}");
    }
    assert!(!query.contains("planted") && !query.contains("Signature="), "{query}");
    let sent = form(std::str::from_utf8(&request.body).unwrap());
    for (name, value) in [
        ("RoleArn", ARN),
        ("OIDCProviderArn", PROVIDER),
        ("OIDCToken", "planted-jwt"),
        ("RoleSessionName", "wharf"),
        ("DurationSeconds", "3600"),
    ] {
        assert!(sent.contains(&(name.to_owned(), value.to_owned())), "{name}: {sent:?}");
    }
}

#[tokio::test]
async fn the_region_and_the_session_of_a_pod_are_read_from_variables() {
    let (folder, server) = (Folder::new(), answering(200, session("STS.pod")).await);
    let all = rrsa(&folder);
    let more = variables(&[
        ("ALIBABA_CLOUD_ROLE_SESSION_NAME", "me"),
        ("ALIBABA_CLOUD_STS_REGION", "cn-beijing"),
        ("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", "true"),
    ]);
    let pod = OidcRole::new().with_lookup(move |name| more(name).or_else(|| all(name)));
    pod.over(Detour::settings(&server), AlibabaSettings::default()).credentials().await.unwrap();
    let (wanted, body) = asked(&server).await.remove(0);
    assert_eq!(wanted, "POST https://sts-vpc.cn-beijing.aliyuncs.com/");
    assert!(body.contains("RoleSessionName=me"), "{body}");
}

#[tokio::test]
async fn a_pod_that_is_refused_or_half_set_up_ends_the_search() {
    let folder = Folder::new();
    let text =
        r#"{"Code": "AuthenticationFail.OIDCToken.Invalid", "Message": "planted-jwt is no good", "RequestId": "r"}"#;
    let server = answering(400, text).await;
    let over = |pod: OidcRole| pod.over(Detour::settings(&server), AlibabaSettings::default());
    let error = refusal(&over(OidcRole::new().with_lookup(rrsa(&folder)))).await;
    assert_eq!(error.code(), Some("AuthenticationFail.OIDCToken.Invalid"));
    for missing in ["ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"] {
        let all = rrsa(&folder);
        let pod = over(OidcRole::new().with_lookup(move |name| all(name).filter(|_| name != missing)));
        assert_eq!(meant(&pod).await.0.as_deref(), Some(missing));
    }
    let all = rrsa(&folder);
    let nowhere = move |name: &str| match name {
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE" => Some("/nowhere/token".to_owned()),
        name => all(name),
    };
    let (field, _) = meant(&over(OidcRole::new().with_lookup(nowhere))).await;
    assert_eq!(field.as_deref(), Some("ALIBABA_CLOUD_OIDC_TOKEN_FILE"));
    let error = refusal(&OidcRole::new().with_lookup(|_| None)).await;
    assert_eq!((error.kind(), error.field()), (ErrorKind::Credentials, None));
}

#[tokio::test]
async fn the_shared_file_is_used_by_its_types() {
    let (folder, server) = (Folder::new(), answering(200, session("STS.one")).await);
    let token = folder.write("token", "planted-jwt");
    let mut metadata = key("STS.vm");
    metadata["Code"] = "Success".into();
    let machine = answering(200, metadata.to_string()).await;
    let ak = "access_key_id = LTAIa\naccess_key_secret = planted\n";
    let file = folder.write(
        "credentials",
        &format!(
            "[default]\ntype = access_key\n{ak}[sts]\ntype = sts\n{ak}security_token = planted-t\n\
             [role]\ntype = ram_role_arn\n{ak}role_arn = {ARN}\nrole_session_name = me\npolicy = {{}}\n\
             [vm]\ntype = ecs_ram_role\nrole_name = r\n\
             [pod]\ntype = oidc_role_arn\nrole_arn = {ARN}\noidc_provider_arn = {PROVIDER}\noidc_token_file_path = {token}\n\
             [pair]\ntype = rsa_key_pair\npublic_key_id = a\nprivate_key_file = b\n[untyped]\n{ak}[bare]\ntype = access_key\n\
             [sso]\ntype = access_key\n{ak}sso_session = planted\n[roleless]\ntype = ram_role_arn\n{ak}"
        ),
    );
    let shared = |name: &str| {
        let machine = instance_role().base_url(machine.uri()).with_lookup(|_| None);
        let profile = SharedProfile::named(name).path(&file).machine(machine);
        profile.over(Detour::settings(&server), AlibabaSettings::default())
    };
    for (name, id) in
        [("default", "LTAIa"), ("sts", "LTAIa"), ("role", "STS.one"), ("vm", "STS.vm"), ("pod", "STS.one")]
    {
        assert_eq!(shared(name).credentials().await.unwrap().id(), id, "{name}");
    }
    for (name, field) in [
        ("pair", "type"),
        ("untyped", "profile"),
        ("bare", "profile"),
        ("sso", "sso_session"),
        ("roleless", "role_arn"),
    ] {
        assert_eq!(meant(&shared(name)).await.0.as_deref(), Some(field), "{name}");
    }
    let by_variable = variables(&[("ALIBABA_CLOUD_PROFILE", "sts"), ("ALIBABA_CLOUD_CREDENTIALS_FILE", &file)]);
    let found = SharedProfile::new().with_lookup(by_variable).credentials().await.unwrap();
    assert_eq!(parts(&found), ("LTAIa", "planted", Some("planted-t")));
    let nowhere = variables(&[("ALIBABA_CLOUD_CREDENTIALS_FILE", "/nowhere/credentials")]);
    let (field, _) = meant(&SharedProfile::new().with_lookup(nowhere)).await;
    assert_eq!(field.as_deref(), Some("ALIBABA_CLOUD_CREDENTIALS_FILE"));
    let unknown = variables(&[("ALIBABA_CLOUD_PROFILE", "no-such"), ("ALIBABA_CLOUD_CREDENTIALS_FILE", &file)]);
    assert_eq!(meant(&SharedProfile::new().with_lookup(unknown)).await.0.as_deref(), Some("ALIBABA_CLOUD_PROFILE"));
}

#[tokio::test]
async fn a_url_gives_credentials_and_is_asked_again_before_they_end() {
    let mut text = key("STS.url");
    text["Code"] = "Success".into();
    let server = answering(200, text.to_string()).await;
    let variable = variables(&[("ALIBABA_CLOUD_CREDENTIALS_URI", &format!("{}/key?a=planted", server.uri()))]);
    let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_900_000_000 - 3600));
    let uri = CredentialsUri::new().with_lookup(variable);
    assert!(!format!("{uri:?}").contains("planted"));
    let cache = Cache::new(Arc::new(uri), Arc::new(clock.clone()));
    for (ahead, calls) in [(0, 1), (600, 1), (3000, 2)] {
        clock.advance(Duration::from_secs(ahead));
        assert_eq!(cache.credentials().await.unwrap().id(), "STS.url");
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(asked(&server).await.len(), calls, "{ahead}");
    }
    assert_eq!(asked(&server).await[0].0, "GET /key");
}

#[tokio::test]
async fn a_url_that_gives_nothing_says_why_and_ends_the_search() {
    for (status, body, reason) in [
        (500, "planted".to_owned(), "HTTP status 500"),
        (200, "planted".to_owned(), "it is not JSON"),
        (200, json!({"Code": "Failed", "AccessKeySecret": "planted"}).to_string(), "says Failed"),
        (200, json!({"Code": "planted secret!"}).to_string(), "that it did not succeed"),
        (
            200,
            json!({"AccessKeyId": "a", "AccessKeySecret": "planted"}).to_string(),
            "lacks AccessKeyId, AccessKeySecret or SecurityToken",
        ),
        (
            200,
            json!({"AccessKeyId": "a", "AccessKeySecret": "planted", "SecurityToken": "planted"}).to_string(),
            "when it expires",
        ),
        (200, "a".repeat(100_000), "larger"),
    ] {
        let server = answering(status, body).await;
        let (field, message) = meant(&CredentialsUri::of(server.uri())).await;
        assert!(field.as_deref() == Some("credentials_uri") && message.contains(reason), "{field:?} {message}");
    }
    for url in ["http://example.com/x", "nowhere", ""] {
        let error = refusal(&CredentialsUri::of(url)).await;
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("credentials_uri")), "{url}");
    }
    let error = refusal(&CredentialsUri::of("http://127.0.0.1:9/")).await;
    assert_eq!(error.field(), Some("credentials_uri"));
    let error = refusal(&CredentialsUri::new().with_lookup(|_| None)).await;
    assert_eq!((error.kind(), error.field()), (ErrorKind::Credentials, None));
}

/// A profile of the command line client alone in its file.
fn profile(folder: &Folder, server: &MockServer, mut entry: Value) -> Profile {
    entry["name"] = "x".into();
    let file = folder.write("config.json", &json!({"current": "x", "profiles": [entry]}).to_string());
    let mut settings: Settings = Detour::settings(server);
    settings.clock = Some(Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_800_000_000))));
    Profile::new().path(file).with_lookup(|_| None).over(settings, AlibabaSettings::default())
}

#[tokio::test]
async fn profiles_with_a_provider_a_url_or_a_login_are_used() {
    let folder = Folder::new();
    let token = folder.write("token", "planted-jwt");
    let sso = json!({"mode": "CloudSSO", "cloud_sso_sign_in_url": "https://signin-cn.alibabacloudsso.com/d-1/login",
        "cloud_sso_account_id": "1", "cloud_sso_access_config": "ac-1", "access_token": "planted-login",
        "cloud_sso_access_token_expire": 1_800_000_060});
    let oauth = json!({"mode": "OAuth", "oauth_site_type": "INTL", "oauth_access_token": "planted-login",
        "oauth_access_token_expire": 1_800_000_060, "sts_expiration": 1_799_999_999, "access_key_id": "STS.old",
        "access_key_secret": "planted", "sts_token": "planted"});
    let mut kept = oauth.clone();
    kept["sts_expiration"] = 1_800_000_060.into();
    for (entry, response, wanted, id) in [
        (
            json!({"mode": "OIDC", "ram_role_arn": ARN, "oidc_provider_arn": PROVIDER, "oidc_token_file": token}),
            session("STS.a"),
            Some("POST https://sts.aliyuncs.com/"),
            "STS.a",
        ),
        (
            json!({"mode": "CredentialsURI", "credentials_uri": "https://keys.example.com/key"}),
            key("STS.b").to_string(),
            Some("GET https://keys.example.com/key"),
            "STS.b",
        ),
        (
            sso.clone(),
            json!({"CloudCredential": key("STS.c"), "RequestId": "r"}).to_string(),
            Some("POST https://signin-cn.alibabacloudsso.com/cloud-credentials"),
            "STS.c",
        ),
        (oauth.clone(), key("STS.d").to_string(), Some("POST https://oauth.alibabacloud.com/v1/exchange"), "STS.d"),
        (kept, String::new(), None, "STS.old"),
    ] {
        let server = answering(200, response).await;
        assert_eq!(profile(&folder, &server, entry).credentials().await.unwrap().id(), id);
        assert_eq!(asked(&server).await.first().map(|(wanted, _)| wanted.as_str()), wanted);
        if id == "STS.c" {
            let request = &server.received_requests().await.unwrap()[0];
            assert_eq!(request.headers["authorization"], "Bearer planted-login");
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            assert_eq!(body, json!({"AccountId": "1", "AccessConfigurationId": "ac-1"}));
        }
    }
    let server = answering(401, "planted-login is no good").await;
    for (mut entry, end, field) in [
        (sso, "cloud_sso_access_token_expire", "cloud_sso_sign_in_url"),
        (oauth, "oauth_access_token_expire", "oauth_access_token"),
    ] {
        assert_eq!(meant(&profile(&folder, &server, entry.clone())).await.0.as_deref(), Some(field));
        let before = asked(&server).await.len();
        entry[end] = 1_800_000_000.into();
        let (_, message) = meant(&profile(&folder, &server, entry)).await;
        assert!(message.contains("the login has ended"), "{message}");
        assert_eq!(asked(&server).await.len(), before);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_profile_with_a_program_runs_it() {
    let (folder, server) = (Folder::new(), answering(500, "").await);
    let run = |script: &str| {
        let script = folder.write("program", script);
        profile(&folder, &server, json!({"mode": "External", "process_command": format!("/bin/sh '{script}' planted")}))
    };
    let printed = r#"{"mode": "StsToken", "access_key_id": "STS.p", "access_key_secret": "planted", "sts_token": "planted-t",
        "expiration": "2030-03-17T17:46:40Z"}"#;
    let found = run(&format!("echo '{printed}'")).credentials().await.unwrap();
    assert_eq!(parts(&found), ("STS.p", "planted", Some("planted-t")));
    assert_eq!(found.expires(), Some(UNIX_EPOCH + Duration::from_secs(1_900_000_000)));
    let long_lived = r#"echo '{"mode": "AK", "access_key_id": "LTAIp", "access_key_secret": "planted"}'"#;
    assert_eq!(run(long_lived).credentials().await.unwrap().expires(), None);
    for (script, reason) in [
        ("echo planted; echo planted >&2; exit 3", "exit status: 3"),
        ("echo planted", "it is not JSON"),
        ("echo '{\"access_key_id\": \"a\"}'", "lacks access_key_id or access_key_secret"),
        ("head -c 200000 /dev/zero", "printed too much"),
    ] {
        let (field, message) = meant(&run(script)).await;
        assert!(message.contains(reason), "{message}");
        assert_eq!(field.as_deref(), Some("process_command"));
    }
    for command in ["/nowhere/program planted", "'planted", "  "] {
        let (_, message) =
            meant(&profile(&folder, &server, json!({"mode": "External", "process_command": command}))).await;
        assert!(message.contains("process_command"), "{message}");
    }
}

#[tokio::test]
async fn a_role_is_checked_before_anything_is_sent() {
    let folder = Folder::new();
    let server = answering(200, session("STS.a")).await;
    let token = folder.write("token", "planted-jwt");
    let role = OidcRole::of(Role::new("admin"), PROVIDER, &token);
    let error = refusal(&role.over(Detour::settings(&server), AlibabaSettings::default())).await;
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("role_arn")));
    assert!(asked(&server).await.is_empty());
}
