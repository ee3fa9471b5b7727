//! The API server itself, over TLS: the authority, the user and the streams of a kubeconfig. The server is a few lines of
//! this test, so that it is told exactly what it is sent.

use super::refusal;
use base64::Engine as _;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, pin_mut};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, WatchEvent, WatchParams};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use wharf::clock::ManualClock;
use wharf::transport::Replay;
use wharf::{ErrorKind, Kubeconfig, Kubernetes};

/// A certificate and its key, as PEM texts.
struct Pair {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

/// An authority.
struct Authority {
    pem: String,
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), certificate, issuer: Issuer::new(params, key) }
    }

    fn sign(&self, name: &str) -> Pair {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        Pair { certificate, key }
    }
}

/// What the server was sent, and the switch of its watch.
#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<String>>,
    go: Notify,
    closed: Notify,
}

/// An API server whose certificate is for `name`, and which knows clients of its authority alone.
async fn start(authority: &Authority, name: &str) -> (SocketAddr, Arc<Seen>) {
    let pair = authority.sign(name);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.certificate.der().clone()).unwrap();
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let clients = clients.allow_unauthenticated().build().unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pair.key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_client_cert_verifier(clients);
    let config = config.with_single_cert(vec![pair.certificate.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, seen) = (listener.local_addr().unwrap(), Arc::new(Seen::default()));
    let shared = seen.clone();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let (acceptor, seen) = (acceptor.clone(), shared.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(socket).await {
                    serve(stream, &seen).await;
                }
            });
        }
    });
    (address, seen)
}

type Stream = tokio_rustls::server::TlsStream<tokio::net::TcpStream>;

async fn serve(mut stream: Stream, seen: &Seen) {
    let mut buffer = Vec::new();
    loop {
        while !buffer.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read_buf(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        let head = String::from_utf8(std::mem::take(&mut buffer)).unwrap();
        let client = if stream.get_ref().1.peer_certificates().is_some() { "with" } else { "without" };
        seen.requests.lock().unwrap().push(format!("{head}{client} certificate"));
        let line = head.lines().next().unwrap().to_owned();
        if line.contains("watch=true") {
            return watch(stream, seen).await;
        }
        let (status, body) = match line.as_str() {
            line if line.starts_with("GET /base/version") => (
                "200 OK",
                json!({"major": "1", "minor": "33", "gitVersion": "v1.33.0", "gitCommit": "", "gitTreeState": "",
                    "buildDate": "", "goVersion": "", "compiler": "", "platform": ""}),
            ),
            _ if head.contains("Bearer stale") => (
                "401 Unauthorized",
                json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Unauthorized",
                    "message": "Unauthorized", "code": 401}),
            ),
            line if line.contains("/log?") => ("200 OK", json!("a line\n")),
            _ => (
                "403 Forbidden",
                json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Forbidden",
                    "message": "no", "code": 403}),
            ),
        };
        let body = body.to_string();
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    }
}

/// Two events; the second comes when the test says so. Then the stream stays open.
async fn watch(mut stream: Stream, seen: &Seen) {
    let event = |kind: &str, version: &str| {
        let pod = json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web", "resourceVersion": version}});
        let line = json!({"type": kind, "object": pod}).to_string() + "\n";
        format!("{:x}\r\n{line}\r\n", line.len())
    };
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(format!("{head}{}", event("ADDED", "1")).as_bytes()).await.unwrap();
    seen.go.notified().await;
    stream.write_all(event("MODIFIED", "2").as_bytes()).await.unwrap();
    let mut rest = [0; 16];
    while !matches!(stream.read(&mut rest).await, Ok(0) | Err(_)) {}
    seen.closed.notify_one();
}

fn encode(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn config(server: &str, authority: &str, cluster: Value, user: Value) -> Kubeconfig {
    let mut entry = json!({"server": server, "certificate-authority-data": encode(authority)});
    entry.as_object_mut().unwrap().extend(cluster.as_object().unwrap().clone());
    let config = json!({"clusters": [{"name": "c", "cluster": entry}], "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}], "current-context": "x"});
    Kubeconfig::parse(&config.to_string()).unwrap()
}

fn certificate(pair: &Pair) -> Value {
    let (certificate, key) = (pair.certificate.pem(), pair.key.serialize_pem());
    json!({"client-certificate-data": encode(&certificate), "client-key-data": encode(&key)})
}

async fn get(kubernetes: &Kubernetes, path: &str) -> Result<http::Response<Bytes>, wharf::Error> {
    kubernetes.send(http::Request::get(path).body(Bytes::new()).unwrap()).await
}

#[tokio::test]
async fn a_client_certificate_and_an_authority_of_the_clusters_own() {
    let authority = Authority::new();
    let (address, seen) = start(&authority, "127.0.0.1").await;
    let user = certificate(&authority.sign("client"));
    let server = format!("https://{address}/base");
    let kubernetes = config(&server, &authority.pem, json!({}), user.clone()).kubernetes().unwrap();
    let client = kube::Client::new(kubernetes, "default");
    assert_eq!(client.apiserver_version().await.unwrap().git_version, "v1.33.0");
    let request = seen.requests.lock().unwrap()[0].clone();
    assert!(request.starts_with("GET /base/version HTTP/1.1"), "{request}");
    assert!(request.ends_with("with certificate") && !request.to_lowercase().contains("authorization"), "{request}");
    let pods: Api<Pod> = Api::all(client);
    assert_eq!(refusal(&pods.get("none").await.unwrap_err()), (403, "Forbidden"));

    // Another authority is not trusted, although the system's would be.
    let stranger = Authority::new();
    let error =
        get(&config(&server, &stranger.pem, json!({}), user).kubernetes().unwrap(), "/version").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{error:?}");
    let any = json!({"insecure-skip-tls-verify": true});
    let kubernetes = config(&server, &stranger.pem, any, json!({})).kubernetes().unwrap();
    assert_eq!(get(&kubernetes, "/version").await.unwrap().status(), 200);
}

#[tokio::test]
async fn tokens_passwords_and_names_of_certificates() {
    let authority = Authority::new();
    let (address, seen) = start(&authority, "kubernetes.default").await;
    let server = format!("https://{address}/base");
    let named = json!({"tls-server-name": "kubernetes.default"});
    // `printf a:b | base64` is YTpi.
    for (user, caller) in [
        (json!({"token": "planted-token"}), "Bearer planted-token"),
        (json!({"username": "a", "password": "b"}), "Basic YTpi"),
    ] {
        let config = config(&server, &authority.pem, named.clone(), user);
        let kubernetes = config.kubernetes().unwrap();
        assert_eq!(get(&kubernetes, "/version").await.unwrap().status(), 200);
        let request = seen.requests.lock().unwrap().pop().unwrap();
        assert!(request.contains(&format!("authorization: {caller}\r\n")), "{request}");
        assert!(request.ends_with("without certificate"));
        assert!(!format!("{kubernetes:?}").contains("planted"), "{kubernetes:?}");
    }
    let unnamed = config(&server, &authority.pem, json!({}), json!({"token": "t"})).kubernetes().unwrap();
    assert_eq!(get(&unnamed, "/version").await.unwrap_err().kind(), ErrorKind::Tls);
}

#[tokio::test]
async fn a_watch_is_a_stream_that_ends_when_it_is_dropped() {
    let authority = Authority::new();
    let (address, seen) = start(&authority, "127.0.0.1").await;
    let config = config(&format!("https://{address}"), &authority.pem, json!({}), json!({"token": "t"}));
    let pods: Api<Pod> = Api::all(kube::Client::new(config.kubernetes().unwrap(), "default"));
    {
        let stream = pods.watch(&WatchParams::default(), "0").await.unwrap();
        pin_mut!(stream);
        assert!(matches!(stream.try_next().await.unwrap(), Some(WatchEvent::Added(_))));
        let quiet = tokio::time::timeout(Duration::from_millis(100), stream.next()).await;
        assert!(quiet.is_err(), "the second event came early");
        seen.go.notify_one();
        assert!(matches!(stream.try_next().await.unwrap(), Some(WatchEvent::Modified(_))));
    }
    tokio::time::timeout(Duration::from_secs(10), seen.closed.notified()).await.unwrap();
    let request = seen.requests.lock().unwrap()[0].to_lowercase();
    assert!(request.starts_with("get /api/v1/pods?") && request.contains("authorization: bearer t"), "{request}");
}

#[tokio::test]
async fn what_this_client_cannot_do_is_refused() {
    let server = "https://127.0.0.1:1";
    let authority = Authority::new().pem;
    let of = |cluster: Value, user: Value| config(server, &authority, cluster, user).kubernetes();
    for (cluster, user, kind, field) in [
        (json!({}), json!({"exec": {"command": "x"}}), ErrorKind::Unsupported, "users"),
        (json!({}), json!({"tokenFile": "x"}), ErrorKind::Unsupported, "users"),
        (json!({"server": "http://192.0.2.1"}), json!({}), ErrorKind::Configuration, "server"),
        (json!({"server": "nonsense"}), json!({}), ErrorKind::Configuration, "endpoint"),
        (json!({"server": null}), json!({}), ErrorKind::Configuration, "server"),
        (
            json!({"certificate-authority-data": "planted"}),
            json!({}),
            ErrorKind::InvalidInput,
            "kubeconfig.certificate-authority-data",
        ),
        (
            json!({"certificate-authority-data": encode("planted")}),
            json!({}),
            ErrorKind::Configuration,
            "root_certificate",
        ),
        (
            json!({}),
            json!({"client-certificate-data": encode("planted"), "client-key-data": encode("planted")}),
            ErrorKind::Configuration,
            "client_certificate",
        ),
    ] {
        let error = of(cluster, user).unwrap_err();
        assert_eq!((error.kind(), error.field()), (kind, Some(field)), "{error:?}");
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
    let kubernetes = of(json!({}), json!({"token": "t"})).unwrap();
    let exec = get(&kubernetes, "/api/v1/namespaces/default/pods/web/exec").await.unwrap();
    assert_eq!(exec.status(), 405);
    assert_eq!(get(&kubernetes, "/version").await.unwrap_err().kind(), ErrorKind::ConnectionFailed);
}

#[tokio::test]
async fn the_kubeconfig_of_a_cloud_is_fetched_and_renewed() {
    let authority = Authority::new();
    let (address, seen) = start(&authority, "127.0.0.1").await;
    let answer = |token: &str, expiration: &str| {
        let server = format!("https://{address}/base");
        let config = config(&server, &authority.pem, json!({}), json!({"token": token}));
        let body = json!({"config": config.expose(), "expiration": expiration}).to_string();
        http::Response::new(Bytes::from(body))
    };
    // Both the clock and the expiry of the first are those of ACK's document.
    let replay = Replay::new().answer(answer("first", "2024-03-10T09:56:17Z"));
    let replay = replay.answer(answer("second", "2024-03-10T19:56:17Z"));
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_710_064_577 - 3600));
    let ack = wharf::ack::Connection::builder().region("cn-north-1").credentials(crate::support::stranger());
    let ack = ack.transport(Arc::new(replay.clone())).clock(Arc::new(clock.clone())).build().unwrap();
    let kubernetes = ack.kubernetes("c-1");
    assert_eq!(replay.requests().len(), 0);
    for (passed, token, fetched) in [(0, "first", 1), (3000, "first", 1), (400, "second", 2)] {
        clock.advance(Duration::from_secs(passed));
        assert_eq!(get(&kubernetes, "/version").await.unwrap().status(), 200);
        let request = seen.requests.lock().unwrap().pop().unwrap();
        assert!(request.contains(&format!("authorization: Bearer {token}\r\n")), "{request}");
        assert_eq!(replay.requests().len(), fetched);
    }
}

#[tokio::test]
async fn a_kubeconfig_that_is_rejected_is_renewed_once() {
    let authority = Authority::new();
    let (address, seen) = start(&authority, "127.0.0.1").await;
    let answer = |token: &str| {
        let config = config(&format!("https://{address}"), &authority.pem, json!({}), json!({"token": token}));
        http::Response::new(Bytes::from(json!({"config": config.expose()}).to_string()))
    };
    let connection = |replay: &Replay| {
        let ack = wharf::ack::Connection::builder().region("cn-north-1").credentials(crate::support::stranger());
        ack.transport(Arc::new(replay.clone())).build().unwrap()
    };
    let replay = Replay::new().answer(answer("stale")).answer(answer("fresh"));
    let kubernetes = connection(&replay).kubernetes("c-1");
    let post = || http::Request::post("/api/v1/namespaces").body(Bytes::from("{}")).unwrap();
    // The server of this test knows no such path, but the caller.
    assert_eq!(kubernetes.send(post()).await.unwrap().status(), 403);
    assert_eq!(kubernetes.send(post()).await.unwrap().status(), 403);
    assert_eq!((replay.requests().len(), seen.requests.lock().unwrap().len()), (2, 3));
    // The same kubeconfig again, or none, changes nothing.
    for replay in [Replay::new().answer(answer("stale")).answer(answer("stale")), Replay::new().answer(answer("stale"))]
    {
        let response = connection(&replay).kubernetes("c-1").send(post()).await.unwrap();
        assert_eq!(response.status(), 401);
    }
    assert_eq!(seen.requests.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn the_path_is_that_of_the_edition() {
    let tke = || wharf::tke::Connection::builder().region("ap-guangzhou").credentials(crate::support::stranger());
    let shown = |builder: wharf::tke::Builder| format!("{:?}", builder.build().unwrap().kubernetes("cls-1"));
    assert!(shown(tke()).contains("ApiServer(cls-1)"));
    for private in [
        tke().domain("cloud.example.com"),
        tke().endpoint("https://tke.cloud.example.com"),
        tke().transport(Arc::new(Replay::new())),
    ] {
        assert!(shown(private).contains("ForwardRequest(cls-1)"));
    }
    let set = tke().build().unwrap().kubernetes_by_forwarding("cls-1");
    assert!(format!("{set:?}").contains("ForwardRequest(cls-1)"));
}
