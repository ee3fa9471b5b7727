//! Requests to credential services that are not a product of a cloud.

use crate::connection::Settings;
use crate::error::{Error, ErrorKind};
use crate::product::Endpoint;
use crate::transport::{Limits, TransportErrorKind};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use std::net::IpAddr;
use std::time::Duration;

/// Timeout of a request.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum size of a response, in bytes.
const MAX_BYTES: usize = 64 << 10;

/// Request to a credential service. It uses the same transport settings as a connection with these settings.
#[derive(Debug)]
pub struct Exchange<'a> {
    settings: &'a Settings,
    setting: &'a str,
    endpoint: Endpoint,
    url: &'a str,
}

impl<'a> Exchange<'a> {
    /// Returns a request to a URL. `setting` is the name of the setting or variable that contains it.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) naming the setting if the URL is invalid, or if it is `http` to a
    /// host beyond this machine and its link without [`danger_accept_plain_http`](Settings::danger_accept_plain_http).
    pub fn new(settings: &'a Settings, setting: &'a str, url: &'a str) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::configuration(setting, reason);
        let authority = url.split(['?', '#']).next().unwrap_or_default();
        let endpoint = Endpoint::parse(authority).map_err(|_| wrong("is no full URL"))?;
        let plain = endpoint.scheme == "http" && !is_near(&endpoint.authority);
        if plain && settings.transport.is_none() && !settings.danger_accept_plain_http {
            return Err(wrong(
                "is http, which everybody on the way can read: use https, or say danger_accept_plain_http(true)",
            ));
        }
        Ok(Self { settings, setting, endpoint, url })
    }

    /// Sends the request and returns the body of the response.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) if there is no response, or one with a status other than 200.
    pub async fn send(
        &self,
        method: Method,
        bearer: Option<&str>,
        body: Option<(&str, Bytes)>,
    ) -> Result<Bytes, Error> {
        let mut request = http::Request::builder().method(method).uri(self.url).header(ACCEPT, "application/json");
        if let Some(bearer) = bearer {
            let unusable = |_| self.failed("is meant for a token that no header can carry");
            let mut value = HeaderValue::from_str(bearer).map_err(unusable)?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let (content_type, body) = body.map_or((None, Bytes::new()), |(form, body)| (Some(form), body));
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let request = request.body(body).map_err(|_| Error::configuration(self.setting, "is no full URL"))?;
        let transport = self.settings.transport_to(Some(&self.endpoint))?;
        let limits = Limits { timeout: TIMEOUT, max_response: MAX_BYTES };
        let response = transport.send(request, limits).await.map_err(|error| match error.kind {
            TransportErrorKind::Timeout => self.failed(&format!("timed out after {} s", TIMEOUT.as_secs())),
            _ => self.failed(&error.message),
        })?;
        match response.status().as_u16() {
            200 => Ok(response.into_body()),
            status => Err(self.failed(&format!("answered with HTTP status {status}"))),
        }
    }

    /// Returns an error of the service that the setting configures. It names the setting, so that a chain does not use
    /// another identity instead.
    pub fn failed(&self, reason: &str) -> Error {
        let host = &self.endpoint.authority;
        Error::new(ErrorKind::Credentials, format!("{} ({host}): {reason}", self.setting)).with_field(self.setting)
    }
}

/// Returns whether an address belongs to this machine or its link, where metadata services and agents of nodes are.
fn is_near(authority: &str) -> bool {
    /// Address of one cloud's metadata service, in the shared address range of carriers.
    const SHARED: [u8; 4] = [100, 100, 100, 200];
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    match host.trim_start_matches('[').trim_end_matches(']').parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local() || address.octets() == SHARED,
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unicast_link_local(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn plain_http_stays_near_unless_the_caller_says_otherwise() {
        for near in
            ["127.0.0.1:80", "localhost:9", "LOCALHOST", "[::1]:80", "169.254.169.254", "100.100.100.200", "[fe80::1]"]
        {
            Exchange::new(&Settings::default(), "x", &format!("http://{near}/key?a=b")).unwrap();
        }
        for far in [
            "example.com",
            "10.0.0.1",
            "100.100.100.201",
            "localhost.example.com",
            "[2001:db8::1]:80",
            "127.0.0.1.nip.io",
        ] {
            let url = format!("http://{far}/key");
            let error = Exchange::new(&Settings::default(), "x", &url).unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("x")), "{far}");
            let settings = Settings { danger_accept_plain_http: true, ..Settings::default() };
            Exchange::new(&settings, "x", &url).unwrap();
            Exchange::new(&Settings::default(), "x", &format!("https://{far}/key")).unwrap();
        }
        for wrong in ["", "key", "ftp://127.0.0.1/", "http://"] {
            assert_eq!(Exchange::new(&Settings::default(), "x", wrong).unwrap_err().field(), Some("x"), "{wrong}");
        }
    }
}
