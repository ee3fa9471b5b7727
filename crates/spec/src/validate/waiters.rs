//! The rules of waiters: what they name is there, and says enough to wait by.

use super::{At, Check};
use crate::about::Service;
use crate::file::Field;
use crate::model::{Operation, Waiter};
use crate::types::Type;
use crate::waiter::{Argument, ArgumentKind, Part, Select, method, parts};
use std::collections::{BTreeMap, BTreeSet};

/// Arguments that every waiter has.
const COMMON: [&str; 5] = ["timeout", "poll_interval", "max_poll_interval", "grace", "on_progress"];

pub(super) fn check(check: &mut Check<'_>) {
    let product = check.product;
    let mut methods: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for waiter in &product.waiters {
        let at = At { file: &waiter.file, item: format!("waiter {}", waiter.name) };
        texts(check, &at, waiter);
        let name = method(&waiter.name, Service::module(&waiter.service));
        if let Some(other) = methods.insert((&waiter.service, name.clone()), &waiter.name) {
            check.report(&at, "", format!("its method `{name}` is also that of {other}"));
        }
        let Some(operation) = product.operation(&waiter.spec.operation) else {
            check.report(&at, "operation", format!("there is no operation {}", waiter.spec.operation));
            continue;
        };
        started_by(check, &at, waiter);
        if operation.service != waiter.service {
            check.report(&at, "operation", format!("{} is in the crate {}", operation.name, operation.service));
        }
        Rules { check, at: &at, waiter, operation }.check();
    }
}

/// The operations that start what is waited for exist, and are sorted.
fn started_by(check: &mut Check<'_>, at: &At<'_>, waiter: &Waiter) {
    for name in &waiter.spec.after {
        if check.product.operation(name).is_none() {
            check.report(at, "after", format!("there is no operation {name}"));
        }
    }
    if !waiter.spec.after.is_sorted_by(|one, next| one < next) {
        check.report(at, "after", "is not sorted, or names an operation twice");
    }
}

fn texts(check: &mut Check<'_>, at: &At<'_>, waiter: &Waiter) {
    let spec = &waiter.spec;
    let snake = |name: &str| {
        let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        letters && name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.ends_with('_')
    };
    if !snake(&waiter.name) {
        check.report(at, "", "its name is not in snake_case");
    }
    for (part, text) in [("doc", &spec.doc), ("thing", &spec.thing), ("goal", &spec.goal)] {
        if text.trim().is_empty() {
            check.report(at, part, "is empty");
        }
    }
    if spec.timeout == 0 {
        check.report(at, "timeout", "is 0 seconds");
    }
    let mut seen = BTreeSet::new();
    for argument in &spec.arguments {
        let part = format!("argument {}", argument.name);
        if !seen.insert(argument.name.as_str()) {
            check.report(at, &part, "is there twice");
        }
        if !snake(&argument.name) {
            check.report(at, &part, "its name is not in snake_case");
        }
        if COMMON.contains(&argument.name.as_str()) {
            check.report(at, &part, "is an argument of every waiter");
        }
        if argument.doc.trim().is_empty() {
            check.report(at, &part, "description is missing");
        }
    }
    for (part, text) in [("thing", &spec.thing), ("goal", &spec.goal)] {
        let Some(parts) = parts(text) else {
            check.report(at, part, "has a brace without a partner");
            continue;
        };
        for named in parts {
            if let Part::Argument(name) = named
                && !seen.contains(name)
            {
                check.report(at, part, format!("there is no argument {name}"));
            }
        }
    }
    if let (Some(_), None) = (&spec.success_if, &spec.progress) {
        check.report(at, "success_if", "needs a type of progress, whose method it is");
    }
}

struct Rules<'a, 'b> {
    check: &'a mut Check<'b>,
    at: &'a At<'a>,
    waiter: &'b Waiter,
    operation: &'b Operation,
}

impl<'b> Rules<'_, 'b> {
    fn check(&mut self) {
        let spec = &self.waiter.spec;
        if spec.poll.is_some() {
            self.by_function();
        } else {
            self.inputs();
            self.declared();
        }
    }

    fn report(&mut self, part: &str, message: impl Into<String>) {
        self.check.report(self.at, part, message);
    }

    /// A waiter whose function judges says nothing of what is judged.
    fn by_function(&mut self) {
        let spec = &self.waiter.spec;
        for part in spec.declared() {
            self.report(part, "is what the function of `poll` decides");
        }
        for argument in spec.arguments.iter().filter(|argument| argument.input.is_some()) {
            self.report(&format!("argument {}", argument.name), "its input is what the function of `poll` fills");
        }
        if spec.progress.is_none() {
            self.report("progress", "is missing: the function of `poll` returns it");
        }
        if spec.details.is_none() {
            self.report("details", "is missing: nothing else says how the function of `poll` judges");
        }
        if let Some((name, _)) = spec.returned()
            && self.check.product.shape(name).is_none()
            && self.check.product.operation_with_output(name).is_none()
        {
            self.report("returns", format!("there is no structure {name}"));
        }
    }

    /// Every argument gets somewhere, and what the operation needs comes from one.
    fn inputs(&mut self) {
        let spec = &self.waiter.spec;
        let mut filled = BTreeSet::new();
        for argument in &spec.arguments {
            let part = format!("argument {}", argument.name);
            let is_key = spec.select.as_ref().is_some_and(|select| select.argument == argument.name);
            let Some(name) = argument.input.as_deref() else {
                if !is_key {
                    self.report(&part, "no input takes it");
                }
                continue;
            };
            if !filled.insert(name) {
                self.report(&part, format!("the input {name} is filled twice"));
            }
            match self.operation.spec.input.iter().find(|field| field.name == name) {
                None => self.report(&part, format!("{name} is not an input of {}", self.operation.name)),
                Some(field) if !takes(field, argument) => {
                    self.report(&part, format!("the input {name} is `{}`, which it does not fit", field.ty));
                }
                Some(_) => {}
            }
        }
        for field in &self.operation.spec.input {
            let known = field.fixed.is_some() || field.from_connection || field.default_from.is_some();
            if field.required && !known && !filled.contains(field.name.as_str()) {
                self.report("arguments", format!("none fills the input {}, which is required", field.name));
            }
        }
    }

    fn declared(&mut self) {
        let spec = &self.waiter.spec;
        let thing = match &spec.select {
            None => Some((self.operation.spec.output.as_slice(), self.operation.output_name())),
            Some(select) => self.selected(select),
        };
        if spec.success.is_empty() && spec.gone.is_none() {
            self.report("success", "is missing: neither a state nor being gone is the goal");
        }
        if spec.gone.as_deref().is_some_and(str::is_empty) {
            self.report("gone", "is empty");
        }
        let Some((fields, name)) = thing else { return };
        match spec.returned() {
            Some((returned, list)) if list || returned != name => {
                self.report(
                    "returns",
                    format!("is {}, and the thing is {name}", spec.returns.as_deref().unwrap_or("")),
                );
            }
            Some(_) if spec.gone.is_some() => self.report("returns", "nothing is left when the thing is gone"),
            _ => {}
        }
        self.states(fields);
    }

    /// The fields of the thing and the name of its structure.
    fn selected(&mut self, select: &Select) -> Option<(&'b [Field], String)> {
        let product = self.check.product;
        match self.waiter.spec.arguments.iter().find(|argument| argument.name == select.argument) {
            None => self.report("select argument", format!("there is no argument {}", select.argument)),
            Some(argument) if argument.kind != ArgumentKind::Text => {
                self.report("select argument", format!("{} is not a text", select.argument));
            }
            Some(_) => {}
        }
        let Some(field) = product.output_field(self.operation, &select.from) else {
            self.report("select from", format!("{} is not a field of the output", select.from));
            return None;
        };
        let item = if let Type::List(item) = &field.ty { item } else { &field.ty };
        let Type::Shape(name) = item else {
            self.report("select from", format!("{} is `{}`, not a structure or a list of them", select.from, field.ty));
            return None;
        };
        let fields = product.shape(name).map(|shape| shape.spec.fields.as_slice())?;
        match fields.iter().find(|field| field.name == select.key) {
            None => self.report("select key", format!("{} is not a field of {name}", select.key)),
            Some(key) if key.ty != Type::String || key.enumeration.is_some() => {
                self.report("select key", format!("{} is not an identifier", select.key));
            }
            Some(_) => {}
        }
        Some((fields, name.clone()))
    }

    fn states(&mut self, fields: &'b [Field]) {
        let product = self.check.product;
        let spec = &self.waiter.spec;
        let Some(way) = &spec.state else {
            self.report("state", "is missing");
            return;
        };
        let Some(field) = product.field_at(fields, way) else {
            self.report("state", format!("{way} is not a field of the thing"));
            return;
        };
        let known = field.enumeration.as_ref().and_then(|name| product.enumeration(name));
        let Some(known) = known else {
            self.report("state", format!("{way} has no enumeration of states"));
            return;
        };
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        let lists =
            [("success", &spec.success), ("failure", &spec.failure), ("rests", &spec.rests), ("absent", &spec.absent)];
        for (part, states) in lists {
            for state in states {
                if let Some(other) = seen.insert(state, part) {
                    self.report(part, format!("`{state}` is also in {other}"));
                }
                if !state.is_empty() && !known.spec.values.iter().any(|value| value.value == *state) {
                    self.report(part, format!("{} has no value `{state}`", known.name));
                }
            }
        }
    }
}

/// Whether an input can hold an argument.
fn takes(field: &Field, argument: &Argument) -> bool {
    match argument.kind {
        ArgumentKind::Text => match &field.ty {
            Type::List(item) => **item == Type::String,
            ty => *ty == Type::String,
        },
        ArgumentKind::Bool => field.ty == Type::Bool,
        ArgumentKind::Texts => matches!(&field.ty, Type::List(item) if **item == Type::String),
        ArgumentKind::Whole => field.ty == Type::Int,
    }
}
