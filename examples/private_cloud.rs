//! A private cloud: its own domain, its own certificate authority, temporary credentials.
//!
//! `cargo run --example private_cloud`
#![allow(clippy::print_stdout)]

use wharf::{Credentials, tke};
use wharf_server::Server;

/// A temporary key, as an identity broker would hand it out.
fn credentials() -> Credentials {
    Credentials::new("temporary-id", "temporary-secret").with_token("session-token")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The operator's side: a cloud under its own domain, with a certificate nobody else trusts.
    let server = Server::builder()
        .region("zone-1")
        .credentials(credentials())
        .tls()
        .tls_name("tke.api3.cloud.example.com")
        .start()
        .await?;
    let ca = server.root_certificate().ok_or("the server has no certificate")?;
    let address = server.address().ok_or("the server has no address")?;

    // Yours: say where it is and whom to trust. The name is not in any DNS here, so it is pinned.
    let settings = || {
        tke::Connection::builder()
            .region("zone-1")
            .domain("cloud.example.com")
            .resolve("tke.api3.cloud.example.com", address)
            .credentials(credentials())
    };

    let stranger = settings().build()?;
    match stranger.clusters().describe_clusters().send().await {
        Err(error) => println!("without the certificate authority:\n  {error}"),
        Ok(_) => return Err("an unknown certificate was trusted".into()),
    }

    let tke = settings().root_certificate(ca).build()?;
    let answer = tke.clusters().describe_clusters().send().await?;
    println!("with it:\n  {} clusters in zone-1 (request {})", answer.total_count, answer.request_id);
    println!("the connection, as a log would show it:\n  {tke:?}");
    server.stop().await;
    Ok(())
}
