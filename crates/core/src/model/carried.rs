//! Outputs that carry along how they are read.

use super::json::{Decoding, Step, Unknown};
use super::{Field, Member, Model, Names, Ref, Shape, to_value};
use serde_json::{Map, Value};
use std::fmt;

/// An operation's own output, and what the answer has besides: for calls by name that give JSON.
///
/// What the document describes is read as the typed clients read it, so that a value is the same in every
/// language; members that it does not describe are kept as they came, and those that the answer lacks are lacking.
pub struct Kept {
    output: Box<dyn Model>,
    decoding: Decoding,
    /// Members of the answer itself that the output does not have.
    more: Map<String, Value>,
}

impl Kept {
    /// Around an empty output.
    pub fn new(output: Box<dyn Model>) -> Self {
        Self { output, decoding: Decoding::default().keeping_unknown(true), more: Map::new() }
    }

    /// The answer as one JSON object.
    pub fn into_value(mut self) -> Value {
        let mut value = to_value(&*self.output, Names::Wire);
        if let Value::Object(members) = &mut value {
            // What came in a header is not in the body.
            members.retain(|name, value| self.decoding.has(name) || !says_nothing(value));
        }
        for missing in self.decoding.take_missing() {
            if let Some(Value::Object(members)) = at(&mut value, &missing.way) {
                members.retain(|name, _| !missing.names.contains(&name.as_str()));
            }
        }
        for unknown in self.decoding.take_unknown() {
            put(&mut value, unknown);
        }
        if let Value::Object(members) = &mut value {
            members.extend(self.more);
        }
        value
    }
}

/// Puts a member where it was, unless there is one that the output has.
fn put(value: &mut Value, unknown: Unknown) {
    let Some((Step::Name(name), outer)) = unknown.way.split_last() else { return };
    if let Some(Value::Object(members)) = at(value, outer) {
        members.entry(name).or_insert(unknown.value);
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

fn at<'a>(value: &'a mut Value, way: &[Step]) -> Option<&'a mut Value> {
    way.iter().try_fold(value, |value, step| match step {
        Step::Name(name) => value.get_mut(name),
        Step::Item(at) => value.get_mut(*at),
    })
}

impl Model for Kept {
    fn shape(&self) -> &'static Shape {
        self.output.shape()
    }

    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
        self.output.each(visit);
    }

    fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn Field)> {
        if self.output.find(wire).is_some() {
            return self.output.find(wire);
        }
        // Any value fits, so no message needs its name.
        Some(("", self.more.entry(wire).or_insert(Value::Null)))
    }

    fn decoding(&mut self) -> Option<&mut Decoding> {
        Some(&mut self.decoding)
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.output.fmt(f)
    }
}

/// Any output, read with bounds.
pub(crate) struct Bounded<'a> {
    output: &'a mut dyn Model,
    pub(crate) decoding: Decoding,
}

impl<'a> Bounded<'a> {
    /// Keeps what the output keeps.
    pub(crate) fn new(output: &'a mut dyn Model, decoding: Decoding) -> Self {
        let keep = output.decoding().is_some_and(|decoding| decoding.keeps_unknown());
        Self { output, decoding: decoding.keeping_unknown(keep) }
    }

    /// Ends reading: an output that wants to know is told what was found.
    pub(crate) fn end(self) -> Vec<super::Problem> {
        let problems = self.decoding.problems().to_vec();
        if let Some(place) = self.output.decoding() {
            *place = self.decoding;
        }
        problems
    }
}

impl Model for Bounded<'_> {
    fn shape(&self) -> &'static Shape {
        self.output.shape()
    }

    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
        self.output.each(visit);
    }

    fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn Field)> {
        self.output.find(wire)
    }

    fn decoding(&mut self) -> Option<&mut Decoding> {
        Some(&mut self.decoding)
    }
}

impl fmt::Debug for Bounded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.output.fmt(f)
    }
}
