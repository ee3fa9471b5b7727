//! Structure that accepts all fields of a response.

use super::{Field, Member, Model, Place, Ref, Shape};
use serde_json::{Map, Value};
use std::fmt;

/// All fields of a response, unchanged, for calls by name that return JSON.
#[derive(Clone, Default, PartialEq)]
pub struct Any(Map<String, Value>);

impl Any {
    /// Name of the shape of outputs that accept all fields.
    pub const NAME: &'static str = "Any";

    /// Returns the fields as one JSON object.
    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl Model for Any {
    fn shape(&self) -> &'static Shape {
        static SHAPE: Shape = Shape::new(Any::NAME, &[]);
        &SHAPE
    }

    fn each<'a>(&'a self, _: &mut dyn FnMut(&'static Member, Ref<'a>)) {
        // The fields are not described. This type is only used to read responses.
    }

    fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn Field)> {
        // Any value fits, so the name is never used in a message.
        Some(("", self.0.entry(wire).or_insert(Value::Null)))
    }
}

impl Field for Any {
    fn get(&self) -> Ref<'_> {
        Ref::Object(self)
    }
    fn place(&mut self) -> Place<'_> {
        Place::Object(self)
    }
}

impl fmt::Debug for Any {
    /// Shows names alone, because any of the values may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
