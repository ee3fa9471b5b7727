//! A server that answers every request with a response that was made before, on kept connections.

use crate::canned::{ack_clusters, cce_clusters, clusters, envelope, nodes};
use crate::process::Result;
use bytes::Bytes;
use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;
use std::io::{Read, Write};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Size of the pages of nodes if a request states none.
const PAGE: usize = 100;

/// What the server answers.
#[derive(Debug, Clone)]
enum Answer {
    /// The same body always.
    Same(Bytes),
    /// Pages of a list with that many nodes.
    Pages(usize),
    /// Nothing: the response is withheld.
    Nothing,
}

/// Serves until the standard input ends. Prints the endpoint, and for TLS the certificate's file after it.
///
/// `mode` is `tke:20`, `cce:20`, `ack:20`, `pages:1000`, `nothing`, `tls:20` or `wharf:20`, the reference server with that many clusters.
///
/// # Errors
/// A mode that does not exist, or a socket that cannot be opened.
pub fn run(mode: &str) -> Result<()> {
    let (kind, count) = mode.split_once(':').unwrap_or((mode, "0"));
    let count: usize = count.parse()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let answer = match kind {
        "tke" | "tls" => Answer::Same(response(&envelope(&clusters(count)))),
        "cce" => Answer::Same(response(cce_clusters(count).as_bytes())),
        "ack" => Answer::Same(response(ack_clusters(count).as_bytes())),
        "pages" => Answer::Pages(count),
        "nothing" => Answer::Nothing,
        "wharf" => return runtime.block_on(super::gateway::serve(count)),
        _ => return Err(format!("no server is called {mode}").into()),
    };
    runtime.block_on(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        if kind == "tls" {
            let (acceptor, pem) = tls()?;
            let file = std::env::temp_dir().join(format!("wharf-benches-{}.pem", std::process::id()));
            std::fs::write(&file, pem)?;
            announce(&format!("https://localhost:{} {}", address.port(), file.display()))?;
            tokio::spawn(accept(listener, answer, Some(acceptor)));
        } else {
            announce(&format!("http://{address}"))?;
            tokio::spawn(accept(listener, answer, None));
        }
        wait_for_end().await
    })
}

/// Prints the line that the runner waits for.
///
/// # Errors
/// A closed output.
#[allow(clippy::print_stdout)]
pub fn announce(line: &str) -> Result<()> {
    println!("{line}");
    Ok(std::io::stdout().flush()?)
}

/// Waits until the runner closes the standard input, or ends.
///
/// # Errors
/// A task that cannot be run.
pub async fn wait_for_end() -> Result<()> {
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}

async fn accept(listener: TcpListener, answer: Answer, tls: Option<TlsAcceptor>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (answer, tls) = (answer.clone(), tls.clone());
        // Without this, the second half of a response may wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            match tls {
                None => talk(stream, &answer).await,
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => talk(stream, &answer).await,
                    Err(error) => Err(error),
                },
            }
        });
    }
}

/// Reads requests and answers them until the client closes the connection.
async fn talk(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &Answer) -> std::io::Result<()> {
    let mut read = Vec::with_capacity(16 << 10);
    loop {
        let Some(head) = find(&read, b"\r\n\r\n") else {
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let end = head + 4 + content_length(&read[..head]);
        while read.len() < end {
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        }
        match answer {
            Answer::Same(response) => stream.write_all(response).await?,
            Answer::Pages(total) => stream.write_all(&page(*total, &read[head + 4..end])).await?,
            Answer::Nothing => {}
        }
        read.drain(..end);
    }
}

fn page(total: usize, body: &[u8]) -> Bytes {
    let input: Value = serde_json::from_slice(body).unwrap_or_default();
    let number = |name: &str| input[name].as_u64().and_then(|number| usize::try_from(number).ok());
    response(&envelope(&nodes(total, number("Offset").unwrap_or(0), number("Limit").unwrap_or(PAGE))))
}

fn response(body: &[u8]) -> Bytes {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat().into()
}

fn content_length(head: &[u8]) -> usize {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    length.and_then(|length| length.trim().parse().ok()).unwrap_or(0)
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Returns a certificate for `localhost`, which is its own authority, and the settings of a server that has it.
fn tls() -> Result<(TlsAcceptor, String)> {
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])?.self_signed(&key)?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)?;
    Ok((TlsAcceptor::from(Arc::new(config)), certificate.pem()))
}
