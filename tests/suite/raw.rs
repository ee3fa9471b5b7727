//! A server of bytes: it does what a script says, down to the last one, and counts what arrives.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// How much of a request is read before the answer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// Nothing.
    Nothing,
    /// Some bytes of the head.
    Some,
    /// The head, not the body.
    Head,
    /// All of it.
    All,
}

/// What the server does, one after the other. At the end it reads the next request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Send(Vec<u8>),
    /// The same bytes, again and again, that many milliseconds apart.
    Drip(Vec<u8>, u64),
    /// Ends the connection in order.
    Close,
    /// Ends it with a reset.
    Reset,
    /// Says nothing any more.
    Hang,
}

/// What is done with one request.
#[derive(Debug, Clone)]
pub(crate) struct Play {
    pub(crate) read: Read,
    pub(crate) acts: Vec<Act>,
}

impl Play {
    pub(crate) fn answer(bytes: impl Into<Vec<u8>>) -> Self {
        Self { read: Read::All, acts: vec![Act::Send(bytes.into())] }
    }
}

/// The server; it stops when this is dropped.
pub(crate) struct Raw {
    address: SocketAddr,
    arrived: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Raw {
    /// Begins to serve: `play` says what is done with the request of that number, from 0. A connection that is ended
    /// before anything is read counts as one.
    pub(crate) async fn start(play: impl Fn(usize) -> Play + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let arrived = Arc::new(AtomicUsize::new(0));
        let script = Arc::new(Script { play, next: AtomicUsize::new(0), arrived: arrived.clone() });
        let task = tokio::spawn(async move {
            let mut served = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                served.spawn(serve(stream, script.clone()));
            }
        });
        Self { address, arrived, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Requests of which at least a byte has arrived.
    pub(crate) fn arrived(&self) -> usize {
        self.arrived.load(Ordering::SeqCst)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An address at which nobody listens. It is kept, so that no other test is given its port.
pub(crate) struct Nowhere(TcpSocket);

impl Nowhere {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }
}

struct Script<F> {
    play: F,
    /// The number of the next request, or of the next connection that is ended before one is read.
    next: AtomicUsize,
    arrived: Arc<AtomicUsize>,
}

async fn serve(mut stream: TcpStream, script: Arc<Script<impl Fn(usize) -> Play>>) {
    let _ = stream.set_nodelay(true);
    let unread = (script.play)(script.next.load(Ordering::SeqCst));
    if unread.read == Read::Nothing {
        script.next.fetch_add(1, Ordering::SeqCst);
        perform(&mut stream, &unread.acts).await;
        return;
    }
    let mut before = Vec::new();
    loop {
        if before.is_empty() && read_more(&mut stream, &mut before).await.is_none() {
            return;
        }
        script.arrived.fetch_add(1, Ordering::SeqCst);
        let play = (script.play)(script.next.fetch_add(1, Ordering::SeqCst));
        if read(&mut stream, &mut before, play.read).await.is_none() || perform(&mut stream, &play.acts).await.is_none()
        {
            return;
        }
    }
}

async fn read_more(stream: &mut TcpStream, into: &mut Vec<u8>) -> Option<()> {
    match stream.read_buf(into).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(()),
    }
}

/// Reads that much of a request; bytes of the next one stay in `before`.
async fn read(stream: &mut TcpStream, before: &mut Vec<u8>, how_much: Read) -> Option<()> {
    if matches!(how_much, Read::Nothing | Read::Some) {
        return Some(());
    }
    let head = loop {
        if let Some(end) = before.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end + 4;
        }
        read_more(stream, before).await?;
    };
    if how_much == Read::All {
        let text = String::from_utf8_lossy(&before[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        let end = head + length.unwrap_or(0);
        while before.len() < end {
            read_more(stream, before).await?;
        }
        before.drain(..end);
    }
    Some(())
}

async fn perform(stream: &mut TcpStream, acts: &[Act]) -> Option<()> {
    for act in acts {
        match act {
            Act::Send(bytes) => stream.write_all(bytes).await.ok()?,
            Act::Drip(bytes, millis) => loop {
                stream.write_all(bytes).await.ok()?;
                tokio::time::sleep(Duration::from_millis(*millis)).await;
            },
            Act::Close => {
                let _ = stream.shutdown().await;
                return None;
            }
            Act::Reset => {
                let _ = stream.set_zero_linger();
                return None;
            }
            Act::Hang => {
                let mut rest = [0; 1024];
                while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {}
                return None;
            }
        }
    }
    Some(())
}
