//! The enumerations: names for the documented values of texts.

use super::View;
use crate::emit::python::docs;
use serde::Serialize;
use std::collections::BTreeSet;
use wharf_spec::naming;

#[derive(Serialize)]
pub(in crate::emit::python) struct EnumView {
    pub name: String,
    docs: Vec<String>,
    /// The values, in quotation marks.
    values: Vec<String>,
}

impl View<'_> {
    /// Returns the enumerations that an input or an output uses, sorted by name.
    pub(in crate::emit::python) fn enums(&self) -> Vec<EnumView> {
        let of_operations = self
            .product
            .operations
            .iter()
            .flat_map(|operation| operation.spec.input.iter().chain(&operation.spec.output));
        let held = self.product.shapes.iter().filter(|shape| self.held.contains(shape.name.as_str()));
        let fields = of_operations.chain(held.flat_map(|shape| &shape.spec.fields));
        let used: BTreeSet<&str> =
            fields.filter(|field| !field.sensitive).filter_map(|field| field.enumeration.as_deref()).collect();
        let known = used.into_iter().filter_map(|name| self.product.enumeration(name));
        let mut views: Vec<_> = known
            .map(|enumeration| EnumView {
                name: naming::type_name(enumeration.spec.rename.as_ref().unwrap_or(&enumeration.name)),
                docs: docs::enumeration(enumeration),
                values: enumeration.spec.values.iter().map(|value| format!("{:?}", value.value)).collect(),
            })
            .collect();
        views.sort_by(|one, other| one.name.cmp(&other.name));
        views
    }
}
