//! HTTP transport, implemented with `reqwest`.

use super::proxy::{Proxy, Used};
use super::{Limits, Reached, Transport, TransportError, TransportErrorKind};
use crate::error::Error;
use crate::model::Secret;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use std::error::Error as StdError;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// Maximum number of bytes that are allocated because a header announces them.
const READ_AHEAD: usize = 1 << 20;

/// Transport over HTTP/1.1 with a connection pool. It follows no redirects and stores no cookies.
#[derive(Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
    proxy: Used,
}

/// Builder of an [`HttpTransport`].
#[derive(Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct HttpTransportBuilder {
    proxy: Proxy,
    root_certificates: Vec<Vec<u8>>,
    only_root_certificates: bool,
    client_certificate: Option<(Secret, Secret)>,
    accept_invalid_certificates: bool,
    connect_timeout: Duration,
    pool_max_idle_per_host: usize,
    pool_idle_timeout: Duration,
    addresses: Vec<(String, SocketAddr)>,
}

impl HttpTransport {
    /// Returns a builder with the default settings.
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder {
            proxy: Proxy::Environment,
            root_certificates: Vec::new(),
            only_root_certificates: false,
            client_certificate: None,
            accept_invalid_certificates: false,
            connect_timeout: Duration::from_secs(10),
            pool_max_idle_per_host: 32,
            pool_idle_timeout: Duration::from_secs(20),
            addresses: Vec::new(),
        }
    }

    /// Sends a request and returns the response as soon as its head has arrived, within `timeout`. Its body is a stream
    /// without a timeout: each chunk is at most as large as the network delivers at once. Dropping it closes the
    /// connection.
    ///
    /// # Errors
    /// As [`send`](Transport::send).
    pub async fn open(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<BoxStream<'static, Result<Bytes, TransportError>>>, TransportError> {
        let request = url(request)?;
        let (host, url) = (authority(request.url()), self.proxied(&request));
        let head = tokio::time::timeout(timeout, self.client.execute(request)).await;
        let head = head.map_err(|_| late(&host, timeout))?;
        let mut answer = head.map_err(|error| self.through(classify(error, &host), url))?;
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let chunks = stream::unfold(Some((answer, host)), |state| async move {
            let (mut answer, host) = state?;
            match answer.chunk().await {
                Ok(None) => None,
                Ok(Some(chunk)) => Some((Ok(chunk), Some((answer, host)))),
                Err(error) => Some((Err(classify(error, &host)), None)),
            }
        });
        let mut response = http::Response::new(chunks.boxed());
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok(response)
    }

    /// Returns the URL of a request, if there can be a proxy for it.
    fn proxied(&self, request: &reqwest::Request) -> Option<reqwest::Url> {
        match self.proxy {
            Used::None => None,
            _ => Some(request.url().clone()),
        }
    }

    /// Adds the proxy to the error of a connection that could not be made.
    fn through(&self, mut error: TransportError, url: Option<reqwest::Url>) -> TransportError {
        if error.reached == Reached::No
            && let Some(proxy) = url.and_then(|url| self.proxy.for_url(&url))
        {
            error.message = format!("{}, through {proxy}", error.message);
        }
        error
    }

    async fn exchange(&self, request: reqwest::Request, most: usize) -> Result<http::Response<Bytes>, TransportError> {
        let (host, url) = (authority(request.url()), self.proxied(&request));
        let answer = self.client.execute(request).await;
        let mut answer = answer.map_err(|error| self.through(classify(error, &host), url))?;
        let too_large = || {
            let message = format!("the answer of {host} is larger than {most} bytes (max_response_bytes)");
            TransportError::new(TransportErrorKind::TooLarge, Reached::Maybe, message)
        };
        let announced = answer.content_length().unwrap_or(0);
        if announced > most as u64 {
            return Err(too_large());
        }
        let announced = usize::try_from(announced).unwrap_or(0);
        // A body that arrives as a whole is not copied.
        let first = answer.chunk().await.map_err(|error| classify(error, &host))?.unwrap_or_default();
        if first.len() > most {
            return Err(too_large());
        }
        let body = if first.len() == announced {
            first
        } else {
            let mut body = BytesMut::with_capacity(announced.clamp(first.len(), READ_AHEAD.max(first.len())));
            body.extend_from_slice(&first);
            while let Some(chunk) = answer.chunk().await.map_err(|error| classify(error, &host))? {
                if body.len() + chunk.len() > most {
                    return Err(too_large());
                }
                body.extend_from_slice(&chunk);
            }
            body.freeze()
        };
        let mut response = http::Response::new(body);
        *response.status_mut() = answer.status();
        std::mem::swap(response.headers_mut(), answer.headers_mut());
        Ok(response)
    }
}

impl fmt::Debug for HttpTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransportBuilder")
            .field("proxy", &self.proxy)
            .field("root_certificates", &self.root_certificates.len())
            .field("only_root_certificates", &self.only_root_certificates)
            .field("client_certificate", &self.client_certificate.is_some())
            .field("accept_invalid_certificates", &self.accept_invalid_certificates)
            .field("connect_timeout", &self.connect_timeout)
            .field("pool_max_idle_per_host", &self.pool_max_idle_per_host)
            .field("pool_idle_timeout", &self.pool_idle_timeout)
            .field("addresses", &self.addresses)
            .finish()
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let request = url(request)?;
        let host = authority(request.url());
        let exchange = self.exchange(request, limits.max_response);
        tokio::time::timeout(limits.timeout, exchange).await.unwrap_or_else(|_| Err(late(&host, limits.timeout)))
    }
}

impl HttpTransportBuilder {
    /// Sets the proxy.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = proxy;
        self
    }

    /// Trusts the certificates in a PEM text in addition to the system's.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Trusts the certificates that are added alone, and not the system's.
    pub fn only_root_certificates(mut self, only: bool) -> Self {
        self.only_root_certificates = only;
        self
    }

    /// Sets the certificate that servers identify this client by, with those between it and the authority, and its
    /// private key, as PEM texts.
    pub fn client_certificate(mut self, certificate: Secret, key: Secret) -> Self {
        self.client_certificate = Some((certificate, key));
        self
    }

    /// **Dangerous.** Accepts every certificate of every server.
    pub fn danger_accept_invalid_certificates(mut self, accept: bool) -> Self {
        self.accept_invalid_certificates = accept;
        self
    }

    /// Sets the timeout for connecting, including the TLS handshake.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the maximum number of idle connections for each host.
    pub fn pool_max_idle_per_host(mut self, connections: usize) -> Self {
        self.pool_max_idle_per_host = connections;
        self
    }

    /// Sets the time after which an idle connection is closed.
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool_idle_timeout = timeout;
        self
    }

    /// Sets the address of a host, instead of resolving its name. Port 0 represents the port of the URL.
    pub fn resolve(mut self, host: impl Into<String>, address: SocketAddr) -> Self {
        self.addresses.push((host.into(), address));
        self
    }

    /// Builds the transport. Nothing is sent.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming the setting that is wrong.
    pub fn build(self) -> Result<HttpTransport, Error> {
        if self.accept_invalid_certificates {
            tracing::warn!("certificates are not checked: anybody on the way can read and change everything");
        }
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .connect_timeout(self.connect_timeout)
            .pool_max_idle_per_host(self.pool_max_idle_per_host)
            .pool_idle_timeout(self.pool_idle_timeout);
        let (client, proxy) = self.proxy.apply(client)?;
        let client = self.addresses.iter().fold(client, |client, (host, address)| client.resolve(host, *address));
        let client = self.trust(client)?;
        let client = client.build().map_err(|_| Error::configuration("transport", "cannot be set up"))?;
        Ok(HttpTransport { client, proxy })
    }

    #[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs"))]
    fn trust(&self, client: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
        let config = super::tls::config(&super::tls::Trust {
            root_certificates: &self.root_certificates,
            only: self.only_root_certificates,
            accept_invalid: self.accept_invalid_certificates,
            client: self.client_certificate.as_ref(),
        })?;
        Ok(client.tls_backend_preconfigured(config))
    }

    #[cfg(all(feature = "native-tls", not(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs"))))]
    fn trust(&self, mut client: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
        for pem in &self.root_certificates {
            let certificates = reqwest::Certificate::from_pem_bundle(pem).unwrap_or_default();
            if certificates.is_empty() {
                return Err(super::not_pem(pem));
            }
            client = match self.only_root_certificates {
                true => client.tls_certs_only(certificates),
                false => client.tls_certs_merge(certificates),
            };
        }
        if let Some((certificate, key)) = &self.client_certificate {
            let wrong = |_| Error::configuration("client_certificate", "is not a certificate and a PKCS#8 key in PEM");
            let (certificate, key) = (certificate.expose().as_bytes(), key.expose().as_bytes());
            client = client.identity(reqwest::Identity::from_pkcs8_pem(certificate, key).map_err(wrong)?);
        }
        Ok(client.tls_danger_accept_invalid_certs(self.accept_invalid_certificates))
    }

    #[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs", feature = "native-tls")))]
    fn trust(&self, client: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
        if self.root_certificates.is_empty() && self.client_certificate.is_none() && !self.accept_invalid_certificates {
            return Ok(client);
        }
        Err(Error::configuration("root_certificate", "needs one of the TLS features of this crate"))
    }
}

fn url(request: http::Request<Bytes>) -> Result<reqwest::Request, TransportError> {
    reqwest::Request::try_from(request).map_err(|_| {
        TransportError::new(TransportErrorKind::Connect, Reached::No, "the request's address is not a URL")
    })
}

pub(crate) fn late(host: &str, timeout: Duration) -> TransportError {
    let message = format!("no complete answer from {host} within {timeout:?}");
    TransportError::new(TransportErrorKind::Timeout, Reached::Maybe, message)
}

fn authority(url: &reqwest::Url) -> String {
    let host = url.host_str().unwrap_or("?");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Returns the kind of failure, and whether the server can have seen the request.
fn classify(error: reqwest::Error, host: &str) -> TransportError {
    // A query can contain a signature.
    let error = error.without_url();
    let causes = Causes::of(&error);
    let (kind, message) = if let Some(reason) = causes.certificate {
        let advice = "if a private authority issued it, give that authority's certificate as root_certificate";
        (TransportErrorKind::Tls, format!("the certificate of {host} is not trusted: {reason}; {advice}"))
    } else if error.is_timeout() {
        (TransportErrorKind::Timeout, format!("no connection to {host} in time"))
    } else if error.is_connect() {
        (TransportErrorKind::Connect, format!("no connection to {host}: {}", causes.last))
    } else if error.is_builder() {
        (TransportErrorKind::Connect, format!("no request to {host} can be made: {}", causes.last))
    } else if causes.garbled {
        (TransportErrorKind::Garbled, format!("the answer of {host} is not HTTP: {}", causes.last))
    } else {
        (TransportErrorKind::Cut, format!("the connection to {host} was cut: {}", causes.last))
    };
    let reached = if error.is_connect() || error.is_builder() { Reached::No } else { Reached::Maybe };
    TransportError { kind, reached, message, source: Some(Box::new(error)) }
}

/// The messages of the causes of an error, from the outermost to the innermost.
#[derive(Default)]
struct Causes {
    certificate: Option<String>,
    garbled: bool,
    last: String,
}

impl Causes {
    fn of(error: &(dyn StdError + 'static)) -> Self {
        let mut causes = Self::default();
        let mut next = Some(error);
        while let Some(cause) = next {
            causes.note(cause);
            // `source` of an I/O error that wraps another one skips that one.
            next = match cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
                Some(inner) => Some(inner),
                None => cause.source(),
            };
        }
        causes
    }

    fn note(&mut self, cause: &(dyn StdError + 'static)) {
        #[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs"))]
        if let Some(rustls::Error::InvalidCertificate(reason)) = cause.downcast_ref::<rustls::Error>() {
            self.certificate = Some(reason.to_string());
        }
        if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
            self.garbled |= hyper.is_parse();
        }
        self.last = cause.to_string();
        #[cfg(all(feature = "native-tls", not(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs"))))]
        if self.last.contains("certificate") {
            self.certificate = Some(self.last.clone());
        }
    }
}
