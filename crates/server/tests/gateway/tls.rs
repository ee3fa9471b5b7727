//! TLS with a certificate authority of the server's own.

use crate::client::Call;
use crate::{describe_clusters, echo};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use wharf_server::Server;

async fn call(server: &Server, root: &str, name: &'static str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(server.address().unwrap()).await?;
    let name = ServerName::try_from(name).unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let call: Call = describe_clusters();
    let request = call.request(server);
    let mut text = "POST / HTTP/1.1\r\nconnection: close\r\n".to_owned();
    for (name, value) in request.headers() {
        text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", request.body().len()));
    stream.write_all(text.as_bytes()).await?;
    stream.write_all(request.body()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn its_own_root_is_trusted_for_its_names_and_no_other() {
    let server = Server::builder().tls().tls_name("tke.cloud.example.com").start().await.unwrap();
    server.faults().add(echo());
    assert!(server.endpoint().starts_with("https://127.0.0.1:"));
    let root = server.root_certificate().unwrap();
    for name in ["localhost", "127.0.0.1", "tke.cloud.example.com"] {
        let answer = call(&server, root, name).await.unwrap();
        assert!(answer.contains("\"Limit\":1"), "{name}: {answer}");
    }
    assert!(call(&server, root, "tcr.cloud.example.com").await.is_err());
    let all = Server::builder().tls().tls_name("*.api.qcloud.com").start().await.unwrap();
    all.faults().add(echo());
    for name in ["ccs.api.qcloud.com", "ccr.api.qcloud.com", "monitor.api.qcloud.com"] {
        assert!(call(&all, all.root_certificate().unwrap(), name).await.is_ok(), "{name}");
    }
    let other = Server::builder().tls().without_socket().start().await.unwrap();
    assert!(call(&server, other.root_certificate().unwrap(), "localhost").await.is_err());
    assert!(server.certificate().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    server.stop().await;
}
