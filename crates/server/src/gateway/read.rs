//! Reading a request: the body within its limit, the parameters out of body or query.

use super::arrival::{Arrival, size_limit};
use super::flat;
use crate::catalog::Product;
use crate::refusal::Refusal;
use bytes::Bytes;
use http::Method;
use http::request::Parts;
use http_body_util::BodyExt;
use serde_json::{Map, Value};
use wharf_spec::file::Field;

/// Why there is no body.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request is too large.
    Refused(Refusal),
    /// The caller went away.
    Gone,
}

/// Reads the body.
///
/// What is over the limit is read and dropped, up to four times the limit: a caller that is still
/// writing when the answer comes would see a cut connection instead of the answer.
pub(super) async fn body<B>(parts: &Parts, mut body: B) -> Result<Bytes, Failure>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    let limit = size_limit(parts);
    let mut size = match parts.method {
        Method::GET => parts.uri.path_and_query().map_or(0, |target| target.as_str().len()),
        _ => 0,
    };
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(Failure::Gone) };
        let Some(data) = frame.data_ref() else { continue };
        size += data.len();
        if size <= limit {
            read.extend_from_slice(data);
        } else if size > 4 * limit {
            break;
        }
    }
    if size > limit {
        let message = format!("The request has more than the {limit} bytes that a request of its form may have.");
        return Err(Failure::Refused(Refusal::new("InvalidParameter", message)));
    }
    Ok(read.into())
}

/// The operation's parameters as JSON, whichever way they came. An empty body has none.
pub(super) fn parameters(
    arrival: &Arrival<'_>,
    fields: &[Field],
    product: &Product,
) -> Result<Map<String, Value>, Refusal> {
    if !arrival.in_header || arrival.parts.method == Method::GET {
        return flat::unflatten(arrival.own_pairs(), fields, product);
    }
    if arrival.body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(arrival.body) {
        Ok(Value::Object(parameters)) => Ok(parameters),
        Ok(_) => Err(Refusal::new("InvalidParameter", "The body is JSON but not an object.")),
        // The message of the parser tells the place, never the text.
        Err(error) => Err(Refusal::new("InvalidParameter", format!("The body is not JSON: {error}."))),
    }
}
