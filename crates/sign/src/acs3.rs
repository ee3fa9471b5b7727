//! ACS3-HMAC-SHA256, the newer signature of all Alibaba's APIs.

use crate::canonical::{self, Line, headers_len, push_names, push_query, query_len};
use crate::date::{self, Form};
use crate::digest::{SHA256_HEX, hmac_sha256, push_hex};
use crate::{Authorization, Credentials, Error, Header, Payload, Request, Signed, Stage};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Name of the algorithm.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";
/// Header with the time.
pub const DATE_HEADER: &str = "x-acs-date";
/// Header with the digest of the body.
pub const CONTENT_HEADER: &str = "x-acs-content-sha256";
/// Header with a value that is unique to each request.
pub const NONCE_HEADER: &str = "x-acs-signature-nonce";
/// Header with the token of a temporary key.
pub const TOKEN_HEADER: &str = "x-acs-security-token";
/// Header that repeats the id of a temporary key.
pub const KEY_HEADER: &str = "x-acs-accesskey-id";

const DATE: Form = Form { pattern: "%Y-%m-%dT%H:%M:%SZ", example: "2023-11-14T22:13:20Z" };

/// Returns the headers with time, nonce, digest of the body and token, which must be signed. `nonce` must differ in
/// every request.
pub fn headers(credentials: &Credentials<'_>, timestamp: i64, nonce: &str, payload: Payload<'_>) -> Vec<Header> {
    let mut headers = vec![
        Header::new(DATE_HEADER, date(timestamp)),
        Header::new(NONCE_HEADER, nonce),
        Header::new(CONTENT_HEADER, payload.digest()),
    ];
    if let Some(token) = credentials.token {
        headers.push(Header::new(KEY_HEADER, credentials.id));
        headers.push(Header::secret(TOKEN_HEADER, token));
    }
    headers
}

/// Signs a request. Its headers must include `host` and all that start with `x-acs-`, including those of [`headers`].
pub fn sign(request: &Request<'_>, credentials: &Credentials<'_>) -> Signed {
    /// Room for the fixed parts of all stages.
    const FIXED: usize = 512;
    let headers = joined(canonical::headers(request.headers, Cow::Borrowed));
    let path = if request.path.is_empty() { "/" } else { request.path };
    let length = path.len() + 2 * query_len(request.parameters) + headers_len(&headers) + credentials.id.len();
    let mut signed = Signed::with_capacity(length + FIXED);
    signed.add(Stage::CanonicalQuery, |out| push_query(out, request.parameters));
    signed.add_canonical_request([request.method, path], &headers, request.payload);
    let hashed = Sha256::digest(signed.canonical_request()).into();
    let write = |out: &mut String| {
        out.push_str(ALGORITHM);
        out.push('\n');
        push_hex(out, &hashed);
    };
    signed.add_ending(Stage::StringToSign, write, (Stage::HashedCanonicalRequest, SHA256_HEX));
    let signature = hmac_sha256(credentials.secret.as_bytes(), signed.string_to_sign().as_bytes());
    let write = |out: &mut String| {
        for part in [ALGORITHM, " Credential=", credentials.id, ",SignedHeaders="] {
            out.push_str(part);
        }
        push_names(out, &headers);
        out.push_str(",Signature=");
        push_hex(out, &signature);
    };
    signed.add_ending(Stage::Authorization, write, (Stage::Signature, SHA256_HEX));
    signed
}

/// Joins the values of headers of the same name.
fn joined(sorted: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let mut out: Vec<Line<'_>> = Vec::with_capacity(sorted.len());
    for (name, value) in sorted {
        match out.last_mut() {
            Some((last, values)) if *last == name => {
                let values = values.to_mut();
                values.push(',');
                values.push_str(&value);
            }
            _ => out.push((name, value)),
        }
    }
    out
}

/// Writes a time in the format of [`DATE_HEADER`] (`2023-11-14T22:13:20Z`).
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
    Authorization::parse(header, ALGORITHM, "Credential")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sha256_hex;

    const REQUEST: Request<'_> = Request {
        method: "GET",
        host: "",
        path: "/clusters/c%201",
        query: "",
        parameters: &[("b", "2"), ("a", "值 ~*")],
        headers: &[("X-Acs-Date", "2023-11-14T22:13:20Z"), ("Host", " cs.example.com "), ("x-acs-a", "2")],
        payload: Payload::Bytes(b""),
    };
    const CREDENTIALS: Credentials<'_> =
        Credentials { id: "AK", secret: "planted-secret", token: Some("planted-token") };

    #[test]
    fn what_is_signed() {
        let signed = sign(&REQUEST, &CREDENTIALS);
        let headers = "host:cs.example.com\nx-acs-a:2\nx-acs-date:2023-11-14T22:13:20Z\n\nhost;x-acs-a;x-acs-date";
        let query = "a=%E5%80%BC%20~%2A&b=2";
        let expected = format!("GET\n/clusters/c%201\n{query}\n{headers}\n{}", sha256_hex(b""));
        assert_eq!(signed.canonical_request(), expected);
        assert_eq!(signed.string_to_sign(), format!("ACS3-HMAC-SHA256\n{}", sha256_hex(expected.as_bytes())));
        let root = sign(&Request { path: "", ..REQUEST }, &CREDENTIALS);
        assert!(root.canonical_request().starts_with("GET\n/\n"));
    }

    #[test]
    fn values_of_one_header_are_joined() {
        let request = Request { headers: &[("x-acs-a", "2"), ("host", "h"), ("X-Acs-A", " 1 ")], ..REQUEST };
        let signed = sign(&request, &CREDENTIALS);
        assert!(signed.canonical_request().contains("\nhost:h\nx-acs-a:1,2\n\nhost;x-acs-a\n"));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let signed = sign(&REQUEST, &CREDENTIALS);
        let read = parse(signed.authorization()).unwrap();
        let expected = ("AK", "host;x-acs-a;x-acs-date", signed.signature());
        assert_eq!((read.id, read.signed_headers, read.signature), expected);
        for wrong in [
            "",
            "ACS3-HMAC-SHA256",
            "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=h",
            "ACS3-HMAC-SM3 Credential=a,SignedHeaders=h,Signature=s",
            "acs a:s",
        ] {
            parse(wrong).unwrap_err();
        }
    }

    #[test]
    fn nothing_shows_the_secret() {
        let request = Request { parameters: &[("token", "planted-value")], ..REQUEST };
        let signed = sign(&request, &CREDENTIALS);
        let headers = headers(&CREDENTIALS, 1, "n", REQUEST.payload);
        let shown = format!("{request:?} {CREDENTIALS:?} {signed:?} {headers:?}");
        assert!(!shown.contains("planted"), "{shown}");
        let named: Vec<_> = headers.iter().map(|header| header.name).collect();
        assert_eq!(named, [DATE_HEADER, NONCE_HEADER, CONTENT_HEADER, KEY_HEADER, TOKEN_HEADER]);
    }
}
