//! Alibaba's APIs with resources: what their two signatures add to a request of [`rest`](super::rest).

use super::rest::{bytes, pairs};
use super::{assemble, check_credentials, full_path, header, seconds, secret_header, token};
use crate::error::Error;
use crate::product::{Signing, Unsigned};
use crate::sign::{acs_roa, acs3, sdk_hmac_sha256, sha256_hex};
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, DATE, HOST, HeaderMap, HeaderValue};

const CONTENT_MD5: &str = "content-md5";

/// Signs with [`acs_roa`]: adds date, nonce, the MD5 of a body, and the token of a temporary key.
///
/// `nonce` must be another one in every request.
///
/// # Errors
/// [`Credentials`](crate::ErrorKind::Credentials) when the credentials cannot sign,
/// [`Configuration`](crate::ErrorKind::Configuration) when the nonce is none.
pub fn sign_roa(unsigned: &Unsigned, signing: &Signing<'_>, nonce: &str) -> Result<Request<Bytes>, Error> {
    let credentials = signing.credentials;
    check_credentials(credentials)?;
    let body = bytes(&unsigned.body);
    let mut headers = unsigned.headers.clone();
    headers.insert(DATE, header("date", &acs_roa::date(seconds(signing.time)))?);
    headers.insert(acs_roa::NONCE_HEADER, header("nonce", nonce)?);
    headers.insert(acs_roa::METHOD_HEADER, HeaderValue::from_static(acs_roa::ALGORITHM));
    headers.insert(acs_roa::VERSION_HEADER, HeaderValue::from_static(acs_roa::VERSION));
    if !body.is_empty() {
        headers.insert(CONTENT_MD5, header("body", &acs_roa::content_md5(&body))?);
    }
    if let Some(token) = token(credentials) {
        headers.insert(acs_roa::TOKEN_HEADER, secret_header("session token", token)?);
    }
    let texts = texts(&headers);
    let query = pairs(&unsigned.query);
    let request = acs_roa::Request {
        method: unsigned.method.as_str(),
        path: &full_path(unsigned),
        query: &query,
        headers: &as_pairs(&texts),
    };
    let signer = acs_roa::Signer { id: credentials.id(), secret: credentials.secret().expose() };
    let signed = acs_roa::sign(&request, &signer);
    headers.insert(AUTHORIZATION, secret_header("authorization", &signed.authorization)?);
    assemble(unsigned, &sdk_hmac_sha256::canonical_query(&query), headers, body)
}

/// Signs with [`acs3`]: adds date, nonce, the digest of the body, and the token of a temporary key. All
/// headers are signed, as Alibaba's own clients do.
///
/// `nonce` must be another one in every request.
///
/// # Errors
/// [`Credentials`](crate::ErrorKind::Credentials) when the credentials cannot sign,
/// [`Configuration`](crate::ErrorKind::Configuration) when the nonce is none.
pub fn sign_acs3(unsigned: &Unsigned, signing: &Signing<'_>, nonce: &str) -> Result<Request<Bytes>, Error> {
    let credentials = signing.credentials;
    check_credentials(credentials)?;
    let body = bytes(&unsigned.body);
    let mut headers = unsigned.headers.clone();
    headers.insert(acs3::DATE_HEADER, header("date", &acs3::date(seconds(signing.time)))?);
    headers.insert(acs3::NONCE_HEADER, header("nonce", nonce)?);
    headers.insert(acs3::CONTENT_HEADER, header("body", &sha256_hex(&body))?);
    if let Some(token) = token(credentials) {
        headers.insert(acs3::KEY_HEADER, header("access key", credentials.id())?);
        headers.insert(acs3::TOKEN_HEADER, secret_header("session token", token)?);
    }
    let mut texts = texts(&headers);
    texts.push((HOST.as_str(), unsigned.endpoint.authority.clone()));
    let request = acs3::Request {
        method: unsigned.method.as_str(),
        path: &full_path(unsigned),
        query: &pairs(&unsigned.query),
        headers: &as_pairs(&texts),
        payload: &body,
    };
    let signer = acs3::Signer { id: credentials.id(), secret: credentials.secret().expose() };
    let signed = acs3::sign(&request, &signer);
    headers.insert(AUTHORIZATION, secret_header("authorization", &signed.authorization)?);
    assemble(unsigned, &signed.canonical_query, headers, body)
}

fn texts(headers: &HeaderMap) -> Vec<(&str, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str(), text(value))).collect()
}

fn as_pairs<'a>(texts: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    texts.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
