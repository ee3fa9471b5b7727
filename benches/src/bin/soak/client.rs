//! A client that sends whatever comes to its mind.

use crate::Place;
use crate::requests::{Requests, Wire};
use crate::wire::Line;
use bytes::Bytes;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use wharf::Credentials;
use wharf_benches::process::Result;

/// Bytes of a body that every product refuses, and of one that TKE takes.
const TOO_LARGE: usize = 33 << 20;
const LARGE: usize = 9 << 20;

/// Kinds of traffic, each with how often it is chosen.
const KINDS: [(Kind, u64); 16] = [
    (Kind::Kept, 40),
    (Kind::Closed, 10),
    (Kind::Pipelined, 4),
    (Kind::Chunked, 4),
    (Kind::BadSignature, 8),
    (Kind::Odd, 6),
    (Kind::Garbage, 5),
    (Kind::HalfHead, 5),
    (Kind::SlowHead, 2),
    (Kind::HalfBody, 5),
    (Kind::CutAnswer, 5),
    (Kind::Idle, 2),
    (Kind::TooLarge, 1),
    (Kind::Large, 1),
    (Kind::Cluster, 5),
    (Kind::ClusterGarbage, 3),
];

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A request on a connection that is kept.
    Kept,
    /// A request on a connection that is closed after it.
    Closed,
    /// Two requests at once.
    Pipelined,
    /// A request whose body comes in chunks.
    Chunked,
    BadSignature,
    /// HTTP that is no call.
    Odd,
    /// Bytes that are not HTTP.
    Garbage,
    HalfHead,
    /// A head that comes byte by byte, and not to its end.
    SlowHead,
    HalfBody,
    /// A connection that is reset while the answer comes.
    CutAnswer,
    /// A connection without a byte.
    Idle,
    TooLarge,
    /// A large body that is no JSON.
    Large,
    /// A request to the cluster's API server.
    Cluster,
    /// Bytes that are not TLS, to its port.
    ClusterGarbage,
}

pub(crate) struct Client {
    place: Arc<Place>,
    right: Requests,
    wrong: Requests,
    kept: Option<Line>,
    random: u64,
}

impl Client {
    pub(crate) fn new(place: Arc<Place>, seed: u64) -> Result<Self> {
        let right = Requests::new(&place, &place.key)?;
        let wrong = Requests::new(&place, &Credentials::new(place.key.id(), "another-secret"))?;
        Ok(Self { place, right, wrong, kept: None, random: seed })
    }

    /// Sends random traffic until the time is over.
    pub(crate) async fn run(&mut self) {
        let all: u64 = KINDS.iter().map(|(_, weight)| weight).sum();
        while Instant::now() < self.place.end {
            let mut at = self.number(all);
            let chosen = KINDS.iter().find(|(_, weight)| {
                let is_it = at < *weight;
                at = at.saturating_sub(*weight);
                is_it
            });
            if let Some((kind, _)) = chosen {
                self.send_noted(*kind).await;
            }
        }
        self.kept = None;
    }

    /// Sends each kind once, and each request.
    pub(crate) async fn each_once(&mut self) {
        for at in 0..self.right.count() {
            let sent = async { self.right.get(at, "").await };
            match sent.await {
                Ok(wire) => self.note(Kind::Kept, Self::exchange(&self.place, &wire.whole()).await),
                Err(error) => self.place.counts.problem(format!("request {at}: {error}")),
            }
        }
        for (kind, _) in KINDS {
            self.send_noted(kind).await;
        }
        self.kept = None;
    }

    async fn send_noted(&mut self, kind: Kind) {
        let sent = self.send(kind).await;
        self.note(kind, sent);
    }

    fn note(&self, kind: Kind, sent: Result<()>) {
        if let Err(error) = sent {
            self.place.counts.problem(format!("{kind:?}: {error}"));
        }
    }

    async fn send(&mut self, kind: Kind) -> Result<()> {
        match kind {
            Kind::Kept => self.keep().await,
            Kind::Closed => {
                let wire = self.request("connection: close\r\n").await?;
                Self::exchange(&self.place, &wire.whole()).await
            }
            Kind::Pipelined => {
                let (one, other) = (self.request("").await?, self.request("").await?);
                let mut line = self.line().await?;
                line.write(&[one.whole(), other.whole()].concat()).await?;
                for _ in 0..2 {
                    self.place.counts.add_complete(line.answer().await?.status);
                }
                Ok(())
            }
            Kind::Chunked => {
                let wire = self.request("transfer-encoding: chunked\r\n").await?;
                let mut bytes = wire.head;
                for part in wire.body.chunks(7) {
                    bytes.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
                    bytes.extend_from_slice(part);
                    bytes.extend_from_slice(b"\r\n");
                }
                bytes.extend_from_slice(b"0\r\n\r\n");
                Self::exchange(&self.place, &bytes).await
            }
            Kind::BadSignature => {
                let at = self.number(1 << 20);
                let wire = self.wrong.get(usize::try_from(at)?, "").await?;
                Self::exchange(&self.place, &wire.whole()).await
            }
            Kind::Odd => {
                let odd = [
                    "GET / HTTP/1.1\r\n\r\n",
                    "GET / HTTP/1.0\r\n\r\n",
                    "TRACE /x HTTP/1.1\r\nhost: a\r\n\r\n",
                    "POST /api/v3/projects/x/clusters HTTP/1.1\r\nhost: cce.example.com\r\ncontent-length: 1\r\n\r\n{",
                    "GET /../../etc/passwd?%00=%ff HTTP/1.1\r\nhost: cs.example.com\r\n\r\n",
                    "POST / HTTP/1.1\r\nhost: tke.a\r\nx-tc-action: Nothing\r\ncontent-length: 4\r\n\r\n[[[[",
                    "GET /v2/index.php?Action=Nothing HTTP/1.1\r\nhost: ccs.api.qcloud.com\r\n\r\n",
                ];
                let at = usize::try_from(self.number(odd.len() as u64))?;
                Self::exchange(&self.place, odd.get(at).ok_or("none")?.as_bytes()).await
            }
            Kind::Garbage => {
                let bytes = self.bytes();
                self.headless(&bytes).await
            }
            Kind::HalfHead => {
                let wire = self.request("").await?;
                let end = usize::try_from(self.number(wire.head.len() as u64 - 4))?;
                self.headless(&wire.head[..end]).await
            }
            Kind::SlowHead => {
                let mut line = self.line().await?;
                for byte in b"GET / HTTP/1.1\r\nhost: " {
                    line.write(&[*byte]).await?;
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                self.place.counts.add_headless();
                Ok(())
            }
            Kind::HalfBody => {
                let wire = self.request("").await?;
                let mut line = self.line().await?;
                let length = format!("content-length: {}\r\n", wire.body.len());
                let longer = format!("content-length: {}\r\n", wire.body.len() + 1_000);
                let head = String::from_utf8_lossy(&wire.head).replace(&length, &longer);
                line.write(head.as_bytes()).await?;
                line.write(&wire.body).await?;
                line.stream.shutdown().await?;
                line.end().await?;
                self.place.counts.add_partial();
                Ok(())
            }
            Kind::CutAnswer => {
                let wire = self.request("").await?;
                let mut line = self.line().await?;
                line.write(&wire.whole()).await?;
                line.stream.readable().await?;
                line.stream.set_zero_linger()?;
                self.place.counts.add_complete(0);
                Ok(())
            }
            Kind::Idle => {
                let line = self.line().await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
                drop(line);
                self.place.counts.add_headless();
                Ok(())
            }
            Kind::TooLarge => self.large(TOO_LARGE).await,
            Kind::Large => self.large(LARGE).await,
            Kind::Cluster => {
                let paths = ["/version", "/api/v1/namespaces", "/api/v1/pods?limit=5", "/apis/none", "/api/v1/nodes"];
                let at = usize::try_from(self.number(paths.len() as u64))?;
                let path = *paths.get(at).ok_or("none")?;
                self.place.kubernetes.send(http::Request::get(path).body(Bytes::new())?).await?;
                self.place.counts.add_cluster();
                Ok(())
            }
            Kind::ClusterGarbage => {
                let bytes = self.bytes();
                let mut line = Line::open(&self.place.cluster_port).await?;
                // The server may close the connection at the first byte.
                let _ = line.write(&bytes).await;
                self.place.counts.add_headless();
                Ok(())
            }
        }
    }

    /// Sends a request on the connection that is kept.
    async fn keep(&mut self) -> Result<()> {
        let wire = self.request("").await?;
        let mut line = match self.kept.take() {
            Some(line) => line,
            None => self.line().await?,
        };
        line.write(&wire.whole()).await?;
        let answer = line.answer().await?;
        self.place.counts.add_complete(answer.status);
        if !answer.closes {
            self.kept = Some(line);
        }
        Ok(())
    }

    /// Sends a request with a large body, or a small one if others are sending large ones.
    async fn large(&mut self, bytes: usize) -> Result<()> {
        let place = self.place.clone();
        let Ok(_turn) = place.huge.try_acquire() else { return self.keep().await };
        let head = format!(
            "POST / HTTP/1.1\r\nhost: {}\r\nx-tc-action: DescribeClusters\r\nx-tc-version: 2018-05-25\r\ncontent-type: application/json\r\ncontent-length: {bytes}\r\n\r\n",
            self.place.address
        );
        let mut line = self.line().await?;
        line.write(head.as_bytes()).await?;
        let part = vec![b'['; 1 << 16];
        for _ in 0..bytes / part.len() {
            line.write(&part).await?;
        }
        self.place.counts.add_complete(line.answer().await?.status);
        Ok(())
    }

    /// Sends bytes that are no request, and resets the connection.
    async fn headless(&self, bytes: &[u8]) -> Result<()> {
        let mut line = self.line().await?;
        // The server may close the connection at the first byte.
        let _ = line.write(bytes).await;
        line.stream.set_zero_linger()?;
        self.place.counts.add_headless();
        Ok(())
    }

    async fn exchange(place: &Place, bytes: &[u8]) -> Result<()> {
        let mut line = Line::open(&place.address).await?;
        line.write(bytes).await?;
        place.counts.add_complete(line.answer().await?.status);
        Ok(())
    }

    async fn line(&self) -> Result<Line> {
        Ok(Line::open(&self.place.address).await?)
    }

    async fn request(&mut self, headers: &str) -> Result<Wire> {
        let at = usize::try_from(self.number(1 << 20))?;
        self.right.get(at, headers).await
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.number(2_000) + 1;
        // None of them is a letter, so that no method of HTTP comes up.
        (0..length).map(|_| u8::try_from(self.number(64)).unwrap_or_default()).collect()
    }

    /// A random number below that one (splitmix64).
    fn number(&mut self, below: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }
}
