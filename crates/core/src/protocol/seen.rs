//! An output while its answer is read, and what else the answer says.

use super::refusal::{ALWAYS_A_SIGN, SIGNS};
use crate::model::json::{self, Decoding, Mode};
use crate::model::{Any, Field, In, Member, Model, Ref, Shape};
use serde_json::{Map, Value};

/// Passes members on to an output. Members by which services refuse, and that the output does
/// not have, are kept apart.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    output: &'a mut dyn Model,
    pub(super) said: Map<String, Value>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(output: &'a mut dyn Model) -> Self {
        Self { output, said: Map::new() }
    }

    /// Gives the output what was kept apart, as far as it takes it.
    pub(super) fn finish(self) {
        if !self.said.is_empty() {
            // A member of another type is no reason to refuse the answer, because the operation has no such output.
            // What was found in the answer itself stays with the output.
            let said = Value::Object(self.said).to_string();
            let _ = json::read_with(said.as_bytes(), self.output, Mode::Lenient, &mut Decoding::default());
        }
    }
}

/// Whether answers without a body are errors: the operation's document has members in the body.
pub(super) fn is_due(output: &dyn Model) -> bool {
    output.shape().members.iter().any(|member| member.place == In::Body && !member.undocumented)
}

/// Whether the output has no description and takes everything.
pub(super) fn takes_anything(output: &dyn Model) -> bool {
    output.shape().name == Any::NAME
}

/// Whether the output has a member of that name.
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
