//! Requests of Tencent's APIs version 3 with the signatures HmacSHA1 and HmacSHA256.
//!
//! Input, action, version, region, time, nonce, key and signature are one flat list of parameters:
//! the query string of a GET request, the form of a POST request.

use super::{Common, check_form, check_query};
use bytes::Bytes;
use http::Method;
use wharf_core::Error;
use wharf_core::model::flat;
use wharf_core::product::{Body, EncodeInput, Signing, Unsigned};
use wharf_core::protocol::{FORM, form, plain_headers};
use wharf_sign::hmac_v1::{self, Algorithm, SIGNATURE};
use wharf_sign::{Request, Signed};

/// Encodes the input's parameters; [`sign`] adds the common ones.
///
/// # Errors
/// [`InvalidInput`](wharf_core::ErrorKind::InvalidInput) when they are larger than documented, or a value is one that
/// the form cannot represent.
pub(crate) fn encode(call: &EncodeInput<'_>, method: Method) -> Result<Unsigned, Error> {
    write(call, method, "/", flat::flatten(call.input)?, check_form)
}

/// Returns a request with these parameters, in the query or in a form.
pub(super) fn write(
    call: &EncodeInput<'_>,
    method: Method,
    path: &str,
    parameters: Vec<(String, String)>,
    check_form: fn(usize) -> Result<(), Error>,
) -> Result<Unsigned, Error> {
    let bytes = form::encoded_len(&parameters);
    let (query, body) = if method == Method::GET {
        check_query(bytes)?;
        (parameters, Body::Empty)
    } else {
        check_form(bytes)?;
        (Vec::new(), Body::Form(parameters))
    };
    let mut unsigned = Unsigned::new(call, method, path);
    unsigned.query = query;
    unsigned.headers = plain_headers(FORM, call.user_agent)?;
    unsigned.body = body;
    Ok(unsigned)
}

/// Adds the common parameters and the signature.
///
/// # Errors
/// [`Credentials`](wharf_core::ErrorKind::Credentials) when the credentials cannot sign,
/// [`InvalidInput`](wharf_core::ErrorKind::InvalidInput) when the request is larger than documented.
pub(crate) fn sign(
    unsigned: &Unsigned,
    signing: &Signing<'_>,
    algorithm: Algorithm,
    common: Common<'_>,
) -> Result<http::Request<Bytes>, Error> {
    let key = signing.key()?;
    let timestamp = signing.timestamp().to_string();
    let nonce = nonce(signing);
    let common = [
        ("Action", Some(unsigned.operation.name)),
        ("RequestClient", common.request_client),
        ("Nonce", Some(nonce.as_str())),
        ("Timestamp", Some(timestamp.as_str())),
        ("Version", Some(unsigned.operation.version)),
        ("Region", unsigned.region.as_deref()),
        ("Token", key.token),
        ("SecretId", Some(key.id)),
        ("SignatureMethod", Some(algorithm.name())),
        ("Language", common.language),
    ];
    let sign = |request: &Request<'_>| hmac_v1::sign(request, &key, algorithm);
    finish(unsigned, &common, sign, check_form)
}

/// Returns a nonce: documented as a positive integer; it also fits into a signed 64-bit integer.
pub(super) fn nonce(signing: &Signing<'_>) -> String {
    (signing.nonce & 0x7fff_ffff_ffff_ffff).max(1).to_string()
}

/// Adds the common parameters that are set, signs, and puts all parameters into the query or the form.
pub(super) fn finish(
    unsigned: &Unsigned,
    common: &[(&str, Option<&str>)],
    sign: impl Fn(&Request<'_>) -> Signed,
    check_form: fn(usize) -> Result<(), Error>,
) -> Result<http::Request<Bytes>, Error> {
    let input = match &unsigned.body {
        Body::Form(parameters) => parameters,
        _ => &unsigned.query,
    };
    let mut parameters: Vec<(&str, &str)> = input.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    parameters.extend(common.iter().filter_map(|(name, value)| value.map(|value| (*name, value))));
    let path = unsigned.signed_path();
    let signed = sign(&Request {
        method: unsigned.method.as_str(),
        host: unsigned.signed_host(),
        path: &path,
        parameters: &parameters,
        ..Request::default()
    });
    parameters.push((SIGNATURE, signed.signature()));
    let text = form::encode(&parameters);
    let headers = unsigned.headers.clone();
    if unsigned.method == Method::GET {
        check_query(path.len() + 1 + text.len())?;
        unsigned.request(&text, headers, Bytes::new())
    } else {
        check_form(text.len())?;
        unsigned.request("", headers, text.into())
    }
}
