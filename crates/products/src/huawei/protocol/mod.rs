//! Protocol of Huawei's APIs: the signature with an access key that is added to a request of
//! [`rest`](wharf_core::protocol::rest).

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, HOST};
use std::borrow::Cow;
use wharf_core::Error;
use wharf_core::product::{Signing, Unsigned};
use wharf_core::protocol::{add_headers, secret_header};
use wharf_sign::{Payload, sdk_hmac_sha256};

/// Signs with an access key by [`sdk_hmac_sha256`]. The signature covers all headers set so far, the host, the time and
/// the token of a temporary key.
///
/// # Errors
/// [`Credentials`](wharf_core::ErrorKind::Credentials) when the credentials cannot sign.
pub(super) fn sign(unsigned: &Unsigned, signing: &Signing<'_>) -> Result<Request<Bytes>, Error> {
    let (key, timestamp) = (signing.key()?, signing.timestamp());
    let mut headers = unsigned.headers.clone();
    add_headers(&mut headers, sdk_hmac_sha256::headers(&key, timestamp))?;
    // Gateways drop headers with an underscore in the name.
    let mut texts: Vec<(&str, Cow<'_, str>)> = headers
        .iter()
        .filter(|(name, _)| !name.as_str().contains('_'))
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
        .collect();
    texts.push((HOST.as_str(), unsigned.signed_host().into()));
    let signed_headers: Vec<(&str, &str)> = texts.iter().map(|(name, value)| (*name, value.as_ref())).collect();
    let body = unsigned.body.to_bytes();
    let request = wharf_sign::Request {
        method: unsigned.method.as_str(),
        path: &unsigned.signed_path(),
        parameters: &unsigned.parameters(),
        headers: &signed_headers,
        payload: Payload::Bytes(&body),
        ..wharf_sign::Request::default()
    };
    let signed = sdk_hmac_sha256::sign(&request, &key, timestamp);
    headers.insert(AUTHORIZATION, secret_header("authorization", signed.authorization())?);
    unsigned.request(signed.canonical_query(), headers, body)
}
