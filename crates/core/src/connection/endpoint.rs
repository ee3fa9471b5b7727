//! Endpoints as users write them.

use crate::error::Error;
use crate::product::Endpoint;
use http::uri::{Authority, Uri};
use std::net::IpAddr;

/// Setting that an error about an endpoint names.
const SETTING: &str = "endpoint";

impl Endpoint {
    /// Parses a full URL: `https://cloud.example.com`, `http://127.0.0.1:8080/base`.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming what is wrong with it.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::configuration(SETTING, reason);
        let form = "must be a full URL such as https://cloud.example.com";
        // Checked before parsing, because an error must not repeat a password.
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

    /// Returns the `https` endpoint of a host name.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if it is not a host name.
    pub fn https(host: &str) -> Result<Self, Error> {
        let authority: Authority =
            host.parse().map_err(|_| Error::configuration(SETTING, "has a host name that is not one"))?;
        check_authority(&authority).map_err(|reason| Error::configuration(SETTING, reason))?;
        Ok(Self { scheme: "https".to_owned(), authority: host.to_ascii_lowercase(), base_path: String::new() })
    }

    /// Parses the endpoint that signatures cover instead of the one that requests are sent to: a host, its port if
    /// requests contain one, and the base path of the service if it has one (`tke.example.com`,
    /// `cloud.example.com:8443/base`).
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming `signed_host`.
    pub fn signed(host: &str) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::configuration("signed_host", reason);
        if host.contains("://") {
            return Err(wrong("must be a host such as tke.example.com, not a URL"));
        }
        Self::parse(&format!("https://{host}")).map_err(|error| {
            let reason = error.message().strip_prefix("endpoint ").unwrap_or("is not a host");
            wrong(if reason.starts_with("must be a full URL") {
                "must be a host such as tke.example.com"
            } else {
                reason
            })
        })
    }

    /// Returns whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Returns whether the host can have subdomains: an address and `localhost` cannot.
    pub fn has_subdomains(&self) -> bool {
        let host = self.host();
        host != "localhost" && host.parse::<IpAddr>().is_err()
    }

    /// Returns the host in lower case, without port and brackets.
    fn host(&self) -> String {
        let parsed: Option<Authority> = self.authority.parse().ok();
        let host = parsed.as_ref().map_or(self.authority.as_str(), Authority::host);
        host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase()
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn this_machine_and_hosts_with_others_below_them() {
        for (url, loopback, subdomains) in [
            ("http://127.0.0.1:80", true, false),
            ("http://[::1]:80/base", true, false),
            ("http://localhost", true, false),
            ("http://cce.localhost:8080", true, true),
            ("https://10.0.0.1", false, false),
            ("https://[2001:db8::1]", false, false),
            ("https://CCE.example.com:8443", false, true),
        ] {
            let endpoint = Endpoint::parse(url).unwrap();
            assert_eq!((endpoint.is_loopback(), endpoint.has_subdomains()), (loopback, subdomains), "{url}");
        }
    }

    #[test]
    fn what_signatures_cover() {
        for (text, authority, base_path) in [
            ("tke.example.com", "tke.example.com", ""),
            ("TKE.example.com:8443", "tke.example.com:8443", ""),
            ("cloud.example.com/base/", "cloud.example.com", "/base"),
        ] {
            let signed = Endpoint::signed(text).unwrap();
            assert_eq!((signed.authority.as_str(), signed.base_path.as_str()), (authority, base_path));
        }
        for wrong in
            ["", "https://tke.example.com", "planted:secret@tke.example.com", "a b", "tke.example.com:x", "h?q"]
        {
            let error = Endpoint::signed(wrong).unwrap_err();
            assert_eq!(error.field(), Some("signed_host"), "{wrong}");
            assert!(!error.to_string().contains("planted"), "{error}");
        }
    }
}
