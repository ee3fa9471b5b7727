//! HMAC-SHA1 of Alibaba's APIs with resources (ROA): headers and the path with its query are signed, and
//! the body by its MD5.

use super::hmac_sha1;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use percent_encoding::percent_decode_str;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Name of the algorithm, the value of [`METHOD_HEADER`].
pub const ALGORITHM: &str = "HMAC-SHA1";
/// Version of the signature, the value of [`VERSION_HEADER`].
pub const VERSION: &str = "1.0";
/// The header that names the algorithm.
pub const METHOD_HEADER: &str = "x-acs-signature-method";
/// The header that states the version of the signature.
pub const VERSION_HEADER: &str = "x-acs-signature-version";
/// The header with a value that no other request has. Some of Alibaba's clients leave it out.
pub const NONCE_HEADER: &str = "x-acs-signature-nonce";
/// The header with the token of a temporary key.
pub const TOKEN_HEADER: &str = "x-acs-security-token";
/// All headers that begin so are signed.
pub const HEADER_PREFIX: &str = "x-acs-";

/// The headers whose values alone are signed, in their order.
const VALUES: [&str; 4] = ["accept", "content-md5", "content-type", "date"];

/// The parts of an HTTP request that are signed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Method in capitals.
    pub method: &'a str,
    /// Path, encoded as it is sent.
    pub path: &'a str,
    /// Query, decoded, in any order.
    pub query: &'a [(&'a str, &'a str)],
    /// The request's headers, in any order; those that are not signed do no harm.
    pub headers: &'a [(&'a str, &'a str)],
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// Whose signature it is. The time stands in the header `Date`.
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

/// In what Alibaba's own clients differ when they write the resource that is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spelling {
    /// The path is signed with its escapes, as the newer clients do.
    pub encoded_path: bool,
    /// A parameter of the query with an empty value is signed without its `=`, as the newer clients do.
    pub bare_empty: bool,
}

impl Spelling {
    /// Every spelling that some client signs; ours first.
    pub const ALL: [Self; 4] = [
        Self { encoded_path: false, bare_empty: false },
        Self { encoded_path: true, bare_empty: true },
        Self { encoded_path: false, bare_empty: true },
        Self { encoded_path: true, bare_empty: false },
    ];
}

/// A signature with everything it was made from, but the secret.
///
/// `Debug` leaves out what is signed, because headers and query may hold what must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The lines of the headers that begin with [`HEADER_PREFIX`].
    pub canonical_headers: String,
    /// Path and sorted query, both plain.
    pub canonical_resource: String,
    /// Method, the values of four headers, the lines of the headers, and the resource.
    pub string_to_sign: String,
    /// The signature in Base64.
    pub signature: String,
    /// The value of the header `Authorization`.
    pub authorization: String,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").finish_non_exhaustive()
    }
}

/// Signs a request, in our own spelling of its resource.
pub fn sign(request: &Request<'_>, signer: &Signer<'_>) -> Signed {
    sign_spelled(request, signer, Spelling::default())
}

/// Signs a request with its resource in one of the spellings.
pub fn sign_spelled(request: &Request<'_>, signer: &Signer<'_>, spelling: Spelling) -> Signed {
    let canonical_headers = canonical_headers(request.headers);
    let canonical_resource = canonical_resource(request, spelling);
    let mut string_to_sign = format!("{}\n", request.method);
    for name in VALUES {
        let value = request.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        string_to_sign.push_str(value.map_or("", |(_, value)| value.trim()));
        string_to_sign.push('\n');
    }
    string_to_sign.push_str(&canonical_headers);
    string_to_sign.push_str(&canonical_resource);
    let signature = STANDARD.encode(hmac_sha1(signer.secret.as_bytes(), string_to_sign.as_bytes()));
    let authorization = format!("acs {}:{signature}", signer.id);
    Signed { canonical_headers, canonical_resource, string_to_sign, signature, authorization }
}

/// Checks a signature against every [`Spelling`] of the resource; `path` of the request is as it came.
///
/// # Errors
/// The signature that our own spelling has, when none has the one that was given.
pub fn verify(request: &Request<'_>, signer: &Signer<'_>, signature: &str) -> Result<Signed, Signed> {
    let mut spelled = Spelling::ALL.iter().map(|spelling| sign_spelled(request, signer, *spelling));
    spelled.find(|signed| super::equal(&signed.signature, signature)).ok_or_else(|| sign(request, signer))
}

/// The lines of the headers that begin with [`HEADER_PREFIX`], sorted by name.
fn canonical_headers(headers: &[(&str, &str)]) -> String {
    let mut lines: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), plain(value)))
        .filter(|(name, _)| name.starts_with(HEADER_PREFIX))
        .collect();
    lines.sort();
    lines.iter().map(|(name, value)| format!("{name}:{value}\n")).collect()
}

/// A value without what would end its line.
fn plain(value: &str) -> String {
    value.trim().replace(['\t', '\n', '\r', '\x0c'], " ")
}

fn canonical_resource(request: &Request<'_>, spelling: Spelling) -> String {
    let mut out = if spelling.encoded_path {
        request.path.to_owned()
    } else {
        percent_decode_str(request.path).decode_utf8_lossy().into_owned()
    };
    let mut query = request.query.to_vec();
    query.sort_unstable();
    let mut separator = '?';
    for (name, value) in query {
        out.push(separator);
        out.push_str(name);
        if !(value.is_empty() && spelling.bare_empty) {
            out.push('=');
            out.push_str(value);
        }
        separator = '&';
    }
    out
}

/// The value of the header `Content-MD5` for a body.
pub fn content_md5(body: &[u8]) -> String {
    STANDARD.encode(Md5::digest(body))
}

/// A time as the header `Date` states it (`Tue, 14 Nov 2023 22:13:20 GMT`).
pub fn date(timestamp: i64) -> String {
    // What that form can say ends with the year 9999.
    let seconds = u64::try_from(timestamp).unwrap_or_default().min(253_402_300_799);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// Seconds since 1970 of a time as the header `Date` states it; nothing when the text has another form.
pub fn parse_date(text: &str) -> Option<i64> {
    let time: SystemTime = httpdate::parse_http_date(text.trim()).ok()?;
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// The parts of an `Authorization` header, for the side that checks it.
///
/// `Debug` does not show the signature, with which the request could be sent once more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// The access key's id.
    pub id: &'a str,
    /// The signature.
    pub signature: &'a str,
}

impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<'a> Authorization<'a> {
    /// Takes the header apart; nothing when it is not of this form or a part is missing.
    pub fn parse(header: &'a str) -> Option<Self> {
        let (id, signature) = header.trim().strip_prefix("acs ")?.trim_start().split_once(':')?;
        let (id, signature) = (id.trim(), signature.trim());
        (!id.is_empty() && !signature.is_empty()).then_some(Self { id, signature })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const REQUEST: Request<'_> = Request {
        method: "POST",
        path: "/clusters",
        query: &[("param2", "value2"), ("param1", "值 +&")],
        headers: &[
            ("X-Acs-Version", "2015-12-15"),
            ("x-acs-region-id", " cn-beijing "),
            ("Date", "Wed, 16 Dec 2015 12:20:18 GMT"),
            ("Content-Type", "application/json; charset=utf-8"),
            ("accept", "application/json"),
            ("x-sdk-client", "planted"),
        ],
    };
    const SIGNER: Signer<'_> = Signer { id: "AK", secret: "planted-secret" };

    #[test]
    fn what_is_signed() {
        let signed = sign(&REQUEST, &SIGNER);
        assert_eq!(
            signed.string_to_sign,
            "POST\napplication/json\n\napplication/json; charset=utf-8\nWed, 16 Dec 2015 12:20:18 GMT\n\
             x-acs-region-id:cn-beijing\nx-acs-version:2015-12-15\n/clusters?param1=值 +&&param2=value2"
        );
        assert!(!format!("{REQUEST:?} {SIGNER:?} {signed:?}").contains("planted"));
    }

    #[test]
    fn a_header_cannot_begin_another_line() {
        let request = Request { headers: &[("x-acs-a", "1\nx-acs-b:2")], ..REQUEST };
        assert_eq!(sign(&request, &SIGNER).canonical_headers, "x-acs-a:1 x-acs-b:2\n");
    }

    #[test]
    fn every_spelling_is_taken_and_no_other() {
        let request = Request { path: "/clusters/%E9%9B%86", query: &[("a", ""), ("b", "1")], ..REQUEST };
        let resources: Vec<String> = Spelling::ALL
            .iter()
            .map(|spelling| {
                let signed = sign_spelled(&request, &SIGNER, *spelling);
                assert_eq!(verify(&request, &SIGNER, &signed.signature).unwrap(), signed);
                signed.canonical_resource
            })
            .collect();
        let [ours, ..] = resources.as_slice() else { unreachable!() };
        assert_eq!(ours, "/clusters/集?a=&b=1");
        assert_eq!(resources[1], "/clusters/%E9%9B%86?a&b=1");
        let refused = verify(&request, &SIGNER, "AAAA").unwrap_err();
        assert_eq!(&refused.canonical_resource, ours);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let signed = sign(&REQUEST, &SIGNER);
        let read = Authorization::parse(&signed.authorization).unwrap();
        assert_eq!((read.id, read.signature), ("AK", signed.signature.as_str()));
        for wrong in ["", "acs", "acs AK", "acs :x", "acs AK:", "Basic AK:x", "acsAK:x"] {
            assert_eq!(Authorization::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_there_and_back() {
        for timestamp in [0, 1_700_000_000, 1_709_210_096] {
            assert_eq!(parse_date(&date(timestamp)), Some(timestamp));
        }
        assert_eq!(date(1_700_000_000), "Tue, 14 Nov 2023 22:13:20 GMT");
        assert_eq!(date(i64::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
        for wrong in ["", "2023-11-14T22:13:20Z", "1700000000"] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn md5_of_a_body() {
        assert_eq!(content_md5(b""), "1B2M2Y8AsgTpgAmY7PhCfg==");
        assert_eq!(content_md5(b"{}"), "mZFLkyvTelC5g8XnyQrpOw==");
    }
}
