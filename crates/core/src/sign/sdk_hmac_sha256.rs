//! SDK-HMAC-SHA256, the signature of Huawei's APIs with an access key.

use super::{hex, hmac_sha256, sha256_hex};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::fmt;

/// Name of the algorithm.
pub const ALGORITHM: &str = "SDK-HMAC-SHA256";
/// The header that states the time; it is always signed.
pub const DATE_HEADER: &str = "x-sdk-date";
/// The header by which a client says that it leaves the body unsigned.
pub const CONTENT_HEADER: &str = "x-sdk-content-sha256";
/// What that header says then.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// How the header [`DATE_HEADER`] writes a time.
const DATE_FORMAT: &str = "%Y%m%dT%H%M%SZ";
/// Everything but the unreserved characters of RFC 3986 is escaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

/// The parts of an HTTP request that are signed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Method in capitals.
    pub method: &'a str,
    /// Path, encoded as it is sent.
    pub path: &'a str,
    /// Query, decoded, in any order.
    pub query: &'a [(&'a str, &'a str)],
    /// The headers to sign, in any order. [`DATE_HEADER`] is one of them.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub payload: Payload<'a>,
}

/// How a body enters the signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Payload<'a> {
    /// By its digest.
    Signed(&'a [u8]),
    /// Not at all, as [`CONTENT_HEADER`] says.
    Unsigned,
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed(bytes) => write!(f, "Signed({} bytes)", bytes.len()),
            Self::Unsigned => f.write_str("Unsigned"),
        }
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// Whose signature it is, and when.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key.
    pub id: &'a str,
    /// The secret key.
    pub secret: &'a str,
    /// Seconds since 1970, as [`DATE_HEADER`] states them.
    pub timestamp: i64,
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("id", &self.id).field("timestamp", &self.timestamp).finish_non_exhaustive()
    }
}

/// A signature with everything it was made from, but the secret.
///
/// `Debug` leaves the canonical request out, because headers and query may hold what must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The query, sorted and encoded; the request is sent with it.
    pub canonical_query: String,
    /// Method, path, query, headers and the digest of the body, one per line.
    pub canonical_request: String,
    /// Its digest.
    pub hashed_canonical_request: String,
    /// Algorithm, time and that digest.
    pub string_to_sign: String,
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
    let payload = match request.payload {
        Payload::Signed(bytes) => sha256_hex(bytes),
        Payload::Unsigned => UNSIGNED_PAYLOAD.to_owned(),
    };
    sign_digest(request, &payload, signer)
}

/// Signs a request whose body is known by its digest, as [`sha256_hex`] writes it, or by [`UNSIGNED_PAYLOAD`];
/// `payload` is not looked at.
///
/// For the side that checks a signature against several readings of a request, and hashes a large body once.
pub fn sign_digest(request: &Request<'_>, payload: &str, signer: &Signer<'_>) -> Signed {
    let canonical_query = canonical_query(request.query);
    let (headers, signed_headers) = canonical_headers(request.headers);
    let path = canonical_path(request.path);
    let canonical_request =
        format!("{}\n{path}\n{canonical_query}\n{headers}\n{signed_headers}\n{payload}", request.method);
    let hashed_canonical_request = sha256_hex(canonical_request.as_bytes());
    let string_to_sign = format!("{ALGORITHM}\n{}\n{hashed_canonical_request}", date(signer.timestamp));
    let signature = hex(&hmac_sha256(signer.secret.as_bytes(), string_to_sign.as_bytes()));
    let authorization =
        format!("{ALGORITHM} Access={}, SignedHeaders={signed_headers}, Signature={signature}", signer.id);
    Signed {
        canonical_query,
        canonical_request,
        hashed_canonical_request,
        string_to_sign,
        signed_headers,
        signature,
        authorization,
    }
}

/// The path as it is signed: decoded, each part between slashes encoded anew, a slash at the end.
///
/// An escaped slash in a part thus counts as one that parts.
fn canonical_path(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut out = decoded.split('/').map(encode).collect::<Vec<_>>().join("/");
    if !out.ends_with('/') {
        out.push('/');
    }
    out
}

/// The query as it is signed and sent: sorted by name and value before they are encoded.
pub fn canonical_query(query: &[(&str, &str)]) -> String {
    let mut sorted = query.to_vec();
    sorted.sort_unstable();
    sorted.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

/// The lines of the headers, and their names.
fn canonical_headers(headers: &[(&str, &str)]) -> (String, String) {
    let mut headers: Vec<(String, &str)> =
        headers.iter().map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim())).collect();
    headers.sort();
    let names = headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    (headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect(), names)
}

/// Escapes all that is not a letter, a digit or one of `_.-~`, a blank as `%20`.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// A time as [`DATE_HEADER`] states it (`20240102T030405Z`).
pub fn date(timestamp: i64) -> String {
    super::written(timestamp, DATE_FORMAT)
}

/// Seconds since 1970 of a time as [`DATE_HEADER`] states it; nothing when the text has another form.
pub fn parse_date(text: &str) -> Option<i64> {
    super::read(text, DATE_FORMAT)
}

/// The parts of an `Authorization` header, for the side that checks it.
///
/// `Debug` does not show the signature, with which the request could be sent once more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// The access key.
    pub id: &'a str,
    /// Names of the signed headers, as they are written: `host;x-sdk-date`.
    pub signed_headers: &'a str,
    /// The signature.
    pub signature: &'a str,
}

impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("id", &self.id)
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
        Some(Self { id: part("Access")?, signed_headers: part("SignedHeaders")?, signature: part("Signature")? })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const REQUEST: Request<'_> = Request {
        method: "GET",
        path: "/api/v3/x",
        query: &[],
        headers: &[("X-Sdk-Date", "20230101T000000Z"), ("Host", " cce.example.com ")],
        payload: Payload::Signed(b""),
    };
    const SIGNER: Signer<'_> = Signer { id: "AK", secret: "planted-secret", timestamp: 1_672_531_200 };

    #[test]
    fn headers_are_sorted_and_trimmed_and_the_path_ends_with_a_slash() {
        let signed = sign(&REQUEST, &SIGNER);
        let headers = "host:cce.example.com\nx-sdk-date:20230101T000000Z\n\nhost;x-sdk-date";
        let expected = format!("GET\n/api/v3/x/\n\n{headers}\n{}", sha256_hex(b""));
        assert_eq!(signed.canonical_request, expected);
        assert!(signed.string_to_sign.starts_with("SDK-HMAC-SHA256\n20230101T000000Z\n"));
    }

    #[test]
    fn paths() {
        for (path, expected) in [
            ("/", "/"),
            ("", "/"),
            ("/a/", "/a/"),
            ("/a%2Fb/~_.-", "/a/b/~_.-/"),
            ("/%E9%9B%86 群", "/%E9%9B%86%20%E7%BE%A4/"),
            ("/a%2520b/%zz", "/a%2520b/%25zz/"),
        ] {
            assert_eq!(canonical_path(path), expected);
        }
    }

    #[test]
    fn a_query_is_sorted_before_it_is_encoded() {
        let query = [("b", "2"), ("a", "z"), ("a", "b c+d/e~*"), ("é", ""), ("a-", "1")];
        assert_eq!(canonical_query(&query), "a=b%20c%2Bd%2Fe~%2A&a=z&a-=1&b=2&%C3%A9=");
        assert_eq!(canonical_query(&[]), "");
    }

    #[test]
    fn a_body_may_be_left_unsigned() {
        let signed = sign(&Request { payload: Payload::Unsigned, ..REQUEST }, &SIGNER);
        assert!(signed.canonical_request.ends_with("\nUNSIGNED-PAYLOAD"));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let signed = sign(&REQUEST, &SIGNER);
        let read = Authorization::parse(&signed.authorization).unwrap();
        assert_eq!(
            (read.id, read.signed_headers, read.signature),
            ("AK", "host;x-sdk-date", signed.signature.as_str())
        );
        for wrong in [
            "",
            "SDK-HMAC-SHA256",
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=h",
            "SDK-HMAC-SHA256 Access=a, Signature=s",
            "SDK-HMAC-SM3 Access=a, SignedHeaders=h, Signature=s",
        ] {
            assert_eq!(Authorization::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_there_and_back() {
        for timestamp in [0, 1_672_531_200, 1_709_210_096, -1] {
            assert_eq!(parse_date(&date(timestamp)), Some(timestamp));
        }
        assert_eq!(date(1_709_210_096), "20240229T123456Z");
        assert_eq!(date(i64::MAX).len(), 16);
        for wrong in ["", "20240229", "20240230T123456Z", "20240229T123456", "2024-02-29T12:34:56Z", "2024229T123456Z"]
        {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn nothing_shows_the_secret() {
        let signed = sign(&Request { query: &[("password", "planted-value")], ..REQUEST }, &SIGNER);
        let shown = format!("{REQUEST:?} {SIGNER:?} {signed:?}");
        assert!(!shown.contains("planted"), "{shown}");
    }
}
