//! The gateway: everything that happens to a request before and after the world.
//!
//! What differs from one cloud to another, how a call is written, signed, refused and answered, is a [`Dialect`].
//! The [`pipeline`] calls the stages in their order.

mod alibaba;
mod dialect;
mod huawei;
pub(crate) mod names;
mod nonces;
mod pairs;
pub(crate) mod parameters;
mod path;
mod pipeline;
pub(crate) mod read;
mod recent;
pub(crate) mod strike;
mod tencent;

use crate::accounts::{Accounts, Setup};
use crate::catalog::Catalog;
use crate::clock::WorldClock;
use crate::clouds::CloudTag;
use crate::distribution;
use crate::doctor::{Doctor, HIDDEN};
use crate::fault::{Drip, Effect, Faults};
use crate::journal::{Entry, Journal, Opened};
use crate::kubernetes::ApiServers;
use crate::limit::RateLimit;
use crate::unsimulated::{Edition, Unsimulated};
pub(crate) use alibaba::{Ram, known_region};
use bytes::Bytes;
pub(crate) use dialect::Caller;
use dialect::{Dialect, dialect};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Method, StatusCode, Version, header};
pub(crate) use huawei::identity::Identity;
pub(crate) use huawei::{ADDON_BODY, ErrorForm, INVALID, NO_SUCH_API};
use pairs::Pairs;
use percent_encoding::percent_decode_str;
pub(crate) use read::{Reading, Share};
use std::collections::HashSet;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};
pub(crate) use tencent::Gate;
pub(crate) use tencent::v2::SERVICES;
use wharf_core::clock::{Clock, SystemClock};
use wharf_world::World;
use wharf_world::infra::offers::Releases;

/// One cloud: the parts of the server that every request of its keys uses.
pub(crate) struct Gateway {
    pub(crate) catalog: &'static Catalog,
    /// Which of the clouds of the server it is.
    pub(crate) tag: CloudTag,
    pub(crate) accounts: Arc<Accounts>,
    /// What the accounts are after a reset.
    pub(crate) setup: Setup,
    pub(crate) gate: Gate,
    pub(crate) identity: Identity,
    pub(crate) ram: Ram,
    pub(crate) world: Mutex<World>,
    pub(crate) clock: WorldClock,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) rate_limit: Option<RateLimit>,
    /// Bytes of requests that are being read.
    pub(crate) reading: Arc<Reading>,
    /// Determines why signatures are wrong, if enabled.
    pub(crate) doctor: Option<Arc<Doctor>>,
    /// Uploads, layers and tokens of the image registries.
    pub(crate) registry: distribution::Service,
    pub(crate) unsimulated: Unsimulated,
    pub(crate) edition: Edition,
    /// The releases that a new world of the cloud offers.
    pub(crate) releases: Releases,
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
        f.debug_struct("Gateway").field("tag", &self.tag).field("faults", &self.faults).finish_non_exhaustive()
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
        let arrived = Instant::now();
        let (parts, body) = request.into_parts();
        let (query, form) = (OnceLock::new(), OnceLock::new());
        let head = Request { parts: &parts, body: &[], query: &query, form: &form };
        let dialect = dialect(head);
        let entry = self.entry(dialect.as_ref(), head);
        // A caller that goes away drops this future, and with it the entry, which is closed then.
        let mut entry = self.journal.open(entry, arrived);
        if let Err((status, message)) = check_http(&parts) {
            return finished(entry, closing(page(status, message, None)));
        }
        if !entry.operation.is_empty() && self.faults.cuts_before(|| strike::call(self, dialect.as_ref(), &entry)) {
            return self.cut(entry, true);
        }
        let limit = dialect.size_limit();
        let (body, _share) = match read::body(&parts, body, limit, &self.reading).await {
            Ok(body) => body,
            Err(read::Failure::TooLarge) => {
                let answer = self.answer(dialect.as_ref(), None, Err(dialect.too_large(limit)), &mut entry);
                return finished(entry, answer);
            }
            Err(read::Failure::Busy) => {
                return finished(entry, closing(page(503, "Too much is being sent at the same time.", Some(1))));
            }
            Err(read::Failure::Gone) => return self.cut(entry, false),
        };
        let request = Request { body: &body, ..head };
        entry.bytes += body.len();
        let dialect = self::dialect(request);
        self.identify(dialect.as_ref(), &parts, &mut entry);
        let struck = self.faults.strike(|| strike::call(self, dialect.as_ref(), &entry));
        entry.fault = struck.name();
        if let Some(Effect::CutBefore) = struck.wire {
            return self.cut(entry, true);
        }
        let outcome = if let Some(Effect::Status { status, retry_after }) = struck.wire {
            answered(page(status, "", retry_after), &mut entry)
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
        // Closed before the delay: a caller that gives up does not wait for its entry to be written.
        entry.close(struck.delay);
        if !struck.delay.is_zero() {
            tokio::time::sleep(struck.delay).await;
        }
        outcome
    }

    /// The entry of a request whose head has arrived.
    fn entry(&self, dialect: &dyn Dialect, head: Request<'_>) -> Entry {
        let parts = head.parts;
        let mut entry = self.new_entry(parts);
        self.identify(dialect, parts, &mut entry);
        entry
    }

    /// An entry in which only that is noted which does not depend on the dialect.
    pub(crate) fn new_entry(&self, parts: &Parts) -> Entry {
        let bytes = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
        Entry::new(self.faults.server_time(), request_id(), parts.method.as_str(), bytes)
    }

    /// Notes the parts of the request, before any of them is checked.
    fn identify(&self, dialect: &dyn Dialect, parts: &Parts, entry: &mut Entry) {
        dialect.identify(self, entry);
        if parts.uri.query().is_none() {
            parts.uri.path().clone_into(&mut entry.target);
        } else {
            let hide = dialect.hide(self);
            entry.target = target(parts, |name| hide(name));
        }
        // A secret that was sent where the key's identifier belongs.
        if entry.caller.as_ref().is_some_and(|caller| self.accounts.is_secret(caller)) {
            entry.caller = Some(HIDDEN.to_owned());
            entry.headers.retain(|(name, _)| name != "authorization");
        }
        entry.shorten();
    }

    fn cut(&self, mut entry: Opened, before: bool) -> Outcome {
        if before {
            entry.fault = Some(Effect::CutBefore.kind());
        }
        entry.close(Duration::ZERO);
        Outcome::Cut { before }
    }

    /// Calls the world at the present moment, which is read under the lock so that time never goes back from
    /// one call to the next.
    pub(crate) fn in_world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.advance(self.clock.now());
        let result = act(&mut world);
        if world.registry.has_deliveries() {
            self.registry.wake();
        }
        result
    }

    /// Replaces the world by another one. World time is that of the clock.
    pub(crate) fn replace_world(&self, new: World) {
        self.close();
        *self.world.lock().unwrap_or_else(PoisonError::into_inner) = new;
        self.admit_users();
    }

    /// Makes the sub-accounts known to the world.
    pub(crate) fn admit_users(&self) {
        let keys = self.accounts.keys();
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, sub) in keys.iter().filter_map(|key| Some((key, key.sub.as_ref()?))) {
            world.users.add(&key.account, &sub.id, &sub.name);
        }
    }

    /// Closes the ports of the clusters.
    pub(crate) fn close(&self) {
        if let Some(servers) = &self.api_servers {
            servers.close();
        }
    }

    pub(crate) fn base_url(&self, parts: &Parts) -> String {
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

/// The end of an exchange with an answer that no fault changes, which is noted.
fn answered(answer: http::Response<Bytes>, entry: &mut Entry) -> Outcome {
    entry.status = Some(answer.status().as_u16());
    entry.response_bytes = answer.body().len();
    if entry.response.is_empty() {
        entry.response = String::from_utf8_lossy(answer.body()).into_owned();
    }
    Outcome::Answer(answer)
}

/// The end of an exchange that is over before the pipeline.
fn finished(mut entry: Opened, answer: http::Response<Bytes>) -> Outcome {
    let outcome = answered(answer, &mut entry);
    entry.close(Duration::ZERO);
    outcome
}

/// Path and query, without the values of the parameters that must not be shown.
pub(crate) fn target(parts: &Parts, hides: impl Fn(&str) -> bool) -> String {
    let shown = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() && hides(&percent_decode_str(name).decode_utf8_lossy()) => {
            format!("{name}={HIDDEN}")
        }
        _ => pair.to_owned(),
    };
    let path = parts.uri.path();
    match parts.uri.query() {
        Some(query) => format!("{path}?{}", query.split('&').map(shown).collect::<Vec<_>>().join("&")),
        None => path.to_owned(),
    }
}

/// The page of a proxy that cannot answer.
pub(crate) fn page(status: u16, message: &str, retry_after: Option<u64>) -> http::Response<Bytes> {
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
pub(crate) fn host(parts: &Parts) -> &str {
    match text(parts, header::HOST.as_str()) {
        "" => parts.uri.authority().map_or("", |authority| authority.as_str()),
        host => host,
    }
}

/// A host without its port.
pub(crate) fn without_port(host: &str) -> &str {
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
