//! Path to the API server itself, at the address of a kubeconfig, with streams.

use super::body::Body;
use super::call::Call;
use super::product::{ApiServer, FACTS, ToServer};
use super::{Kubernetes, Road};
use crate::kubeconfig::{Kubeconfig, KubeconfigProvider, User};
use crate::{Error, Secret};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::uri::Uri;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use wharf_core::Connection;
use wharf_core::clock::{Clock, SystemClock};
use wharf_core::connection::{CallOptions, Forwarded, Settings};
use wharf_core::credentials::Anonymous;
use wharf_core::product::{Endpoint, Product};
use wharf_core::transport::{HttpTransport, Proxy};

/// Time within which the head of a stream's response must arrive.
const HEAD: Duration = Duration::from_secs(60);

impl Kubeconfig {
    /// Returns a client of the API server of the current context, with its authority and its user: a token, a password
    /// or a client certificate. Watches and followed logs are streams.
    ///
    /// If the context has an authority, no other is trusted. A proxy is that of the context, or of the environment.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) or [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the part that is
    /// missing or wrong; [`Unsupported`](crate::ErrorKind::Unsupported) if the user is a program or has files.
    pub fn kubernetes(&self) -> Result<Kubernetes, Error> {
        let link = Arc::new(Link::to(self)?);
        Ok(Kubernetes::over(Direct { name: link.server.clone(), source: Source::Fixed(link) }))
    }
}

impl KubeconfigProvider {
    /// Returns a client of the API server at the address of the kubeconfig, like [`Kubeconfig::kubernetes`]. The
    /// kubeconfig is fetched with the first request, and renewed before it expires.
    pub fn kubernetes(&self) -> Kubernetes {
        let source = Source::Renewed { provider: self.clone(), link: Mutex::default() };
        Kubernetes::over(Direct { name: self.cluster().to_owned(), source })
    }
}

/// Connection to an API server as one kubeconfig describes it.
struct Link {
    server: String,
    connection: Connection,
    product: Arc<ApiServer>,
    transport: HttpTransport,
    endpoint: Endpoint,
}

impl Link {
    fn to(config: &Kubeconfig) -> Result<Self, Error> {
        let server = config.server().ok_or_else(|| Error::configuration("server", "is not in the current context"))?;
        let mut endpoint = Endpoint::parse(server)?;
        if endpoint.scheme == "http" && !endpoint.is_loopback() {
            return Err(Error::configuration("server", "is http, which everybody on the way can read"));
        }
        let mut transport = HttpTransport::builder();
        transport = match config.proxy_url() {
            Some(url) => transport.proxy(Proxy::Url(Secret::from(url))),
            None if endpoint.is_loopback() => transport.proxy(Proxy::None),
            None => transport,
        };
        if let Some(authority) = config.certificate_authority()? {
            transport = transport.root_certificate(authority).only_root_certificates(true);
        }
        transport = transport.danger_accept_invalid_certificates(config.accepts_any_certificate());
        let user = config.user();
        if let Some(User::Certificate { certificate, key }) = &user {
            transport = transport.client_certificate(certificate.clone(), key.clone());
        }
        if let Some(name) = config.tls_server_name() {
            let address = renamed(&mut endpoint, name)?;
            transport = transport.resolve(name, address);
        }
        let transport = transport.build()?;
        let product = Arc::new(ApiServer::of(user.as_ref())?);
        let mut settings = Settings::default();
        settings.endpoint = Some(format!("{}://{}{}", endpoint.scheme, endpoint.authority, endpoint.base_path));
        settings.credentials = Some(Arc::new(Anonymous));
        settings.transport = Some(Arc::new(transport.clone()));
        let connection = settings.connect(Arc::clone(&product) as Arc<dyn Product>)?;
        Ok(Self { server: server.to_owned(), connection, product, transport, endpoint })
    }

    async fn send(&self, call: &Call) -> Result<http::Response<Bytes>, Error> {
        let input = ToServer { body: call.body.clone().map(Secret::from) };
        let forwarded = Forwarded { path: call.path.clone(), query: call.query.clone(), headers: headers(call) };
        self.connection.forward(call.facts(&FACTS), &input, &forwarded, &CallOptions::default()).await
    }

    /// Sends a GET request and returns the stream of its response.
    async fn open(&self, call: &Call) -> Result<http::Response<Body>, Error> {
        let Endpoint { scheme, authority, base_path, .. } = &self.endpoint;
        let uri = format!("{scheme}://{authority}{base_path}{}", call.path_and_query());
        let mut request = http::Request::new(Bytes::new());
        *request.uri_mut() = uri.parse().map_err(|_| Error::invalid_input("path", "is not a path"))?;
        *request.headers_mut() = headers(call);
        self.product.identify(request.headers_mut());
        let response = self.transport.open(request, HEAD).await?;
        Ok(response.map(|chunks| Body::stream(chunks.map_err(Error::from))))
    }
}

/// Replaces the host of an endpoint by the name of its certificate, and returns its address.
fn renamed(endpoint: &mut Endpoint, name: &str) -> Result<SocketAddr, Error> {
    let uri: Uri = format!("{}://{}", endpoint.scheme, endpoint.authority)
        .parse()
        .map_err(|_| Error::configuration("server", "is not a URL"))?;
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let address: IpAddr = host.parse().map_err(|_| {
        let reason = "is supported for servers that are addresses: build the client of kube-rs from the kubeconfig";
        Error::configuration("tls-server-name", reason)
    })?;
    let port = uri.port_u16().unwrap_or(if endpoint.scheme == "http" { 80 } else { 443 });
    let own = Endpoint::https(&format!("{name}:{port}"))
        .map_err(|_| Error::configuration("tls-server-name", "is not a host name"))?;
    endpoint.authority = own.authority;
    Ok(SocketAddr::new(address, port))
}

fn headers(call: &Call) -> HeaderMap {
    let given = [(ACCEPT, &call.accept), (CONTENT_TYPE, &call.content_type)];
    let mut headers = call.impersonation.clone();
    headers.extend(given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
    headers
}

struct Direct {
    name: String,
    source: Source,
}

enum Source {
    Fixed(Arc<Link>),
    Renewed {
        provider: KubeconfigProvider,
        /// The last kubeconfig, and the connection of it.
        link: Mutex<Option<(Kubeconfig, Arc<Link>)>>,
    },
}

impl Direct {
    async fn link(&self) -> Result<Arc<Link>, Error> {
        match &self.source {
            Source::Fixed(link) => Ok(Arc::clone(link)),
            Source::Renewed { provider, link } => connected(link, provider.get().await?).await,
        }
    }

    /// Returns a connection with another user, if the kubeconfig can be renewed and has another one.
    async fn renewed(&self) -> Option<Arc<Link>> {
        let Source::Renewed { provider, link } = &self.source else { return None };
        let refused = link.lock().await.as_ref().map(|(config, _)| config.clone())?;
        match provider.renew(&refused).await {
            Ok(new) if new == refused => None,
            Ok(new) => connected(link, new).await.ok(),
            Err(error) => {
                tracing::warn!(%error, "the API server rejects the kubeconfig, which could not be renewed");
                None
            }
        }
    }
}

/// Returns the connection that a kubeconfig describes: the last one, or a new one.
async fn connected(link: &Mutex<Option<(Kubeconfig, Arc<Link>)>>, config: Kubeconfig) -> Result<Arc<Link>, Error> {
    let mut link = link.lock().await;
    if let Some((_, known)) = link.as_ref().filter(|(known, _)| *known == config) {
        return Ok(Arc::clone(known));
    }
    let new = Arc::new(Link::to(&config)?);
    *link = Some((config, Arc::clone(&new)));
    Ok(new)
}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiServer({})", self.name)
    }
}

#[async_trait]
impl Road for Direct {
    async fn send(&self, call: &Call) -> Result<http::Response<Bytes>, Error> {
        let response = self.link().await?.send(call).await?;
        // The API server did not act: any request may be sent again.
        match response.status() {
            StatusCode::UNAUTHORIZED => match self.renewed().await {
                Some(link) => link.send(call).await,
                None => Ok(response),
            },
            _ => Ok(response),
        }
    }

    fn clock(&self) -> Arc<dyn Clock> {
        match &self.source {
            Source::Fixed(link) => link.connection.clock(),
            Source::Renewed { .. } => Arc::new(SystemClock),
        }
    }

    fn name(&self) -> &'static str {
        "this client"
    }

    fn streams(&self) -> bool {
        true
    }

    async fn open(&self, call: &Call) -> Result<http::Response<Body>, Error> {
        let response = self.link().await?.open(call).await?;
        match response.status() {
            StatusCode::UNAUTHORIZED => match self.renewed().await {
                Some(link) => link.open(call).await,
                None => Ok(response),
            },
            _ => Ok(response),
        }
    }
}
