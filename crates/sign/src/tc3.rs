//! TC3-HMAC-SHA256, the signature of Tencent's APIs version 3.

use crate::canonical::{headers as canonical_headers, headers_len, push_lines, push_names};
use crate::date::{self, Form};
use crate::digest::{SHA256_HEX, hmac_sha256, keyed_sha256, push_hex};
use crate::{Authorization, Credentials, Error, Header, Payload, Request, Signed, Stage, UNSIGNED_PAYLOAD};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::{self, Write};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroize;

/// Name of the algorithm.
pub const ALGORITHM: &str = "TC3-HMAC-SHA256";
/// Header with the time.
pub const TIMESTAMP_HEADER: &str = "x-tc-timestamp";
/// Header with the token of a temporary key.
pub const TOKEN_HEADER: &str = "x-tc-token";

/// Last part of the scope.
const TERMINATOR: &str = "tc3_request";
const DAY: Form = Form { pattern: "%Y-%m-%d", example: "2018-10-09" };

/// Scope of a signature: one service, on one day.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// Service, as in its host name (`tke`).
    pub service: &'a str,
    /// Seconds since 1970, as in the header [`TIMESTAMP_HEADER`].
    pub timestamp: i64,
}

/// Returns the headers with time and token. They need not be signed.
pub fn headers(credentials: &Credentials<'_>, timestamp: i64) -> Vec<Header> {
    let mut headers = vec![Header::new(TIMESTAMP_HEADER, timestamp.to_string())];
    headers.extend(credentials.token.map(|token| Header::secret(TOKEN_HEADER, token)));
    headers
}

/// Signs a request. Its headers must include `content-type` and `host`.
pub fn sign(request: &Request<'_>, credentials: &Credentials<'_>, scope: &Scope<'_>) -> Signed {
    sign_with(request, credentials, scope, derive)
}

/// Signs a request with a cached key.
pub fn sign_cached(request: &Request<'_>, credentials: &Credentials<'_>, scope: &Scope<'_>, keys: &KeyCache) -> Signed {
    sign_with(request, credentials, scope, |secret, date, service| keys.get(secret, date, service))
}

fn sign_with(
    request: &Request<'_>,
    credentials: &Credentials<'_>,
    scope: &Scope<'_>,
    key: impl FnOnce(&str, &str, &str) -> SigningKey,
) -> Signed {
    /// Room for the fixed parts of all stages.
    const FIXED: usize = 512;
    let headers = canonical_headers(request.headers, lower_value);
    let timestamp = scope.timestamp;
    let payload = match request.payload {
        // The replacement text is hashed like a body.
        Payload::Unsigned => Payload::Bytes(UNSIGNED_PAYLOAD.as_bytes()),
        payload => payload,
    };
    let length = request.path.len() + request.query.len() + headers_len(&headers) + credentials.id.len();
    let mut signed = Signed::with_capacity(length + FIXED);
    signed.add(Stage::CanonicalRequest, |out| {
        for part in [request.method, request.path, request.query] {
            out.push_str(part);
            out.push('\n');
        }
        push_lines(out, &headers);
        out.push('\n');
        push_names(out, &headers);
        out.push('\n');
        payload.push_digest(out);
    });
    let hashed = Sha256::digest(signed.canonical_request()).into();
    let date = date(timestamp);
    let key = key(credentials.secret, &date, scope.service);
    let write_scope = |out: &mut String| {
        for part in [&date, "/", scope.service, "/", TERMINATOR] {
            out.push_str(part);
        }
    };
    let write = |out: &mut String| {
        out.push_str(ALGORITHM);
        // Writing into memory cannot fail.
        let _ = write!(out, "\n{timestamp}\n");
        write_scope(out);
        out.push('\n');
        push_hex(out, &hashed);
    };
    signed.add_ending(Stage::StringToSign, write, (Stage::HashedCanonicalRequest, SHA256_HEX));
    let signature = key.0.chain_update(signed.string_to_sign()).finalize().into_bytes().into();
    let write = |out: &mut String| {
        for part in [ALGORITHM, " Credential=", credentials.id, "/"] {
            out.push_str(part);
        }
        write_scope(out);
        out.push_str(", SignedHeaders=");
        push_names(out, &headers);
        out.push_str(", Signature=");
        push_hex(out, &signature);
    };
    signed.add_ending(Stage::Authorization, write, (Stage::Signature, SHA256_HEX));
    signed
}

/// Returns a value in lower case.
fn lower_value(value: &str) -> Cow<'_, str> {
    if value.bytes().fold(true, |all, byte| all & byte.is_ascii() & !byte.is_ascii_uppercase()) {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(value.to_lowercase())
    }
}

/// Returns the day of a time in UTC, in the format of the scope (`2018-10-09`).
pub fn date(timestamp: i64) -> String {
    date::write(timestamp, DAY)
}

/// Parses the header `Authorization`.
///
/// # Errors
/// [`Error::Scheme`] if it has another scheme, [`Error::Part`] naming the part that is missing or has another format.
pub fn parse(header: &str) -> Result<Authorization<'_>, Error> {
    const CREDENTIAL: &str = "Credential";
    let parts = Authorization::parse(header, ALGORITHM, CREDENTIAL)?;
    match parts.id.split('/').collect::<Vec<_>>()[..] {
        [id, date, service, TERMINATOR] => Ok(Authorization { id, date, service, ..parts }),
        _ => Err(Error::Part { part: CREDENTIAL }),
    }
}

/// Signing key of one secret, day and service, as HMAC uses it. Wiped when dropped.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

/// Derives the signing key of one secret, day and service.
pub fn derive(secret: &str, date: &str, service: &str) -> SigningKey {
    let mut seed = format!("TC3{secret}");
    let mut key = hmac_sha256(seed.as_bytes(), date.as_bytes());
    seed.zeroize();
    for part in [service, TERMINATOR] {
        let next = hmac_sha256(&key, part.as_bytes());
        key.zeroize();
        key = next;
    }
    let signing_key = SigningKey(keyed_sha256(&key));
    key.zeroize();
    signing_key
}

/// Cache of signing keys: one per secret, day and service.
///
/// Secrets themselves are not stored: an entry is found by a hash of its inputs, with a key that is random in each cache.
#[derive(Default)]
pub struct KeyCache {
    /// Entries, the most recently used one last.
    entries: Mutex<Vec<(Name, SigningKey)>>,
    hash: RandomState,
}

/// Hash of a secret, a day and a service.
type Name = u64;

impl KeyCache {
    /// Maximum number of keys.
    pub const CAPACITY: usize = 8;

    /// Returns the key for a secret, day and service. It is derived if it is not in the cache.
    pub fn get(&self, secret: &str, date: &str, service: &str) -> SigningKey {
        let name = self.name(secret, date, service);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = entries.last().filter(|(known, _)| *known == name) {
            return key.clone();
        }
        let entry = match entries.iter().position(|(known, _)| *known == name) {
            Some(at) => entries.remove(at),
            None => {
                if entries.len() >= Self::CAPACITY {
                    entries.remove(0);
                }
                (name, derive(secret, date, service))
            }
        };
        let key = entry.1.clone();
        entries.push(entry);
        key
    }

    fn name(&self, secret: &str, date: &str, service: &str) -> Name {
        // The hash of a text includes its end, so ("ab", "c") differs from ("a", "bc").
        self.hash.hash_one((secret, date, service))
    }

    fn len(&self) -> usize {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache").field("keys", &self.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sha256_hex;

    const REQUEST: Request<'_> = Request {
        method: "POST",
        host: "",
        path: "/",
        query: "",
        parameters: &[],
        headers: &[("Host", " TKE.example.com "), ("Content-Type", "application/json")],
        payload: Payload::Bytes(b"{}"),
    };
    const CREDENTIALS: Credentials<'_> =
        Credentials { id: "AKID", secret: "planted-secret", token: Some("planted-token") };
    const SCOPE: Scope<'_> = Scope { service: "tke", timestamp: 1_551_113_065 };

    fn signed() -> Signed {
        sign(&REQUEST, &CREDENTIALS, &SCOPE)
    }

    #[test]
    fn headers_are_sorted_trimmed_and_in_lower_case() {
        let expected = "POST\n/\n\ncontent-type:application/json\nhost:tke.example.com\n\ncontent-type;host\n";
        assert_eq!(signed().canonical_request(), format!("{expected}{}", sha256_hex(b"{}")));
        assert!(signed().string_to_sign().contains("\n2019-02-25/tke/tc3_request\n"));
    }

    #[test]
    fn a_digest_stands_for_the_body() {
        let digest = sha256_hex(b"{}");
        let request = Request { payload: Payload::Digest(&digest), ..REQUEST };
        assert_eq!(sign(&request, &CREDENTIALS, &SCOPE), signed());
    }

    #[test]
    fn a_body_may_be_left_unsigned() {
        let unsigned = sign(&Request { payload: Payload::Unsigned, ..REQUEST }, &CREDENTIALS, &SCOPE);
        let text = Request { payload: Payload::Bytes(b"UNSIGNED-PAYLOAD"), ..REQUEST };
        assert_eq!(unsigned, sign(&text, &CREDENTIALS, &SCOPE));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let signed = signed();
        let read = parse(signed.authorization()).unwrap();
        assert_eq!((read.id, read.date, read.service), ("AKID", "2019-02-25", "tke"));
        assert_eq!((read.signed_headers, read.signature), ("content-type;host", signed.signature()));
        let (scheme, part) = (Error::Scheme { scheme: ALGORITHM }, |part| Error::Part { part });
        for (wrong, expected) in [
            ("", scheme),
            ("TC3-HMAC-SHA256", scheme),
            ("Basic Credential=a/b/c/tc3_request, SignedHeaders=h, Signature=s", scheme),
            ("TC3-HMAC-SHA256 Credential=a/b/c/other, SignedHeaders=h, Signature=s", part("Credential")),
            ("TC3-HMAC-SHA256 Credential=a/b/c/tc3_request/d, SignedHeaders=h, Signature=s", part("Credential")),
            ("TC3-HMAC-SHA256 Credential=a/b/c/tc3_request, Signature=s", part("SignedHeaders")),
            ("TC3-HMAC-SHA256 Credential=a/b/c/tc3_request, SignedHeaders=h", part("Signature")),
        ] {
            assert_eq!(parse(wrong), Err(expected), "{wrong}");
        }
    }

    #[test]
    fn a_cached_key_signs_the_same() {
        let keys = KeyCache::default();
        for _ in 0..2 {
            assert_eq!(sign_cached(&REQUEST, &CREDENTIALS, &SCOPE, &keys), signed());
        }
        assert_eq!(keys.len(), 1);
        let other = Credentials { secret: "another", ..CREDENTIALS };
        assert_eq!(sign_cached(&REQUEST, &other, &SCOPE, &keys), sign(&REQUEST, &other, &SCOPE));
        assert_eq!(keys.len(), 2);
    }

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_used() {
        let keys = KeyCache::default();
        let first = keys.name("s", "d", "0");
        for service in 0..3 * KeyCache::CAPACITY {
            keys.get("s", "d", &service.to_string());
            keys.get("s", "d", "0");
        }
        assert_eq!(keys.len(), KeyCache::CAPACITY);
        assert!(keys.entries.lock().unwrap().iter().any(|(name, _)| *name == first));
        assert_ne!(keys.name("ab", "c", ""), keys.name("a", "bc", ""));
    }

    #[test]
    fn nothing_shows_the_secret() {
        let (keys, headers) = (KeyCache::default(), headers(&CREDENTIALS, 1));
        let signed = sign_cached(&REQUEST, &CREDENTIALS, &SCOPE, &keys);
        let key = derive("planted-secret", "d", "s");
        let shown = format!("{REQUEST:?} {CREDENTIALS:?} {SCOPE:?} {signed:?} {keys:?} {key:?} {headers:?}");
        assert!(!shown.contains("planted") && !shown.contains(signed.signature()), "{shown}");
        assert_eq!(headers[1].value, "planted-token");
    }
}
