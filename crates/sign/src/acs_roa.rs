//! HMAC-SHA1 of Alibaba's APIs with resources (ROA). The signature covers headers and the path with its query, and the
//! body by its MD5.

use crate::canonical::{Line, decode, insert, lower, push_lines, query_len, sorted};
use crate::date::{self, Form};
use crate::digest::{SHA1_BASE64, equal, hmac_sha1, push_base64};
use crate::{Authorization, Credentials, Error, Header, Request, Signed, Stage};
use md5::{Digest, Md5};
use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

/// Name of the algorithm, the value of [`METHOD_HEADER`].
pub const ALGORITHM: &str = "HMAC-SHA1";
/// Version of the signature, the value of [`VERSION_HEADER`].
pub const VERSION: &str = "1.0";
/// Header with the name of the algorithm.
pub const METHOD_HEADER: &str = "x-acs-signature-method";
/// Header with the version of the signature.
pub const VERSION_HEADER: &str = "x-acs-signature-version";
/// Header with a value that is unique to each request. Some of Alibaba's clients omit it.
pub const NONCE_HEADER: &str = "x-acs-signature-nonce";
/// Header with the digest of a body.
pub const CONTENT_HEADER: &str = "content-md5";
/// Header with the token of a temporary key.
pub const TOKEN_HEADER: &str = "x-acs-security-token";
/// Prefix of the headers that are always signed.
pub const HEADER_PREFIX: &str = "x-acs-";

const DATE: Form = Form { pattern: "%a, %d %b %Y %H:%M:%S GMT", example: "Tue, 14 Nov 2023 22:13:20 GMT" };

/// Headers whose values alone are signed, in this order.
const VALUES: [&str; 4] = ["accept", "content-md5", "content-type", "date"];

/// Spelling of the resource that is signed. Alibaba's own clients differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spelling {
    /// Whether the path is signed with its escapes, as in the newer clients.
    pub encoded_path: bool,
    /// Whether a query parameter with an empty value is signed without its `=`, as in the newer clients.
    pub bare_empty: bool,
}

impl Spelling {
    /// All spellings that some client signs; this crate's is the first.
    pub const ALL: [Self; 4] = [
        Self { encoded_path: false, bare_empty: false },
        Self { encoded_path: true, bare_empty: true },
        Self { encoded_path: false, bare_empty: true },
        Self { encoded_path: true, bare_empty: false },
    ];
}

/// Returns the headers with time, nonce, method and version of the signature, digest of the body and token, which must
/// be signed. `nonce` must differ in every request.
pub fn headers(credentials: &Credentials<'_>, timestamp: i64, nonce: &str, body: &[u8]) -> Vec<Header> {
    let mut headers = vec![
        Header::new("date", date(timestamp)),
        Header::new(NONCE_HEADER, nonce),
        Header::new(METHOD_HEADER, ALGORITHM),
        Header::new(VERSION_HEADER, VERSION),
    ];
    if !body.is_empty() {
        headers.push(Header::new(CONTENT_HEADER, content_md5(body)));
    }
    headers.extend(credentials.token.map(|token| Header::secret(TOKEN_HEADER, token)));
    headers
}

/// Signs a request, with this crate's spelling of its resource. Headers that are not signed are ignored.
pub fn sign(request: &Request<'_>, credentials: &Credentials<'_>) -> Signed {
    sign_spelled(request, credentials, Spelling::default())
}

/// Signs a request with a spelling of its resource.
pub fn sign_spelled(request: &Request<'_>, credentials: &Credentials<'_>, spelling: Spelling) -> Signed {
    /// Room for the fixed parts of all stages.
    const FIXED: usize = 64;
    let headers: usize = request.headers.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    let length = headers + request.path.len() + query_len(request.parameters) + credentials.id.len();
    let mut signed = Signed::with_capacity(length + FIXED);
    let write = |out: &mut String| {
        out.push_str(request.method);
        out.push('\n');
        for name in VALUES {
            let value = request.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
            out.push_str(value.map_or("", |(_, value)| value.trim()));
            out.push('\n');
        }
    };
    signed.add_with_ends(
        Stage::StringToSign,
        write,
        (Stage::CanonicalHeaders, |out: &mut String| push_headers(out, request.headers)),
        (Stage::CanonicalResource, |out: &mut String| push_resource(out, request, spelling)),
    );
    let signature = hmac_sha1(credentials.secret.as_bytes(), signed.string_to_sign().as_bytes());
    let write = |out: &mut String| {
        for part in ["acs ", credentials.id, ":"] {
            out.push_str(part);
        }
        push_base64(out, &signature);
    };
    signed.add_ending(Stage::Authorization, write, (Stage::Signature, SHA1_BASE64));
    signed
}

/// Checks a signature against every [`Spelling`] of the resource. `path` of the request must be the path as received.
///
/// # Errors
/// The signature in this crate's spelling, if no spelling matches.
pub fn verify(request: &Request<'_>, credentials: &Credentials<'_>, signature: &str) -> Result<Signed, Signed> {
    let mut spelled = Spelling::ALL.iter().map(|spelling| sign_spelled(request, credentials, *spelling));
    spelled.find(|signed| equal(signed.signature(), signature)).ok_or_else(|| sign(request, credentials))
}

/// Appends the lines of the headers that start with [`HEADER_PREFIX`], sorted by name.
fn push_headers(out: &mut String, headers: &[(&str, &str)]) {
    let mut signed: Vec<Line<'_>> = Vec::with_capacity(headers.len());
    for (name, value) in headers {
        let name = lower(name.trim());
        if name.starts_with(HEADER_PREFIX) {
            insert(&mut signed, (name, plain(value)));
        }
    }
    push_lines(out, &signed);
}

/// Returns a value without the characters that would end its line.
fn plain(value: &str) -> Cow<'_, str> {
    const ENDS: [char; 4] = ['\t', '\n', '\r', '\x0c'];
    let value = value.trim();
    if value.contains(ENDS) { Cow::Owned(value.replace(ENDS, " ")) } else { Cow::Borrowed(value) }
}

/// Appends the path and the query as they are signed.
fn push_resource(out: &mut String, request: &Request<'_>, spelling: Spelling) {
    if spelling.encoded_path || !request.path.contains('%') {
        out.push_str(request.path);
    } else {
        out.push_str(&decode(request.path));
    }
    let mut separator = '?';
    for (name, value) in sorted(request.parameters.to_vec()) {
        out.push(separator);
        out.push_str(name);
        if !(value.is_empty() && spelling.bare_empty) {
            out.push('=');
            out.push_str(value);
        }
        separator = '&';
    }
}

/// Returns the value of the header [`CONTENT_HEADER`] for a body.
pub fn content_md5(body: &[u8]) -> String {
    let mut out = String::with_capacity(24);
    push_base64(&mut out, &Md5::digest(body));
    out
}

/// Writes a time in the format of the header `Date` (`Tue, 14 Nov 2023 22:13:20 GMT`), from 1970 to 9999.
pub fn date(timestamp: i64) -> String {
    date::write_exact(timestamp.clamp(0, 253_402_300_799), DATE)
}

/// Parses a time in the format of the header `Date` to seconds since 1970.
///
/// # Errors
/// [`Error::Time`] if the text has another format, or is before 1970.
pub fn parse_date(text: &str) -> Result<i64, Error> {
    let time = httpdate::parse_http_date(text.trim()).ok();
    let since = time.and_then(|time: SystemTime| time.duration_since(UNIX_EPOCH).ok());
    let seconds = since.and_then(|since| i64::try_from(since.as_secs()).ok());
    seconds.ok_or(Error::Time { form: DATE.example })
}

/// Parses the header `Authorization`.
///
/// # Errors
/// [`Error::Scheme`] if it has another scheme, [`Error::Part`] naming the part that is missing.
pub fn parse(header: &str) -> Result<Authorization<'_>, Error> {
    let parts = header.trim().strip_prefix("acs ").ok_or(Error::Scheme { scheme: "acs" })?;
    let (id, signature) = parts.split_once(':').ok_or(Error::Part { part: "signature" })?;
    let (id, signature) = (id.trim(), signature.trim());
    match (id, signature) {
        ("", _) => Err(Error::Part { part: "id" }),
        (_, "") => Err(Error::Part { part: "signature" }),
        _ => Ok(Authorization { id, signature, ..Authorization::default() }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Payload;

    const REQUEST: Request<'_> = Request {
        method: "POST",
        host: "",
        path: "/clusters",
        query: "",
        parameters: &[("param2", "value2"), ("param1", "值 +&")],
        headers: &[
            ("X-Acs-Version", "2015-12-15"),
            ("x-acs-region-id", " cn-beijing "),
            ("Date", "Wed, 16 Dec 2015 12:20:18 GMT"),
            ("Content-Type", "application/json; charset=utf-8"),
            ("accept", "application/json"),
            ("x-sdk-client", "planted"),
        ],
        payload: Payload::Bytes(b""),
    };
    const CREDENTIALS: Credentials<'_> =
        Credentials { id: "AK", secret: "planted-secret", token: Some("planted-token") };

    #[test]
    fn what_is_signed() {
        let signed = sign(&REQUEST, &CREDENTIALS);
        assert_eq!(
            signed.string_to_sign(),
            "POST\napplication/json\n\napplication/json; charset=utf-8\nWed, 16 Dec 2015 12:20:18 GMT\n\
             x-acs-region-id:cn-beijing\nx-acs-version:2015-12-15\n/clusters?param1=值 +&&param2=value2"
        );
        let shown = format!("{REQUEST:?} {CREDENTIALS:?} {signed:?} {:?}", headers(&CREDENTIALS, 1, "n", b""));
        assert!(!shown.contains("planted"), "{shown}");
    }

    #[test]
    fn a_header_cannot_begin_another_line() {
        let request = Request { headers: &[("x-acs-a", "1\nx-acs-b:2")], ..REQUEST };
        assert_eq!(sign(&request, &CREDENTIALS).stage(Stage::CanonicalHeaders), "x-acs-a:1 x-acs-b:2\n");
    }

    #[test]
    fn every_spelling_is_taken_and_no_other() {
        let request = Request { path: "/clusters/%E9%9B%86", parameters: &[("a", ""), ("b", "1")], ..REQUEST };
        let resources = Spelling::ALL.map(|spelling| {
            let signed = sign_spelled(&request, &CREDENTIALS, spelling);
            assert_eq!(verify(&request, &CREDENTIALS, signed.signature()).unwrap(), signed);
            signed.stage(Stage::CanonicalResource).to_owned()
        });
        assert_eq!(resources[0], "/clusters/集?a=&b=1");
        assert_eq!(resources[1], "/clusters/%E9%9B%86?a&b=1");
        let refused = verify(&request, &CREDENTIALS, "AAAA").unwrap_err();
        assert_eq!(refused.stage(Stage::CanonicalResource), resources[0]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let signed = sign(&REQUEST, &CREDENTIALS);
        let read = parse(signed.authorization()).unwrap();
        assert_eq!((read.id, read.signature), ("AK", signed.signature()));
        for wrong in ["", "acs", "acs AK", "acs :x", "acs AK:", "Basic AK:x", "acsAK:x"] {
            parse(wrong).unwrap_err();
        }
    }

    #[test]
    fn md5_of_a_body() {
        assert_eq!(content_md5(b""), "1B2M2Y8AsgTpgAmY7PhCfg==");
        assert_eq!(content_md5(b"{}"), "mZFLkyvTelC5g8XnyQrpOw==");
    }
}
