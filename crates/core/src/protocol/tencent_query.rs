//! Requests of Tencent's APIs version 3 with the signatures HmacSHA1 and HmacSHA256.
//!
//! Input, action, version, region, time, nonce, key and signature are one flat list of parameters:
//! the query string of a GET request, the form of a POST request.

use super::{FORM, TencentCommon, assemble, check_credentials, check_form, check_query, form, full_path};
use super::{plain_headers, seconds, token};
use crate::error::Error;
use crate::model::flat;
use crate::product::{Body, Call, Signing, Unsigned};
use crate::sign::tencent_hmac::{self, Algorithm, Request, Signed};
use bytes::Bytes;
use http::Method;

/// Writes the input's parameters; [`sign`] adds the common ones.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when they are larger than documented, or a value is one that the
/// form cannot say.
pub fn encode(call: &Call<'_>, method: Method) -> Result<Unsigned, Error> {
    write(call, method, "/", flat::flatten(call.input)?, check_form)
}

/// A request with these parameters, in the query or in a form.
pub(super) fn write(
    call: &Call<'_>,
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
    Ok(Unsigned {
        operation: call.operation,
        method,
        endpoint: call.endpoint.clone(),
        path: path.to_owned(),
        query,
        headers: plain_headers(FORM, call.user_agent)?,
        body,
        region: call.region.map(str::to_owned),
    })
}

/// Adds the common parameters and the signature.
///
/// # Errors
/// [`Credentials`](crate::ErrorKind::Credentials) when the credentials cannot sign,
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the request is larger than documented.
pub fn sign(
    unsigned: &Unsigned,
    signing: &Signing<'_>,
    algorithm: Algorithm,
    common: TencentCommon<'_>,
) -> Result<http::Request<Bytes>, Error> {
    check_credentials(signing.credentials)?;
    let credentials = signing.credentials;
    let timestamp = seconds(signing.time).to_string();
    let nonce = nonce(signing);
    let common = [
        ("Action", Some(unsigned.operation.name)),
        ("RequestClient", common.request_client),
        ("Nonce", Some(nonce.as_str())),
        ("Timestamp", Some(timestamp.as_str())),
        ("Version", Some(unsigned.operation.version)),
        ("Region", unsigned.region.as_deref()),
        ("Token", token(credentials)),
        ("SecretId", Some(credentials.id())),
        ("SignatureMethod", Some(algorithm.name())),
        ("Language", common.language),
    ];
    let sign = |request: &Request<'_>| tencent_hmac::sign(request, credentials.secret().expose(), algorithm);
    finish(unsigned, &common, sign, check_form)
}

/// Documented as a positive integer; signed 64-bit readers must be able to take it.
pub(super) fn nonce(signing: &Signing<'_>) -> String {
    (signing.nonce & 0x7fff_ffff_ffff_ffff).max(1).to_string()
}

/// Adds the common parameters that there are, signs, and puts all where the method wants it.
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
    let path = full_path(unsigned);
    let signed = sign(&Request {
        method: unsigned.method.as_str(),
        host: &unsigned.endpoint.authority,
        path: &path,
        parameters: &parameters,
    });
    parameters.push(("Signature", &signed.signature));
    let text = form::encode(&parameters);
    let headers = unsigned.headers.clone();
    if unsigned.method == Method::GET {
        check_query(path.len() + 1 + text.len())?;
        assemble(unsigned, &text, headers, Bytes::new())
    } else {
        check_form(text.len())?;
        assemble(unsigned, "", headers, text.into())
    }
}
