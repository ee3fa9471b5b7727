#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::error::Error;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[cfg(any(feature = "rustls-ring", feature = "native-tls"))]
mod mutual;

const LONG: Duration = Duration::from_secs(30);

/// Starts a server that reads the head of a request and then calls `act`.
async fn serve<F, Fut>(act: F) -> String
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/?Signature=planted-secret", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                head.push(socket.read_u8().await.unwrap());
            }
            tokio::spawn(act(socket));
        }
    });
    url
}

/// Starts a server that responds with these bytes and closes.
async fn answering(bytes: &'static [u8]) -> String {
    serve(move |mut socket| async move { socket.write_all(bytes).await.unwrap() }).await
}

fn transport() -> HttpTransport {
    HttpTransport::builder().proxy(Proxy::None).build().unwrap()
}

async fn get(url: &str, timeout: Duration) -> Result<http::Response<Bytes>, TransportError> {
    let request = http::Request::get(url).body(Bytes::new()).unwrap();
    let result = transport().send(request, Limits { timeout, max_response: 1000 }).await;
    if let Err(error) = &result {
        assert!(!format!("{error} {error:?}").contains("planted-secret"), "{error:?}");
    }
    result
}

async fn failure(url: &str, timeout: Duration) -> (TransportErrorKind, Reached) {
    let error = get(url, timeout).await.unwrap_err();
    (error.kind, error.reached)
}

#[tokio::test]
async fn an_answer() {
    let url = answering(b"HTTP/1.1 418 Odd\r\nX-A: b\r\nContent-Length: 2\r\n\r\nhi").await;
    let answer = get(&url, LONG).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (418, b"hi".as_ref()));
    assert_eq!(answer.headers()["x-a"], "b");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let url = answering(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(get(&url, LONG).await.unwrap().status().as_u16(), 302);
}

#[tokio::test]
async fn a_refused_connection_reached_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(failure(&url, LONG).await, (TransportErrorKind::Connect, Reached::No));
}

#[tokio::test]
async fn a_cut_may_have_reached() {
    let cut = (TransportErrorKind::Cut, Reached::Maybe);
    assert_eq!(failure(&answering(b"").await, LONG).await, cut, "before the answer");
    assert_eq!(failure(&answering(b"HTTP/1.1 200 OK\r\nCont").await, LONG).await, cut, "in the head");
    let url = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort").await;
    assert_eq!(failure(&url, LONG).await, cut, "in the body");
    let url = answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n").await;
    assert_eq!(failure(&url, LONG).await, cut, "between chunks");
}

#[tokio::test]
async fn garbage_is_told_from_a_cut() {
    let url = answering(b"SSH-2.0-OpenSSH_9.9\r\n\r\n").await;
    assert_eq!(failure(&url, LONG).await, (TransportErrorKind::Garbled, Reached::Maybe));
}

#[tokio::test]
async fn a_body_is_bounded_announced_or_not() {
    let large = (TransportErrorKind::TooLarge, Reached::Maybe);
    let url = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n").await;
    assert_eq!(failure(&url, LONG).await, large);
    let url = serve(|mut socket| async move {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let _ = socket.write_all(head).await;
        while socket.write_all(b"64\r\n").await.is_ok() {
            let _ = socket.write_all(&[b'a'; 100]).await;
            let _ = socket.write_all(b"\r\n").await;
        }
    })
    .await;
    assert_eq!(failure(&url, LONG).await, large);
}

#[tokio::test]
async fn silence_and_a_body_that_trickles_end_with_the_time() {
    let late = (TransportErrorKind::Timeout, Reached::Maybe);
    let short = Duration::from_millis(50);
    let silent = serve(|socket| async move {
        std::future::pending::<()>().await;
        drop(socket);
    })
    .await;
    assert_eq!(failure(&silent, short).await, late);
    let trickling = serve(|mut socket| async move {
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nx").await;
        std::future::pending::<()>().await;
    })
    .await;
    assert_eq!(failure(&trickling, short).await, late);
}

#[tokio::test]
async fn a_server_without_tls_is_no_question_of_trust() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    assert_eq!(failure(&plain, LONG).await, (TransportErrorKind::Connect, Reached::No));
}

#[cfg(feature = "rustls-ring")]
mod trust {
    use super::*;
    use rustls::pki_types::{PrivateKeyDer, pem::PemObject};

    /// Starts a server with a certificate of a private authority. Returns its URL and the authority in PEM.
    async fn private_cloud() -> (String, String) {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let pem = authority.self_signed(&authority_key).unwrap().pem();
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned()];
        let certificate = rcgen::CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
        let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(socket).await else { return };
                    let _ = stream.read(&mut [0; 1000]).await;
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        (url, pem)
    }

    async fn send(builder: HttpTransportBuilder, url: &str) -> Result<http::Response<Bytes>, TransportError> {
        let request = http::Request::get(url).body(Bytes::new()).unwrap();
        let transport = builder.proxy(Proxy::None).build().unwrap();
        transport.send(request, Limits { timeout: LONG, max_response: 1000 }).await
    }

    #[tokio::test]
    async fn a_private_authority_is_trusted_when_given() {
        let (url, pem) = private_cloud().await;
        let error = send(HttpTransport::builder(), &url).await.unwrap_err();
        assert_eq!((error.kind, error.reached), (TransportErrorKind::Tls, Reached::No));
        assert!(error.message.contains("root_certificate") && error.message.contains("localhost"), "{error}");
        assert_eq!(send(HttpTransport::builder().root_certificate(pem), &url).await.unwrap().body().as_ref(), b"ok");
    }

    #[tokio::test]
    async fn a_name_that_is_not_in_the_certificate_is_refused() {
        let (url, pem) = private_cloud().await;
        let url = url.replace("localhost", "127.0.0.1");
        let error = send(HttpTransport::builder().root_certificate(pem), &url).await.unwrap_err();
        assert_eq!(error.kind, TransportErrorKind::Tls);
    }

    #[tokio::test]
    async fn every_certificate_is_accepted_on_demand() {
        let (url, _) = private_cloud().await;
        send(HttpTransport::builder().danger_accept_invalid_certificates(true), &url).await.unwrap();
    }
}

#[test]
fn proxies() {
    let build = |url: &str| HttpTransport::builder().proxy(Proxy::Url(url.into())).build();
    build("http://me:planted-secret@proxy.example.com:3128").unwrap();
    build("http://me:planted@secret@proxy.example.com").unwrap();
    for wrong in ["", "proxy", "proxy:3128", "socks5://me:planted-secret@a", "http://", "http://me:planted-secret@a:b"]
    {
        let error: Error = build(wrong).unwrap_err();
        assert_eq!(error.field(), Some("proxy"), "{wrong}");
        assert!(!format!("{error:?}").contains("planted-secret"));
    }
}

#[tokio::test]
async fn a_proxy_is_used() {
    let proxy = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy").await;
    let url = proxy.split_once("/?").unwrap().0;
    let transport = HttpTransport::builder().proxy(Proxy::Url(url.into())).build().unwrap();
    let request = http::Request::get("http://cloud.example.com/").body(Bytes::new()).unwrap();
    let answer = transport.send(request, Limits { timeout: LONG, max_response: 1000 }).await.unwrap();
    assert_eq!(answer.body().as_ref(), b"proxy");
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached_is_named() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let transport = HttpTransport::builder().proxy(Proxy::Url(format!("http://{gone}").into())).build().unwrap();
    let request = http::Request::get("http://cloud.example.com/").body(Bytes::new()).unwrap();
    let error = transport.send(request, Limits { timeout: LONG, max_response: 1000 }).await.unwrap_err();
    assert_eq!((error.kind, error.reached), (TransportErrorKind::Connect, Reached::No));
    assert!(error.message.ends_with(", through the proxy of the setting `proxy`"), "{error}");
}

#[tokio::test]
async fn a_recording_is_given_again_in_its_order() {
    let first = Replay::new().answer(http::Response::new("one".into())).fail(TransportError::new(
        TransportErrorKind::Cut,
        Reached::Maybe,
        "cut",
    ));
    let recorder = Recorder::new(Arc::new(first.clone()));
    let limits = Limits { timeout: LONG, max_response: 10 };
    let request = || http::Request::get("http://a/planted-secret").body("planted-secret".into()).unwrap();
    recorder.send(request(), limits).await.unwrap();
    recorder.send(request(), limits).await.unwrap_err();
    assert!(!format!("{recorder:?} {:?} {first:?}", recorder.exchanges()).contains("planted-secret"));

    let replay = Replay::of(recorder.exchanges());
    assert_eq!(replay.send(request(), limits).await.unwrap().body().as_ref(), b"one");
    let error = replay.send(request(), limits).await.unwrap_err();
    assert_eq!((error.kind, error.reached), (TransportErrorKind::Cut, Reached::Maybe));
    assert_eq!(replay.send(request(), limits).await.unwrap_err().reached, Reached::No);
    assert_eq!(replay.requests().len(), 3);
}

#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs", feature = "native-tls"))]
#[test]
fn a_path_instead_of_pem_is_answered_with_a_hint() {
    for (given, hint) in [
        ("/etc/ssl/ca.pem", true),
        ("ca.crt", true),
        ("C:\\certs\\ca.cer\n", true),
        ("", false),
        ("no PEM", false),
        ("-----BEGIN CERTIFICATE-----\nAA/A\n-----END CERTIFICATE-----", false),
    ] {
        let error = HttpTransport::builder().root_certificate(given).build().unwrap_err();
        assert_eq!(error.field(), Some("root_certificate"), "{given}");
        assert_eq!(error.message().contains("root_certificate_file"), hint, "{given}: {error}");
        assert!(given.len() < 10 || !error.to_string().contains(given), "{error}");
    }
}
