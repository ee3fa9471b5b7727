//! Proxies, from settings and the environment.

use crate::error::Error;
use crate::model::Secret;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// Proxy setting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proxy {
    /// The proxy in `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in upper or lower case.
    #[default]
    Environment,
    /// No proxy.
    None,
    /// This URL. It is a secret because it may contain a password.
    Url(Secret),
}

/// Proxies in the environment.
#[derive(Debug)]
pub(super) struct Environment {
    https: Option<Found>,
    http: Option<Found>,
    except: Vec<Exception>,
}

/// A proxy, and the variable that contains it.
#[derive(Clone)]
struct Found {
    variable: String,
    url: Url,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.variable)
    }
}

/// Origin of the proxies of a transport, for its errors.
#[derive(Debug, Clone, Default)]
pub(super) enum Used {
    #[default]
    None,
    Setting,
    Environment(Arc<Environment>),
}

impl Used {
    /// Returns the origin of the proxy for a URL, as a part of a sentence.
    pub(super) fn for_url(&self, url: &Url) -> Option<String> {
        match self {
            Self::None => None,
            Self::Setting => Some("the proxy of the setting `proxy`".to_owned()),
            Self::Environment(environment) => {
                let found = environment.find(url)?;
                let host = found.url.host_str().unwrap_or("?");
                let port = found.url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
                Some(format!("the proxy {host}{port} of the environment variable {}", found.variable))
            }
        }
    }
}

/// Hosts that are reached without a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Exception {
    place: Place,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    All,
    /// A host and its subdomains.
    Host(String),
    /// Network: addresses with the same leading bits.
    Network(IpAddr, u8),
}

type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Proxy {
    /// Sets the proxy of a client. Also returns its origin.
    pub(super) fn apply(&self, client: reqwest::ClientBuilder) -> Result<(reqwest::ClientBuilder, Used), Error> {
        // The HTTP client must not read the environment itself.
        let client = client.no_proxy();
        let (proxy, used) = match self {
            Self::None => return Ok((client, Used::None)),
            Self::Url(url) => {
                let url = parse(url.expose(), &Rules::SETTING)?;
                (reqwest::Proxy::all(url).map_err(|_| not_a_url())?, Used::Setting)
            }
            Self::Environment => {
                let look = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
                match Environment::read(&look)? {
                    Some(environment) => {
                        let environment = Arc::new(environment);
                        let used = Used::Environment(Arc::clone(&environment));
                        (reqwest::Proxy::custom(move |url| environment.of(url)), used)
                    }
                    None => return Ok((client, Used::None)),
                }
            }
        };
        Ok((client.proxy(proxy), used))
    }
}

impl Environment {
    /// Reads the proxies from the environment, if it contains any.
    pub(super) fn read(look: Lookup<'_>) -> Result<Option<Self>, Error> {
        let all = variable(look, &["ALL_PROXY", "all_proxy"]);
        let https = variable(look, &["HTTPS_PROXY", "https_proxy"]).or_else(|| all.clone());
        // A web server passes a request's header `Proxy` to its programs under this name.
        let names: &[_] =
            if look("REQUEST_METHOD").is_some() { &["http_proxy"] } else { &["HTTP_PROXY", "http_proxy"] };
        let http = variable(look, names).or(all);
        let url = |found: Option<(&str, String)>| {
            let read = |(name, value): (&str, String)| {
                let url = parse(&value, &Rules::ENVIRONMENT).map_err(|error| error.with_variable(name))?;
                Ok::<_, Error>(Found { variable: name.to_owned(), url })
            };
            found.map(read).transpose()
        };
        let (https, http) = (url(https)?, url(http)?);
        if https.is_none() && http.is_none() {
            return Ok(None);
        }
        let except = match variable(look, &["NO_PROXY", "no_proxy"]) {
            Some((name, value)) => exceptions(&value).map_err(|error| error.with_variable(name))?,
            None => Vec::new(),
        };
        Ok(Some(Self { https, http, except }))
    }

    /// Returns the proxy for a URL.
    pub(super) fn of(&self, url: &Url) -> Option<Url> {
        self.find(url).map(|found| found.url.clone())
    }

    fn find(&self, url: &Url) -> Option<&Found> {
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches([']', '.']).to_ascii_lowercase();
        let port = url.port_or_known_default();
        if self.except.iter().any(|exception| exception.holds(&host, port)) {
            return None;
        }
        if url.scheme() == "https" { self.https.as_ref() } else { self.http.as_ref() }
    }
}

/// Returns the first of these variables that is set and not empty.
fn variable<'a>(look: Lookup<'_>, names: &[&'a str]) -> Option<(&'a str, String)> {
    let value = |name: &&'a str| Some((*name, look(name)?.trim().to_owned()));
    names.iter().filter_map(value).find(|(_, value)| !value.is_empty())
}

/// Parts that a proxy's URL may omit.
struct Rules {
    scheme: bool,
    port: bool,
}

impl Rules {
    const SETTING: Self = Self { scheme: false, port: true };
    /// Programs use different default ports, so the port is required.
    const ENVIRONMENT: Self = Self { scheme: true, port: false };
}

fn wrong(reason: &str) -> Error {
    Error::configuration("proxy", reason)
}

fn not_a_url() -> Error {
    wrong("must be a URL such as http://proxy.example.com:3128")
}

/// Parses a proxy's URL. Errors never quote it, because it may contain a password.
///
/// User and password end at the last `@`, and the user at the first `:`. Other characters may be plain or
/// percent-encoded, except for `/`, `?` and `#`, which end the authority of a URL.
fn parse(text: &str, rules: &Rules) -> Result<Url, Error> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None if rules.scheme => ("http".to_owned(), text),
        None => return Err(not_a_url()),
    };
    if scheme != "http" && scheme != "https" {
        return Err(wrong("must begin with http:// or https://: other proxies, such as SOCKS, are not supported"));
    }
    if scheme == "https" && !super::HAS_TLS {
        return Err(wrong("begins with https://, and this build has no TLS"));
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '?', '#']) {
        return Err(wrong("must end after its port: in a password, / is %2F, ? is %3F and # is %23"));
    }
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, rest),
    };
    let (host, port) = host_and_port(place).ok_or_else(not_a_url)?;
    if port.is_none() && !rules.port {
        return Err(wrong("has no port: a proxy is named as in http://proxy.example.com:3128"));
    }
    let user = user.map(credentials).transpose()?.unwrap_or_default();
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{user}{host}{port}").parse().map_err(|_| not_a_url())
}

/// Returns user and password, encoded.
fn credentials(text: &str) -> Result<String, Error> {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    let encoded = |part: &str| {
        let escapes = part.match_indices('%').all(|(at, _)| {
            let digits = part.as_bytes().get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        });
        let decoded = percent_decode_str(part).decode_utf8().ok().filter(|_| escapes);
        let decoded = decoded.filter(|text| !text.contains(|c: char| c.is_control()));
        let wrong = || wrong("has a user or a password that cannot be read: in them, % is written as %25");
        decoded.map(|text| wharf_sign::canonical::encode(&text)).ok_or_else(wrong)
    };
    Ok(format!("{}:{}@", encoded(user)?, encoded(password)?))
}

/// Returns the host, in brackets if it is an IPv6 address, and the port after it.
fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            address.parse::<std::net::Ipv6Addr>().ok()?;
            (format!("[{address}]"), port.is_empty().then_some("").or_else(|| port.strip_prefix(':'))?)
        }
        None => {
            let (host, port) = text.split_once(':').map_or((text, ""), |(host, port)| (host, port));
            if text.contains(':') && port.is_empty() {
                return None;
            }
            (is_host(host).then(|| host.to_ascii_lowercase())?, port)
        }
    };
    match port {
        "" => Some((host, None)),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some((host, Some(digits.parse().ok().filter(|port| *port > 0)?)))
        }
        _ => None,
    }
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    text.strip_suffix('.').unwrap_or(text).split('.').all(label)
}

/// Parses hosts, addresses and networks, separated by commas or blanks.
fn exceptions(text: &str) -> Result<Vec<Exception>, Error> {
    let parts = text.split([',', ' ', '\t']).map(str::trim).filter(|part| !part.is_empty());
    let read = |(at, part)| {
        let number = at + 1;
        Exception::read(part).ok_or_else(|| {
            wrong(&format!(
                "exceptions are hosts, suffixes, addresses and networks, each with a port or without, or *: number {number} \
                 is none of these"
            ))
        })
    };
    parts.enumerate().map(read).collect()
}

impl Exception {
    fn read(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self { place: Place::All, port: None });
        }
        if let Some((address, bits)) = text.split_once('/') {
            let address: IpAddr = address.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.parse().ok().filter(|bits| *bits <= most)?;
            return Some(Self { place: Place::Network(address, bits), port: None });
        }
        if let Ok(address) = text.parse() {
            return Some(Self::of_address(address, None));
        }
        let (host, port) = host_and_port(text.strip_prefix("*.").or(text.strip_prefix('.')).unwrap_or(text))?;
        match host.trim_start_matches('[').trim_end_matches(']').parse() {
            Ok(address) => Some(Self::of_address(address, port)),
            Err(_) => Some(Self { place: Place::Host(host.trim_end_matches('.').to_owned()), port }),
        }
    }

    fn of_address(address: IpAddr, port: Option<u16>) -> Self {
        Self { place: Place::Network(address, if address.is_ipv4() { 32 } else { 128 }), port }
    }

    fn holds(&self, host: &str, port: Option<u16>) -> bool {
        let place = match &self.place {
            Place::All => true,
            Place::Host(name) => host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            Place::Network(network, bits) => host.parse().is_ok_and(|address| in_network(address, *network, *bits)),
        };
        place && (self.port.is_none() || self.port == port)
    }
}

fn in_network(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let same = |a: u128, b: u128, width: u32| {
        let rest = width.saturating_sub(bits.into());
        a.checked_shr(rest).unwrap_or(0) == b.checked_shr(rest).unwrap_or(0)
    };
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
