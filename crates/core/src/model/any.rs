//! A structure that takes whatever the service sends.

use super::{Field, Member, Model, Place, Ref, Shape};
use serde_json::{Map, Value};
use std::fmt;

/// Keeps every member of an answer as it came, for calls by name that give JSON.
#[derive(Clone, Default, PartialEq)]
pub struct Any(Map<String, Value>);

impl Any {
    /// Name of the shapes of outputs that take whatever comes.
    pub const NAME: &'static str = "Any";

    /// The members, as one JSON object.
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
        // There is no description of the members. This is for reading answers alone.
    }

    fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn Field)> {
        // Any value fits, so nobody will ask for the name of the one that does not.
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
    /// Names alone: nobody knows which of the values are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
