//! The socket: connections, with TLS or without, and their end.

use crate::gateway::{Gateway, Outcome};
use bytes::Bytes;
use http::{HeaderValue, header};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// How long running calls may take to end once the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// How long a client may take for its part of the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// An open socket. Dropping it ends accepting; running calls are still answered.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Listening {
    pub(crate) async fn open(address: SocketAddr, gateway: Arc<Gateway>, tls: Option<TlsAcceptor>) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(());
        let task = tokio::spawn(accept(listener, gateway, tls, stopped));
        Ok(Self { address, stop, task })
    }

    /// Closes the socket and waits for running calls to end.
    pub(crate) async fn close(self) {
        drop(self.stop);
        // The task does not panic, and a runtime that is going away has nothing left to wait for.
        let _ = self.task.await;
    }
}

async fn accept(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    tls: Option<TlsAcceptor>,
    mut stopped: watch::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stopped.changed() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, gateway.clone(), tls.clone(), stopped.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        connections.shutdown().await;
    }
}

async fn connection(
    stream: TcpStream,
    gateway: Arc<Gateway>,
    tls: Option<TlsAcceptor>,
    mut stopped: watch::Receiver<()>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let Some(tls) = tls else { return serve(stream, gateway, stopped).await };
    tokio::select! {
        _ = stopped.changed() => {}
        shaken = tokio::time::timeout(HANDSHAKE, tls.accept(stream)) => match shaken {
            Ok(Ok(stream)) => serve(stream, gateway, stopped).await,
            Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
            Err(_) => tracing::debug!("TLS handshake timed out"),
        },
    }
}

async fn serve<S>(stream: S, gateway: Arc<Gateway>, mut stopped: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: http::Request<Incoming>| {
        let gateway = gateway.clone();
        async move { reply(gateway.handle(request).await) }
    });
    let mut connection = std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    let result = tokio::select! {
        result = connection.as_mut() => result,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "connection ended");
    }
}

/// An answer for hyper; an error, upon which it closes the connection, for a cut.
fn reply(outcome: Outcome) -> io::Result<http::Response<Reply>> {
    match outcome {
        Outcome::Cut { .. } => Err(cut()),
        Outcome::Answer(answer) => Ok(answer.map(|data| Reply { data: Some(data), ending: Ending::Whole })),
        Outcome::Truncated(mut answer) => {
            let whole = answer.body().len();
            answer.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(whole));
            Ok(answer.map(|data| Reply { data: Some(data.slice(..whole / 2)), ending: Ending::Cut }))
        }
    }
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "cut by a fault")
}

/// The body of an answer, which may end too early.
struct Reply {
    data: Option<Bytes>,
    ending: Ending,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Whole,
    /// Flush, then cut.
    Cut,
    Flushed,
}

impl Body for Reply {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.ending {
            Ending::Whole => Poll::Ready(None),
            Ending::Cut => {
                // hyper flushes when it has to wait, and only then does the first half leave.
                self.ending = Ending::Flushed;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Ending::Flushed => Poll::Ready(Some(Err(cut()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.ending == Ending::Whole
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.data, self.ending) {
            (Some(data), Ending::Whole) => SizeHint::with_exact(data.len() as u64),
            (None, Ending::Whole) => SizeHint::with_exact(0),
            _ => SizeHint::default(),
        }
    }
}
