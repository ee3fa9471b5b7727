//! A server that demands a certificate of its clients.

use super::*;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto};

/// Server and the texts that a client needs, all in PEM.
struct Guarded {
    url: String,
    authority: String,
    certificate: String,
    key: String,
}

async fn guarded() -> Guarded {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let issue = |name: &str| {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate =
            rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        (certificate, key)
    };
    let (server, server_key) = issue("localhost");
    let (client, client_key) = issue("client.example.com");
    let provider = Arc::new(crypto::ring::default_provider());
    let mut trusted = RootCertStore::empty();
    trusted.add(root.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(trusted), Arc::clone(&provider));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![server.der().clone()],
            PrivateKeyDer::from_pem_slice(server_key.serialize_pem().as_bytes()).unwrap(),
        )
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
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nknown").await;
                let _ = stream.shutdown().await;
            });
        }
    });
    Guarded { url, authority: root.pem(), certificate: client.pem(), key: client_key.serialize_pem() }
}

async fn send(builder: HttpTransportBuilder, url: &str) -> Result<http::Response<Bytes>, TransportError> {
    let request = http::Request::get(url).body(Bytes::new()).unwrap();
    let transport = builder.proxy(Proxy::None).build().unwrap();
    transport.send(request, Limits { timeout: LONG, max_response: 1000 }).await
}

#[tokio::test]
async fn a_client_with_a_certificate_is_let_in_and_one_without_is_not() {
    let server = guarded().await;
    let builder = || HttpTransport::builder().root_certificate(server.authority.clone());
    send(builder(), &server.url).await.unwrap_err();
    let known = builder().client_certificate(server.certificate.clone().into(), server.key.clone().into());
    assert_eq!(send(known, &server.url).await.unwrap().body().as_ref(), b"known");
}

#[tokio::test]
async fn files_with_a_certificate_and_its_key() {
    let server = guarded().await;
    let folder = std::env::temp_dir().join(format!("wharf-client-certificate-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let both = folder.join("both.pem");
    std::fs::write(&both, format!("{}{}", server.certificate, server.key)).unwrap();
    let read = ClientCertificate::from_files(&both, &both).unwrap();
    let shown = format!("{read:?}");
    assert!(!shown.contains("PRIVATE") && !shown.contains("BEGIN"), "{shown}");
    let builder = HttpTransport::builder().root_certificate(server.authority.clone());
    let known = builder.client_certificate(read.certificate().clone(), read.key().clone());
    assert_eq!(send(known, &server.url).await.unwrap().body().as_ref(), b"known");
    let error = ClientCertificate::from_files(&both, folder.join("none.pem")).unwrap_err();
    assert_eq!(error.field(), Some("client_certificate"));
    assert!(error.message().contains("none.pem"), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_client_certificate_that_is_none_is_an_error_without_its_key() {
    let server = guarded().await;
    for (certificate, key) in [
        ("planted", server.key.as_str()),
        (server.certificate.as_str(), "planted"),
        (server.certificate.as_str(), server.authority.as_str()),
    ] {
        let builder = HttpTransport::builder().client_certificate(certificate.into(), key.into());
        let error = builder.build().unwrap_err();
        assert_eq!(error.field(), Some("client_certificate"));
        assert!(!format!("{error} {error:?}").contains("planted"), "{error}");
    }
}
