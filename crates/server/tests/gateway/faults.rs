//! Faults on demand, over the socket and without it.

use crate::client::{Call, LIMITS, exchange};
use crate::{describe_clusters, echo, echoing};
use flate2::read::GzDecoder;
use serde_json::json;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use wharf_core::credentials::Credentials;
use wharf_core::transport::{Limits, Reached, TransportErrorKind};
use wharf_server::{Fault, Server, Time};
use wharf_sign::hmac_v1::Algorithm;

/// A server whose world counts how often it acts.
async fn counting() -> (Server, Arc<AtomicU32>) {
    let server = Server::builder().rate_limits(false).start().await.unwrap();
    let acted = Arc::new(AtomicU32::new(0));
    let count = acted.clone();
    server.faults().add(Fault::answer_with(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Ok(json!({ "TotalCount": 3, "Clusters": ["x".repeat(1000)] }))
    }));
    (server, acted)
}

#[tokio::test]
async fn a_script_of_faults_strikes_in_order() {
    let server = echoing().await;
    let faults = server.faults();
    faults.add(Fault::throttle().operation("DescribeClusters").times(1));
    faults.add(Fault::refuse("InternalError.Db", "no").product("tke").times(1));
    faults.add(Fault::http_status_retry_after(503, 2).times(1));
    let other = Call::tcr("DescribeInstances", json!({})).send(&server).await;
    assert_eq!((other.status, &other.headers["retry-after"]), (503, &http::HeaderValue::from_static("2")));
    assert_eq!(describe_clusters().send(&server).await.code(), "RequestLimitExceeded");
    assert_eq!(describe_clusters().send(&server).await.code(), "InternalError.Db");
    assert_eq!(describe_clusters().send(&server).await.code(), "");
    let seen: Vec<_> = server.journal().calls().into_iter().map(|entry| (entry.fault, entry.status)).collect();
    let expected = [
        (Some("status"), Some(503)),
        (Some("throttle"), Some(200)),
        (Some("refuse"), Some(200)),
        (Some("answer"), Some(200)),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_refusal_comes_after_the_signature() {
    let server = echoing().await;
    server.faults().add(Fault::throttle());
    let unsigned = describe_clusters().with(|call| call.timestamp -= 1000);
    assert_eq!(unsigned.send(&server).await.code(), "AuthFailure.SignatureExpire");
}

#[tokio::test]
async fn cuts_on_the_socket() {
    let (server, acted) = counting().await;
    server.faults().add(Fault::cut_before().times(2));
    server.faults().add(Fault::cut_after().times(1));
    server.faults().add(Fault::truncate().times(1));
    let request = describe_clusters().request(&server);
    // A closed connection reads as its end or as a reset.
    assert!(exchange(&server, &request).await.unwrap_or_default().is_empty());
    let form = Call::v1(Algorithm::HmacSha1, "DescribeClusters", &[]).request(&server);
    assert!(exchange(&server, &form).await.unwrap_or_default().is_empty());
    assert_eq!(acted.load(Ordering::SeqCst), 0);
    assert!(exchange(&server, &request).await.unwrap_or_default().is_empty());
    assert_eq!(acted.load(Ordering::SeqCst), 1);
    let half = String::from_utf8(exchange(&server, &request).await.unwrap()).unwrap();
    let (head, body) = half.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{half}");
    assert!(body.starts_with("{\"Response\"") && !body.ends_with('}'), "{body}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(length.parse::<usize>().unwrap() > body.len());
    assert_eq!(acted.load(Ordering::SeqCst), 2);
    let seen: Vec<_> = server.journal().calls().into_iter().map(|entry| (entry.status, entry.acted)).collect();
    assert_eq!(seen, [(None, false), (None, false), (None, true), (Some(200), true)]);
}

#[tokio::test]
async fn cuts_without_a_socket_tell_whether_the_server_can_have_seen_the_request() {
    let (server, acted) = counting().await;
    for (fault, reached, acts) in [
        (Fault::cut_before(), Reached::No, 0),
        (Fault::cut_after(), Reached::Maybe, 1),
        (Fault::truncate(), Reached::Maybe, 2),
    ] {
        server.faults().add(fault.times(1));
        let error = describe_clusters().send_in_process(&server).await.unwrap_err();
        assert_eq!((error.kind, error.reached), (TransportErrorKind::Cut, reached));
        assert_eq!(acted.load(Ordering::SeqCst), acts);
    }
    server.faults().add(Fault::garbage().times(1));
    let garbage = describe_clusters().send_in_process(&server).await.unwrap();
    assert_eq!(garbage.status, 200);
    assert!(serde_json::from_slice::<serde_json::Value>(&garbage.body).is_err());
    assert_eq!(acted.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_delayed_answer_comes_too_late() {
    let (server, acted) = counting().await;
    server.faults().add(Fault::delay(Duration::from_secs(60)).times(1));
    let limits = Limits { timeout: Duration::from_millis(20), ..LIMITS };
    let error = server.transport().send(describe_clusters().request(&server), limits).await.unwrap_err();
    assert_eq!((error.kind, error.reached), (TransportErrorKind::Timeout, Reached::Maybe));
    assert_eq!(acted.load(Ordering::SeqCst), 1);
    assert_eq!(server.journal().last().unwrap().status, Some(200));

    server.faults().add(Fault::delay(Duration::from_millis(30)).times(1));
    let before = Instant::now();
    assert_eq!(describe_clusters().send(&server).await.code(), "");
    assert!(before.elapsed() >= Duration::from_millis(30));
}

#[tokio::test]
async fn bodies_are_left_out_mislabelled_and_compressed() {
    let (server, acted) = counting().await;
    let whole = describe_clusters().send(&server).await;
    for fault in [Fault::empty(), Fault::content_type("text/html"), Fault::compressed()] {
        server.faults().add(fault.times(1));
    }
    let empty = describe_clusters().send(&server).await;
    assert_eq!((empty.status, empty.headers["content-length"].to_str().unwrap(), empty.body.len()), (200, "0", 0));
    let page = describe_clusters().send(&server).await;
    assert_eq!((page.headers["content-type"].to_str().unwrap(), page.body.len()), ("text/html", whole.body.len()));
    let packed = describe_clusters().send(&server).await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    let mut unpacked = String::new();
    GzDecoder::new(&packed.body[..]).read_to_string(&mut unpacked).unwrap();
    let unpacked: serde_json::Value = serde_json::from_str(&unpacked).unwrap();
    assert_eq!(unpacked["Response"]["Clusters"], whole.json()["Clusters"]);
    assert_eq!(acted.load(Ordering::SeqCst), 4);
    let seen: Vec<_> = server.journal().calls().into_iter().filter_map(|entry| entry.fault).collect();
    assert_eq!(seen, ["answer", "empty", "content_type", "compressed"]);
}

/// A body of more than 1,000 bytes in parts of 100.
#[tokio::test]
async fn a_slow_body_is_whole_and_takes_its_time() {
    let (server, _) = counting().await;
    server.faults().add(Fault::drip(100, Duration::from_millis(20)).times(2));
    let before = Instant::now();
    let slow = describe_clusters().send(&server).await;
    let took = before.elapsed();
    assert_eq!((slow.json()["TotalCount"].as_u64(), slow.body.len() > 1_000), (Some(3), true));
    assert!(took >= Duration::from_millis(200) && took < Duration::from_secs(5), "{took:?}");
    let before = Instant::now();
    let in_process = describe_clusters().send_in_process(&server).await.unwrap();
    assert_eq!(in_process.json()["TotalCount"], 3);
    assert!(before.elapsed() >= Duration::from_millis(200));
}

/// The time between two parts is not time in which a caller is waited for.
#[tokio::test]
async fn a_slow_body_outlives_the_timeouts_of_the_connection() {
    let limits = Server::builder().idle_timeout(Duration::from_millis(50)).write_timeout(Duration::from_millis(50));
    let server = limits.rate_limits(false).start().await.unwrap();
    server.faults().add(Fault::drip(50, Duration::from_millis(120)).times(1));
    let answer = describe_clusters().send(&server).await;
    assert_eq!(answer.json()["TotalCount"], 0);
}

#[tokio::test]
async fn a_token_expires_only_for_calls_that_have_one() {
    let key = |token: Option<&str>| {
        let key = Credentials::new("AKIDtoken", "secret");
        token.map_or(key.clone(), |token| key.with_token(token.to_owned()))
    };
    for (token, code) in [(None, ""), (Some("t"), "AuthFailure.TokenFailure")] {
        let server = Server::builder().credentials(key(token)).start().await.unwrap();
        server.faults().add(Fault::expired_token());
        assert_eq!(describe_clusters().send(&server).await.code(), code);
    }
}

#[tokio::test]
async fn faults_of_an_account_leave_the_others_alone() {
    let (mine, other) = (Credentials::new("AKIDmine", "a"), Credentials::new("AKIDother", "b"));
    let server = Server::builder().account("1", mine.clone()).account("2", other.clone()).start().await.unwrap();
    server.faults().add(Fault::throttle().account("2"));
    let code = async |key: &Credentials| {
        describe_clusters().with(|call| call.credentials = Some(key.clone())).send(&server).await.code()
    };
    assert_eq!((code(&mine).await.as_str(), code(&other).await.as_str()), ("", "RequestLimitExceeded"));
}

#[tokio::test]
async fn the_servers_clock_can_be_wrong() {
    let server = echoing().await;
    server.faults().skew_clock(3600);
    let answer = describe_clusters().send(&server).await;
    assert_eq!(answer.code(), "AuthFailure.SignatureExpire");
    let date = httpdate::parse_http_date(answer.headers["date"].to_str().unwrap()).unwrap();
    let ahead = date.duration_since(std::time::SystemTime::now()).unwrap();
    assert!((3590..=3601).contains(&ahead.as_secs()), "{ahead:?}");
    let corrected = describe_clusters().with(|call| call.timestamp += 3600);
    assert_eq!(corrected.send(&server).await.code(), "");
    server.faults().clear();
    server.faults().add(echo());
    assert_eq!(describe_clusters().send(&server).await.code(), "");
}

#[tokio::test]
async fn totals_lie() {
    let server = echoing().await;
    server.faults().add(Fault::total(7).times(1));
    server.faults().add(Fault::total_with(|total| total * 10).times(1));
    for total in [7, 30, 3] {
        assert_eq!(describe_clusters().send(&server).await.json()["TotalCount"], total);
    }
    server.faults().clear();
    server.faults().add(Fault::answer_with(|_| Ok(json!({ "Data": { "TotalCount": 1, "RepoInfo": [] } }))));
    server.faults().add(Fault::total(5));
    let nested = Call::tcr("DescribeRepositoryOwnerPersonal", json!({})).send(&server).await.json();
    assert_eq!(nested["Data"]["TotalCount"], 5, "{nested}");
}

#[tokio::test]
async fn world_time_is_moved_by_hand() {
    let start = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let server = Server::builder().time(Time::Manual).start_of_time(start).without_socket().start().await.unwrap();
    assert_eq!(server.now(), 1_700_000_000_000);
    server.advance(Duration::from_secs(90));
    assert_eq!(server.now(), 1_700_000_090_000);
    let fast = Server::builder().time(Time::Accelerated(1_000_000)).start_of_time(start).without_socket();
    let fast = fast.start().await.unwrap();
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert!(fast.now() >= 1_700_002_000_000);
}
