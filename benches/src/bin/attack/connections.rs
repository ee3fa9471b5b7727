//! How long callers wait while others hold connections, and when those are closed.

use super::Outcome;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use wharf::Credentials;
use wharf::tke::Connection;
use wharf_benches::process::Target;

const IDLE: usize = 2_000;
const SLOW: usize = 500;
/// When all of them are closed by the server's own settings, and a bit.
const CLOSED: Duration = Duration::from_secs(40);
/// What the slowest of a hundred calls may wait, unless they wait as long without the attack.
const WAIT: Duration = Duration::from_millis(50);
/// Calls before the attack.
const USUAL: usize = 300;
/// Between two calls.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) fn run() -> Outcome {
    let target = Target::start("")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(attack(&target.address))
}

async fn attack(address: &str) -> Outcome {
    let connection = Connection::builder()
        .client_rate_limit(false)
        .region("ap-guangzhou")
        .endpoint(format!("http://{address}"))
        .credentials(Credentials::new("AKIDWharfReferenceServer", "WharfReferenceServerSecretKey"))
        .build()?;
    let clusters = connection.clusters();
    let mut usual = Vec::new();
    while usual.len() < USUAL {
        let call = Instant::now();
        clusters.describe_clusters().send().await?;
        usual.push(call.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    let began = Instant::now();
    let mut held = JoinSet::new();
    for at in 0..IDLE + SLOW {
        let mut stream = TcpStream::connect(address).await?;
        let start: &[u8] = match at {
            at if at < IDLE => b"",
            at if at % 2 == 0 => b"GET / HTTP/1.1\r\nHost: x\r\nX: ",
            _ => b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
        };
        stream.write_all(start).await?;
        held.spawn(hold(stream, at >= IDLE));
    }
    println!("connections: {IDLE} idle and {SLOW} slow, opened in {:.1} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    let (mut waits, mut closed) = (Vec::new(), Vec::new());
    while began.elapsed() < CLOSED && !held.is_empty() {
        let call = Instant::now();
        clusters.describe_clusters().send().await?;
        waits.push(call.elapsed());
        let pause = tokio::time::sleep(PAUSE);
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut pause => break,
                Some(_) = held.join_next() => closed.push(began.elapsed()),
            }
        }
    }
    let last = closed.last().copied().unwrap_or_default();
    println!("  before: p50 {:.2?}, p99 {:.2?}", part(&mut usual, 50), part(&mut usual, 99));
    println!(
        "  meanwhile, {} calls: p50 {:.2?}, p99 {:.2?}; {} of {} closed, the last after {:.1} s",
        waits.len(),
        part(&mut waits, 50),
        part(&mut waits, 99),
        closed.len(),
        IDLE + SLOW,
        last.as_secs_f64(),
    );
    if !held.is_empty() {
        return Err(format!("{} are still open", held.len()).into());
    }
    let (wait, most) = (part(&mut waits, 99), WAIT.max(part(&mut usual, 99) * 2));
    if wait > most { Err(format!("p99 is {wait:?}").into()) } else { Ok(()) }
}

/// What that many of a hundred calls wait at most.
fn part(waits: &mut [Duration], hundredth: usize) -> Duration {
    waits.sort();
    waits.get(waits.len() * hundredth / 100).copied().unwrap_or_default()
}

/// Keeps a connection until the server ends it; a slow one sends a byte each second.
async fn hold(mut stream: TcpStream, slow: bool) {
    let mut buffer = [0; 64];
    loop {
        let open = match tokio::time::timeout(Duration::from_secs(1), stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => false,
            Err(_) if slow => stream.write_all(b"a").await.is_ok(),
            _ => true,
        };
        if !open {
            return;
        }
    }
}
