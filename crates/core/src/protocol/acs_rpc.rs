//! Alibaba's APIs with actions: the input, the common parameters and the signature are one flat list in
//! the query.

use super::{assemble, check_credentials, header, seconds, token};
use crate::error::Error;
use crate::model::{Model, Ref};
use crate::product::{Body, Call, Signing, Unsigned};
use crate::sign::sdk_hmac_sha256::canonical_query;
use crate::sign::{acs_rpc, acs3};
use bytes::Bytes;
use http::header::{ACCEPT, HeaderMap, HeaderValue, USER_AGENT};
use http::{Method, Request};

/// Writes the input's parameters and those that every attempt has alike; [`sign`] adds the others.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when a member has a value that a parameter cannot hold,
/// [`Configuration`](crate::ErrorKind::Configuration) when the operation has no method of HTTP.
pub fn encode(call: &Call<'_>) -> Result<Unsigned, Error> {
    let operation = call.operation;
    let method = if operation.method.is_empty() { "POST" } else { operation.method };
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| Error::configuration("method", "of the operation is not one of HTTP"))?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert("x-acs-action", header("action", operation.name)?);
    headers.insert("x-acs-version", header("version", operation.version)?);
    if !call.user_agent.is_empty() {
        headers.insert(USER_AGENT, header("user agent", call.user_agent)?);
    }
    let mut query = Vec::new();
    let common = [("Action", operation.name), ("Version", operation.version), ("Format", "JSON")];
    query.extend(common.map(|(name, value)| (name.to_owned(), value.to_owned())));
    parameters(call.input, "", &mut query)?;
    if let Some(region) = call.region
        && !query.iter().any(|(name, _)| name == "RegionId")
    {
        query.push(("RegionId".to_owned(), region.to_owned()));
    }
    Ok(Unsigned {
        operation,
        method,
        endpoint: call.endpoint.clone(),
        path: "/".to_owned(),
        query,
        headers,
        body: Body::Empty,
        region: call.region.map(str::to_owned),
    })
}

/// The members that have a value, by the way to them: `Tag.1.Key`, lists counted from 1.
fn parameters(model: &dyn Model, path: &str, out: &mut Vec<(String, String)>) -> Result<(), Error> {
    let mut result = Ok(());
    model.each(&mut |member, value| {
        if result.is_ok() {
            let value = match (value, member.fixed) {
                (Ref::Absent, Some(fixed)) => Ref::Text(fixed),
                (value, _) => value,
            };
            result = match value {
                Ref::Text(text) => {
                    out.push((join(path, member.wire), member.text(text).into_owned()));
                    Ok(())
                }
                value => parameter(value, join(path, member.wire), out),
            };
        }
    });
    result
}

fn parameter(value: Ref<'_>, path: String, out: &mut Vec<(String, String)>) -> Result<(), Error> {
    let text = match value {
        Ref::Absent => return Ok(()),
        Ref::Object(model) => {
            return given(&path, "an object without members", out, |out| parameters(model, &path, out));
        }
        Ref::List(list) => {
            return given(&path, "an empty list", out, |out| {
                (0..list.len()).try_for_each(|at| parameter(list.item(at), join(&path, &(at + 1).to_string()), out))
            });
        }
        Ref::Text(text) => text.to_owned(),
        Ref::Int(number) => number.to_string(),
        Ref::Uint(number) => number.to_string(),
        Ref::Float(number) => number.to_string(),
        Ref::Bool(value) => value.to_string(),
        Ref::Map(_) | Ref::Json(_) => return Err(Error::invalid_input(path, "has a value that no parameter can hold")),
    };
    out.push((path, text));
    Ok(())
}

/// Whatever is given leaves something behind, or is refused.
fn given(
    path: &str,
    what: &str,
    out: &mut Vec<(String, String)>,
    write: impl FnOnce(&mut Vec<(String, String)>) -> Result<(), Error>,
) -> Result<(), Error> {
    let before = out.len();
    write(out)?;
    if out.len() == before {
        let reason = format!("is empty: {what} cannot be said in this form; leave it out");
        return Err(Error::invalid_input(path, reason));
    }
    Ok(())
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Adds time, nonce, key and signature. `nonce` must be another one in every request.
///
/// # Errors
/// [`Credentials`](crate::ErrorKind::Credentials) when the credentials cannot sign.
pub fn sign(unsigned: &Unsigned, signing: &Signing<'_>, nonce: &str) -> Result<Request<Bytes>, Error> {
    let credentials = signing.credentials;
    check_credentials(credentials)?;
    let timestamp = acs3::date(seconds(signing.time));
    let mut parameters = super::rest::pairs(&unsigned.query);
    parameters.extend([
        (acs_rpc::TIMESTAMP, timestamp.as_str()),
        ("SignatureMethod", acs_rpc::ALGORITHM),
        // The vendor's clients send it, and it is signed.
        ("SignatureType", ""),
        ("SignatureVersion", acs_rpc::VERSION),
        ("SignatureNonce", nonce),
        ("AccessKeyId", credentials.id()),
    ]);
    parameters.extend(token(credentials).map(|token| ("SecurityToken", token)));
    let request = acs_rpc::Request { method: unsigned.method.as_str(), parameters: &parameters };
    let signed = acs_rpc::sign(&request, credentials.secret().expose());
    let signature = canonical_query(&[(acs_rpc::SIGNATURE, &signed.signature)]);
    let query = format!("{}&{signature}", signed.canonical_query);
    assemble(unsigned, &query, unsigned.headers.clone(), Bytes::new())
}
