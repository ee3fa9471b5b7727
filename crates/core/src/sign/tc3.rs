//! TC3-HMAC-SHA256, the signature of Tencent's APIs version 3.

use super::{hex, hmac_sha256, sha256_hex};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroize;

/// Name of the algorithm.
pub const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// What the scope ends with.
const TERMINATOR: &str = "tc3_request";

/// The parts of an HTTP request that are signed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Method in capitals.
    pub method: &'a str,
    /// Path, encoded as it is sent.
    pub path: &'a str,
    /// Query string as it is sent, without the question mark; empty for POST.
    pub query: &'a str,
    /// The headers to sign, in any order.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body; for a client that leaves the body unsigned the text `UNSIGNED-PAYLOAD`.
    pub payload: &'a [u8],
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// Whose signature it is, for which service and when.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The key's identifier.
    pub id: &'a str,
    /// The key's secret.
    pub secret: &'a str,
    /// The service, as in its host name (`tke`).
    pub service: &'a str,
    /// Seconds since 1970, as in the header `X-TC-Timestamp`.
    pub timestamp: i64,
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("id", &self.id)
            .field("service", &self.service)
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

/// A signature with everything it was made from, but the secret.
///
/// `Debug` leaves the canonical request out, because a query string may hold what must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// Method, path, query, headers and the digest of the body, one per line.
    pub canonical_request: String,
    /// Its digest.
    pub hashed_canonical_request: String,
    /// Algorithm, time, scope and that digest.
    pub string_to_sign: String,
    /// Date, service and terminator.
    pub scope: String,
    /// Names of the signed headers.
    pub signed_headers: String,
    /// The signature in hexadecimal digits.
    pub signature: String,
    /// The value of the header `Authorization`.
    pub authorization: String,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("string_to_sign", &self.string_to_sign)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

/// Signs a request.
pub fn sign(request: &Request<'_>, signer: &Signer<'_>) -> Signed {
    sign_with(request, signer, derive)
}

/// Signs a request with a derived key that is kept between calls.
pub fn sign_cached(request: &Request<'_>, signer: &Signer<'_>, keys: &KeyCache) -> Signed {
    sign_with(request, signer, |secret, date, service| keys.get(secret, date, service))
}

/// Signs a request whose body is known by its digest, as [`sha256_hex`] writes it; `payload` is not looked at.
///
/// For the side that checks a signature against several readings of a request, and hashes a large body once.
pub fn sign_digest(request: &Request<'_>, payload_digest: &str, signer: &Signer<'_>) -> Signed {
    sign_canonical(canonical(request, payload_digest), signer, derive)
}

fn sign_with(request: &Request<'_>, signer: &Signer<'_>, key: impl FnOnce(&str, &str, &str) -> SigningKey) -> Signed {
    sign_canonical(canonical(request, &sha256_hex(request.payload)), signer, key)
}

fn sign_canonical(
    (canonical_request, signed_headers): (String, String),
    signer: &Signer<'_>,
    key: impl FnOnce(&str, &str, &str) -> SigningKey,
) -> Signed {
    let hashed_canonical_request = sha256_hex(canonical_request.as_bytes());
    let date = date(signer.timestamp);
    let scope = format!("{date}/{}/{TERMINATOR}", signer.service);
    let string_to_sign = format!("{ALGORITHM}\n{}\n{scope}\n{hashed_canonical_request}", signer.timestamp);
    let key = key(signer.secret, &date, signer.service);
    let signature = hex(&hmac_sha256(&key.0, string_to_sign.as_bytes()));
    let authorization =
        format!("{ALGORITHM} Credential={}/{scope}, SignedHeaders={signed_headers}, Signature={signature}", signer.id);
    Signed {
        canonical_request,
        hashed_canonical_request,
        string_to_sign,
        scope,
        signed_headers,
        signature,
        authorization,
    }
}

/// The canonical request, and the names of its headers.
fn canonical(request: &Request<'_>, payload: &str) -> (String, String) {
    let mut headers: Vec<(String, String)> =
        request.headers.iter().map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_lowercase())).collect();
    headers.sort();
    let names = headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let text = format!("{}\n{}\n{}\n{lines}\n{names}\n{payload}", request.method, request.path, request.query);
    (text, names)
}

/// The day of a time in UTC, as the scope states it (`2018-10-09`).
pub fn date(timestamp: i64) -> String {
    super::written(timestamp, "%Y-%m-%d")
}

/// The key that signs for one secret, day and service. Wiped when dropped.
#[derive(Clone)]
pub struct SigningKey([u8; 32]);

impl Drop for SigningKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

/// Derives the key that signs.
pub fn derive(secret: &str, date: &str, service: &str) -> SigningKey {
    let mut seed = format!("TC3{secret}");
    let day = SigningKey(hmac_sha256(seed.as_bytes(), date.as_bytes()));
    seed.zeroize();
    let service = SigningKey(hmac_sha256(&day.0, service.as_bytes()));
    SigningKey(hmac_sha256(&service.0, TERMINATOR.as_bytes()))
}

/// Keeps derived keys, the few that are in use: one per secret, day and service.
///
/// Secrets themselves are not kept: an entry is found by a digest of what it was derived from.
#[derive(Default)]
pub struct KeyCache {
    /// The most recently used one last.
    entries: Mutex<Vec<([u8; 32], SigningKey)>>,
}

impl KeyCache {
    /// How many keys are kept.
    pub const CAPACITY: usize = 8;

    /// The key for that secret, day and service, derived if it is not there.
    pub fn get(&self, secret: &str, date: &str, service: &str) -> SigningKey {
        let name = Self::name(secret, date, service);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
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

    fn name(secret: &str, date: &str, service: &str) -> [u8; 32] {
        let mut digest = Sha256::new();
        for part in [secret, date, service] {
            // The length keeps ("ab", "c") apart from ("a", "bc").
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
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

/// The parts of an `Authorization` header, for the side that checks it.
///
/// `Debug` does not show the signature, with which the request could be sent once more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// The key's identifier.
    pub id: &'a str,
    /// The day of the scope.
    pub date: &'a str,
    /// The service of the scope.
    pub service: &'a str,
    /// Names of the signed headers, as they are written: `content-type;host`.
    pub signed_headers: &'a str,
    /// The signature.
    pub signature: &'a str,
}

impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("id", &self.id)
            .field("date", &self.date)
            .field("service", &self.service)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

impl<'a> Authorization<'a> {
    /// Takes the header apart; nothing when it is not of this algorithm or a part is missing.
    pub fn parse(header: &'a str) -> Option<Self> {
        let parts = header.trim().strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
        let part = |name: &str| {
            let mut parts = parts.split(',').map(str::trim);
            parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
        };
        let mut credential = part("Credential")?.split('/');
        let (id, date, service) = (credential.next()?, credential.next()?, credential.next()?);
        if credential.next()? != TERMINATOR || credential.next().is_some() {
            return None;
        }
        Some(Self { id, date, service, signed_headers: part("SignedHeaders")?, signature: part("Signature")? })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const REQUEST: Request<'_> = Request {
        method: "POST",
        path: "/",
        query: "",
        headers: &[("Host", " TKE.example.com "), ("Content-Type", "application/json")],
        payload: b"{}",
    };
    const SIGNER: Signer<'_> = Signer { id: "AKID", secret: "planted-secret", service: "tke", timestamp: 1551113065 };

    #[test]
    fn headers_are_sorted_trimmed_and_in_lower_case() {
        let signed = sign(&REQUEST, &SIGNER);
        let expected = "POST\n/\n\ncontent-type:application/json\nhost:tke.example.com\n\ncontent-type;host\n";
        assert_eq!(signed.canonical_request, format!("{expected}{}", sha256_hex(b"{}")));
        assert_eq!(signed.scope, "2019-02-25/tke/tc3_request");
    }

    #[test]
    fn a_digest_stands_for_the_body() {
        let bodiless = Request { payload: b"", ..REQUEST };
        assert_eq!(sign_digest(&bodiless, &sha256_hex(REQUEST.payload), &SIGNER), sign(&REQUEST, &SIGNER));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let signed = sign(&REQUEST, &SIGNER);
        let read = Authorization::parse(&signed.authorization).unwrap();
        assert_eq!((read.id, read.date, read.service), ("AKID", "2019-02-25", "tke"));
        assert_eq!((read.signed_headers, read.signature), ("content-type;host", signed.signature.as_str()));
        for wrong in [
            "",
            "TC3-HMAC-SHA256",
            "TC3-HMAC-SHA256 Credential=a/b/c/other, SignedHeaders=h, Signature=s",
            "TC3-HMAC-SHA256 Credential=a/b/c/tc3_request/d, SignedHeaders=h, Signature=s",
            "TC3-HMAC-SHA256 Credential=a/b/c/tc3_request, Signature=s",
            "Basic Credential=a/b/c/tc3_request, SignedHeaders=h, Signature=s",
        ] {
            assert_eq!(Authorization::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_cached_key_signs_the_same() {
        let keys = KeyCache::default();
        for _ in 0..2 {
            assert_eq!(sign_cached(&REQUEST, &SIGNER, &keys), sign(&REQUEST, &SIGNER));
        }
        assert_eq!(keys.len(), 1);
        let other = Signer { secret: "another", ..SIGNER };
        assert_eq!(sign_cached(&REQUEST, &other, &keys), sign(&REQUEST, &other));
        assert_eq!(keys.len(), 2);
    }

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_used() {
        let keys = KeyCache::default();
        let first = KeyCache::name("s", "d", "0");
        for service in 0..3 * KeyCache::CAPACITY {
            keys.get("s", "d", &service.to_string());
            keys.get("s", "d", "0");
        }
        assert_eq!(keys.len(), KeyCache::CAPACITY);
        assert!(keys.entries.lock().unwrap().iter().any(|(name, _)| *name == first));
        assert_ne!(KeyCache::name("ab", "c", ""), KeyCache::name("a", "bc", ""));
    }

    #[test]
    fn nothing_shows_the_secret() {
        let keys = KeyCache::default();
        let signed = sign_cached(&REQUEST, &SIGNER, &keys);
        let shown = format!("{REQUEST:?} {SIGNER:?} {signed:?} {keys:?} {:?}", derive("planted-secret", "d", "s"));
        assert!(!shown.contains("planted-secret"), "{shown}");
    }

    #[test]
    fn days_at_the_ends_of_time() {
        assert_eq!(date(1539084154), "2018-10-09");
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(i64::MAX), "9999-12-31");
        assert_eq!(date(i64::MIN), "0000-01-01");
    }
}
