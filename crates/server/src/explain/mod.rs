//! Explains the signature of a captured request, without a server.
//!
//! [`capture`] reads HTTP text, [`curl`] command lines of curl, [`har`] archives of browsers and proxies. The request is then checked
//! by the same code that checks requests of a server, in an empty cloud with the given keys.

mod capture;
mod curl;
mod har;
mod show;

use crate::accounts::{Accounts, Key, Setup};
use crate::catalog::catalog;
use crate::clock::Time;
use crate::clouds::{CloudSettings, CloudTag, Common, JournalSettings};
use crate::distribution::Layers;
use crate::doctor::Diagnosis;
use crate::gateway::{Gateway, Reading};
use crate::journal::{Entry, SignatureMethod, Verdict};
use crate::unsimulated::{Edition, Unsimulated};
use bytes::Bytes;
pub use capture::CaptureError;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;
use wharf_world::infra::offers::Releases;

/// Bytes that a capture may have.
const MOST: usize = 16 << 20;
/// The account of the keys.
const ACCOUNT: &str = "100000000001";

/// The keys with which a captured request is checked, and the time.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Keys {
    keys: Vec<Key>,
    /// The secret of whatever key the request names.
    secret: Option<Secret>,
    at: Option<SystemTime>,
}

impl Keys {
    /// Creates the keys of a check, without any.
    pub fn new() -> Self {
        Self::default()
    }

    /// The keys of a cloud.
    pub(crate) fn of(accounts: &Accounts) -> Self {
        let keys = accounts.keys().iter().map(|key| Key::clone(key)).collect();
        Self { keys, ..Self::default() }
    }

    /// Adds a key.
    #[must_use]
    pub fn key(mut self, credentials: &Credentials) -> Self {
        self.keys.push(Key::of_account(ACCOUNT, credentials));
        self
    }

    /// Sets the secret of the key that the request names, whatever its identifier is.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<Secret>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Sets the time at which the request is checked. By default now.
    #[must_use]
    pub fn at(mut self, time: SystemTime) -> Self {
        self.at = Some(time);
        self
    }
}

/// The result of the check of a captured request. Contains no secret.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The product, if it is known.
    pub product: Option<&'static str>,
    /// The operation that it names; empty if it names none.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// How it is signed.
    pub signature_method: SignatureMethod,
    /// The result of the check of the signature.
    pub verdict: Verdict,
    /// The key that it names.
    pub key: Option<String>,
    /// The error code with which the service would refuse it.
    pub code: Option<String>,
    /// Why it would be refused.
    pub diagnosis: Option<Diagnosis>,
}

impl Explanation {
    /// Returns whether the signature is valid, or none is needed.
    pub fn is_good(&self) -> bool {
        matches!(self.verdict, Verdict::Good | Verdict::NotNeeded)
    }

    /// Returns the explanation as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "product": self.product,
            "operation": self.operation,
            "method": self.method,
            "target": self.target,
            "signature": { "method": self.signature_method.to_string(), "verdict": self.verdict.word() },
            "verdict": self.verdict.word(),
            "key": self.key,
            "code": self.code,
            "diagnosis": self.diagnosis.as_ref().map(Diagnosis::to_json),
        })
    }

    fn of(entry: Entry) -> Self {
        Self {
            product: entry.product,
            operation: entry.operation,
            method: entry.method,
            target: entry.target,
            signature_method: entry.signature_method,
            verdict: entry.verdict,
            key: entry.caller,
            code: entry.code,
            diagnosis: entry.diagnosis,
        }
    }
}

/// Explains the signature of a captured request: HTTP text as from a proxy, `tcpdump -A` or `curl -v`, a command line of curl, or
/// an archive in HAR.
///
/// ```
/// use wharf_core::credentials::Credentials;
/// use wharf_server::{Keys, Verdict, explain};
///
/// let request = "POST / HTTP/1.1\r\nHost: tke.example.com\r\nContent-Type: application/json\r\nX-TC-Action: DescribeClusters\r\n\
///                X-TC-Version: 2018-05-25\r\nX-TC-Timestamp: 1551113065\r\nAuthorization: TC3-HMAC-SHA256 \
///                Credential=AKIDx/2019-02-25/tke/tc3_request, SignedHeaders=content-type;host, Signature=0\r\n\r\n{}";
/// let keys = Keys::new().key(&Credentials::new("AKIDx", "secret"));
/// let found = explain(request.as_bytes(), &keys).unwrap();
/// assert_eq!((found.verdict, found.operation.as_str()), (Verdict::Expired, "DescribeClusters"));
/// ```
///
/// # Errors
/// Why the capture cannot be read as a request.
pub fn explain(capture: &[u8], keys: &Keys) -> Result<Explanation, CaptureError> {
    if capture.len() > MOST {
        return Err(CaptureError::new(format!("the capture has more than {MOST} bytes")));
    }
    let captured = read(capture)?;
    let mut requests = captured.requests()?.into_iter();
    let first = requests.next().ok_or_else(|| CaptureError::new("there is no request in it"))?;
    let found = check(first, keys)?;
    if found.verdict != Verdict::Wrong {
        return Ok(found);
    }
    // The body may end in another way than it seems.
    for request in requests {
        let other = check(request, keys)?;
        if other.is_good() {
            return Ok(other);
        }
    }
    Ok(found)
}

/// Reads a capture in whichever form it is.
fn read(capture: &[u8]) -> Result<capture::Captured, CaptureError> {
    let text = capture.strip_prefix("\u{feff}".as_bytes()).unwrap_or(capture).trim_ascii_start();
    if text.first() == Some(&b'{') {
        return har::read(text);
    }
    if text.starts_with(b"curl ") || text.starts_with(b"$ curl ") {
        return curl::read(text);
    }
    capture::read(text)
}

fn check(request: http::Request<Bytes>, keys: &Keys) -> Result<Explanation, CaptureError> {
    let gateway = gateway(keys, None)?;
    let Some(secret) = &keys.secret else { return Ok(Explanation::of(gateway.examine(request))) };
    // Which key the request names is known once it has been read.
    let named = gateway.examine(clone(&request)).caller.filter(|_| !keys.keys.iter().any(|key| key.secret == *secret));
    let gateway = self::gateway(keys, named.map(|id| Credentials::new(id, secret.clone())))?;
    Ok(Explanation::of(gateway.examine(request)))
}

fn clone(request: &http::Request<Bytes>) -> http::Request<Bytes> {
    let mut copy = http::Request::new(request.body().clone());
    request.method().clone_into(copy.method_mut());
    request.uri().clone_into(copy.uri_mut());
    request.headers().clone_into(copy.headers_mut());
    copy
}

/// An empty cloud with the keys, whose clock shows the time of the check.
fn gateway(keys: &Keys, one_more: Option<Credentials>) -> Result<Arc<Gateway>, CaptureError> {
    let common = Common {
        catalog: catalog(),
        reading: Arc::new(Reading::new(0)),
        doctor: None,
        layers: Layers::in_memory().open().map_err(|error| CaptureError::new(error.to_string()))?,
        unsimulated: Unsimulated::default(),
        edition: Edition::default(),
        releases: Releases::Current,
        explain: false,
        scheme: "https",
        interface: None,
        runtime: None,
    };
    let mut setup = Setup { keys: keys.keys.clone(), ..Setup::default() };
    setup.keys.extend(one_more.map(|credentials| Key::of_account(ACCOUNT, &credentials)));
    let settings = CloudSettings {
        region: "ap-guangzhou".to_owned(),
        time: Time::Manual,
        start: 0,
        rate_limits: false,
        journal: JournalSettings { entries: 1, bytes: 0, file: None },
        setup,
    };
    let gateway = common.gateway(settings, CloudTag::default());
    let gateway = gateway.map_err(|error| CaptureError::new(format!("the keys cannot be used: {error}")))?;
    if let Some(at) = keys.at {
        let seconds = |time: SystemTime| match time.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds),
        };
        gateway.faults.skew_clock(seconds(at).saturating_sub(seconds(SystemTime::now())));
    }
    Ok(gateway)
}

#[cfg(test)]
mod tests;
