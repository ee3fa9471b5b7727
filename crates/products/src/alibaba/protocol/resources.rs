//! APIs with resources: the two signatures that are added to a request of [`rest`](wharf_core::protocol::rest).

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, HOST, HeaderMap};
use std::borrow::Cow;
use wharf_core::Error;
use wharf_core::product::{Signing, Unsigned};
use wharf_core::protocol::{add_headers, secret_header};
use wharf_sign::{Payload, acs_roa, acs3, canonical};

/// Signs with [`acs_roa`]: adds date, nonce, the MD5 of the body, and the token of a temporary key.
///
/// `nonce` must differ in every request.
///
/// # Errors
/// [`Credentials`](wharf_core::ErrorKind::Credentials) when the credentials cannot sign,
/// [`Configuration`](wharf_core::ErrorKind::Configuration) when a header cannot carry the nonce.
pub(crate) fn sign_roa(unsigned: &Unsigned, signing: &Signing<'_>, nonce: &str) -> Result<Request<Bytes>, Error> {
    let (key, body, mut headers) = (signing.key()?, unsigned.body.to_bytes(), unsigned.headers.clone());
    add_headers(&mut headers, acs_roa::headers(&key, signing.timestamp(), nonce, &body))?;
    let texts = texts(&headers);
    let parameters = unsigned.parameters();
    let request = wharf_sign::Request {
        method: unsigned.method.as_str(),
        path: &unsigned.signed_path(),
        parameters: &parameters,
        headers: &borrowed(&texts),
        ..wharf_sign::Request::default()
    };
    let signed = acs_roa::sign(&request, &key);
    headers.insert(AUTHORIZATION, secret_header("authorization", signed.authorization())?);
    unsigned.request(&canonical::query(&parameters), headers, body)
}

/// Signs with [`acs3`]: adds date, nonce, the digest of the body, and the token of a temporary key. All headers are
/// signed, as in Alibaba's own clients.
///
/// `nonce` must differ in every request.
///
/// # Errors
/// [`Credentials`](wharf_core::ErrorKind::Credentials) when the credentials cannot sign,
/// [`Configuration`](wharf_core::ErrorKind::Configuration) when a header cannot carry the nonce.
pub(crate) fn sign_acs3(unsigned: &Unsigned, signing: &Signing<'_>, nonce: &str) -> Result<Request<Bytes>, Error> {
    let (key, body, mut headers) = (signing.key()?, unsigned.body.to_bytes(), unsigned.headers.clone());
    // The digest is a header, too: a body is hashed once.
    let digest = Payload::Bytes(&body).digest();
    let payload = Payload::Digest(&digest);
    add_headers(&mut headers, acs3::headers(&key, signing.timestamp(), nonce, payload))?;
    let mut texts = texts(&headers);
    texts.push((HOST.as_str(), unsigned.signed_host().into()));
    let request = wharf_sign::Request {
        method: unsigned.method.as_str(),
        path: &unsigned.signed_path(),
        parameters: &unsigned.parameters(),
        headers: &borrowed(&texts),
        payload,
        ..wharf_sign::Request::default()
    };
    let signed = acs3::sign(&request, &key);
    headers.insert(AUTHORIZATION, secret_header("authorization", signed.authorization())?);
    unsigned.request(signed.canonical_query(), headers, body)
}

fn texts(headers: &HeaderMap) -> Vec<(&str, Cow<'_, str>)> {
    headers.iter().map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()))).collect()
}

fn borrowed<'a>(texts: &'a [(&'a str, Cow<'a, str>)]) -> Vec<(&'a str, &'a str)> {
    texts.iter().map(|(name, value)| (*name, value.as_ref())).collect()
}
