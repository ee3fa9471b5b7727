//! Who may use the control API: programs on the same machine, or those with the token, and no web page of another origin.

use super::{Problem, ui};
use http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use std::net::SocketAddr;
use wharf_core::model::Secret;
use wharf_sign::equal;

/// The hosts by which a server on the same machine is named.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
/// Where browsers say what kind of page a request comes from.
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The rules of access to the control API.
#[derive(Debug)]
pub(crate) struct Guard {
    token: Option<Secret>,
}

impl Guard {
    pub(crate) fn new(token: Option<Secret>) -> Self {
        Self { token }
    }

    /// Refuses a request that may not use the control API.
    pub(super) fn check(&self, peer: SocketAddr, parts: &Parts) -> Result<(), Problem> {
        let host = host(parts)?;
        check_page(parts, &host)?;
        let Some(token) = &self.token else {
            if !peer.ip().to_canonical().is_loopback() {
                let message = "the control API answers on the loopback interface only";
                return Err(forbidden(
                    "",
                    message,
                    "a request from the same machine, or a server with a control token",
                ));
            }
            if !LOCAL.contains(&host.host()) {
                let message = "the host is not one of this machine";
                return Err(forbidden("Host", message, LOCAL.join(", ")));
            }
            return Ok(());
        };
        // The page has no secrets, and a browser cannot send the token with the address of a page.
        if ui::concerns(parts.uri.path()) {
            return Ok(());
        }
        let given = text(parts, &AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        if equal(token.expose(), given.trim()) {
            return Ok(());
        }
        let message = if given.is_empty() { "the control token is missing" } else { "the control token is wrong" };
        Err(Problem::http(401, "Authorization", message, "Bearer and the control token of the server"))
    }
}

fn forbidden(place: &str, message: &str, expected: impl Into<String>) -> Problem {
    Problem::http(403, place, message, expected)
}

fn text<'a>(parts: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// The one host that the request names.
fn host(parts: &Parts) -> Result<Authority, Problem> {
    let wrong = || forbidden("Host", "the request does not name one host", "exactly one host");
    let mut hosts = parts.headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(wrong()) };
    let host: Authority = host.to_str().ok().and_then(|host| host.trim().parse().ok()).ok_or_else(wrong)?;
    // A target with another host than the header is a request to a proxy.
    let same = parts.uri.authority().is_none_or(|target| *target == host);
    if same && !host.as_str().contains('@') { Ok(host) } else { Err(wrong()) }
}

/// Refuses requests that web pages of other origins make.
fn check_page(parts: &Parts, host: &Authority) -> Result<(), Problem> {
    if let Some(site) = text(parts, &SITE)
        && !matches!(site, "same-origin" | "none")
    {
        let message = "the request comes from a web page of another site";
        return Err(forbidden("Sec-Fetch-Site", message, "same-origin or none"));
    }
    let mut origins = parts.headers.get_all(ORIGIN).iter();
    let own = |origin: &str| origin.split_once("://").is_some_and(|(_, authority)| authority == host.as_str());
    if origins.all(|origin| origin.to_str().is_ok_and(own)) {
        return Ok(());
    }
    Err(forbidden("Origin", "the request comes from a web page of another origin", "no other origin than the server's"))
}
