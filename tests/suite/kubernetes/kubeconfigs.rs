//! Kubeconfigs of the three vendors. kube-rs reads what is written; rcgen makes certificates whose expiry is known.

use super::Cluster;
use crate::support::{ack_builder, builder, cce_builder, tke_builder};
use base64::Engine as _;
use bytes::Bytes;
use kube::config::{KubeConfigOptions, Kubeconfig as Witness};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use wharf::cce::types::ClusterSpec;
use wharf::clock::ManualClock;
use wharf::kubeconfig::{Exec, User};
use wharf::transport::{Reached, Replay, TransportError, TransportErrorKind};
use wharf::{Credentials, ErrorKind, Kubeconfig, ack, tke};

/// What kube-rs reads in the file: the address and the namespace of the current context.
async fn as_kube_reads(config: &Kubeconfig) -> kube::Config {
    let witness = Witness::from_yaml(config.expose()).unwrap();
    kube::Config::from_custom_kubeconfig(witness, &KubeConfigOptions::default()).await.unwrap()
}

#[tokio::test]
async fn of_tke() {
    let cluster = Cluster::start().await;
    let config = cluster.tke.kubeconfig(&cluster.id).fetch().await.unwrap();
    let read = as_kube_reads(&config.clone().with_namespace("team").unwrap()).await;
    assert_eq!(read.cluster_url.to_string().trim_end_matches('/'), config.server().unwrap());
    assert_eq!(read.default_namespace, "team");
    assert!(matches!(config.user(), Some(User::Token(_) | User::Certificate { .. })));
    assert!(config.certificate_authority().unwrap().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    // A file that it was merged into, with a program as the user.
    let exec = Exec::new("wharf-credential").args(["tke", "--cluster", &cluster.id]).env("A", "ü");
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("kubeconfig-of-tke");
    let _ = std::fs::remove_file(&path);
    config.with_prefix("größe").with_exec(&exec).merge_into(&path).unwrap();
    let merged = Witness::read_from(&path).unwrap();
    let exec = merged.auth_infos[0].auth_info.as_ref().unwrap().exec.as_ref().unwrap();
    assert_eq!(exec.command.as_deref(), Some("wharf-credential"));
    assert_eq!(exec.args.as_ref().unwrap()[..], ["tke", "--cluster", &cluster.id]);
    assert_eq!(exec.env.as_ref().unwrap()[0]["value"], "ü");
    let context = &merged.contexts[0];
    assert_eq!(merged.current_context.as_ref(), Some(&context.name));
    assert!(context.name.starts_with("größe-"));
    assert_eq!(context.context.as_ref().unwrap().extensions.as_ref().unwrap()[0].name, "wharf");
    // There is no public address yet.
    let private = tke_builder(&cluster.server).domain("cloud.example.com").build().unwrap();
    let error = private.kubeconfig(&cluster.id).external().fetch().await.unwrap_err();
    assert_eq!(error.code(), Some("ResourceUnavailable"), "{error}");
    let error = cluster.tke.kubeconfig(&cluster.id).valid_for(Duration::from_secs(60)).fetch().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Unsupported, Some("valid_for")));
}

#[tokio::test]
async fn of_cce() {
    let server = builder().without_socket().start().await.unwrap();
    let cce = cce_builder(&server).build().unwrap();
    let spec = ClusterSpec::virtual_machines("cce.s1.small", "vpc-default0", "subnet-default1");
    let order = cce.clusters().create_cluster().metadata(|cluster| cluster.name("prod"));
    let made = order.set_spec(spec.container_network(|network| network.cidr("172.16.0.0/20"))).send().await.unwrap();
    let id = made.metadata.uid.unwrap();
    server.advance(Duration::from_secs(3600));
    let config = cce.kubeconfig(&id).fetch().await.unwrap();
    let certificate = cce.clusters().get_cluster_cert(&id).send().await.unwrap();
    assert_eq!(config.current_context(), Some(certificate.current_context.as_ref()));
    assert_eq!(config.contexts().len(), certificate.contexts.len());
    let read = as_kube_reads(&config).await;
    assert_eq!(read.cluster_url.to_string().trim_end_matches('/'), config.server().unwrap().trim_end_matches('/'));
    assert!(matches!(config.user(), Some(User::Certificate { .. })));
    let error = cce.kubeconfig(&id).external().fetch().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::NotFound, Some("current-context")));
    assert_eq!(cce.kubeconfig(&id).internal().fetch().await.unwrap().current_context(), Some("internal"));
    let named = as_kube_reads(&config.with_prefix(&id)).await;
    assert_eq!(named.cluster_url, read.cluster_url);
}

fn ack(replay: &Replay, clock: &ManualClock) -> ack::Connection {
    let connection = ack::Connection::builder().region("cn-north-1").credentials(Credentials::new("id", "secret"));
    let connection = connection.transport(Arc::new(replay.clone())).clock(Arc::new(clock.clone()));
    connection.retry_policy(wharf::retry::RetryPolicy::none()).build().unwrap()
}

/// A response of `user_config` as the document shows it: the text, and when it ends.
fn user_config(token: &str, expiration: &str) -> http::Response<Bytes> {
    let config = format!(
        "users: [{{name: u, user: {{token: {token}}}}}]\ncontexts: [{{name: c, context: {{user: u}}}}]\n\
         current-context: c\n"
    );
    http::Response::new(json!({"config": config, "expiration": expiration}).to_string().into())
}

fn token(config: &Kubeconfig) -> String {
    let Some(User::Token(token)) = config.user() else { panic!("{config:?}") };
    token.expose().to_owned()
}

/// 2024-03-10T09:56:17Z, the example of the document (ack: `expiration`).
const EXPIRATION: &str = "2024-03-10T09:56:17Z";
const EXPIRES: u64 = 1_710_064_577;

fn at(before_expiry: u64) -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(EXPIRES - before_expiry))
}

#[tokio::test]
async fn of_ack_with_its_lifetime() {
    let clock = at(3600);
    let replay = Replay::new().answer(user_config("planted", EXPIRATION));
    let source = ack(&replay, &clock).kubeconfig("c-1").internal().valid_for(Duration::from_secs(3541));
    let config = source.fetch().await.unwrap();
    let uri = replay.requests()[0].0.uri().to_string();
    assert!(uri.contains("/k8s/c-1/user_config?"), "{uri}");
    assert!(uri.contains("TemporaryDurationMinutes=60") && uri.contains("PrivateIpAddress=true"), "{uri}");
    assert_eq!(config.expires(), Some(SystemTime::UNIX_EPOCH + Duration::from_secs(EXPIRES)));
    // 15 to 4320 minutes, by the document.
    let short = ack(&replay, &clock).kubeconfig("c-1").valid_for(Duration::from_secs(60)).fetch().await.unwrap_err();
    assert_eq!((short.kind(), short.field()), (ErrorKind::InvalidInput, Some("TemporaryDurationMinutes")));
    assert_eq!(replay.requests().len(), 1);
}

#[tokio::test]
async fn it_is_renewed_before_it_ends_by_one_request() {
    let clock = at(3600);
    let cut = || TransportError::new(TransportErrorKind::Cut, Reached::Maybe, "cut");
    let replay = Replay::new()
        .answer(user_config("first", EXPIRATION))
        .fail(cut())
        .answer(user_config("second", "2024-03-10T10:56:17Z"));
    let source = ack(&replay, &clock).kubeconfig("c-1");
    let all = futures_util::future::join_all((0..20).map(|_| source.get())).await;
    assert!(all.iter().all(|config| token(config.as_ref().unwrap()) == "first"));
    clock.advance(Duration::from_secs(3600 - 301));
    assert_eq!(token(&source.get().await.unwrap()), "first");
    assert_eq!(replay.requests().len(), 1);
    // Five minutes before: the renewal fails once, and the old one is still good.
    clock.advance(Duration::from_secs(1));
    assert_eq!(token(&source.get().await.unwrap()), "first");
    assert_eq!(token(&source.clone().get().await.unwrap()), "second");
    assert_eq!(replay.requests().len(), 3);
    clock.advance(Duration::from_secs(7200));
    assert_eq!(source.get().await.unwrap_err().kind(), ErrorKind::ConnectionFailed, "nothing is left to use");
    assert!(!format!("{source:?}").contains("second"));
}

#[tokio::test]
async fn an_unreadable_one_is_an_error_that_does_not_quote_it() {
    let body = json!({"config": "planted: [", "expiration": EXPIRATION});
    let replay = Replay::new().answer(http::Response::new(body.to_string().into()));
    let error = ack(&replay, &at(60)).kubeconfig("c-1").fetch().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Decode, Some("kubeconfig")));
    assert!(!format!("{error:?}").contains("planted"), "{error:?}");
}

#[tokio::test]
async fn the_servers_own_is_read() {
    let server = builder().without_socket().start().await.unwrap();
    let ack = ack_builder(&server).build().unwrap();
    let error = ack.kubeconfig("none").fetch().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

/// A kubeconfig with a client certificate that rcgen made, which ends at that time.
fn with_certificate(not_after: rcgen::CertificateParams) -> Kubeconfig {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = not_after.self_signed(&key).unwrap().pem();
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let user =
        json!({"client-certificate-data": encode(&certificate), "client-key-data": encode(&key.serialize_pem())});
    let config = json!({"users": [{"name": "u", "user": user}], "contexts": [{"name": "c", "context": {"user": "u"}}],
        "current-context": "c"});
    Kubeconfig::parse(&config.to_string()).unwrap()
}

#[test]
fn the_expiry_of_a_client_certificate() {
    // Seconds since 1970 by `date -u -d ... +%s`.
    for (year, seconds) in
        [(1999, 922_838_400_u64), (2031, 1_932_681_600), (2049, 2_500_761_600), (2050, 2_532_297_600)]
    {
        let mut params = rcgen::CertificateParams::new(["client".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(1990, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 3, 31);
        let expires = with_certificate(params).expires().unwrap();
        assert_eq!(expires.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs(), seconds, "{year}");
    }
}

#[tokio::test]
async fn a_public_cloud_selects_the_address_by_its_own_parameter() {
    let answer = || {
        let body = json!({"Response": {"Kubeconfig": "{}", "RequestId": "r"}});
        http::Response::new(Bytes::from(body.to_string()))
    };
    let replay = Replay::new().answer(answer()).answer(answer());
    let of = |domain: Option<&str>| {
        let builder = tke::Connection::builder().region("ap-guangzhou").credentials(Credentials::new("id", "secret"));
        let builder = builder.transport(Arc::new(replay.clone()));
        match domain {
            Some(domain) => builder.domain(domain),
            None => builder,
        }
        .build()
        .unwrap()
    };
    of(None).kubeconfig("cls-1").external().fetch().await.unwrap();
    of(Some("cloud.example.com")).kubeconfig("cls-1").external().fetch().await.unwrap();
    let sent: Vec<Value> =
        replay.requests().iter().map(|(request, _)| serde_json::from_slice(request.body()).unwrap()).collect();
    assert_eq!(sent[0], json!({"ClusterId": "cls-1", "IsExtranet": true}));
    assert_eq!(sent[1], json!({"ClusterId": "cls-1", "Type": "INTERNETLB"}));
}
