//! The gateway: what happens to every request before and after the world, the same for every product.
//!
//! What differs from one cloud to another, how a call is written, signed, refused and answered, is a [`Dialect`].

mod alibaba;
mod bounds;
mod huawei;
pub(crate) mod members;
mod path;
mod read;
mod tencent;

use crate::catalog::Catalog;
use crate::clock::WorldClock;
use crate::fault::{Effect, Faults, Struck};
use crate::journal::{Entry, Journal, SignatureMethod};
use crate::limit::RateLimit;
use crate::world::World;
pub(crate) use alibaba::Ram;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
pub(crate) use huawei::identity::{Identity, User};
use serde_json::Map;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
pub(crate) use tencent::old::SERVICES;
pub(crate) use tencent::{Gate, Key};
use wharf_core::clock::{Clock, SystemClock};

/// Everything a request meets.
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
    /// Whether an error tells what was signed.
    pub(crate) explain: bool,
    /// The scheme of the socket.
    pub(crate) scheme: &'static str,
}

impl fmt::Debug for Gateway {
    /// Leaves the world out: it is large, and passwords are part of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("regions", &self.regions).field("faults", &self.faults).finish_non_exhaustive()
    }
}

/// How an exchange ends.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// With an answer.
    Answer(http::Response<Bytes>),
    /// With the first half of an answer.
    Truncated(http::Response<Bytes>),
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
}

/// How the calls of one cloud are written, signed, refused and answered.
trait Dialect: Sync {
    /// Notes what the request says of itself.
    fn identify(&self, gateway: &Gateway, request: Request<'_>, entry: &mut Entry);

    /// Bytes that a request of this form may have.
    fn size_limit(&self, parts: &Parts) -> usize;

    /// The answer to a request that is larger.
    fn too_large(&self, gateway: &Gateway, limit: usize, entry: &mut Entry) -> http::Response<Bytes>;

    /// The answer, from the checks through the world.
    fn respond(
        &self,
        gateway: &Gateway,
        request: Request<'_>,
        struck: &Struck,
        entry: &mut Entry,
    ) -> http::Response<Bytes>;
}

fn dialect(parts: &Parts) -> &'static dyn Dialect {
    if alibaba::speaks(parts) {
        &alibaba::Alibaba
    } else if huawei::speaks(parts) {
        &huawei::Huawei
    } else {
        &tencent::Tencent
    }
}

impl Gateway {
    /// Deals with one request.
    pub(crate) async fn handle<B>(&self, request: http::Request<B>) -> Outcome
    where
        B: hyper::body::Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let dialect = dialect(&parts);
        let mut entry = self.entry(dialect, &parts);
        self.journal.open(&mut entry);
        let early = (!entry.operation.is_empty()).then(|| self.faults.strike(entry.product, &entry.operation));
        if let Some(Struck { wire: Some(Effect::CutBefore), .. }) = early {
            return self.cut(entry, true);
        }
        let limit = dialect.size_limit(&parts);
        let body = match read::body(&parts, body, limit).await {
            Ok(body) => body,
            Err(read::Failure::TooLarge) => {
                let answer = dialect.too_large(self, limit, &mut entry);
                self.journal.close(entry);
                return Outcome::Answer(answer);
            }
            Err(read::Failure::Gone) => return self.cut(entry, false),
        };
        let request = Request { parts: &parts, body: &body };
        entry.bytes += body.len();
        // Of a form whose parameters are all in the body only that tells.
        let dialect = if alibaba::is_form(request) { &alibaba::Alibaba } else { dialect };
        dialect.identify(self, request, &mut entry);
        let struck = early.unwrap_or_else(|| self.faults.strike(entry.product, &entry.operation));
        entry.fault = struck.name();
        if let Some(Effect::CutBefore) = struck.wire {
            return self.cut(entry, true);
        }
        let outcome = if let Some(Effect::Status { status, retry_after }) = struck.wire {
            entry.status = Some(status);
            Outcome::Answer(page(status, retry_after))
        } else {
            let answer = dialect.respond(self, request, &struck, &mut entry);
            outcome(answer, &struck, &mut entry)
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

    /// What is known of a request when its head has arrived.
    fn entry(&self, dialect: &dyn Dialect, parts: &Parts) -> Entry {
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
            diagnosis: None,
        };
        dialect.identify(self, Request { parts, body: &[] }, &mut entry);
        entry
    }

    fn cut(&self, mut entry: Entry, before: bool) -> Outcome {
        if before {
            entry.fault = Some(Effect::CutBefore.name());
        }
        self.journal.close(entry);
        Outcome::Cut { before }
    }

    /// Lets the world act at the present moment, which is read under the lock so that time never goes back from
    /// one call to the next.
    fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
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

/// The answer as it goes out, with what strikes it on its way.
fn outcome(mut answer: http::Response<Bytes>, struck: &Struck, entry: &mut Entry) -> Outcome {
    match struck.wire {
        Some(Effect::CutAfter) => {
            (entry.status, entry.code) = (None, None);
            Outcome::Cut { before: false }
        }
        Some(Effect::Garbage) => {
            *answer.body_mut() = Bytes::from_static(b"<html>{\"Response\": \xff\xfe");
            Outcome::Answer(answer)
        }
        Some(Effect::Truncate) => Outcome::Truncated(answer),
        _ => Outcome::Answer(answer),
    }
}

/// What a proxy answers when it cannot.
fn page(status: u16, retry_after: Option<u64>) -> http::Response<Bytes> {
    let mut answer = http::Response::new(Bytes::from(format!("<html><h1>{status}</h1></html>\n")));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// A header as text; empty when there is none.
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

/// Those of the headers that are there, by their names.
fn shown(parts: &Parts, names: &[&str]) -> Vec<(String, String)> {
    let present = names.iter().filter(|name| parts.headers.contains_key(**name));
    present.map(|name| ((*name).to_owned(), text(parts, name).to_owned())).collect()
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
