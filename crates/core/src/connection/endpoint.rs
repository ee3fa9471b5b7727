//! Endpoints as people write them.

use crate::error::Error;
use crate::product::Endpoint;
use http::uri::{Authority, Uri};

/// The setting that an error about an endpoint names.
const SETTING: &str = "endpoint";

impl Endpoint {
    /// Reads a full URL: `https://cloud.example.com`, `http://127.0.0.1:8080/base`.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) saying what is wrong with it.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::configuration(SETTING, reason);
        let form = "must be a full URL such as https://cloud.example.com";
        // Seen before parsing, because an error must not repeat a password.
        if url.contains('@') {
            return Err(wrong("must not hold a user or a password"));
        }
        if url.contains(['?', '#']) {
            return Err(wrong("must not have a query or a fragment"));
        }
        let uri: Uri = url.trim().parse().map_err(|_| wrong(form))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err(wrong(form)) };
        if !matches!(scheme, "https" | "http") {
            return Err(wrong("must begin with https:// or http://"));
        }
        check_authority(authority).map_err(|reason| wrong(&reason))?;
        Ok(Self {
            scheme: scheme.to_owned(),
            authority: authority.as_str().to_ascii_lowercase(),
            base_path: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// The endpoint of a host name, by TLS.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when it is not a host name.
    pub fn https(host: &str) -> Result<Self, Error> {
        let authority: Authority =
            host.parse().map_err(|_| Error::configuration(SETTING, "has a host name that is not one"))?;
        check_authority(&authority).map_err(|reason| Error::configuration(SETTING, reason))?;
        Ok(Self { scheme: "https".to_owned(), authority: host.to_ascii_lowercase(), base_path: String::new() })
    }

    /// Whether the host is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let Ok(authority) = self.authority.parse::<Authority>() else { return false };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

fn check_authority(authority: &Authority) -> Result<(), String> {
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    if authority.host().is_empty() {
        return Err("has no host".to_owned());
    }
    if !port.is_empty() && authority.port_u16().is_none_or(|port| port == 0) {
        return Err("has a port that is not one".to_owned());
    }
    Ok(())
}
