//! Requests of Tencent's APIs version 3 with the signature TC3-HMAC-SHA256.
//!
//! POST carries the input as JSON, GET as flattened parameters in the query string. Action,
//! version, region, time and token are headers.

use super::{Common, check_json, check_query};
use bytes::Bytes;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use wharf_core::Error;
use wharf_core::model::{flat, json};
use wharf_core::product::{Body, EncodeInput, Signing, Unsigned};
use wharf_core::protocol::{FORM, JSON, add_headers, form, header, plain_headers, secret_header};
use wharf_sign::{Payload, Request, tc3};

/// Encodes a request without the parts that the signature adds.
///
/// # Errors
/// [`InvalidInput`](wharf_core::ErrorKind::InvalidInput) when it is larger than documented, or has a value that the
/// query cannot represent.
pub(crate) fn encode(call: &EncodeInput<'_>, method: Method, common: Common<'_>) -> Result<Unsigned, Error> {
    let (content_type, query, body) = if method == Method::GET {
        let query = flat::flatten(call.input)?;
        check_query(form::encoded_len(&query))?;
        (FORM, query, Body::Empty)
    } else {
        let body = json::to_string(call.input, json::Style::SpacedAscii);
        check_json(body.len())?;
        (JSON, Vec::new(), Body::Bytes(body.into()))
    };
    let mut headers = plain_headers(content_type, call.user_agent)?;
    headers.insert("x-tc-action", header("action", call.operation.name)?);
    headers.insert("x-tc-version", header("version", call.operation.version)?);
    if let Some(region) = call.region {
        headers.insert("x-tc-region", header("region", region)?);
    }
    if let Some(language) = common.language {
        headers.insert("x-tc-language", header("language", language)?);
    }
    if let Some(client) = common.request_client {
        headers.insert("x-tc-requestclient", header("request client", client)?);
    }
    let mut unsigned = Unsigned::new(call, method, "/");
    unsigned.query = query;
    unsigned.headers = headers;
    unsigned.body = body;
    Ok(unsigned)
}

/// Signs a request for `service`, the first label of the host name.
///
/// # Errors
/// [`Credentials`](wharf_core::ErrorKind::Credentials) when the credentials cannot sign,
/// [`InvalidInput`](wharf_core::ErrorKind::InvalidInput) when the request is larger than documented.
pub(crate) fn sign(
    unsigned: &Unsigned,
    signing: &Signing<'_>,
    service: &str,
    keys: &tc3::KeyCache,
) -> Result<http::Request<Bytes>, Error> {
    let (key, timestamp) = (signing.key()?, signing.timestamp());
    let query = form::encode(&unsigned.query);
    let path = unsigned.signed_path();
    if unsigned.method == Method::GET {
        check_query(path.len() + 1 + query.len())?;
    }
    let body = unsigned.body.to_bytes();
    let mut headers = unsigned.headers.clone();
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let request = Request {
        method: unsigned.method.as_str(),
        path: &path,
        query: &query,
        headers: &[("content-type", content_type), ("host", unsigned.signed_host())],
        payload: Payload::Bytes(&body),
        ..Request::default()
    };
    let signed = tc3::sign_cached(&request, &key, &tc3::Scope { service, timestamp }, keys);
    headers.insert(AUTHORIZATION, secret_header("authorization", signed.authorization())?);
    add_headers(&mut headers, tc3::headers(&key, timestamp))?;
    unsigned.request(&query, headers, body)
}
