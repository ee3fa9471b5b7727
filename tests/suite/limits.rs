//! The documented limits of calls per second, kept by the client against a server that holds them.

use crate::support::tke_builder;
use std::time::Duration;
use wharf_server::{Fault, Server};

async fn limited() -> Server {
    Server::builder().without_socket().start().await.unwrap()
}

fn refusals(server: &Server) -> usize {
    let calls = server.journal().of("DescribeClusters");
    calls.iter().filter(|call| call.code.as_deref() == Some("RequestLimitExceeded")).count()
}

#[tokio::test]
async fn calls_one_after_another_and_at_once_are_never_refused() {
    let server = limited().await;
    let tke = tke_builder(&server).client_rate_limit(true).build().unwrap();
    for _ in 0..45 {
        tke.clusters().describe_clusters().send().await.unwrap();
    }
    let calls = (0..45).map(|_| tke.clusters().describe_clusters().send());
    let results = futures_util::future::join_all(calls).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!((server.journal().of("DescribeClusters").len(), refusals(&server)), (90, 0));
}

#[tokio::test]
async fn without_the_clients_limit_the_server_refuses() {
    let server = limited().await;
    let tke = tke_builder(&server).build().unwrap();
    let calls = (0..45).map(|_| tke.clusters().describe_clusters().send());
    futures_util::future::join_all(calls).await;
    assert!(refusals(&server) > 0);
}

#[tokio::test]
async fn another_program_with_the_same_account_lowers_the_rate() {
    let server = limited().await;
    let tke = tke_builder(&server).client_rate_limit(true).build().unwrap();
    server.faults().add(Fault::throttle().operation("DescribeClusters").times(1));
    let began = std::time::Instant::now();
    for _ in 0..20 {
        tke.clusters().describe_clusters().send().await.unwrap();
    }
    // 14 calls in the first second instead of 20.
    assert!(began.elapsed() >= Duration::from_millis(900), "{:?}", began.elapsed());
}
