//! Tencent: roles assumed with a key or with a pod's token, and the files of `tccli`.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::cloud::{Detour, Folder, answering, meant, parts, refusal, variables};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use wharf_core::ErrorKind;
use wharf_core::clock::ManualClock;
use wharf_core::credentials::{Cache, Credentials, ProvideCredentials};
use wharf_products::tencent::TencentSettings;
use wharf_products::tencent::credentials::{
    AssumedRole, CliProfile, PodIdentity, Profile, Role, instance_role, named_profile,
};
use wiremock::MockServer;

const ARN: &str = "qcs::cam::uin/100000000001:roleName/admin";
const END: u64 = 1_900_000_000;

/// As the document of AssumeRole prints it.
fn session(id: &str, end: u64) -> String {
    json!({"Response": {
        "Credentials": {"Token": "planted-token", "TmpSecretId": id, "TmpSecretKey": "planted-key"},
        "ExpiredTime": end, "Expiration": "2030-03-17T17:46:40Z", "RequestId": "r",
    }})
    .to_string()
}

fn refused(code: &str) -> String {
    json!({"Response": {"Error": {"Code": code, "Message": "the token planted-jwt is no good"}, "RequestId": "r"}})
        .to_string()
}

async fn sent(server: &MockServer) -> Vec<(String, Value, String)> {
    let requests = server.received_requests().await.unwrap();
    let header = |request: &wiremock::Request, name: &str| {
        request.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let shown = |request: &wiremock::Request| {
        let action = format!("{} {}", header(request, "x-wanted"), header(request, "x-tc-action"));
        let authorization = header(request, "authorization");
        (action, serde_json::from_slice(&request.body).unwrap(), authorization)
    };
    requests.iter().map(shown).collect()
}

fn pod(folder: &Folder) -> impl Fn(&str) -> Option<String> + Clone + Send + Sync + use<> {
    let file = folder.write("token", "planted-jwt\n");
    variables(&[
        ("TKE_REGION", "ap-beijing"),
        ("TKE_PROVIDER_ID", "provider-1"),
        ("TKE_WEB_IDENTITY_TOKEN_FILE", &file),
        ("TKE_ROLE_ARN", ARN),
    ])
}

#[tokio::test]
async fn a_pod_assumes_its_role_without_a_signature() {
    let (folder, server) = (Folder::new(), answering(200, session("AKIDpod", END)).await);
    let pod = PodIdentity::new().with_lookup(pod(&folder));
    let found = pod.over(Detour::settings(&server), TencentSettings::default()).credentials().await.unwrap();
    assert_eq!(parts(&found), ("AKIDpod", "planted-key", Some("planted-token")));
    assert_eq!(found.expires(), Some(UNIX_EPOCH + Duration::from_secs(END)));
    let (action, body, authorization) = sent(&server).await.remove(0);
    assert_eq!(action, "https://sts.tencentcloudapi.com/ AssumeRoleWithWebIdentity");
    assert_eq!(authorization, "SKIP");
    let expected = json!({"ProviderId": "provider-1", "WebIdentityToken": "planted-jwt", "RoleArn": ARN,
        "RoleSessionName": "wharf", "DurationSeconds": 7200});
    assert_eq!(body, expected);
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.headers["x-tc-version"], "2018-08-13");
    assert_eq!(request.headers["x-tc-region"], "ap-beijing");
    assert!(request.headers.contains_key("x-tc-timestamp"));
}

#[tokio::test]
async fn a_pods_token_is_read_anew_each_time() {
    let (folder, server) = (Folder::new(), answering(200, session("AKIDpod", END)).await);
    let mut settings = Detour::settings(&server);
    settings.endpoint = Some("https://tke.example.com".to_owned());
    let pod = PodIdentity::new().with_lookup(pod(&folder)).over(settings, TencentSettings::default());
    pod.credentials().await.unwrap();
    folder.write("token", "planted-next");
    pod.credentials().await.unwrap();
    let sent = sent(&server).await;
    let tokens: Vec<_> = sent.iter().map(|(_, body, _)| body["WebIdentityToken"].clone()).collect();
    assert_eq!(tokens, ["planted-jwt", "planted-next"]);
    assert!(sent.iter().all(|(action, ..)| action.starts_with("https://sts.tencentcloudapi.com/")));
}

#[tokio::test]
async fn a_pod_that_is_refused_ends_the_search_and_shows_no_token() {
    let (folder, server) = (Folder::new(), answering(200, refused("InvalidParameter.WebIdentityTokenError")).await);
    let pod = PodIdentity::new().with_lookup(pod(&folder)).over(Detour::settings(&server), TencentSettings::default());
    let error = refusal(&pod).await;
    assert_eq!(error.code(), Some("InvalidParameter.WebIdentityTokenError"));
    let incomplete = answering(200, r#"{"Response": {"Credentials": {"TmpSecretId": "a"}, "RequestId": "r"}}"#).await;
    let pod = pod_over(&folder, &incomplete);
    assert_eq!(refusal(&pod).await.kind(), ErrorKind::Decode);
}

fn pod_over(folder: &Folder, server: &MockServer) -> PodIdentity {
    PodIdentity::new().with_lookup(pod(folder)).over(Detour::settings(server), TencentSettings::default())
}

#[tokio::test]
async fn a_pod_whose_variables_are_half_there_is_refused_by_their_names() {
    let folder = Folder::new();
    let (all, server) = (pod(&folder), answering(200, session("AKIDpod", END)).await);
    for missing in ["TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"] {
        let all = all.clone();
        let pod = pod_over(&folder, &server).with_lookup(move |name| all(name).filter(|_| name != missing));
        assert_eq!(meant(&pod).await.0.as_deref(), Some(missing));
    }
    for (name, value) in [
        ("TKE_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token".to_owned()),
        ("TKE_WEB_IDENTITY_TOKEN_FILE", folder.write("empty", " \n")),
        ("TKE_WEB_IDENTITY_TOKEN_FILE", folder.write("blanks", "planted token")),
        ("TKE_ROLE_ARN", "admin".to_owned()),
        ("TKE_REGION", "ap beijing".to_owned()),
    ] {
        let all = all.clone();
        let lookup = move |asked: &str| if asked == name { Some(value.clone()) } else { all(asked) };
        let pod = pod_over(&folder, &server).with_lookup(lookup);
        let (field, message) = meant(&pod).await;
        assert!(field.as_deref() == Some(name) || message.contains(name), "{name}: {field:?} {message}");
    }
    let none = refusal(&PodIdentity::new().with_lookup(|_| None)).await;
    assert_eq!((none.kind(), none.field()), (ErrorKind::Credentials, None));
    assert!(sent(&server).await.is_empty());
}

#[tokio::test]
async fn a_role_is_assumed_with_a_key_and_renewed_before_it_ends() {
    let now = UNIX_EPOCH + Duration::from_secs(END - 7200);
    let (server, clock) = (answering(200, session("AKIDrole", END)).await, ManualClock::new(now));
    let mut settings = Detour::settings(&server);
    settings.clock = Some(Arc::new(clock.clone()));
    settings.credentials = Some(Arc::new(Credentials::new("AKIDlong", "planted-long")));
    let role =
        Role::new(ARN).session_name("me").duration(Duration::from_secs(900)).policy("{}").external_id("planted-x");
    let role = AssumedRole::new(role, settings, &TencentSettings::default()).unwrap();
    let cache = Cache::new(Arc::new(role), Arc::new(clock.clone()));
    for (after, calls) in [(0, 1), (60, 1), (7000, 2)] {
        clock.set(now + Duration::from_secs(after));
        cache.credentials().await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(sent(&server).await.len(), calls, "{after}");
    }
    let (action, body, authorization) = sent(&server).await.remove(0);
    assert_eq!(action, "https://sts.tencentcloudapi.com/ AssumeRole");
    assert!(
        authorization.starts_with("TC3-HMAC-SHA256 Credential=AKIDlong/2030-03-17/sts/tc3_request"),
        "{authorization}"
    );
    let expected = json!({"RoleArn": ARN, "RoleSessionName": "me", "DurationSeconds": 900, "Policy": "{}",
        "ExternalId": "planted-x"});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn roles_that_are_none_are_refused_before_anything_is_sent() {
    let private = TencentSettings::default();
    for (field, role) in [
        ("role_arn", Role::new("admin")),
        ("session_name", Role::new(ARN).session_name("é")),
        ("duration", Role::new(ARN).duration(Duration::from_secs(43_201))),
        ("sts_endpoint", Role::new(ARN).endpoint("sts")),
        ("region", Role::new(ARN).region("a b")),
    ] {
        let mut settings = wharf_core::connection::Settings::default();
        settings.credentials = Some(Arc::new(Credentials::new("a", "planted")));
        let error = AssumedRole::new(role, settings, &private).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(field)), "{error}");
    }
}

#[tokio::test]
async fn a_profile_with_a_role_assumes_it() {
    let (folder, server) = (Folder::new(), answering(200, session("AKIDrole", END)).await);
    let key = "secret_id = AKIDa\nsecret_key = planted\n";
    let file = folder.write(
        "credentials",
        &format!("[default]\n{key}[admin]\n{key}role_arn = {ARN}\nrole_session_name = me\n[half]\n{key}role_session_name = me\n\
            [wrong]\n{key}role_arn = admin\n[bare]\nrole_arn = {ARN}\n"),
    );
    let profile =
        |name: &str| Profile::named(name).path(&file).over(Detour::settings(&server), TencentSettings::default());
    assert_eq!(profile("default").credentials().await.unwrap().id(), "AKIDa");
    assert_eq!(profile("admin").credentials().await.unwrap().id(), "AKIDrole");
    assert_eq!(sent(&server).await[0].1["RoleSessionName"], "me");
    for (name, field) in [("half", "role_session_name"), ("wrong", "role_arn"), ("bare", "role_arn")] {
        assert_eq!(meant(&profile(name)).await.0.as_deref(), Some(field));
    }
}

#[tokio::test]
async fn a_profile_of_tccli_is_used_by_its_type() {
    let (folder, server) = (Folder::new(), answering(200, session("AKIDrole", END)).await);
    let metadata = r#"{"Code": "Success", "TmpSecretId": "AKIDvm", "TmpSecretKey": "planted", "Token": "planted-t",
        "ExpiredTime": 1900000000}"#;
    let machine = answering(200, metadata).await;
    let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(END));
    let key = json!({"secretId": "AKIDa", "secretKey": "planted"});
    let with = |more: Value| {
        let mut file = key.clone();
        file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        file.to_string()
    };
    for (name, text) in [
        ("default", with(json!({}))),
        ("sts", with(json!({"token": "planted-t"}))),
        ("role", with(json!({"role-arn": ARN, "role-session-name": "me"}))),
        ("sso", with(json!({"type": "sso", "token": "planted-t", "expiresAt": END + 60}))),
        ("ended", with(json!({"type": "oauth", "token": "planted-t", "expiresAt": END}))),
        ("vm", json!({"type": "cvm-role"}).to_string()),
        ("other", with(json!({"type": "saml"}))),
        ("half", with(json!({"role-arn": ARN}))),
        ("key", json!({"secretId": "AKIDa"}).to_string()),
        ("form", "planted".to_owned()),
    ] {
        folder.write(&format!("{name}.credential"), &text);
    }
    let profile = |name: &str| {
        let mut settings = Detour::settings(&server);
        settings.clock = Some(Arc::new(clock.clone()));
        let machine = instance_role().base_url(machine.uri()).role("r");
        CliProfile::named(name).folder(folder.path()).over(settings, TencentSettings::default()).machine(machine)
    };
    for (name, id, token) in [
        ("default", "AKIDa", None),
        ("sts", "AKIDa", Some("planted-t")),
        ("role", "AKIDrole", Some("planted-token")),
        ("sso", "AKIDa", Some("planted-t")),
        ("vm", "AKIDvm", Some("planted-t")),
    ] {
        let found = profile(name).credentials().await.unwrap();
        assert_eq!((found.id(), parts(&found).2), (id, token), "{name}");
    }
    for (name, field) in [
        ("ended", "expiresAt"),
        ("other", "type"),
        ("half", "role-arn"),
        ("key", "profile"),
        ("form", "profile"),
        ("none", "profile"),
        ("../x", "profile"),
    ] {
        assert_eq!(meant(&profile(name)).await.0.as_deref(), Some(field), "{name}");
    }
    let current = CliProfile::new().folder(folder.path());
    let named = variables(&[("TCCLI_PROFILE", "sts")]);
    assert!(current.clone().with_lookup(named).credentials().await.unwrap().token().is_some());
    assert!(current.with_lookup(|_| None).credentials().await.unwrap().token().is_none());
    let nowhere = CliProfile::new().folder("/nowhere").with_lookup(|_| None);
    assert_eq!(refusal(&nowhere).await.message(), "no file /nowhere/default.credential");
}

#[tokio::test]
async fn a_profile_that_is_in_no_file_is_said_so() {
    let error = refusal(&named_profile("no-such", &Default::default(), &TencentSettings::default())).await;
    assert!(error.message().contains("no-such"), "{error}");
}
