//! Requests of Tencent's APIs version 3 with the signature TC3-HMAC-SHA256.
//!
//! POST carries the input as JSON, GET as flattened parameters in the query string. Action,
//! version, region, time and token are headers.

use super::{FORM, JSON, TencentCommon, assemble, check_credentials, check_json, check_query, form, full_path};
use super::{header, plain_headers, seconds, secret_header, token};
use crate::error::Error;
use crate::model::{flat, json};
use crate::product::{Body, Call, Signing, Unsigned};
use crate::sign::tc3;
use bytes::Bytes;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};

/// Writes a request, all but what the signature adds.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when it is larger than documented, or has a value that the query
/// cannot say.
pub fn encode(call: &Call<'_>, method: Method, common: TencentCommon<'_>) -> Result<Unsigned, Error> {
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
    Ok(Unsigned {
        operation: call.operation,
        method,
        endpoint: call.endpoint.clone(),
        path: "/".to_owned(),
        query,
        headers,
        body,
        region: call.region.map(str::to_owned),
    })
}

/// Signs a request for `service`, the first label of the host name.
///
/// # Errors
/// [`Credentials`](crate::ErrorKind::Credentials) when the credentials cannot sign,
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the request is larger than documented.
pub fn sign(
    unsigned: &Unsigned,
    signing: &Signing<'_>,
    service: &str,
    keys: &tc3::KeyCache,
) -> Result<http::Request<Bytes>, Error> {
    check_credentials(signing.credentials)?;
    let query = form::encode(&unsigned.query);
    let path = full_path(unsigned);
    if unsigned.method == Method::GET {
        check_query(path.len() + 1 + query.len())?;
    }
    let body = match &unsigned.body {
        Body::Empty => Bytes::new(),
        Body::Bytes(bytes) => bytes.clone(),
        Body::Form(parameters) => form::encode(parameters).into(),
    };
    let mut headers = unsigned.headers.clone();
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let request = tc3::Request {
        method: unsigned.method.as_str(),
        path: &path,
        query: &query,
        headers: &[("content-type", content_type), ("host", &unsigned.endpoint.authority)],
        payload: &body,
    };
    let timestamp = seconds(signing.time);
    let credentials = signing.credentials;
    let signer = tc3::Signer { id: credentials.id(), secret: credentials.secret().expose(), service, timestamp };
    let signed = tc3::sign_cached(&request, &signer, keys);
    headers.insert(AUTHORIZATION, secret_header("authorization", &signed.authorization)?);
    headers.insert("x-tc-timestamp", timestamp.into());
    if let Some(token) = token(credentials) {
        headers.insert("x-tc-token", secret_header("session token", token)?);
    }
    assemble(unsigned, &query, headers, body)
}
