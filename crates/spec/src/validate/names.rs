//! Names that are different in the API and would be the same in Rust, and those that a `rename` gives.

use super::{At, Check};
use crate::file::Field;
use crate::naming;
use crate::types::Type;
use std::collections::BTreeMap;

pub(super) fn check(check: &mut Check<'_>) {
    let product = check.product;
    for operation in &product.operations {
        let at = At::operation(operation);
        rename(check, &at, "", &operation.name, operation.spec.rename.as_deref(), naming::field);
        renames(check, &at, "input", &operation.spec.input);
        renames(check, &at, "output", &operation.spec.output);
        unique(check, &at, "input", fields(&operation.spec.input));
        unique(check, &at, "output", fields(&operation.spec.output));
        unique(check, &at, "input", setters(&operation.spec.input, naming::request_setter));
    }
    for shape in &product.shapes {
        let at = At { file: &shape.file, item: format!("shape {}", shape.name) };
        rename(check, &at, "", &shape.name, shape.spec.rename.as_deref(), naming::type_name);
        renames(check, &at, "field", &shape.spec.fields);
        unique(check, &at, "field", fields(&shape.spec.fields));
        if shape.in_input {
            unique(check, &at, "field", setters(&shape.spec.fields, naming::shape_setter));
        }
    }
    for enumeration in &product.enums {
        let at = At { file: &enumeration.file, item: format!("enum {}", enumeration.name) };
        rename(check, &at, "", &enumeration.name, enumeration.spec.rename.as_deref(), naming::type_name);
        for value in &enumeration.spec.values {
            rename(
                check,
                &at,
                &format!("value {}", value.value),
                &value.value,
                value.rename.as_deref(),
                naming::variant,
            );
        }
        let values = enumeration.spec.values.iter();
        let values = values.map(|value| Name::new(&value.value, &value.rename, naming::variant(value.called())));
        unique(check, &at, "value", values);
    }
    types(check);
    operations(check);
    for error in &product.errors {
        let at = At { file: &error.file, item: format!("error {}", error.name) };
        rename(check, &at, "", &error.name, error.spec.rename.as_deref(), naming::code);
    }
    if let Some(first) = product.errors.first() {
        let at = At { file: &first.file, item: "errors".to_owned() };
        let codes = product.errors.iter();
        let codes = codes.map(|error| Name::new(&error.name, &error.spec.rename, naming::code(error.called())));
        unique(check, &at, "error", codes);
    }
}

/// A name of the API and what it is in Rust.
struct Name<'a> {
    wire: &'a str,
    rename: Option<&'a str>,
    rust: String,
}

impl<'a> Name<'a> {
    fn new(wire: &'a str, rename: &'a Option<String>, rust: String) -> Self {
        Self { wire, rename: rename.as_deref(), rust }
    }

    /// What it is in Rust, and whether a rename makes it so.
    fn said(&self) -> String {
        match self.rename {
            Some(rename) => format!("its rename `{rename}` makes its Rust name `{}`, which", self.rust),
            None => format!("its Rust name `{}`", self.rust),
        }
    }
}

fn fields(fields: &[Field]) -> impl Iterator<Item = Name<'_>> {
    fields.iter().map(|field| Name::new(&field.name, &field.rename, naming::field(field.called())))
}

/// The methods that set fields; one that holds a structure has two.
fn setters(fields: &[Field], name: fn(&str) -> String) -> impl Iterator<Item = Name<'_>> {
    fields.iter().flat_map(move |field| {
        let bare = naming::field(field.called());
        let whole = matches!(field.ty, Type::Shape(_)).then(|| format!("set_{}", bare.trim_start_matches("r#")));
        let names = [Some(name(field.called())), whole];
        names.into_iter().flatten().map(|rust| Name::new(&field.name, &field.rename, rust))
    })
}

fn renames(check: &mut Check<'_>, at: &At<'_>, part: &str, fields: &[Field]) {
    for field in fields {
        let part = format!("{part} {}", field.name);
        rename(check, at, &part, &field.name, field.rename.as_deref(), naming::field);
    }
}

/// A rename is a name in the API's style, and gives another one than the API's own.
fn rename(check: &mut Check<'_>, at: &At<'_>, part: &str, wire: &str, to: Option<&str>, name: fn(&str) -> String) {
    let Some(to) = to else { return };
    let is_name = to.starts_with(|first: char| first.is_ascii_alphabetic())
        && to.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.'));
    if !is_name {
        check.report(at, part, format!("the rename `{to}` is no name: a letter, then letters, digits and `_`"));
    } else if name(to) == name(wire) {
        check.report(
            at,
            part,
            format!("the rename `{to}` changes nothing: its Rust name is `{}` without it", name(wire)),
        );
    }
}

/// Structures and enumerations share one module; in Python outputs do too.
fn types(check: &mut Check<'_>) {
    let product = check.product;
    let outputs = product.operations.iter().map(|operation| {
        let name = format!("{}Output", naming::type_name(operation.called()));
        (Name::new(&operation.name, &operation.spec.rename, name), &operation.file, "output of")
    });
    let shapes = product.shapes.iter().map(|shape| {
        let name = naming::type_name(shape.called());
        (Name::new(&shape.name, &shape.spec.rename, name), &shape.file, "shape")
    });
    let enums = product.enums.iter().map(|each| {
        let name = naming::type_name(each.called());
        (Name::new(&each.name, &each.spec.rename, name), &each.file, "enum")
    });
    let mut seen: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    for (name, file, kind) in outputs.chain(shapes).chain(enums) {
        if let Some((other, other_kind)) = seen.get(&name.rust) {
            // Outputs of two operations are compared with the operations.
            if kind != "output of" {
                let message = format!("{} is also that of the {other_kind} {other}", name.said());
                check.report(&At { file, item: format!("{kind} {}", name.wire) }, "", message);
            }
        }
        seen.insert(name.rust, (name.wire, kind));
    }
}

/// Inputs, answers and the client's methods.
fn operations(check: &mut Check<'_>) {
    let product = check.product;
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for operation in &product.operations {
        let name = naming::type_name(operation.called());
        for rust in [naming::method(operation.called()), format!("{name}Output"), name] {
            let name = Name::new(&operation.name, &operation.spec.rename, rust.clone());
            if let Some(other) = seen.insert(rust, &operation.name) {
                check.report(&At::operation(operation), "", format!("{} is also one of {other}", name.said()));
            }
        }
    }
}

fn unique<'a>(check: &mut Check<'_>, at: &At<'_>, part: &str, names: impl Iterator<Item = Name<'a>>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in names {
        match seen.get(&name.rust) {
            // A name that is there twice is reported as such.
            Some(other) if *other != name.wire => {
                check.report(at, format!("{part} {}", name.wire), format!("{} is also that of {other}", name.said()));
            }
            _ => {
                seen.insert(name.rust, name.wire);
            }
        }
    }
}
