//! Requests of APIs with resources: fields in the path, the query, headers and a JSON body.

use super::{JSON, plain_headers};
use crate::error::{Error, ErrorKind};
use crate::model::{In, List, ListStyle, Member, Model, Ref, Secret, json};
use crate::product::{Body, EncodeInput, Signing, Unsigned};
use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request};
use wharf_sign::canonical;

/// Rules of a product, in addition to the facts of an operation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules<'a> {
    /// Path fields that the connection may know, used if the input does not set them.
    pub known: &'a [(&'a str, Option<&'a str>)],
    /// Maximum size of a body in bytes, with the reason for people.
    pub max_body: Option<(usize, &'a str)>,
}

/// Encodes a request, except for the parts that the signature adds.
///
/// # Errors
/// [`InvalidInput`](ErrorKind::InvalidInput) if a path field is missing or cannot be in a path, or if the body is
/// larger than documented; [`Configuration`](ErrorKind::Configuration) if neither input nor connection contain a value
/// that the path needs.
pub fn encode(input: &EncodeInput<'_>, rules: &Rules<'_>) -> Result<Unsigned, Error> {
    encode_as(input, rules, json::Style::SpacedAscii)
}

/// Encodes a request like [`encode`], with the body's JSON in the given style.
///
/// # Errors
/// As [`encode`].
pub fn encode_as(input: &EncodeInput<'_>, rules: &Rules<'_>, style: json::Style) -> Result<Unsigned, Error> {
    let operation = input.operation;
    let method = Method::from_bytes(operation.method.as_bytes())
        .map_err(|_| Error::configuration("method", "of the operation is not one of HTTP"))?;
    let mut headers = plain_headers(JSON, input.user_agent)?;
    let mut query = Vec::new();
    for_each(input.input, In::Query, |member, value| write_query(member, value, &mut query))?;
    for_each(input.input, In::Header, |member, value| write_header(member, value, &mut headers))?;
    let body = body(input.input, style);
    if let (Body::Bytes(bytes), Some((most, why))) = (&body, rules.max_body) {
        super::check_size(bytes.len(), most, &format!("{} MB", most >> 20), why)?;
    }
    Ok(Unsigned {
        operation,
        method,
        endpoint: input.endpoint.clone(),
        signed: input.signed.clone(),
        path: path(operation.path, input.input, rules.known)?,
        query,
        headers,
        body,
        region: input.region.map(str::to_owned),
    })
}

/// Visits the fields of one place that have a value.
fn for_each<'a>(
    input: &'a dyn Model,
    place: In,
    mut write: impl FnMut(&'static Member, Ref<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut result = Ok(());
    input.each(&mut |member, value| {
        if member.place == place && result.is_ok() {
            result = match (value, member.fixed) {
                (Ref::Absent, Some(fixed)) => write(member, Ref::Text(fixed)),
                (Ref::Absent, None) => Ok(()),
                (value, _) => write(member, value),
            };
        }
    });
    result
}

/// Replaces the names in braces.
fn path(template: &str, input: &dyn Model, known: &[(&str, Option<&str>)]) -> Result<String, Error> {
    let mut given: Vec<(&str, String)> = Vec::new();
    for_each(input, In::Path, |member, value| {
        given.push((member.wire, text(member, value)?));
        Ok(())
    })?;
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        let value = match given.iter().find(|(wire, _)| *wire == name) {
            Some((_, value)) => value.as_str(),
            None => from_connection(name, known)?,
        };
        if value.is_empty() {
            return Err(Error::invalid_input(name, "is required and must not be empty"));
        }
        // HTTP clients resolve these as path segments, escaped or not.
        if matches!(value, "." | "..") {
            return Err(Error::invalid_input(name, "must not be a dot or two"));
        }
        out.push_str(&canonical::encode(value));
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn from_connection<'a>(name: &str, known: &[(&str, Option<&'a str>)]) -> Result<&'a str, Error> {
    match known.iter().find(|(wire, _)| *wire == name) {
        Some((_, Some(value))) => Ok(value),
        Some((_, None)) => {
            Err(Error::configuration(name, "is not set: give it to the connection's builder or to the call"))
        }
        None => Err(Error::invalid_input(name, "is required")),
    }
}

/// Writes a query parameter. A list is written in the style of its field.
fn write_query(member: &'static Member, value: Ref<'_>, query: &mut Vec<(String, String)>) -> Result<(), Error> {
    let mut push = |text: String| query.push((member.wire.to_owned(), text));
    match (value, member.style) {
        (Ref::List(list), ListStyle::Repeat) if list.is_empty() => {
            let reason = "is empty: an empty list cannot be said in a query; leave it out";
            return Err(Error::invalid_input(member.wire, reason));
        }
        (Ref::List(list), ListStyle::Repeat) => {
            items(list).try_for_each(|item| text(member, item).map(&mut push))?;
        }
        (Ref::List(list), ListStyle::Comma) => push(joined(member, list)?),
        // The list may contain structures.
        (value @ Ref::List(_), ListStyle::Json) => push(json::value_to_string(value, json::Style::Compact)),
        (value, _) => push(text(member, value)?),
    }
    Ok(())
}

/// Writes a header. A list is joined with commas.
fn write_header(member: &'static Member, value: Ref<'_>, headers: &mut HeaderMap) -> Result<(), Error> {
    let text = match value {
        Ref::List(list) => joined(member, list)?,
        value => text(member, value)?,
    };
    if text.trim() != text {
        return Err(Error::invalid_input(member.wire, "begins or ends with white space, which a header cannot carry"));
    }
    let wrong = |_| Error::invalid_input(member.wire, "has characters that a header cannot carry");
    let name = HeaderName::from_bytes(member.wire.as_bytes())
        .map_err(|_| Error::invalid_input(member.wire, "is no name of a header"))?;
    let mut value = HeaderValue::from_bytes(text.as_bytes()).map_err(wrong)?;
    value.set_sensitive(member.sensitive);
    headers.insert(name, value);
    Ok(())
}

/// Returns the items joined with commas, if the same items can be read back.
fn joined(member: &'static Member, list: &dyn List) -> Result<String, Error> {
    let texts = items(list).map(|item| text(member, item)).collect::<Result<Vec<_>, _>>()?;
    if let Some(at) = texts.iter().position(|text| text.is_empty() || text.contains(',')) {
        let reason = "is empty or has a comma, which a list with commas between its items cannot say";
        return Err(Error::invalid_input(format!("{}.{at}", member.wire), reason));
    }
    Ok(texts.join(","))
}

fn items(list: &dyn List) -> impl Iterator<Item = Ref<'_>> {
    (0..list.len()).map(|at| list.item(at))
}

/// Returns the text of a value outside the body.
fn text(member: &'static Member, value: Ref<'_>) -> Result<String, Error> {
    Ok(match value {
        Ref::Text(text) => member.text(text).into_owned(),
        Ref::Int(number) => number.to_string(),
        Ref::Uint(number) => number.to_string(),
        Ref::Float(number) => number.to_string(),
        Ref::Bool(value) => value.to_string(),
        Ref::Absent | Ref::Json(_) | Ref::Object(_) | Ref::List(_) | Ref::Map(_) => {
            return Err(Error::invalid_input(member.wire, "has a value that fits a body alone"));
        }
    })
}

/// Returns the body: empty if the input has no fields in it; a text that is the whole body is sent unchanged.
fn body(input: &dyn Model, style: json::Style) -> Body {
    let (mut whole, mut present) = (None, false);
    input.each(&mut |member, value| {
        if member.place == In::Body {
            present = true;
            if member.payload {
                whole = Some(value);
            }
        }
    });
    match whole {
        _ if !present => Body::Empty,
        Some(Ref::Absent) => Body::Empty,
        Some(Ref::Text(text)) => Body::Bytes(Bytes::copy_from_slice(text.as_bytes())),
        _ => Body::Bytes(json::to_string(input, style).into()),
    }
}

/// Puts the token of the credentials into a header. Nothing is signed.
///
/// # Errors
/// [`Credentials`](ErrorKind::Credentials) if the token is missing, or a header cannot contain it.
pub fn sign_token(unsigned: &Unsigned, signing: &Signing<'_>, name: &'static str) -> Result<Request<Bytes>, Error> {
    let refuse = |reason: &str| Error::new(ErrorKind::Credentials, reason);
    let token = signing.credentials.token().map(Secret::expose).filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| refuse("the credentials hold no token"))?;
    let mut value = Some(token)
        .filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()))
        .and_then(|token| HeaderValue::from_str(token).ok())
        .ok_or_else(|| refuse("the token has white space or other characters that no token has"))?;
    value.set_sensitive(true);
    let mut unsigned = unsigned.clone();
    unsigned.headers.insert(name, value);
    unsigned.without_signature()
}
