//! Outputs with their decoding options.

use super::json::{Decoding, Step, Unknown};
use super::{Field, Fields, Member, Model, Names, Ref, Shape, to_value};
use serde_json::{Map, Value};
use std::fmt;

/// Output of an operation with the undocumented fields of the response, for calls by name that return JSON.
///
/// Documented fields are read as typed clients read them, so that a value is the same in every language. Undocumented
/// fields are stored unchanged, and fields that the response lacks are omitted.
pub struct Kept {
    output: Box<dyn Model>,
    decoding: Decoding,
    /// Fields of the response itself that the output does not have.
    more: Map<String, Value>,
}

impl Kept {
    /// Returns a wrapper for an empty output.
    pub fn new(output: Box<dyn Model>) -> Self {
        Self { output, decoding: Decoding::default().keeping_unknown(true), more: Map::new() }
    }

    /// Returns the response as one JSON object.
    pub fn into_value(mut self) -> Value {
        let mut value = to_value(&*self.output, Names::Wire);
        if let Value::Object(members) = &mut value {
            // Fields from headers are not in the body.
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

/// Inserts a field at its original path, unless the output has one there.
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
        // Any value fits, so the name is never used in a message.
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

/// Any output, read with limits.
pub(crate) struct Bounded<'a> {
    output: &'a mut dyn Model,
    pub(crate) decoding: Decoding,
}

impl<'a> Bounded<'a> {
    /// Stores unknown fields if the output does.
    pub(crate) fn new(output: &'a mut dyn Model, decoding: Decoding) -> Self {
        let keep = output.decoding().is_some_and(|decoding| decoding.keeps_unknown());
        Self { output, decoding: decoding.keeping_unknown(keep) }
    }

    /// Ends reading, and passes the results to the output's decoding, if it has one.
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

    fn fields<'a>(&'a mut self, visit: &mut dyn FnMut(Fields<'_, 'a>)) {
        self.output.fields(visit);
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
