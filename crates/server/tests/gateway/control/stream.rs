//! The journal as server-sent events.

use super::{call, manual, request};
use crate::client::Call;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wharf_server::Server;

/// Opens the stream, and reads its head.
async fn open(server: &Server, path: &str) -> (TcpStream, String) {
    let request = request(server, "GET", path, None);
    let mut stream = TcpStream::connect(server.address().unwrap()).await.unwrap();
    let host = request.headers()["host"].to_str().unwrap();
    stream.write_all(format!("GET {} HTTP/1.1\r\nhost: {host}\r\n\r\n", request.uri()).as_bytes()).await.unwrap();
    let text = until(&mut stream, "\r\n\r\n").await;
    (stream, text)
}

/// What comes until that text has come, or the connection ends.
async fn until(stream: &mut TcpStream, end: &str) -> String {
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    while !text.contains(end) {
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut piece)).await.unwrap().unwrap();
        if read == 0 {
            break;
        }
        text.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    text
}

#[tokio::test]
async fn entries_come_as_they_are_answered_and_the_stream_ends_with_the_server() {
    let server = manual().await;
    let (mut stream, head) = open(&server, "journal/stream?operation=DescribeClusters").await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/event-stream"), "{head}");
    Call::tke("DescribeRegions", json!({})).send(&server).await;
    Call::tke("DescribeClusters", json!({})).send(&server).await;
    let text = until(&mut stream, "\n\n").await;
    assert!(text.contains("event: entry\ndata: "), "{text}");
    let data = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    let entry: Value = serde_json::from_str(data).unwrap();
    assert_eq!((&entry["operation"], &entry["sequence"]), (&json!("DescribeClusters"), &json!(1)));
    let stopped = tokio::time::timeout(Duration::from_secs(3), server.stop()).await;
    assert!(stopped.is_ok(), "a stream keeps the server from stopping");
    until(&mut stream, "nothing has this text").await;
}

#[tokio::test]
async fn there_are_only_so_many_readers() {
    let server = manual().await;
    let mut open_streams = Vec::new();
    let refused = loop {
        let (stream, head) = open(&server, "journal/stream").await;
        if !head.starts_with("HTTP/1.1 200") {
            break head;
        }
        open_streams.push(stream);
        assert!(open_streams.len() <= 64);
    };
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
    // A reader that leaves makes room.
    drop(open_streams);
    let mut tries = 0;
    while !open(&server, "journal/stream").await.1.starts_with("HTTP/1.1 200") {
        tries += 1;
        assert!(tries < 100, "no room");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn wrong_filters_are_refused() {
    let server = manual().await;
    for path in ["journal/stream?limit=1", "journal/stream?elephant=1", "journal/stream?status=x"] {
        let (_, head) = open(&server, path).await;
        assert!(head.starts_with("HTTP/1.1 400"), "{path}: {head}");
    }
    assert_eq!(call(&server, "DELETE", "journal", &json!({})).await.0, 204);
}
