//! The gateway: what happens to every request before and after the world, the same for every product.

mod arrival;
mod auth;
mod flat;
mod read;
mod redact;
mod validate;

use crate::catalog::{Catalog, Operation, Product};
use crate::clock::WorldClock;
use crate::context::Context;
use crate::fault::{Effect, Faults, Struck};
use crate::journal::{Entry, Journal};
use crate::limit::RateLimit;
use crate::refusal::Refusal;
use crate::world::World;
use arrival::Arrival;
pub(crate) use auth::{Gate, Key};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};
use wharf_core::clock::{Clock, SystemClock};
use wharf_core::sign::tc3::Authorization;

/// Everything a request meets.
pub(crate) struct Gateway {
    pub(crate) catalog: &'static Catalog,
    pub(crate) gate: Gate,
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

impl Gateway {
    /// Deals with one request.
    pub(crate) async fn handle<B>(&self, request: http::Request<B>) -> Outcome
    where
        B: hyper::body::Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let mut entry = self.entry(&parts);
        self.journal.open(&mut entry);
        let early = (!entry.operation.is_empty()).then(|| self.faults.strike(entry.product, &entry.operation));
        if let Some(Struck { wire: Some(Effect::CutBefore), .. }) = early {
            return self.cut(entry, true);
        }
        let body = match read::body(&parts, body).await {
            Ok(body) => body,
            Err(read::Failure::Refused(refusal)) => {
                let answer = self.answer(Err(refusal), &mut entry);
                self.journal.close(entry);
                return Outcome::Answer(answer);
            }
            Err(read::Failure::Gone) => return self.cut(entry, false),
        };
        let arrival = Arrival::of(&parts, &body);
        self.identify(&arrival, &mut entry);
        let struck = early.unwrap_or_else(|| self.faults.strike(entry.product, &entry.operation));
        entry.fault = struck.name();
        if let Some(Effect::CutBefore) = struck.wire {
            return self.cut(entry, true);
        }
        let outcome = if let Some(Effect::Status { status, retry_after }) = struck.wire {
            entry.status = Some(status);
            Outcome::Answer(page(status, retry_after))
        } else {
            let result = self.call(&arrival, &struck, &mut entry);
            self.outcome(result, &struck, &mut entry)
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
    fn entry(&self, parts: &Parts) -> Entry {
        let arrival = Arrival::of(parts, &[]);
        let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
        let mut entry = Entry {
            sequence: 0,
            time: self.faults.server_time(),
            product: None,
            operation: String::new(),
            method: parts.method.to_string(),
            signature_method: arrival.signature_method(),
            account: None,
            region: String::new(),
            status: None,
            code: None,
            request_id: request_id(),
            parameters: Map::new(),
            headers: headers(&arrival),
            bytes: target,
            acted: false,
            fault: None,
            diagnosis: None,
        };
        self.identify(&arrival, &mut entry);
        entry
    }

    /// Notes what the request says of itself.
    fn identify(&self, arrival: &Arrival<'_>, entry: &mut Entry) {
        entry.product = arrival.product(self.catalog).map(Product::name);
        entry.operation = arrival.common("Action").to_owned();
        entry.region = arrival.common("Region").to_owned();
        entry.signature_method = arrival.signature_method();
        entry.bytes += arrival.body.len();
    }

    fn cut(&self, mut entry: Entry, before: bool) -> Outcome {
        if before {
            entry.fault = Some(Effect::CutBefore.name());
        }
        self.journal.close(entry);
        Outcome::Cut { before }
    }

    /// From the checks through the world to the answer's members.
    fn call(&self, arrival: &Arrival<'_>, struck: &Struck, entry: &mut Entry) -> Result<Value, Refusal> {
        arrival.check_protocol(self.catalog)?;
        for name in ["Action", "Version"] {
            if arrival.common(name).is_empty() {
                return Err(Refusal::missing(&arrival.common_name(name)));
            }
        }
        let product = arrival.product(self.catalog);
        let key = self.gate.check(arrival, product, seconds(self.faults.server_time())).map_err(|denied| {
            let mut refusal = denied.refusal;
            if let Some(diagnosis) = denied.diagnosis.as_ref().filter(|_| self.explain) {
                refusal.message = format!("{} {diagnosis}", refusal.message);
            }
            entry.diagnosis = denied.diagnosis;
            refusal
        })?;
        entry.account = Some(key.account.clone());
        if let Some(Effect::Refuse(refusal)) = &struck.wire {
            return Err(refusal.clone());
        }
        let (product, operation) = offered(arrival, product)?;
        let region = self.region(arrival, &operation)?;
        if let Some(limit) = &self.rate_limit {
            let allowed = operation.spec.rate_limit;
            if !limit.admit(&key.account, product.name(), operation.name, allowed, Instant::now()) {
                let message = format!("{} may be called {allowed} times a second.", operation.name);
                return Err(Refusal::new("RequestLimitExceeded", message));
            }
        }
        let fields = operation.spec.input.as_slice();
        let mut parameters = read::parameters(arrival, fields, product)?;
        validate::validate(&mut parameters, fields, product)?;
        entry.parameters = redact::redacted(&parameters, fields, product);
        let mut answer = if let Some(answer) = &struck.answer {
            entry.acted = true;
            (answer.0)(&parameters)?
        } else if let Some(handler) = operation.handler {
            let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
            // Read under the lock, so that time never goes back from one call to the next.
            let now = self.clock.now();
            world.advance(now);
            let context = Context {
                account: key.account.clone(),
                region,
                operation: operation.name,
                base_url: self.base_url(arrival),
                now,
            };
            entry.acted = true;
            handler(&mut world, &context, &parameters)?
        } else {
            let message = format!("{} is checked by this server and not simulated.", operation.name);
            return Err(Refusal::new("UnsupportedOperation", message));
        };
        if let Some(lie) = &struck.total {
            tell_total(&mut answer, &operation, &*lie.0);
        }
        Ok(answer)
    }

    /// The region that the call is for. Whether it must be there is up to the operation.
    fn region(&self, arrival: &Arrival<'_>, operation: &Operation) -> Result<String, Refusal> {
        let region = arrival.common("Region");
        if operation.spec.region {
            if region.is_empty() {
                return Err(Refusal::missing(&arrival.common_name("Region")));
            }
            if !self.regions.iter().any(|known| known == region) {
                return Err(Refusal::new("UnsupportedRegion", format!("The region `{region}` is not supported.")));
            }
        }
        Ok(region.to_owned())
    }

    fn base_url(&self, arrival: &Arrival<'_>) -> String {
        format!("{}://{}", arrival.parts.uri.scheme_str().unwrap_or(self.scheme), arrival.host())
    }

    /// The answer as it goes out, with what strikes it on its way.
    fn outcome(&self, result: Result<Value, Refusal>, struck: &Struck, entry: &mut Entry) -> Outcome {
        match struck.wire {
            Some(Effect::CutAfter) => Outcome::Cut { before: false },
            Some(Effect::Garbage) => {
                let mut answer = self.answer(result, entry);
                *answer.body_mut() = Bytes::from_static(b"<html>{\"Response\": \xff\xfe");
                Outcome::Answer(answer)
            }
            Some(Effect::Truncate) => Outcome::Truncated(self.answer(result, entry)),
            _ => Outcome::Answer(self.answer(result, entry)),
        }
    }

    /// The answer: HTTP status 200 whether the call succeeded or not.
    fn answer(&self, result: Result<Value, Refusal>, entry: &mut Entry) -> http::Response<Bytes> {
        let mut members = match result {
            Ok(Value::Object(members)) => members,
            Ok(_) => error(&Refusal::new("InternalError", "The answer is not an object."), entry),
            Err(refusal) => error(&refusal, entry),
        };
        members.insert("RequestId".to_owned(), Value::from(entry.request_id.as_str()));
        entry.status = Some(StatusCode::OK.as_u16());
        let mut answer = http::Response::new(Bytes::from(json!({ "Response": members }).to_string()));
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(self.faults.server_time())) {
            headers.insert(header::DATE, date);
        }
        answer
    }
}

/// Finds product and operation, which must exist in the version that is asked for.
fn offered(arrival: &Arrival<'_>, product: Option<&'static Product>) -> Result<(&'static Product, Operation), Refusal> {
    let (action, version) = (arrival.common("Action"), arrival.common("Version"));
    let Some(product) = product else {
        return Err(match Authorization::parse(arrival.header("authorization")) {
            Some(scope) => Refusal::new("InvalidAction", format!("There is no service `{}` here.", scope.service)),
            None => Refusal::new("NoSuchVersion", format!("There is no version `{version}` of any service here.")),
        });
    };
    if version != product.spec.version {
        let message = format!("There is no version `{version}` of {}, only {}.", product.name(), product.spec.version);
        return Err(Refusal::new("NoSuchVersion", message));
    }
    let operation = product.operation(action).ok_or_else(|| {
        Refusal::new("InvalidAction", format!("{} {version} has no operation `{action}`.", product.name()))
    })?;
    Ok((product, operation))
}

/// The members of a refusal's answer.
fn error(refusal: &Refusal, entry: &mut Entry) -> Map<String, Value> {
    entry.code = Some(refusal.code.to_string());
    Map::from_iter([("Error".to_owned(), json!({ "Code": refusal.code, "Message": refusal.message }))])
}

/// Replaces the total of an answer.
fn tell_total(answer: &mut Value, operation: &Operation, lie: &dyn Fn(u64) -> u64) {
    let way = operation.spec.paginate.as_ref().map_or("TotalCount", |paging| &paging.total);
    let place = way.split('.').try_fold(answer, |value, name| value.get_mut(name));
    if let Some(place) = place
        && let Some(total) = place.as_u64()
    {
        *place = Value::from(lie(total));
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

/// The headers that a test may want to see.
fn headers(arrival: &Arrival<'_>) -> Vec<(String, String)> {
    const PLAIN: [&str; 10] = [
        "content-length",
        "content-type",
        "user-agent",
        "x-tc-action",
        "x-tc-content-sha256",
        "x-tc-language",
        "x-tc-region",
        "x-tc-requestclient",
        "x-tc-timestamp",
        "x-tc-version",
    ];
    let mut out = vec![("host".to_owned(), arrival.host().to_owned())];
    if let Some(authorization) = Authorization::parse(arrival.header("authorization")) {
        let Authorization { id, date, service, signed_headers, .. } = authorization;
        let value =
            format!("TC3-HMAC-SHA256 Credential={id}/{date}/{service}/tc3_request, SignedHeaders={signed_headers}");
        out.push(("authorization".to_owned(), value));
    }
    let present = PLAIN.into_iter().filter(|name| arrival.parts.headers.contains_key(*name));
    out.extend(present.map(|name| (name.to_owned(), arrival.header(name).to_owned())));
    out
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
