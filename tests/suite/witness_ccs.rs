//! Tencent's own Python client of API 2.0, from PyPI, drives the server.
//!
//! It speaks HTTPS to the public hosts and nothing else. It stays as it is: a proxy takes it to the server, whose
//! certificate has those names.

use crate::witness::{accompany, python, script};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use wharf_server::{SignatureMethod, Time};

/// The hosts that the client knows.
const HOSTS: [&str; 3] = ["ccr.api.qcloud.com", "ccs.api.qcloud.com", "monitor.api.qcloud.com"];
/// The parts of the script.
const SECTIONS: [&str; 6] = ["cluster", "service", "monitor", "registry", "refusals", "deletion"];

/// An HTTP proxy for TLS that takes every connection to the same place, and remembers where each wanted to go.
struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Proxy {
    async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self { address: listener.local_addr().unwrap(), asked: Arc::default() };
        let asked = proxy.asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let asked = asked.clone();
                tokio::spawn(async move { tunnel(stream, server, &asked).await });
            }
        });
        proxy
    }
}

async fn tunnel(mut client: TcpStream, server: SocketAddr, asked: &Mutex<BTreeSet<String>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let place = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next());
    asked.lock().unwrap().insert(place.unwrap_or("nothing but a tunnel is offered").to_owned());
    let mut server = TcpStream::connect(server).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_the_older_api_lives_through_clusters_services_images_and_measurements() {
    let operations = wharf::operations().filter(|entry| entry.meta.product == "ccs");
    let offered: BTreeSet<String> = operations.map(|entry| entry.meta.name.to_owned()).collect();
    for (signature, method) in [("HmacSHA1", "GET"), ("HmacSHA256", "POST")] {
        let mut server = crate::support::documents().time(Time::Manual).rate_limits(false).tls();
        for host in HOSTS {
            server = server.tls_name(host);
        }
        let server = server.start().await.unwrap();
        let proxy = Proxy::to(server.address().unwrap()).await;
        let authority = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("authority-{signature}.pem"));
        std::fs::write(&authority, server.root_certificate().unwrap()).unwrap();
        let mut command = script(&server, "ccs_lifecycle.py", &[signature, method]);
        command.env("https_proxy", format!("http://{}", proxy.address)).env("SSL_CERT_FILE", &authority);
        command.env_remove("HTTPS_PROXY");
        let said = accompany(&server, command);
        assert_eq!(said, SECTIONS.map(|section| format!("ok {section}")));
        assert_eq!(*proxy.asked.lock().unwrap(), HOSTS.map(|host| format!("{host}:443")).into());

        let calls = server.journal().calls();
        let signed = if method == "GET" { SignatureMethod::HmacSha1 } else { SignatureMethod::HmacSha256 };
        assert!(calls.iter().all(|call| call.signature_method == signed && call.method == method));
        let done = calls.iter().filter(|call| call.code.is_none() && call.status == Some(200));
        let done: BTreeSet<String> = done.map(|call| call.operation.clone()).collect();
        assert_eq!(done, offered, "{signature} {method}");
        let refused: BTreeSet<&str> = calls.iter().filter_map(|call| call.code.as_deref()).collect();
        for code in ["AuthFailure", "4104", "4105", "4500", "5000", "6100", "KubeResourceNotFound"] {
            assert!(refused.contains(code), "{code} did not come up: {refused:?}");
        }
        server.stop().await;
    }
}

/// The golden files are what the client sends today.
#[test]
fn the_golden_files_are_what_the_client_sends() {
    let recorder = Path::new(env!("CARGO_MANIFEST_DIR")).join("witness/record_ccs.py");
    let checked = Command::new(python()).arg(recorder).arg("--check").output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
