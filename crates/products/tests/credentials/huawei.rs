//! Huawei: identity providers, agencies, the agents of pods and machines.

#![allow(clippy::unwrap_used)]

use crate::cloud::{Detour, Folder, answering, asked, meant, parts, refusal, variables};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use wharf_core::ErrorKind;
use wharf_core::clock::ManualClock;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Cache, ProvideCredentials};
use wharf_products::huawei::HuaweiSettings;
use wharf_products::huawei::credentials::{IdentityProvider, OidcAgency, PodIdentity, Profile, machine_agency};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const END: &str = "2030-03-17T17:46:40.000000Z";

/// As the metadata service and the identity service print it.
fn key(id: &str) -> Value {
    json!({"credential": {"access": id, "secret": "planted-key", "securitytoken": "planted-token", "expires_at": END}})
}

/// The identity service: a token for a token, and a key for that.
async fn identity() -> MockServer {
    let server = MockServer::start().await;
    let token = ResponseTemplate::new(201)
        .insert_header("X-Subject-Token", "planted-unscoped")
        .set_body_json(json!({"token": {}}));
    let by_id_token = Mock::given(method("POST")).and(path("/v3.0/OS-AUTH/id-token/tokens"));
    by_id_token.and(header("X-Idp-Id", "idp-1")).respond_with(token).mount(&server).await;
    let keys = Mock::given(method("POST")).and(path("/v3.0/OS-CREDENTIAL/securitytokens"));
    keys.respond_with(ResponseTemplate::new(201).set_body_json(key("AKfed"))).mount(&server).await;
    server
}

fn region(server: &MockServer) -> Settings {
    let mut settings = Detour::settings(server);
    settings.region = Some("cn-north-4".to_owned());
    settings
}

#[tokio::test]
async fn a_token_of_an_identity_provider_buys_a_key() {
    let (folder, server) = (Folder::new(), identity().await);
    let file = folder.write("token", "planted-jwt\n");
    let set = variables(&[("HUAWEICLOUD_SDK_IDP_ID", "idp-1"), ("HUAWEICLOUD_SDK_ID_TOKEN_FILE", &file)]);
    let provider = IdentityProvider::new().with_lookup(set.clone());
    let found = provider.clone().over(region(&server), HuaweiSettings::default()).credentials().await.unwrap();
    assert_eq!(parts(&found), ("AKfed", "planted-key", Some("planted-token")));
    assert_eq!(found.expires(), Some(UNIX_EPOCH + Duration::from_secs(1_900_000_000)));
    let sent = asked(&server).await;
    let body = |at: usize| serde_json::from_str::<Value>(&sent[at].1).unwrap();
    assert_eq!(sent[0].0, "POST https://iam.cn-north-4.myhuaweicloud.com/v3.0/OS-AUTH/id-token/tokens");
    assert_eq!(body(0), json!({"auth": {"id_token": {"id": "planted-jwt"}}}));
    let expected = json!({"auth": {"identity": {"methods": ["token"],
        "token": {"id": "planted-unscoped", "duration_seconds": 21600}}}});
    assert_eq!(body(1), expected);

    provider.over(Detour::settings(&server), HuaweiSettings::default()).credentials().await.unwrap();
    assert!(asked(&server).await[2].0.starts_with("POST https://iam.myhuaweicloud.com/"));
    let more = variables(&[("HUAWEICLOUD_SDK_IAM_ENDPOINT", "https://iam.example.com")]);
    let elsewhere = IdentityProvider::new().with_lookup(move |name| more(name).or_else(|| set(name)));
    elsewhere.over(region(&server), HuaweiSettings::default()).credentials().await.unwrap();
    assert!(asked(&server).await[4].0.starts_with("POST https://iam.example.com/"));
}

#[tokio::test]
async fn an_identity_provider_that_is_refused_or_half_set_up_ends_the_search() {
    let folder = Folder::new();
    let file = folder.write("token", "planted-jwt");
    let server =
        answering(401, r#"{"error": {"code": 401, "message": "planted-jwt is no good", "title": "Unauthorized"}}"#)
            .await;
    let refused = IdentityProvider::of("idp-1", &file).over(region(&server), HuaweiSettings::default());
    let error = refusal(&refused).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(401)));
    for (set, field) in [
        (vec![("HUAWEICLOUD_SDK_IDP_ID", "idp-1")], "HUAWEICLOUD_SDK_ID_TOKEN_FILE"),
        (vec![("HUAWEICLOUD_SDK_ID_TOKEN_FILE", file.as_str())], "HUAWEICLOUD_SDK_IDP_ID"),
        (
            vec![("HUAWEICLOUD_SDK_IDP_ID", "idp-1"), ("HUAWEICLOUD_SDK_ID_TOKEN_FILE", "/nowhere/token")],
            "HUAWEICLOUD_SDK_ID_TOKEN_FILE",
        ),
    ] {
        let provider = IdentityProvider::new().with_lookup(variables(&set));
        let provider = provider.over(region(&server), HuaweiSettings::default());
        assert_eq!(meant(&provider).await.0.as_deref(), Some(field));
    }
    let error = refusal(&IdentityProvider::new().with_lookup(|_| None)).await;
    assert_eq!((error.kind(), error.field()), (ErrorKind::Credentials, None));
    let tokenless = answering(201, r#"{"token": {}}"#).await;
    let provider = IdentityProvider::of("idp-1", &file).over(region(&tokenless), HuaweiSettings::default());
    assert_eq!(refusal(&provider).await.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn a_profile_of_an_identity_provider_is_used() {
    let (folder, server) = (Folder::new(), identity().await);
    let token = folder.write("token", "planted-jwt");
    let file = folder.write(
        "credentials",
        &format!(
            "[basic]\nidp_id = idp-1\nid_token_file = {token}\niam_endpoint = https://iam.example.com\n\
             [half]\nidp_id = idp-1\n[other]\nid_token_file = x\n[agency]\nak = a\nsk = planted\nagency_name = b\n[keyless]\nak = a\n"
        ),
    );
    let profile = |name: &str| Profile::named(name).path(&file).over(region(&server), HuaweiSettings::default());
    assert_eq!(profile("basic").credentials().await.unwrap().id(), "AKfed");
    assert!(asked(&server).await[0].0.starts_with("POST https://iam.example.com/"));
    assert_eq!(profile("basic").iam_endpoint().unwrap().as_deref(), Some("https://iam.example.com"));
    for (name, field) in
        [("half", "idp_id"), ("other", "id_token_file"), ("agency", "agency_name"), ("keyless", "profile")]
    {
        assert_eq!(meant(&profile(name)).await.0.as_deref(), Some(field));
    }
}

#[tokio::test]
async fn an_agency_is_assumed_with_a_token() {
    let folder = Folder::new();
    let session = json!({"credentials": {"access_key_id": "AKag", "secret_access_key": "planted-key",
        "security_token": "planted-token", "expiration": END}});
    let server = answering(200, session.to_string()).await;
    let file = folder.write("token", "planted-jwt\n");
    let set = [
        ("HUAWEICLOUD_OIDC_PROVIDER_URN", "iam::1:oidcProvider:p"),
        ("HUAWEICLOUD_OIDC_AGENCY_URN", "iam::1:agency:a"),
        ("HUAWEICLOUD_OIDC_TOKEN_FILE", file.as_str()),
    ];
    let agency = |more: &[(&'static str, &str)]| {
        let all: Vec<_> = more.iter().chain(&set).copied().collect();
        OidcAgency::new().with_lookup(variables(&all)).over(region(&server), HuaweiSettings::default())
    };
    assert_eq!(parts(&agency(&[]).credentials().await.unwrap()), ("AKag", "planted-key", Some("planted-token")));
    let more = [
        ("HUAWEICLOUD_OIDC_SESSION_NAME", "me"),
        ("HUAWEICLOUD_OIDC_DURATION_SECONDS", "900"),
        ("HUAWEICLOUD_OIDC_POLICY", "{}"),
        ("HUAWEICLOUD_OIDC_POLICY_IDS", "a, b,"),
        ("HUAWEICLOUD_OIDC_ID_TOKEN", "planted-other"),
        ("HUAWEICLOUD_SDK_STS_ENDPOINT", "https://sts.example.com"),
    ];
    agency(&more).credentials().await.unwrap();
    let mut elsewhere = Detour::settings(&server);
    elsewhere.region = Some("eu-west-0".to_owned());
    agency(&[]).over(elsewhere, HuaweiSettings::default()).credentials().await.unwrap();
    let sent = asked(&server).await;
    let body = |at: usize| serde_json::from_str::<Value>(&sent[at].1).unwrap();
    let base = json!({"provider_urn": "iam::1:oidcProvider:p", "agency_urn": "iam::1:agency:a",
        "agency_session_name": "wharf", "id_token": "planted-jwt", "duration_seconds": 3600});
    assert_eq!(body(0), base);
    let full = json!({"provider_urn": "iam::1:oidcProvider:p", "agency_urn": "iam::1:agency:a",
        "agency_session_name": "me", "id_token": "planted-other", "duration_seconds": 900, "policy": "{}",
        "policy_ids": ["a", "b"]});
    assert_eq!(body(1), full);
    let path = "/v5/agencies/assume-with-oidc";
    assert_eq!(sent[0].0, format!("POST https://sts.cn-north-4.myhuaweicloud.com{path}"));
    assert_eq!(sent[1].0, format!("POST https://sts.example.com{path}"));
    assert_eq!(sent[2].0, format!("POST https://sts.cn-north-4.myhuaweicloud.com{path}"));

    for missing in ["HUAWEICLOUD_OIDC_PROVIDER_URN", "HUAWEICLOUD_OIDC_AGENCY_URN", "HUAWEICLOUD_OIDC_TOKEN_FILE"] {
        let left: Vec<_> = set.iter().filter(|(name, _)| *name != missing).copied().collect();
        let agency = OidcAgency::new().with_lookup(variables(&left));
        assert_eq!(meant(&agency).await.0.as_deref(), Some(missing));
    }
    for (name, value) in [
        ("HUAWEICLOUD_OIDC_DURATION_SECONDS", "soon"),
        ("HUAWEICLOUD_OIDC_TOKEN_FILE", "/nowhere/token"),
        ("HUAWEICLOUD_SDK_STS_ENDPOINT", "sts"),
    ] {
        assert_eq!(meant(&agency(&[(name, value)])).await.0.as_deref(), Some(name));
    }
    let refusing =
        answering(403, r#"{"error_code": "STS.0003", "error_msg": "planted-jwt is no good", "request_id": "r"}"#).await;
    let error = refusal(&agency(&[]).over(region(&refusing), HuaweiSettings::default())).await;
    assert_eq!(error.code(), Some("STS.0003"));
    let error = refusal(&OidcAgency::new().with_lookup(|_| None)).await;
    assert_eq!((error.kind(), error.field()), (ErrorKind::Credentials, None));
}

#[tokio::test]
async fn the_agent_of_a_pods_node_is_asked_with_the_pods_token() {
    let folder = Folder::new();
    let server = answering(200, key("AKpod")["credential"].to_string()).await;
    let file = folder.write("token", "planted-jwt");
    let url = format!("{}/v1/credentials", server.uri());
    let set =
        [("HC_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()), ("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.as_str())];
    let pod = PodIdentity::new().with_lookup(variables(&set));
    assert_eq!(pod.credentials().await.unwrap().id(), "AKpod");
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(
        (request.method.as_str(), request.url.path(), request.body.as_slice()),
        ("POST", "/v1/credentials", b"{}".as_slice())
    );
    assert_eq!(request.headers["authorization"], "planted-jwt");
    for (at, field) in [(0, set[1].0), (1, set[0].0)] {
        let half = PodIdentity::new().with_lookup(variables(&[set[at]]));
        assert_eq!(meant(&half).await.0.as_deref(), Some(field));
    }
    let far = [("HC_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/"), set[1]];
    assert_eq!(meant(&PodIdentity::new().with_lookup(variables(&far))).await.0.as_deref(), Some(far[0].0));
    let refusing = answering(403, "planted-jwt").await;
    let url = refusing.uri();
    let refused = PodIdentity::new().with_lookup(variables(&[(set[0].0, &url), set[1]]));
    assert!(meant(&refused).await.1.contains("HTTP status 403"));
}

/// A metadata service that wants a token, or has none.
async fn metadata(tokens: bool) -> MockServer {
    let server = MockServer::start().await;
    let keys = Mock::given(method("GET")).and(path("/openstack/latest/securitykey"));
    let keys = if tokens { keys.and(header("X-Metadata-Token", "planted-visit")) } else { keys };
    keys.respond_with(ResponseTemplate::new(200).set_body_json(key("AKvm"))).mount(&server).await;
    let token = Mock::given(method("PUT")).and(path("/meta-data/latest/api/token"));
    let token = token.and(header("X-Metadata-Token-Ttl-Seconds", "60"));
    let response =
        if tokens { ResponseTemplate::new(200).set_body_string("planted-visit") } else { ResponseTemplate::new(405) };
    token.respond_with(response).mount(&server).await;
    server
}

#[tokio::test]
async fn the_agency_of_a_machine_is_found_and_renewed() {
    for tokens in [true, false] {
        let server = metadata(tokens).await;
        let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_900_000_000 - 3600));
        let machine = machine_agency().base_url(server.uri());
        let cache = Cache::new(Arc::new(machine), Arc::new(clock.clone()));
        assert_eq!(parts(&cache.credentials().await.unwrap()), ("AKvm", "planted-key", Some("planted-token")));
        clock.advance(Duration::from_secs(3500));
        cache.credentials().await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(asked(&server).await.len(), 4);
    }
    let error = refusal(&machine_agency().base_url(answering(404, "planted").await.uri())).await;
    assert_eq!((error.message(), error.field()), ("this machine has no role", None));
}
