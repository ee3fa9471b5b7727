//! An output while its response is read, and the error fields of the response.

use super::refusal::{ALWAYS_A_SIGN, SIGNS};
use crate::model::json::{self, Decoding, Mode};
use crate::model::{Any, Field, In, Member, Model, Ref, Shape};
use serde_json::{Map, Value};

/// Model that passes fields on to an output. Error fields that the output does not have are stored separately.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    output: &'a mut dyn Model,
    pub(super) said: Map<String, Value>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(output: &'a mut dyn Model) -> Self {
        Self { output, said: Map::new() }
    }

    /// Passes the separate fields to the output, if it accepts them.
    pub(super) fn finish(self) {
        if !self.said.is_empty() {
            // A field of another type is not a reason to reject the response, because the operation has no such output.
            // Problems of the response itself stay with the output.
            let said = Value::Object(self.said).to_string();
            let _ = json::read_with(said.as_bytes(), self.output, Mode::Lenient, &mut Decoding::default());
        }
    }
}

/// Returns whether responses without a body are errors: the operation's document has fields in the body.
pub(super) fn is_due(output: &dyn Model) -> bool {
    output.shape().members.iter().any(|member| member.place == In::Body && !member.undocumented)
}

/// Returns whether the output has no description and accepts all fields.
pub(super) fn takes_anything(output: &dyn Model) -> bool {
    output.shape().name == Any::NAME
}

/// Returns whether the output has a field of that name.
pub(super) fn has_member(output: &dyn Model, wire: &str) -> bool {
    output.shape().members.iter().any(|member| member.wire == wire)
}

impl Model for Seen<'_> {
    fn shape(&self) -> &'static Shape {
        self.output.shape()
    }

    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
        self.output.each(visit);
    }

    fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn Field)> {
        let known = has_member(self.output, wire);
        let sign = SIGNS.iter().find(|sign| **sign == wire && (!known || wire == ALWAYS_A_SIGN));
        if let Some(name) = sign {
            return Some((name, self.said.entry(wire).or_insert(Value::Null)));
        }
        self.output.find(wire)
    }

    fn decoding(&mut self) -> Option<&mut Decoding> {
        self.output.decoding()
    }
}
