//! What a product's view is made of.

use crate::context::Context;
use crate::refusal::Refusal;
use serde_json::{Map, Value};
use wharf_world::World;

/// One operation: changes or reads the world and gives the answer, an object without `RequestId`.
///
/// The gateway has already checked the signature and the parameters' names, types and ranges.
pub type Handler = fn(&mut World, &Context, &Map<String, Value>) -> Result<Value, Refusal>;
