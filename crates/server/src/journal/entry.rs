//! One request and its answer, as the journal keeps it.

use crate::doctor::Diagnosis;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use std::fmt;
use std::time::{Duration, SystemTime};

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureMethod {
    /// TC3-HMAC-SHA256, in headers.
    Tc3,
    /// HmacSHA1, among the parameters.
    HmacSha1,
    /// HmacSHA256, among the parameters.
    HmacSha256,
    /// SDK-HMAC-SHA256, in headers.
    SdkHmacSha256,
    /// HMAC-SHA1 over the headers of Alibaba's calls with resources.
    AcsRoa,
    /// ACS3-HMAC-SHA256, in headers.
    Acs3,
    /// HMAC-SHA1 among the parameters of Alibaba's calls with actions.
    AcsRpc,
    /// Not signed: a token identifies the caller.
    Token,
    /// Not signed: a client certificate identifies the caller, at the port of a cluster.
    Certificate,
    /// Neither signed nor with a token.
    None,
}

impl fmt::Display for SignatureMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tc3 => "TC3-HMAC-SHA256",
            Self::HmacSha1 => "HmacSHA1",
            Self::HmacSha256 => "HmacSHA256",
            Self::SdkHmacSha256 => "SDK-HMAC-SHA256",
            Self::AcsRoa => "HMAC-SHA1 (ROA)",
            Self::Acs3 => "ACS3-HMAC-SHA256",
            Self::AcsRpc => "HMAC-SHA1 (RPC)",
            Self::Token => "token",
            Self::Certificate => "certificate",
            Self::None => "none",
        })
    }
}

/// The result of the check of a signature, token or certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Verdict {
    /// Not checked: the request was refused before, or its connection was cut.
    #[default]
    Unchecked,
    /// Not checked, because the operation is open to everyone.
    NotNeeded,
    /// Valid.
    Good,
    /// The signature is not the one that the server computes.
    Wrong,
    /// There is no such key, token or user.
    UnknownKey,
    /// The time of the request is too far from the server's, or the token or temporary key has expired.
    Expired,
    /// The same request was received before.
    Replayed,
    /// The session token does not belong to the key.
    WrongToken,
    /// What belongs to a signature cannot be read, or contradicts the request.
    Malformed,
    /// Something that belongs to a signature is missing.
    Missing,
}

impl Verdict {
    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchecked => "unchecked",
            Self::NotNeeded => "not_needed",
            Self::Good => "good",
            Self::Wrong => "wrong",
            Self::UnknownKey => "unknown_key",
            Self::Expired => "expired",
            Self::Replayed => "replayed",
            Self::WrongToken => "wrong_token",
            Self::Malformed => "malformed",
            Self::Missing => "missing",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The request is being handled.
    Open,
    /// The call succeeded.
    Succeeded,
    /// The request was refused.
    Refused,
    /// The connection ended without an answer.
    Cut,
}

impl Outcome {
    pub(super) const ALL: [Self; 4] = [Self::Open, Self::Succeeded, Self::Refused, Self::Cut];

    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Succeeded => "succeeded",
            Self::Refused => "refused",
            Self::Cut => "cut",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A request and how it was answered. Contains no secret: sensitive values, tokens and signatures are hidden.
///
/// Contains no more of a request than is of use: a text that is longer than 2 KiB, or 16 KiB in a diagnosis or a response,
/// ends with how much of it was left out, and so do parameters of more than 256 KiB together.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Its place among all requests, counted from 0.
    pub sequence: u64,
    /// When it arrived, by the server's clock.
    pub time: SystemTime,
    /// The product, if it is known.
    pub product: Option<&'static str>,
    /// The operation that it names; empty if it names none. For an API server of Kubernetes the verb and the resource:
    /// `list pods`, `update deployments.apps/scale`.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// Path and query, as they were sent.
    pub target: String,
    /// How it is signed.
    pub signature_method: SignatureMethod,
    /// The result of the check of the signature.
    pub verdict: Verdict,
    /// The account, once the signature has been found good.
    pub account: Option<String>,
    /// The key that the request names. Once the signature has been found good, the name of the sub-account or user, if it is
    /// one.
    pub caller: Option<String>,
    /// The region that the call names, or the one that it is for; empty without one.
    pub region: String,
    /// HTTP status of the answer; none when the connection was cut.
    pub status: Option<u16>,
    /// The error code of the answer; none when the call succeeded.
    pub code: Option<String>,
    /// The request id of the answer.
    pub request_id: String,
    /// From the head of the request to the answer, in real time; none as long as there is no answer.
    pub duration: Option<Duration>,
    /// The parameters as JSON, once they have been found valid; the values of sensitive ones are hidden.
    pub parameters: Map<String, Value>,
    /// The headers that matter, by their names in lower case, without signature and token.
    pub headers: Vec<(String, String)>,
    /// Bytes of path, query and body.
    pub bytes: usize,
    /// The body of the answer; sensitive values are hidden. Of an API server of Kubernetes only what identifies the
    /// object, and refusals.
    pub response: String,
    /// Bytes of the body of the answer; 0 for one that is a stream.
    pub response_bytes: usize,
    /// Whether the world was asked, or the function that replaces it: false for everything that was refused before.
    pub acted: bool,
    /// Whether the answer is the empty one of an operation that is not simulated.
    pub shaped: bool,
    /// The fault that struck it.
    pub fault: Option<&'static str>,
    /// Why the signature was refused.
    pub diagnosis: Option<Diagnosis>,
}

impl Entry {
    /// Creates the entry of a request that has just arrived.
    pub(crate) fn new(time: SystemTime, request_id: String, method: &str, bytes: usize) -> Self {
        Self {
            sequence: 0,
            time,
            product: None,
            operation: String::new(),
            method: method.to_owned(),
            target: String::new(),
            signature_method: SignatureMethod::None,
            verdict: Verdict::Unchecked,
            account: None,
            caller: None,
            region: String::new(),
            status: None,
            code: None,
            request_id,
            duration: None,
            parameters: Map::new(),
            headers: Vec::new(),
            bytes,
            response: String::new(),
            response_bytes: 0,
            acted: false,
            shaped: false,
            fault: None,
            diagnosis: None,
        }
    }

    /// Returns how the request ended.
    pub fn outcome(&self) -> Outcome {
        match (self.duration, self.status) {
            (None, _) => Outcome::Open,
            (_, None) => Outcome::Cut,
            (_, Some(status)) if self.code.is_some() || status >= 400 => Outcome::Refused,
            _ => Outcome::Succeeded,
        }
    }

    /// Returns the entry as JSON, in the form of the control API and of journal files.
    pub fn to_json(&self) -> Value {
        let headers: Map<String, Value> =
            self.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        json!({
            "sequence": self.sequence,
            "time": rfc3339(self.time),
            "product": self.product,
            "operation": self.operation,
            "method": self.method,
            "target": self.target,
            "account": self.account,
            "caller": self.caller,
            "region": self.region,
            "signature": { "method": self.signature_method.to_string(), "verdict": self.verdict.word() },
            "outcome": self.outcome().word(),
            "status": self.status,
            "code": self.code,
            "request_id": self.request_id,
            "duration_ms": self.duration.map(milliseconds),
            "bytes": self.bytes,
            "response_bytes": self.response_bytes,
            "acted": self.acted,
            "shaped": self.shaped,
            "fault": self.fault,
            "parameters": self.parameters,
            "headers": headers,
            "response": read(&self.response),
            "diagnosis": self.diagnosis.as_ref().map(Diagnosis::to_json),
        })
    }
}

/// A body as JSON: nothing for an empty one, text for one that is not JSON.
fn read(body: &str) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    serde_json::from_str(body).unwrap_or_else(|_| Value::from(body))
}

/// Milliseconds with microseconds as decimals.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

fn rfc3339(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests;
