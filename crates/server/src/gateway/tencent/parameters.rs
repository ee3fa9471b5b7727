//! The parameters of a request, out of body or query.

use super::arrival::Arrival;
use super::flat;
use crate::catalog::Product;
use crate::refusal::Refusal;
use http::Method;
use serde_json::{Map, Value};
use wharf_spec::file::Field;

/// The operation's parameters as JSON, whichever way they came. An empty body has none.
pub(super) fn parameters(
    arrival: &Arrival<'_>,
    fields: &[Field],
    product: &'static Product,
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
