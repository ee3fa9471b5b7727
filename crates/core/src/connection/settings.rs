//! Construction of a connection from the settings that every product has.

pub use super::generated::Settings;
use super::{CALL_TIMEOUT, Connection, Inner, extra};
use crate::clock::SystemClock;
use crate::credentials::Cache;
use crate::error::Error;
use crate::limit::RateLimiter;
use crate::product::{Endpoint, Product};
use crate::retry::Budget;
use crate::transport::{HAS_TLS, HttpTransport, Proxy, Transport};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

/// Beginning of a certificate in PEM.
const MARK: &[u8] = b"-----BEGIN CERTIFICATE-----";

impl Settings {
    /// Builds the connection. Nothing is sent.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn connect(self, product: Arc<dyn Product>) -> Result<Connection, Error> {
        if let Some(region) = &self.region {
            product.check_region(region)?;
        }
        let endpoint = self.endpoint.as_deref().map(Endpoint::parse).transpose()?;
        let signed = self.signed_host.as_deref().map(Endpoint::signed).transpose()?;
        if let Some(endpoint) = &endpoint {
            self.check_plain_http("endpoint", endpoint)?;
        }
        for (name, timeout) in [
            ("connect_timeout", self.connect_timeout),
            ("attempt_timeout", self.attempt_timeout),
            ("call_timeout", self.call_timeout.unwrap_or(CALL_TIMEOUT)),
        ] {
            if timeout.is_zero() {
                return Err(Error::configuration(name, "must be longer than nothing"));
            }
        }
        if self.max_response_bytes == 0 {
            return Err(Error::configuration("max_response_bytes", "must be more than 0"));
        }
        let user_agent = user_agent(self.user_agent.as_deref())?;
        let headers = extra::read(&self.headers, &*product)?;
        let provider = self.credentials.clone().ok_or_else(|| Error::configuration("credentials", "are not set"))?;
        let own_hosts = endpoint.is_none() && self.transport.is_none();
        let transport = self.transport_to(endpoint.as_ref())?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock));
        Ok(Connection {
            inner: Arc::new(Inner {
                product,
                transport,
                own_hosts,
                credentials: Cache::new(provider, Arc::clone(&clock)),
                endpoint,
                signed,
                region: self.region,
                clock,
                retry: self.retry_policy,
                budget: Budget::default(),
                limiter: self.client_rate_limit.then(RateLimiter::new),
                call_timeout: self.call_timeout,
                attempt_timeout: self.attempt_timeout,
                max_response_bytes: self.max_response_bytes,
                user_agent,
                headers,
                interceptors: self.interceptors,
                skew: AtomicI64::new(0),
            }),
        })
    }

    /// Returns the transport of a connection with these settings.
    pub(crate) fn transport_to(&self, endpoint: Option<&Endpoint>) -> Result<Arc<dyn Transport>, Error> {
        let transport = match &self.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(self.http_transport(endpoint)?),
        };
        self.check_tls(endpoint, HAS_TLS)?;
        Ok(transport)
    }

    /// Rejects plain HTTP to another machine, unless it is allowed: requests and responses contain passwords, tokens
    /// and kubeconfigs. The check does not apply to a transport that the caller sets.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming `setting`, which contains the endpoint.
    pub fn check_plain_http(&self, setting: &str, endpoint: &Endpoint) -> Result<(), Error> {
        if endpoint.scheme != "http" || self.transport.is_some() || endpoint.is_loopback() {
            return Ok(());
        }
        if !self.danger_accept_plain_http {
            let reason =
                "is http, which everybody on the way can read: use https, or say danger_accept_plain_http(true)";
            return Err(Error::configuration(setting, reason));
        }
        tracing::warn!(endpoint = endpoint.authority, "requests and answers travel without encryption");
        Ok(())
    }

    /// Rejects `https` endpoints, which include all default ones, if the transport has no TLS.
    pub(super) fn check_tls(&self, endpoint: Option<&Endpoint>, has_tls: bool) -> Result<(), Error> {
        if has_tls || self.transport.is_some() || endpoint.is_some_and(|endpoint| endpoint.scheme == "http") {
            return Ok(());
        }
        let reason = "is https, and this build has no TLS: enable one of the features rustls-ring, rustls-aws-lc-rs and \
                      native-tls";
        Err(Error::configuration("endpoint", reason))
    }

    fn http_transport(&self, endpoint: Option<&Endpoint>) -> Result<HttpTransport, Error> {
        // A proxy that the environment names for external hosts cannot reach the loopback addresses of this machine.
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
        for path in &self.root_certificate_files {
            builder = builder.root_certificate(certificate_file(path)?);
        }
        if let Some(certificate) = &self.client_certificate {
            let (certificate, key) = (certificate.certificate().clone(), certificate.key().clone());
            builder = builder.client_certificate(certificate, key);
        }
        for (host, address) in &self.addresses {
            builder = builder.resolve(host, *address);
        }
        builder.build()
    }
}

/// Reads a file with certificates.
fn certificate_file(path: &Path) -> Result<Vec<u8>, Error> {
    const SETTING: &str = "root_certificate_file";
    let pem = std::fs::read(path).map_err(|error| Error::configuration(SETTING, format!("{path:?}: {error}")))?;
    // Without a certificate in it, the error names this setting.
    let is_pem = pem.windows(MARK.len()).any(|part| part == MARK);
    if is_pem { Ok(pem) } else { Err(Error::configuration(SETTING, format!("{path:?} has no certificate in PEM"))) }
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
