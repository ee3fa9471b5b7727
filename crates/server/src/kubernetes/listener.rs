//! The port of a cluster: connections, TLS, and their end.

use super::answer::{Visitor, serve};
use super::certificates::Certificates;
use super::{ClusterKey, User};
use crate::gateway::Gateway;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

/// How long a client may take for its part of the TLS handshake, and for the head of a request.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many connections a port has at the same time.
const CONNECTIONS: usize = 1_024;

/// An open port. Dropping it ends its connections.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Port {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Port {
    /// Opens a port that the system chooses.
    pub(super) fn open(
        interface: IpAddr,
        cluster: ClusterKey,
        gateway: Weak<Gateway>,
        certificates: Arc<Certificates>,
        runtime: &Handle,
    ) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((interface, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = {
            let _entered = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let cluster = Arc::new(cluster);
        let task = runtime.spawn(accept(listener, cluster, gateway, certificates));
        Ok(Self { address, task })
    }

    /// Whether the port does not accept connections any more.
    pub(super) fn is_closed(&self) -> bool {
        self.task.is_finished()
    }
}

/// Accepts connections until the cluster or the server is gone.
async fn accept(
    listener: TcpListener,
    cluster: Arc<ClusterKey>,
    gateway: Weak<Gateway>,
    certificates: Arc<Certificates>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        if !gateway.upgrade().is_some_and(|gateway| gateway.has_cluster(&cluster)) {
            return;
        }
        let connection = connection(stream, cluster.clone(), gateway.clone(), certificates.clone());
        connections.spawn(async move {
            connection.await;
            drop(place);
        });
    }
}

async fn connection(
    stream: TcpStream,
    cluster: Arc<ClusterKey>,
    gateway: Weak<Gateway>,
    certificates: Arc<Certificates>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let stream = match tokio::time::timeout(PATIENCE, certificates.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::debug!(%error, "TLS handshake failed"),
        Err(_) => return tracing::debug!("TLS handshake timed out"),
    };
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    // A certificate of this authority for another cluster is no user here.
    let user: Option<User> = certificate.and_then(|certificate| certificates.user(certificate, &cluster));
    let visitor = Arc::new(Visitor { cluster, user });
    let service = service_fn(move |request| {
        let (gateway, visitor) = (gateway.clone(), visitor.clone());
        async move {
            let gateway = gateway.upgrade().ok_or_else(|| io::Error::other("the server has stopped"))?;
            serve(&gateway, &visitor, request).await
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = served.await {
        tracing::debug!(%error, "connection ended");
    }
}
