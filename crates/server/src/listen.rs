//! The socket: connections, with TLS or without, and their end.

pub(crate) mod pace;
pub(crate) mod reply;

use crate::clouds::Clouds;
use crate::control::{self, Guard};
use crate::distribution;
use crate::gateway::Reading;
use http_body_util::Either;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use pace::{Arriving, Leaving, Limits, Pace, Paced, Phase, Place, Roster};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// How long running calls may take to end once the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// How long a client may take for its part of the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How many connections may wait to be accepted, as far as the system allows.
const BACKLOG: u32 = 4_096;

/// How many connections make room when file descriptors run out.
const ROOM: usize = 8;

/// What answers the requests of a socket.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) clouds: Arc<Clouds>,
    /// Who may use the control API.
    pub(crate) guard: Arc<Guard>,
    /// The scheme of the socket.
    pub(crate) scheme: &'static str,
}

/// An open socket. Dropping it ends accepting; running calls are still answered.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Listening {
    pub(crate) fn open(
        address: SocketAddr,
        service: Service,
        reading: &Arc<Reading>,
        tls: Option<TlsAcceptor>,
        limits: Limits,
    ) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // Elsewhere it would let others listen on the same port.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(());
        let task = tokio::spawn(accept(listener, service, reading.clone(), tls, limits, stopped));
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
    service: Service,
    reading: Arc<Reading>,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    mut stopped: watch::Receiver<()>,
) {
    let (mut connections, mut number) = (JoinSet::new(), 0);
    let roster = Arc::new(Roster::default());
    loop {
        // One more than there may be is let in, for which another makes room.
        let has_room = connections.len() <= limits.connections;
        tokio::select! {
            _ = stopped.changed() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if has_room => match accepted {
                Ok((stream, peer)) => {
                    let pace = Arc::new(Pace::new(limits, &reading));
                    let place = roster.add(number, pace.clone());
                    number += 1;
                    let (service, stopped) = (service.clone(), stopped.clone());
                    let connection = Connection { pace, _place: place, service, peer, stopped };
                    connections.spawn(connection.run(stream, tls.clone()));
                    if connections.len() > limits.connections {
                        roster.make_room(1);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept");
                    // Most often file descriptors have run out.
                    let wait = if roster.make_room(ROOM) > 0 { 1 } else { 50 };
                    tokio::time::sleep(Duration::from_millis(wait)).await;
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

/// One connection and what it needs.
struct Connection {
    pace: Arc<Pace>,
    _place: Place,
    service: Service,
    peer: SocketAddr,
    stopped: watch::Receiver<()>,
}

impl Connection {
    async fn run(mut self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let Some(tls) = tls else { return self.serve(stream).await };
        tokio::select! {
            _ = self.stopped.changed() => {}
            why = self.pace.over() => tracing::debug!(why, "TLS handshake ended"),
            shaken = tokio::time::timeout(HANDSHAKE, tls.accept(stream)) => match shaken {
                Ok(Ok(stream)) => self.serve(stream).await,
                Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
                Err(_) => tracing::debug!("TLS handshake timed out"),
            },
        }
    }

    async fn serve<S>(mut self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (service, peer, pace, stopped) = (self.service, self.peer, self.pace.clone(), self.stopped.clone());
        let service = service_fn(move |request: http::Request<Incoming>| {
            pace.enter(Phase::Body);
            let (service, pace, stopped) = (service.clone(), pace.clone(), stopped.clone());
            async move {
                let (parts, body) = request.into_parts();
                // A layer may take as long as it arrives at all.
                let steady = distribution::is_for(&parts);
                let body = Arriving { body, pace: pace.clone(), steady };
                let request = http::Request::from_parts(parts, body);
                if control::concerns(request.uri()) {
                    let answer = control::answer(&service, peer, request, stopped).await;
                    // What a stream waits for is not its reader, and it watches the reader itself.
                    let is_stream = answer.body().size_hint().exact().is_none();
                    pace.enter(if is_stream { Phase::Working } else { Phase::Writing });
                    return Ok(answer.map(Either::Right));
                }
                if steady {
                    let Some(gateway) = service.clouds.of_registry(&request) else { return Err(reply::cut()) };
                    let answer = distribution::handle(&gateway, request).await;
                    pace.enter(Phase::Writing);
                    return Ok(answer.map(|body| Either::Left(Either::Right(Leaving { body, pace }))));
                }
                let outcome = service.clouds.handle(request).await;
                pace.enter(Phase::Writing);
                reply::reply(outcome, pace).map(|answer| answer.map(|body| Either::Left(Either::Left(body))))
            }
        });
        let stream = Paced { stream, pace: self.pace.clone() };
        let mut connection = std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        let mut stopping = false;
        loop {
            tokio::select! {
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(%error, "connection ended");
                    }
                    return;
                }
                why = self.pace.over() => return tracing::debug!(why, "connection closed"),
                _ = self.stopped.changed(), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}
