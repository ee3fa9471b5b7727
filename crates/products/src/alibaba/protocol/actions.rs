//! APIs with actions: the input, the common parameters and the signature are one flat list in the query.

use bytes::Bytes;
use http::header::{ACCEPT, HeaderMap, USER_AGENT};
use http::{Method, Request};
use wharf_core::Error;
use wharf_core::model::{Model, Ref};
use wharf_core::product::{EncodeInput, Signing, Unsigned};
use wharf_core::protocol::{JSON, header};
use wharf_sign::{acs_rpc, canonical};

/// Encodes the input's parameters and those that all attempts share; [`sign`] adds the rest.
///
/// # Errors
/// [`InvalidInput`](wharf_core::ErrorKind::InvalidInput) when a field has a value that a parameter cannot hold,
/// [`Configuration`](wharf_core::ErrorKind::Configuration) when the operation has no HTTP method.
pub(crate) fn encode(call: &EncodeInput<'_>) -> Result<Unsigned, Error> {
    let operation = call.operation;
    let method = if operation.method.is_empty() { "POST" } else { operation.method };
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| Error::configuration("method", "of the operation is not one of HTTP"))?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, JSON);
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
    let mut unsigned = Unsigned::new(call, method, "/");
    unsigned.query = query;
    unsigned.headers = headers;
    Ok(unsigned)
}

/// Appends the fields that have a value, each under its path (`Tag.1.Key`). Lists count from 1.
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

/// Runs `write` and returns an error if it appended no parameter.
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

/// Adds time, nonce, key and signature. `nonce` must differ in every request.
///
/// # Errors
/// [`Credentials`](wharf_core::ErrorKind::Credentials) when the credentials cannot sign.
pub(crate) fn sign(unsigned: &Unsigned, signing: &Signing<'_>, nonce: &str) -> Result<Request<Bytes>, Error> {
    let key = signing.key()?;
    let added = acs_rpc::parameters(&key, signing.timestamp(), nonce);
    let mut parameters = unsigned.parameters();
    parameters.extend(added.iter().map(|(name, value)| (*name, value.as_str())));
    let method = unsigned.method.as_str();
    let request = wharf_sign::Request { method, parameters: &parameters, ..wharf_sign::Request::default() };
    let signed = acs_rpc::sign(&request, &key);
    let signature = canonical::query(&[(acs_rpc::SIGNATURE, signed.signature())]);
    let query = format!("{}&{signature}", signed.canonical_query());
    unsigned.request(&query, unsigned.headers.clone(), Bytes::new())
}
