//! SDK-HMAC-SHA256, the signature of Huawei's APIs with an access key.

use crate::canonical::{self, decode, headers_len, push_encoded, push_names, push_query, query_len};
use crate::date::{self, Form};
use crate::digest::{SHA256_HEX, hmac_sha256, push_hex};
use crate::{Authorization, Credentials, Error, Header, Request, Signed, Stage};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Name of the algorithm.
pub const ALGORITHM: &str = "SDK-HMAC-SHA256";
/// Header with the time. It is always signed.
pub const DATE_HEADER: &str = "x-sdk-date";
/// Header with which a client declares an unsigned body, with the value [`UNSIGNED_PAYLOAD`](crate::UNSIGNED_PAYLOAD).
pub const CONTENT_HEADER: &str = "x-sdk-content-sha256";
/// Header with the token of a temporary key.
pub const TOKEN_HEADER: &str = "x-security-token";

const DATE: Form = Form { pattern: "%Y%m%dT%H%M%SZ", example: "20240102T030405Z" };

/// Returns the headers with time and token, which must be signed.
pub fn headers(credentials: &Credentials<'_>, timestamp: i64) -> Vec<Header> {
    let mut headers = vec![Header::new(DATE_HEADER, date(timestamp))];
    headers.extend(credentials.token.map(|token| Header::secret(TOKEN_HEADER, token)));
    headers
}

/// Signs a request. Its headers must include those of [`headers`], with the same time.
pub fn sign(request: &Request<'_>, credentials: &Credentials<'_>, timestamp: i64) -> Signed {
    /// Room for the fixed parts of all stages.
    const FIXED: usize = 512;
    let headers = canonical::headers(request.headers, Cow::Borrowed);
    let path = canonical_path(request.path);
    let length = path.len() + 2 * query_len(request.parameters) + headers_len(&headers) + credentials.id.len();
    let mut signed = Signed::with_capacity(length + FIXED);
    signed.add(Stage::CanonicalQuery, |out| push_query(out, request.parameters));
    signed.add_canonical_request([request.method, &path], &headers, request.payload);
    let hashed = Sha256::digest(signed.canonical_request()).into();
    let write = |out: &mut String| {
        for part in [ALGORITHM, "\n", &date(timestamp), "\n"] {
            out.push_str(part);
        }
        push_hex(out, &hashed);
    };
    signed.add_ending(Stage::StringToSign, write, (Stage::HashedCanonicalRequest, SHA256_HEX));
    let signature = hmac_sha256(credentials.secret.as_bytes(), signed.string_to_sign().as_bytes());
    let write = |out: &mut String| {
        for part in [ALGORITHM, " Access=", credentials.id, ", SignedHeaders="] {
            out.push_str(part);
        }
        push_names(out, &headers);
        out.push_str(", Signature=");
        push_hex(out, &signature);
    };
    signed.add_ending(Stage::Authorization, write, (Stage::Signature, SHA256_HEX));
    signed
}

/// Returns the path as it is signed: decoded, each segment encoded again, with a slash at the end.
///
/// An escaped slash in a segment therefore counts as a separator.
fn canonical_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 1);
    for (at, part) in decode(path).split('/').enumerate() {
        if at > 0 {
            out.push('/');
        }
        push_encoded(&mut out, part);
    }
    if !out.ends_with('/') {
        out.push('/');
    }
    out
}

/// Writes a time in the format of [`DATE_HEADER`] (`20240102T030405Z`).
pub fn date(timestamp: i64) -> String {
    date::write(timestamp, DATE)
}

/// Parses a time in the format of [`DATE_HEADER`] to seconds since 1970.
///
/// # Errors
/// [`Error::Time`] if the text has another format.
pub fn parse_date(text: &str) -> Result<i64, Error> {
    date::read(text, DATE)
}

/// Parses the header `Authorization`.
///
/// # Errors
/// [`Error::Scheme`] if it has another scheme, [`Error::Part`] naming the part that is missing.
pub fn parse(header: &str) -> Result<Authorization<'_>, Error> {
    Authorization::parse(header, ALGORITHM, "Access")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Payload, sha256_hex};

    const REQUEST: Request<'_> = Request {
        method: "GET",
        host: "",
        path: "/api/v3/x",
        query: "",
        parameters: &[],
        headers: &[("X-Sdk-Date", "20230101T000000Z"), ("Host", " cce.example.com ")],
        payload: Payload::Bytes(b""),
    };
    const CREDENTIALS: Credentials<'_> =
        Credentials { id: "AK", secret: "planted-secret", token: Some("planted-token") };
    const TIME: i64 = 1_672_531_200;

    #[test]
    fn headers_are_sorted_and_trimmed_and_the_path_ends_with_a_slash() {
        let signed = sign(&REQUEST, &CREDENTIALS, TIME);
        let headers = "host:cce.example.com\nx-sdk-date:20230101T000000Z\n\nhost;x-sdk-date";
        let expected = format!("GET\n/api/v3/x/\n\n{headers}\n{}", sha256_hex(b""));
        assert_eq!(signed.canonical_request(), expected);
        assert!(signed.string_to_sign().starts_with("SDK-HMAC-SHA256\n20230101T000000Z\n"));
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
    fn a_body_may_be_left_unsigned() {
        let signed = sign(&Request { payload: Payload::Unsigned, ..REQUEST }, &CREDENTIALS, TIME);
        assert!(signed.canonical_request().ends_with("\nUNSIGNED-PAYLOAD"));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let signed = sign(&REQUEST, &CREDENTIALS, TIME);
        let read = parse(signed.authorization()).unwrap();
        assert_eq!((read.id, read.signed_headers, read.signature), ("AK", "host;x-sdk-date", signed.signature()));
        for wrong in [
            "",
            "SDK-HMAC-SHA256",
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=h",
            "SDK-HMAC-SHA256 Access=a, Signature=s",
            "SDK-HMAC-SM3 Access=a, SignedHeaders=h, Signature=s",
        ] {
            parse(wrong).unwrap_err();
        }
    }

    #[test]
    fn nothing_shows_the_secret() {
        let request = Request { parameters: &[("password", "planted-value")], ..REQUEST };
        let signed = sign(&request, &CREDENTIALS, TIME);
        let shown = format!("{request:?} {CREDENTIALS:?} {signed:?} {:?}", headers(&CREDENTIALS, TIME));
        assert!(!shown.contains("planted"), "{shown}");
    }
}
