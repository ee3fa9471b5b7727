//! ACS3-HMAC-SHA256, the newer signature of all Alibaba's APIs.

use super::sdk_hmac_sha256::{canonical_query, encode};
use super::{hex, hmac_sha256, sha256_hex};
use percent_encoding::percent_decode_str;
use std::fmt;

/// Name of the algorithm.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";
/// The header that states the time.
pub const DATE_HEADER: &str = "x-acs-date";
/// The header with the digest of the body.
pub const CONTENT_HEADER: &str = "x-acs-content-sha256";
/// The header with a value that no other request has.
pub const NONCE_HEADER: &str = "x-acs-signature-nonce";
/// The header with the token of a temporary key.
pub const TOKEN_HEADER: &str = "x-acs-security-token";
/// The header that repeats the id of a temporary key.
pub const KEY_HEADER: &str = "x-acs-accesskey-id";

/// How the header [`DATE_HEADER`] writes a time.
const DATE_FORMAT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// The parts of an HTTP request that are signed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Method in capitals.
    pub method: &'a str,
    /// Path, encoded as it is sent.
    pub path: &'a str,
    /// Query, decoded, in any order.
    pub query: &'a [(&'a str, &'a str)],
    /// The headers to sign, in any order. `host` and all that begin with `x-acs-` must be among them.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub payload: &'a [u8],
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// Whose signature it is. The time stands in the header [`DATE_HEADER`].
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key's id.
    pub id: &'a str,
    /// The access key's secret.
    pub secret: &'a str,
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("id", &self.id).finish_non_exhaustive()
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
    /// Algorithm and that digest.
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
    sign_digest(request, &sha256_hex(request.payload), signer)
}

/// Signs a request whose body is known by its digest, as [`sha256_hex`] writes it; `payload` is not looked at.
///
/// For the side that checks a signature against several readings of a request, and hashes a large body once.
pub fn sign_digest(request: &Request<'_>, payload: &str, signer: &Signer<'_>) -> Signed {
    let canonical_query = canonical_query(request.query);
    let (headers, signed_headers) = canonical_headers(request.headers);
    let path = if request.path.is_empty() { "/" } else { request.path };
    let canonical_request =
        format!("{}\n{path}\n{canonical_query}\n{headers}\n{signed_headers}\n{payload}", request.method);
    let hashed_canonical_request = sha256_hex(canonical_request.as_bytes());
    let string_to_sign = format!("{ALGORITHM}\n{hashed_canonical_request}");
    let signature = hex(&hmac_sha256(signer.secret.as_bytes(), string_to_sign.as_bytes()));
    let authorization =
        format!("{ALGORITHM} Credential={},SignedHeaders={signed_headers},Signature={signature}", signer.id);
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

/// A path as Alibaba's clients write it: each part decoded and encoded anew, slashes kept.
///
/// For the side that checks a signature, where something on the way may have written escapes differently.
pub fn canonical_path(path: &str) -> String {
    let part = |part: &str| encode(&percent_decode_str(part).decode_utf8_lossy());
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The lines of the headers, and their names. Values of the same name are sorted and joined.
fn canonical_headers(headers: &[(&str, &str)]) -> (String, String) {
    let mut headers: Vec<(String, &str)> =
        headers.iter().map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim())).collect();
    headers.sort();
    let (mut lines, mut names) = (String::new(), String::new());
    for group in headers.chunk_by(|(left, _), (right, _)| left == right) {
        let Some((name, _)) = group.first() else { continue };
        let values = group.iter().map(|(_, value)| *value).collect::<Vec<_>>().join(",");
        lines.push_str(&format!("{name}:{values}\n"));
        if !names.is_empty() {
            names.push(';');
        }
        names.push_str(name);
    }
    (lines, names)
}

/// A time as [`DATE_HEADER`] states it (`2023-11-14T22:13:20Z`).
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
    /// The access key's id.
    pub id: &'a str,
    /// Names of the signed headers, as they are written: `host;x-acs-date`.
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
        Some(Self { id: part("Credential")?, signed_headers: part("SignedHeaders")?, signature: part("Signature")? })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const REQUEST: Request<'_> = Request {
        method: "GET",
        path: "/clusters/c%201",
        query: &[("b", "2"), ("a", "值 ~*")],
        headers: &[("X-Acs-Date", "2023-11-14T22:13:20Z"), ("Host", " cs.example.com "), ("x-acs-a", "2")],
        payload: b"",
    };
    const SIGNER: Signer<'_> = Signer { id: "AK", secret: "planted-secret" };

    #[test]
    fn what_is_signed() {
        let signed = sign(&REQUEST, &SIGNER);
        let headers = "host:cs.example.com\nx-acs-a:2\nx-acs-date:2023-11-14T22:13:20Z\n\nhost;x-acs-a;x-acs-date";
        let query = "a=%E5%80%BC%20~%2A&b=2";
        let expected = format!("GET\n/clusters/c%201\n{query}\n{headers}\n{}", sha256_hex(b""));
        assert_eq!(signed.canonical_request, expected);
        assert_eq!(signed.string_to_sign, format!("ACS3-HMAC-SHA256\n{}", sha256_hex(expected.as_bytes())));
        let root = sign(&Request { path: "", ..REQUEST }, &SIGNER);
        assert!(root.canonical_request.starts_with("GET\n/\n"));
    }

    #[test]
    fn values_of_one_header_are_joined() {
        let request = Request { headers: &[("x-acs-a", "2"), ("host", "h"), ("X-Acs-A", " 1 ")], ..REQUEST };
        let signed = sign(&request, &SIGNER);
        assert!(signed.canonical_request.contains("\nhost:h\nx-acs-a:1,2\n\nhost;x-acs-a\n"));
    }

    #[test]
    fn paths() {
        for (path, expected) in
            [("/", "/"), ("/a/%e9%9b%86 /x%2Fy", "/a/%E9%9B%86%20/x%2Fy"), ("/~a*/", "/~a%2A/"), ("/%zz", "/%25zz")]
        {
            assert_eq!(canonical_path(path), expected);
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let signed = sign(&REQUEST, &SIGNER);
        let read = Authorization::parse(&signed.authorization).unwrap();
        let expected = ("AK", "host;x-acs-a;x-acs-date", signed.signature.as_str());
        assert_eq!((read.id, read.signed_headers, read.signature), expected);
        for wrong in [
            "",
            "ACS3-HMAC-SHA256",
            "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=h",
            "ACS3-HMAC-SM3 Credential=a,SignedHeaders=h,Signature=s",
            "acs a:s",
        ] {
            assert_eq!(Authorization::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_there_and_back() {
        for timestamp in [0, 1_700_000_000, -1] {
            assert_eq!(parse_date(&date(timestamp)), Some(timestamp));
        }
        assert_eq!(date(1_700_000_000), "2023-11-14T22:13:20Z");
        for wrong in ["", "2023-11-14", "2023-02-30T00:00:00Z", "20231114T221320Z", "2023-11-14T22:13:20+00:00"] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn nothing_shows_the_secret() {
        let signed = sign(&Request { query: &[("token", "planted-value")], ..REQUEST }, &SIGNER);
        let shown = format!("{REQUEST:?} {SIGNER:?} {signed:?}");
        assert!(!shown.contains("planted"), "{shown}");
    }
}
