//! Structures and enumerations.

use super::View;
use super::field::{self, FieldView, Setters};
use super::types::Side;
use crate::emit::rust::docs::{link, plain, titled};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use wharf_spec::file::Field;
use wharf_spec::{Enumeration, Home, Shape, Type, naming};

#[derive(Serialize)]
pub(in crate::emit::rust) struct ShapeView {
    pub(in crate::emit::rust) name: String,
    wire: String,
    deprecated: Option<String>,
    docs: Vec<String>,
    fields: Vec<FieldView>,
    /// Whether it has setters.
    in_input: bool,
    /// Kind of the map that contains the structure's fields: `text` or `value`.
    carried: Option<&'static str>,
}

#[derive(Serialize)]
pub(in crate::emit::rust) struct EnumView {
    pub(in crate::emit::rust) name: String,
    docs: Vec<String>,
    values: Vec<ValueView>,
}

#[derive(Serialize)]
struct ValueView {
    name: String,
    wire: String,
    deprecated: Option<String>,
    docs: Vec<String>,
}

impl View<'_> {
    pub(in crate::emit::rust) fn shapes(&self, home: &Home) -> Vec<ShapeView> {
        let shapes = self.product.shapes.iter().filter(|shape| shape.home == *home);
        shapes.map(|shape| self.shape(shape)).collect()
    }

    fn shape(&self, shape: &Shape) -> ShapeView {
        let (side, setters) = if shape.in_input { (Side::Input, Setters::Own) } else { (Side::Output, Setters::None) };
        let fields = shape.spec.fields.iter();
        let fields = fields.map(|each| field::view(each, side, setters, shape.recursive.contains(&each.name)));
        let mut docs = vec![titled(&shape.spec.doc, &shape.name, shape.called())];
        docs.extend(link(shape.spec.link.as_deref()));
        ShapeView {
            name: naming::type_name(shape.called()),
            wire: shape.name.clone(),
            deprecated: shape.spec.deprecated.clone(),
            docs,
            fields: fields.collect(),
            in_input: shape.in_input,
            carried: shape.spec.carried_in.as_deref().map(|way| self.carried(way)),
        }
    }

    /// Returns the kind of a map field.
    fn carried(&self, way: &str) -> &'static str {
        let field = way
            .split_once('.')
            .and_then(|(shape, field)| self.product.shape(shape)?.spec.fields.iter().find(|each| each.name == field));
        match field.map(|field| &field.ty) {
            Some(Type::Map(value)) if **value == Type::String => "text",
            _ => "value",
        }
    }

    pub(in crate::emit::rust) fn enums(&self, home: &Home) -> Vec<EnumView> {
        let enums = self.product.enums.iter().filter(|enumeration| enumeration.home == *home);
        enums.map(enumeration).collect()
    }

    /// Returns the types in the fields of a service that are elsewhere, by their module: in `wharf-products`, or, for a
    /// family of operations, beside the operations of the crate itself.
    pub(in crate::emit::rust) fn shared_types(&self, service: &str) -> Vec<(String, Vec<String>)> {
        let product = self.product.key("::");
        let package = service.split_once('/').map(|(package, _)| package);
        let module = |home: &Home| match home {
            Home::Shared => Some(format!("wharf_products::{product}::types")),
            Home::Service(other) if package == Some(other.as_str()) => Some(format!("crate::{product}::types")),
            Home::Service(_) => None,
        };
        let operations = self.product.operations.iter().filter(|operation| operation.service == service);
        let mut fields: Vec<&Field> =
            operations.flat_map(|operation| operation.spec.input.iter().chain(&operation.spec.output)).collect();
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        while let Some(field) = fields.pop() {
            if let Some(found) = field.enumeration.as_ref().and_then(|name| self.product.enumeration(name))
                && let Some(module) = module(&found.home)
            {
                names.entry(module).or_default().insert(naming::type_name(found.called()));
            }
            if let Some(shape) = field.ty.shape().and_then(|name| self.product.shape(name))
                && seen.insert(&shape.name)
            {
                if let Some(module) = module(&shape.home) {
                    names.entry(module).or_default().insert(naming::type_name(shape.called()));
                }
                fields.extend(&shape.spec.fields);
            }
        }
        names.into_iter().map(|(module, names)| (module, names.into_iter().collect())).collect()
    }
}

/// Returns the types of `wharf_core::model` in the fields of structures.
pub(in crate::emit::rust) fn wire_types_of(shapes: &[ShapeView]) -> Vec<&'static str> {
    wire_types(shapes.iter().flat_map(|shape| &shape.fields))
}

pub(super) fn wire_types<'a>(fields: impl Iterator<Item = &'a FieldView>) -> Vec<&'static str> {
    let mut types = BTreeSet::new();
    for field in fields {
        types.extend(field.ty.split(|c: char| !c.is_ascii_alphanumeric()));
        types.extend(
            ["In", "ListStyle", "TimeForm"].into_iter().filter(|name| field.facts.contains(&format!("({name}::"))),
        );
    }
    ["In", "JsonText", "ListStyle", "Secret", "TimeForm", "Timestamp"]
        .into_iter()
        .filter(|name| types.contains(name))
        .collect()
}

/// Returns whether a field of the structures has a type of the crate's `types`.
pub(in crate::emit::rust) fn uses_types_of(shapes: &[ShapeView]) -> bool {
    uses_types(shapes.iter().flat_map(|shape| &shape.fields))
}

pub(super) fn uses_types<'a>(mut fields: impl Iterator<Item = &'a FieldView>) -> bool {
    fields.any(|field| field.ty.contains("types::"))
}

/// Returns whether a field of the structures is a map.
pub(in crate::emit::rust) fn uses_maps_of(shapes: &[ShapeView]) -> bool {
    uses_maps(shapes.iter().flat_map(|shape| &shape.fields))
}

pub(super) fn uses_maps<'a>(mut fields: impl Iterator<Item = &'a FieldView>) -> bool {
    fields.any(|field| field.ty.contains("BTreeMap<"))
}

fn enumeration(enumeration: &Enumeration) -> EnumView {
    let spec = &enumeration.spec;
    let values = spec.values.iter().map(|value| ValueView {
        name: naming::variant(value.called()),
        wire: value.value.clone(),
        deprecated: value.deprecated.clone(),
        docs: vec![format!("`{}`: {}", value.value, plain(&value.doc))],
    });
    EnumView { name: naming::type_name(enumeration.called()), docs: vec![plain(&spec.doc)], values: values.collect() }
}
