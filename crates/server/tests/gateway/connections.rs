//! Connections have their time and their number.

use crate::client::{Answer, exchange};
use crate::describe_clusters;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wharf_server::{Builder, Fault, Server};

/// What a connection may take for anything here.
const SHORT: Duration = Duration::from_millis(300);
/// What is as good as for ever here.
const LONG: Duration = Duration::from_secs(100);

/// Everything has time but what a test says otherwise.
fn patient() -> Builder {
    Server::builder().idle_timeout(LONG).head_timeout(LONG).body_timeout(LONG).write_timeout(LONG).rate_limits(false)
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address().unwrap()).await.unwrap()
}

/// Waits until the server ends the connection, while it sends a byte now and then.
async fn ended(mut stream: TcpStream, dribble: bool) -> Duration {
    let began = Instant::now();
    let mut buffer = [0; 64];
    loop {
        let read = tokio::time::timeout(Duration::from_millis(50), stream.read(&mut buffer)).await;
        match read {
            Ok(Ok(0) | Err(_)) => return began.elapsed(),
            Ok(Ok(_)) => panic!("nothing was asked for"),
            Err(_) if dribble => drop(stream.write_all(b"a").await),
            Err(_) => {}
        }
        assert!(began.elapsed() < LONG / 4, "it is still open");
    }
}

async fn is_served(server: &Server) -> Duration {
    let began = Instant::now();
    let answer = exchange(server, &describe_clusters().request(server)).await.unwrap();
    assert_eq!(Answer::read(&answer).code(), "");
    began.elapsed()
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed_in_time() {
    let server = patient().idle_timeout(SHORT).start().await.unwrap();
    assert!(ended(connect(&server).await, false).await >= SHORT / 2);
    // The first answer gives it its time anew.
    let mut used = connect(&server).await;
    used.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut buffer = vec![0; 4_096];
    assert!(used.read(&mut buffer).await.unwrap() > 0);
    assert!(ended(used, false).await >= SHORT / 2);
}

#[tokio::test]
async fn a_head_that_does_not_end_is_closed_in_time() {
    let server = patient().head_timeout(SHORT).start().await.unwrap();
    let mut stream = connect(&server).await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX: ").await.unwrap();
    ended(stream, true).await;
    is_served(&server).await;
}

#[tokio::test]
async fn a_body_that_does_not_end_is_closed_in_time() {
    let server = patient().body_timeout(SHORT).start().await.unwrap();
    for (length, dribble) in [(1_000, true), (1_000, false), (100 << 20, true), (100 << 20, false)] {
        let mut stream = connect(&server).await;
        let head = format!(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-TC-Action: A\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        ended(stream, dribble).await;
    }
    is_served(&server).await;
}

#[tokio::test]
async fn an_answer_that_is_not_read_is_closed_in_time() {
    let server = patient().write_timeout(SHORT).start().await.unwrap();
    let large = "x".repeat(20 << 20);
    server.faults().add(Fault::answer_with(move |_| Ok(serde_json::json!({ "Large": large }))));
    let mut stream = connect(&server).await;
    let request = describe_clusters().request(&server);
    let mut head = "POST / HTTP/1.1\r\n".to_owned();
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", request.body().len()));
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(request.body()).await.unwrap();
    stream.readable().await.unwrap();
    tokio::time::sleep(SHORT * 4).await;
    let mut all = Vec::new();
    // The rest of it does not come any more.
    let _ = stream.read_to_end(&mut all).await;
    assert!(all.len() < 20 << 20, "{} bytes", all.len());
}

#[tokio::test]
async fn a_request_that_is_dealt_with_has_all_the_time_it_needs() {
    let server = Server::builder().idle_timeout(SHORT).head_timeout(SHORT).body_timeout(SHORT).write_timeout(SHORT);
    let server = server.start().await.unwrap();
    server.faults().add(Fault::delay(SHORT * 5));
    assert!(is_served(&server).await >= SHORT * 5);
}

#[tokio::test]
async fn the_connection_that_has_waited_the_longest_makes_room_for_another() {
    let server = patient().max_connections(10).start().await.unwrap();
    let mut waiting = Vec::new();
    for at in 0..60 {
        let mut stream = connect(&server).await;
        if at % 2 == 0 {
            stream.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
        }
        waiting.push(stream);
    }
    assert!(is_served(&server).await < LONG / 4);
    let mut open = 0;
    for mut stream in waiting {
        let mut buffer = [0; 1];
        let read = tokio::time::timeout(Duration::from_millis(20), stream.read(&mut buffer)).await;
        open += usize::from(read.is_err());
    }
    assert!((5..=10).contains(&open), "{open} are open");
}

#[tokio::test]
async fn bodies_take_no_more_memory_together_than_they_may() {
    let server = patient().max_request_bytes(100_000).start().await.unwrap();
    let body = "x".repeat(200_000);
    let mut stream = connect(&server).await;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let _ = stream.write_all(body.as_bytes()).await;
    let mut answer = vec![0; 4_096];
    let read = stream.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..read]).starts_with("HTTP/1.1 503 "), "it is too much");
    drop(stream);
    is_served(&server).await;
}

#[cfg(target_os = "linux")]
#[test]
fn callers_are_served_when_file_descriptors_have_run_out() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::process::{Command, Stdio};
    let mut server = Command::new("sh")
        .args(["-c", "ulimit -n 64; exec \"$0\""])
        .arg(env!("CARGO_BIN_EXE_wharf-server"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    let address = ready["endpoint"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let idle: Vec<std::net::TcpStream> = (0..100).map(|_| std::net::TcpStream::connect(&address).unwrap()).collect();
    let began = Instant::now();
    for _ in 0..20 {
        let mut caller = std::net::TcpStream::connect(&address).unwrap();
        caller.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        caller.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        caller.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    drop(idle);
    server.kill().unwrap();
    server.wait().unwrap();
}
