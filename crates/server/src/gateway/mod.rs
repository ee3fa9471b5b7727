//! The gateway: everything that happens to a request before and after the world.
//!
//! What differs from one cloud to another, how a call is written, signed, refused and answered, is a [`Dialect`].
//! The [`pipeline`] calls the stages in their order.

mod alibaba;
mod dialect;
mod huawei;
mod nonces;
mod pairs;
pub(crate) mod parameters;
mod path;
mod pipeline;
mod read;
mod recent;
mod strike;
mod tencent;

use crate::catalog::Catalog;
use crate::clock::WorldClock;
use crate::doctor::Doctor;
use crate::fault::{Drip, Effect, Faults};
use crate::journal::{Entry, Journal, SignatureMethod};
use crate::kubernetes::ApiServers;
use crate::limit::RateLimit;
use crate::unsimulated::{Edition, Unsimulated};
pub(crate) use alibaba::Ram;
use bytes::Bytes;
use dialect::{Dialect, dialect};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Method, StatusCode, Version, header};
pub(crate) use huawei::identity::{Identity, User};
pub(crate) use huawei::{ADDON_BODY, ErrorForm, INVALID, NO_SUCH_API};
use pairs::Pairs;
pub(crate) use read::{Reading, Share};
use serde_json::Map;
use std::collections::HashSet;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;
pub(crate) use tencent::v2::SERVICES;
pub(crate) use tencent::{Gate, Key};
use wharf_core::clock::{Clock, SystemClock};
use wharf_world::World;

/// The parts of the server that every request uses.
pub(crate) struct Gateway {
    pub(crate) catalog: &'static Catalog,
    pub(crate) gate: Gate,
    pub(crate) identity: Identity,
    pub(crate) ram: Ram,
    pub(crate) regions: Vec<String>,
    pub(crate) world: Mutex<World>,
    pub(crate) clock: WorldClock,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) rate_limit: Option<RateLimit>,
    /// Bytes of requests that are being read.
    pub(crate) reading: Arc<Reading>,
    /// Determines why signatures are wrong, if enabled.
    pub(crate) doctor: Option<Doctor>,
    pub(crate) unsimulated: Unsimulated,
    pub(crate) edition: Edition,
    /// Whether an error contains what was signed.
    pub(crate) explain: bool,
    /// The scheme of the socket.
    pub(crate) scheme: &'static str,
    /// The API servers of the clusters, if the server has a socket.
    pub(crate) api_servers: Option<Arc<ApiServers>>,
}

impl fmt::Debug for Gateway {
    /// Leaves the world out: it is large and contains passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("regions", &self.regions).field("faults", &self.faults).finish_non_exhaustive()
    }
}

/// The end of an exchange.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// With an answer.
    Answer(http::Response<Bytes>),
    /// With the first half of an answer.
    Truncated(http::Response<Bytes>),
    /// With an answer that is sent slowly.
    Slow(http::Response<Bytes>, Drip),
    /// Without an answer.
    Cut {
        /// Before the request was read.
        before: bool,
    },
}

/// A request: its head, and its body once that is read.
#[derive(Debug, Clone, Copy)]
struct Request<'a> {
    parts: &'a Parts,
    body: &'a [u8],
    /// Query and body as pairs, each taken apart when it is first asked for.
    query: &'a OnceLock<Pairs>,
    form: &'a OnceLock<Pairs>,
}

impl<'a> Request<'a> {
    /// The parameters of the query, in which `+` is a space.
    fn query(self) -> &'a Pairs {
        self.query.get_or_init(|| Pairs::read(self.parts.uri.query().unwrap_or_default().as_bytes()))
    }

    /// The parameters of the body, which has to be a form.
    fn form(self) -> &'a Pairs {
        if self.body.is_empty() { Pairs::NONE } else { self.form.get_or_init(|| Pairs::read(self.body)) }
    }

    /// The content type without its parameters, in lower case.
    fn content_type(self) -> String {
        let value = text(self.parts, header::CONTENT_TYPE.as_str());
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// The content type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

impl Gateway {
    /// Answers one request.
    pub(crate) async fn handle<B>(&self, request: http::Request<B>) -> Outcome
    where
        B: hyper::body::Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let (query, form) = (OnceLock::new(), OnceLock::new());
        let head = Request { parts: &parts, body: &[], query: &query, form: &form };
        let dialect = dialect(head);
        let mut entry = self.entry(dialect.as_ref(), head);
        self.journal.open(&mut entry);
        if let Err((status, message)) = check_http(&parts) {
            entry.status = Some(status);
            self.journal.close(entry);
            return Outcome::Answer(closing(page(status, message, None)));
        }
        if !entry.operation.is_empty() && self.faults.cuts_before(|| strike::call(self, dialect.as_ref(), &entry)) {
            return self.cut(entry, true);
        }
        let limit = dialect.size_limit();
        let (body, _share) = match read::body(&parts, body, limit, &self.reading).await {
            Ok(body) => body,
            Err(read::Failure::TooLarge) => {
                let answer = self.answer(dialect.as_ref(), None, Err(dialect.too_large(limit)), &mut entry);
                self.journal.close(entry);
                return Outcome::Answer(answer);
            }
            Err(read::Failure::Busy) => {
                entry.status = Some(503);
                self.journal.close(entry);
                return Outcome::Answer(closing(page(503, "Too much is being sent at the same time.", Some(1))));
            }
            Err(read::Failure::Gone) => return self.cut(entry, false),
        };
        let request = Request { body: &body, ..head };
        entry.bytes += body.len();
        let dialect = self::dialect(request);
        dialect.identify(self, &mut entry);
        entry.shorten();
        let struck = self.faults.strike(|| strike::call(self, dialect.as_ref(), &entry));
        entry.fault = struck.name();
        if let Some(Effect::CutBefore) = struck.wire {
            return self.cut(entry, true);
        }
        let outcome = if let Some(Effect::Status { status, retry_after }) = struck.wire {
            entry.status = Some(status);
            Outcome::Answer(page(status, "", retry_after))
        } else {
            let (mut answer, doubt) = self.respond(dialect.as_ref(), request, &struck, &mut entry);
            if let (Some(doctor), Some(doubt)) = (&self.doctor, doubt)
                && let Some(diagnosis) = doctor.examine(doubt).await
            {
                if self.explain {
                    answer = self.explain(dialect.as_ref(), &diagnosis, &mut entry);
                }
                entry.diagnosis = Some(diagnosis);
            }
            entry.shorten();
            strike::outcome(answer, &struck, &mut entry)
        };
        tracing::debug!(
            product = entry.product,
            operation = entry.operation,
            status = entry.status,
            code = entry.code,
            request_id = entry.request_id,
            fault = entry.fault,
            "answered"
        );
        // Closed before the delay: a caller that gives up does not wait for its entry to be written.
        self.journal.close(entry);
        if !struck.delay.is_zero() {
            tokio::time::sleep(struck.delay).await;
        }
        outcome
    }

    /// The entry of a request whose head has arrived.
    fn entry(&self, dialect: &dyn Dialect, head: Request<'_>) -> Entry {
        let parts = head.parts;
        let mut entry = Entry {
            sequence: 0,
            time: self.faults.server_time(),
            product: None,
            operation: String::new(),
            method: parts.method.to_string(),
            signature_method: SignatureMethod::None,
            account: None,
            region: String::new(),
            status: None,
            code: None,
            request_id: request_id(),
            parameters: Map::new(),
            headers: Vec::new(),
            bytes: parts.uri.path_and_query().map_or(0, |target| target.as_str().len()),
            acted: false,
            fault: None,
            shaped: false,
            diagnosis: None,
        };
        dialect.identify(self, &mut entry);
        entry.shorten();
        entry
    }

    fn cut(&self, mut entry: Entry, before: bool) -> Outcome {
        if before {
            entry.fault = Some(Effect::CutBefore.kind());
        }
        self.journal.close(entry);
        Outcome::Cut { before }
    }

    /// Calls the world at the present moment, which is read under the lock so that time never goes back from
    /// one call to the next.
    pub(crate) fn in_world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.advance(self.clock.now());
        act(&mut world)
    }

    fn base_url(&self, parts: &Parts) -> String {
        format!("{}://{}", parts.uri.scheme_str().unwrap_or(self.scheme), host(parts))
    }

    /// An answer with that body, and with the time by the server's clock.
    fn json(&self, status: u16, body: Bytes) -> http::Response<Bytes> {
        let mut answer = http::Response::new(body);
        *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(self.faults.server_time())) {
            headers.insert(header::DATE, date);
        }
        answer
    }
}

/// The page of a proxy that cannot answer.
fn page(status: u16, message: &str, retry_after: Option<u64>) -> http::Response<Bytes> {
    let message = if message.is_empty() { String::new() } else { format!("<p>{message}</p>") };
    let mut answer = http::Response::new(Bytes::from(format!("<html><h1>{status}</h1>{message}</html>\n")));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// An answer after which the connection ends.
fn closing(mut answer: http::Response<Bytes>) -> http::Response<Bytes> {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// What HTTP itself demands of a request (RFC 9112, 3.2): exactly one host, which is one, and no tunnel.
fn check_http(parts: &Parts) -> Result<(), (u16, &'static str)> {
    if parts.method == Method::CONNECT {
        return Err((405, "This server is no proxy: CONNECT is refused."));
    }
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if parts.version > Version::HTTP_10 => Err((400, "The header Host is missing.")),
        (None, _) => Ok(()),
        (Some(_), Some(_)) => Err((400, "The header Host is given twice.")),
        (Some(host), None) if is_host(host) => Ok(()),
        (Some(_), None) => Err((400, "The header Host is not a host with a port or without.")),
    }
}

/// Whether it names a host, or none, as a request may whose target has no authority.
fn is_host(value: &HeaderValue) -> bool {
    let text = value.to_str().unwrap_or("@").trim();
    text.is_empty() || (!text.contains('@') && text.parse::<Authority>().is_ok())
}

/// A header as text; empty if it is absent.
fn text<'a>(parts: &'a Parts, name: &str) -> &'a str {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The host the caller named, with its port.
fn host(parts: &Parts) -> &str {
    match text(parts, header::HOST.as_str()) {
        "" => parts.uri.authority().map_or("", |authority| authority.as_str()),
        host => host,
    }
}

/// A host without its port.
fn without_port(host: &str) -> &str {
    let port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    host.rsplit_once(':').filter(|(name, digits)| port(digits) && !name.ends_with(':')).map_or(host, |(name, _)| name)
}

/// The first name that appears twice. Each repetition signs a header again, however long it is.
fn twice(names: &[String]) -> Option<&str> {
    let mut known = HashSet::new();
    names.iter().map(String::as_str).find(|name| !known.insert(*name))
}

/// The headers that the journal shows: the host, the authorization without its signature, and those of the names that
/// are there.
fn shown(parts: &Parts, authorization: Option<String>, names: &[&str]) -> Vec<(String, String)> {
    let present = names.iter().filter(|name| parts.headers.contains_key(**name));
    let plain = present.map(|name| ((*name).to_owned(), text(parts, name).to_owned()));
    let first = [("host".to_owned(), host(parts).to_owned())];
    first.into_iter().chain(authorization.map(|value| ("authorization".to_owned(), value))).chain(plain).collect()
}

/// A new identifier in the form of a random UUID.
fn request_id() -> String {
    let (high, low) = (SystemClock.random(), SystemClock.random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}

/// Seconds since 1970.
fn seconds(time: SystemTime) -> i64 {
    i64::try_from(crate::clock::since_1970(time) / 1_000).unwrap_or(i64::MAX)
}
