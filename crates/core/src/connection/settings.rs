//! The settings that every product's connection has.

use super::{Connection, Inner};
use crate::clock::{Clock, SystemClock};
use crate::credentials::{Cache, ProvideCredentials};
use crate::error::Error;
use crate::limit::RateLimiter;
use crate::product::{Endpoint, Product, ShownUrl};
use crate::retry::{Budget, RetryPolicy};
use crate::transport::{HAS_TLS, HttpTransport, Proxy, Transport};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

/// Bytes of an answer's body that are read when nothing else is set: 64 MiB.
pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 64 << 20;

/// What a product's builder collects and turns into a [`Connection`].
///
/// Users meet these as the setters that [`connection_settings!`](crate::connection_settings) writes.
#[derive(Clone)]
#[non_exhaustive]
pub struct Settings {
    /// The region of calls that do not name another.
    pub region: Option<String>,
    /// Where credentials come from.
    pub credentials: Option<Arc<dyn ProvideCredentials>>,
    /// A full URL in the place of the product's own host names.
    pub endpoint: Option<String>,
    /// Certificates in PEM to trust besides the system's.
    pub root_certificates: Vec<Vec<u8>>,
    /// Trust any certificate.
    pub danger_accept_invalid_certificates: bool,
    /// Send to other machines without TLS.
    pub danger_accept_plain_http: bool,
    /// The way out.
    pub proxy: Proxy,
    /// Bounds the making of a connection.
    pub connect_timeout: Duration,
    /// Bounds an attempt.
    pub attempt_timeout: Duration,
    /// Bounds a call, retries and waits included.
    pub call_timeout: Duration,
    /// How calls are retried.
    pub retry_policy: RetryPolicy,
    /// Keep the documented rate limits on this side.
    pub client_rate_limit: bool,
    /// Bytes of an answer's body that are read at most.
    pub max_response_bytes: usize,
    /// Idle connections that are kept for each host.
    pub pool_max_idle_per_host: usize,
    /// How long an idle connection is kept.
    pub pool_idle_timeout: Duration,
    /// Addresses of hosts, in the place of a name service's answers.
    pub addresses: Vec<(String, SocketAddr)>,
    /// What is added to the `User-Agent`.
    pub user_agent: Option<String>,
    /// How bytes travel, in the place of HTTP.
    pub transport: Option<Arc<dyn Transport>>,
    /// Where time and randomness come from.
    pub clock: Option<Arc<dyn Clock>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: None,
            credentials: None,
            endpoint: None,
            root_certificates: Vec::new(),
            danger_accept_invalid_certificates: false,
            danger_accept_plain_http: false,
            proxy: Proxy::Environment,
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(30),
            call_timeout: Duration::from_secs(300),
            retry_policy: RetryPolicy::default(),
            client_rate_limit: false,
            max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
            pool_max_idle_per_host: 32,
            // Below what servers and load balancers keep, so that a call rarely meets a closing one.
            pool_idle_timeout: Duration::from_secs(20),
            addresses: Vec::new(),
            user_agent: None,
            transport: None,
            clock: None,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("region", &self.region)
            .field("credentials", &self.credentials)
            .field("endpoint", &self.endpoint.as_deref().map(ShownUrl))
            .field("root_certificates", &self.root_certificates.len())
            .field("danger_accept_invalid_certificates", &self.danger_accept_invalid_certificates)
            .field("danger_accept_plain_http", &self.danger_accept_plain_http)
            .field("proxy", &self.proxy)
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("call_timeout", &self.call_timeout)
            .field("retry_policy", &self.retry_policy)
            .field("client_rate_limit", &self.client_rate_limit)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("pool_max_idle_per_host", &self.pool_max_idle_per_host)
            .field("pool_idle_timeout", &self.pool_idle_timeout)
            .field("addresses", &self.addresses)
            .field("user_agent", &self.user_agent)
            .field("transport", &self.transport)
            .field("clock", &self.clock)
            .finish()
    }
}

impl Settings {
    /// Makes the connection. Nothing is sent.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn connect(self, product: Arc<dyn Product>) -> Result<Connection, Error> {
        if let Some(region) = &self.region {
            product.check_region(region)?;
        }
        let endpoint = self.endpoint.as_deref().map(Endpoint::parse).transpose()?;
        self.check_endpoint(endpoint.as_ref())?;
        for (name, timeout) in [
            ("connect_timeout", self.connect_timeout),
            ("attempt_timeout", self.attempt_timeout),
            ("call_timeout", self.call_timeout),
        ] {
            if timeout.is_zero() {
                return Err(Error::configuration(name, "must be longer than nothing"));
            }
        }
        if self.max_response_bytes == 0 {
            return Err(Error::configuration("max_response_bytes", "must be more than 0"));
        }
        let user_agent = user_agent(self.user_agent.as_deref())?;
        let provider = self.credentials.clone().ok_or_else(|| Error::configuration("credentials", "are not set"))?;
        let transport = self.transport_to(endpoint.as_ref())?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock));
        Ok(Connection {
            inner: Arc::new(Inner {
                product,
                transport,
                credentials: Cache::new(provider, Arc::clone(&clock)),
                endpoint,
                region: self.region,
                clock,
                retry: self.retry_policy,
                budget: Budget::default(),
                limiter: self.client_rate_limit.then(RateLimiter::new),
                call_timeout: self.call_timeout,
                attempt_timeout: self.attempt_timeout,
                max_response_bytes: self.max_response_bytes,
                user_agent,
                skew: AtomicI64::new(0),
            }),
        })
    }

    /// The transport of a connection with these settings.
    pub(crate) fn transport_to(&self, endpoint: Option<&Endpoint>) -> Result<Arc<dyn Transport>, Error> {
        let transport = match &self.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(self.http_transport(endpoint)?),
        };
        self.check_tls(endpoint, HAS_TLS)?;
        Ok(transport)
    }

    /// Passwords, tokens and kubeconfigs travel in requests and answers: without TLS only to this machine,
    /// or when somebody says so. A transport of the caller's own may need no network at all.
    fn check_endpoint(&self, endpoint: Option<&Endpoint>) -> Result<(), Error> {
        let Some(endpoint) = endpoint.filter(|endpoint| endpoint.scheme == "http") else { return Ok(()) };
        if self.transport.is_some() || endpoint.is_loopback() {
            return Ok(());
        }
        if !self.danger_accept_plain_http {
            let reason =
                "is http, which everybody on the way can read: use https, or say danger_accept_plain_http(true)";
            return Err(Error::configuration("endpoint", reason));
        }
        tracing::warn!(endpoint = endpoint.authority, "requests and answers travel without encryption");
        Ok(())
    }

    /// Without TLS nothing can be sent to an `https` endpoint, which all are that nobody sets.
    pub(super) fn check_tls(&self, endpoint: Option<&Endpoint>, has_tls: bool) -> Result<(), Error> {
        if has_tls || self.transport.is_some() || endpoint.is_some_and(|endpoint| endpoint.scheme == "http") {
            return Ok(());
        }
        let reason = "is https, and this build has no TLS: enable one of the features rustls-ring, rustls-aws-lc-rs and \
                      native-tls";
        Err(Error::configuration("endpoint", reason))
    }

    fn http_transport(&self, endpoint: Option<&Endpoint>) -> Result<HttpTransport, Error> {
        // A proxy that the environment names for the outside cannot know what this machine listens to.
        let local = self.proxy == Proxy::Environment && endpoint.is_some_and(Endpoint::is_loopback);
        let mut builder = HttpTransport::builder()
            .proxy(if local { Proxy::None } else { self.proxy.clone() })
            .danger_accept_invalid_certificates(self.danger_accept_invalid_certificates)
            .connect_timeout(self.connect_timeout)
            .pool_max_idle_per_host(self.pool_max_idle_per_host)
            .pool_idle_timeout(self.pool_idle_timeout);
        for pem in &self.root_certificates {
            builder = builder.root_certificate(pem.clone());
        }
        for (host, address) in &self.addresses {
            builder = builder.resolve(host, *address);
        }
        builder.build()
    }
}

fn user_agent(suffix: Option<&str>) -> Result<String, Error> {
    let own = concat!("wharf/", env!("CARGO_PKG_VERSION"));
    let mut text = format!("{own} (rust; {}; {})", std::env::consts::OS, std::env::consts::ARCH);
    if let Some(suffix) = suffix.map(str::trim).filter(|suffix| !suffix.is_empty()) {
        if !suffix.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(Error::configuration("user_agent", "must be printable ASCII"));
        }
        text.push(' ');
        text.push_str(suffix);
    }
    Ok(text)
}

/// Writes the setters that every product's connection builder has.
///
/// For use inside an `impl` block of a builder that has a field `settings` of type
/// [`Settings`](crate::connection::Settings):
///
/// ```
/// pub struct Builder {
///     settings: wharf_core::connection::Settings,
/// }
///
/// impl Builder {
///     wharf_core::connection_settings!();
/// }
/// ```
#[macro_export]
macro_rules! connection_settings {
    () => {
        /// Sets the region of calls that do not name another (`ap-guangzhou`).
        #[must_use]
        pub fn region(mut self, region: impl Into<String>) -> Self {
            self.settings.region = Some(region.into());
            self
        }

        /// Sets where credentials come from: fixed ones, a chain, a provider of your own.
        ///
        /// They are cached and renewed before they expire.
        #[must_use]
        pub fn credentials(mut self, provider: impl $crate::credentials::ProvideCredentials + 'static) -> Self {
            self.settings.credentials = Some(::std::sync::Arc::new(provider));
            self
        }

        /// Sets a full URL in the place of the product's own host names (`https://tke.cloud.example.com`).
        ///
        /// `http://` is for this machine; for another one there is
        /// [`danger_accept_plain_http`](Self::danger_accept_plain_http).
        #[must_use]
        pub fn endpoint(mut self, url: impl Into<String>) -> Self {
            self.settings.endpoint = Some(url.into());
            self
        }

        /// Trusts the certificates in a PEM text besides the system's: those of a private cloud's own
        /// authority. May be called several times.
        #[must_use]
        pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
            self.settings.root_certificates.push(pem.into());
            self
        }

        /// **Dangerous.** Accepts every certificate, whoever shows it.
        ///
        /// Anybody between you and the service can then read and change everything, passwords and
        /// kubeconfigs included. For a private cloud with certificates of its own, use
        /// [`root_certificate`](Self::root_certificate). Logs a warning when the connection is built.
        #[must_use]
        pub fn danger_accept_invalid_certificates(mut self, accept: bool) -> Self {
            self.settings.danger_accept_invalid_certificates = accept;
            self
        }

        /// **Dangerous.** Allows an `http://` endpoint on another machine.
        ///
        /// Everybody on the way can then read passwords, session tokens and kubeconfigs. Logs a warning
        /// when the connection is built.
        #[must_use]
        pub fn danger_accept_plain_http(mut self, accept: bool) -> Self {
            self.settings.danger_accept_plain_http = accept;
            self
        }

        /// Sends everything through a proxy (`http://proxy.example.com:3128`).
        ///
        /// Without it, `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` decide. What stands there and cannot
        /// be understood is an error when the connection is built.
        #[must_use]
        pub fn proxy(mut self, url: impl Into<String>) -> Self {
            self.settings.proxy = $crate::transport::Proxy::Url(url.into().into());
            self
        }

        /// Uses no proxy, whatever the environment says.
        #[must_use]
        pub fn no_proxy(mut self) -> Self {
            self.settings.proxy = $crate::transport::Proxy::None;
            self
        }

        /// Sets the address of a host, where no name service knows it. Port 0 is the URL's own port.
        ///
        /// The certificate must still be that of the host's name.
        #[must_use]
        pub fn resolve(mut self, host: impl Into<String>, address: ::std::net::SocketAddr) -> Self {
            self.settings.addresses.push((host.into(), address));
            self
        }

        /// Bounds the making of a connection, TLS included. 10 seconds by default.
        #[must_use]
        pub fn connect_timeout(mut self, timeout: ::std::time::Duration) -> Self {
            self.settings.connect_timeout = timeout;
            self
        }

        /// Bounds each attempt of a call. 30 seconds by default.
        #[must_use]
        pub fn attempt_timeout(mut self, timeout: ::std::time::Duration) -> Self {
            self.settings.attempt_timeout = timeout;
            self
        }

        /// Bounds a call, its retries and the waits between them included. 5 minutes by default.
        #[must_use]
        pub fn call_timeout(mut self, timeout: ::std::time::Duration) -> Self {
            self.settings.call_timeout = timeout;
            self
        }

        /// Sets how calls are retried. Three attempts by default.
        #[must_use]
        pub fn retry_policy(mut self, policy: $crate::retry::RetryPolicy) -> Self {
            self.settings.retry_policy = policy;
            self
        }

        /// Keeps the documented limits of calls per second on this side: calls wait instead of being
        /// refused. Off by default.
        #[must_use]
        pub fn client_rate_limit(mut self, keep: bool) -> Self {
            self.settings.client_rate_limit = keep;
            self
        }

        /// Bounds the bytes of an answer. 64 MiB by default.
        #[must_use]
        pub fn max_response_bytes(mut self, bytes: usize) -> Self {
            self.settings.max_response_bytes = bytes;
            self
        }

        /// Sets how many idle connections are kept for each host. 32 by default.
        #[must_use]
        pub fn pool_max_idle_per_host(mut self, connections: usize) -> Self {
            self.settings.pool_max_idle_per_host = connections;
            self
        }

        /// Sets how long an idle connection is kept. 20 seconds by default.
        #[must_use]
        pub fn pool_idle_timeout(mut self, timeout: ::std::time::Duration) -> Self {
            self.settings.pool_idle_timeout = timeout;
            self
        }

        /// Adds the name of your program to the `User-Agent` (`my-tool/1.2`).
        #[must_use]
        pub fn user_agent(mut self, suffix: impl Into<String>) -> Self {
            self.settings.user_agent = Some(suffix.into());
            self
        }

        /// Sets how bytes travel, in the place of HTTP: into the reference server, or from a recording.
        ///
        /// The settings of certificates, proxy, connecting and pool are then of no effect.
        #[must_use]
        pub fn transport(mut self, transport: ::std::sync::Arc<dyn $crate::transport::Transport>) -> Self {
            self.settings.transport = Some(transport);
            self
        }

        /// Sets where time and randomness come from.
        #[must_use]
        pub fn clock(mut self, clock: ::std::sync::Arc<dyn $crate::clock::Clock>) -> Self {
            self.settings.clock = Some(clock);
            self
        }
    };
}
