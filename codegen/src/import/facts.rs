//! The facts of an API as the scripts in `codegen/import/` print them.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use wharf_spec::Type;
use wharf_spec::file::{ListStyle, Method, Place};

/// Facts of an API.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Facts {
    pub(super) operations: BTreeMap<String, Operation>,
    pub(super) shapes: BTreeMap<String, Shape>,
    /// The values of enumerations that the package has as data.
    #[serde(default)]
    pub(super) enums: BTreeMap<String, Vec<String>>,
    /// Operations that are left out, and why.
    #[serde(default)]
    pub(super) skipped: BTreeMap<String, String>,
}

impl Facts {
    /// All inputs, outputs and fields of structures.
    pub(super) fn fields(&mut self) -> impl Iterator<Item = &mut Field> {
        let operations = self.operations.values_mut();
        let of_operations = operations.flat_map(|operation| operation.input.iter_mut().chain(&mut operation.output));
        of_operations.chain(self.shapes.values_mut().flat_map(|shape| &mut shape.fields))
    }
}

/// An operation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    #[serde(default)]
    pub(super) method: Option<Method>,
    #[serde(default)]
    pub(super) path: Option<String>,
    /// The form of the answer's body, which is a part of its output's types too.
    #[serde(default, rename = "body_type")]
    pub(super) _body_type: Option<String>,
    #[serde(default)]
    pub(super) deprecated: bool,
    pub(super) input: Vec<Field>,
    pub(super) output: Vec<Field>,
}

/// A structure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shape {
    pub(super) fields: Vec<Field>,
}

/// An input, an output, or a field of a structure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) ty: Type,
    #[serde(default, rename = "in")]
    pub(super) place: Option<Place>,
    #[serde(default)]
    pub(super) style: Option<ListStyle>,
    #[serde(default)]
    pub(super) payload: bool,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) nullable: bool,
    #[serde(default, rename = "enum")]
    pub(super) enumeration: Option<String>,
    /// The values that the package's text lists.
    #[serde(default)]
    pub(super) values: Vec<String>,
    /// What the service takes when a request leaves it out.
    #[serde(default)]
    pub(super) default: Option<Value>,
    /// The smallest number in a request.
    #[serde(default)]
    pub(super) min: Option<i64>,
    /// The largest number in a request.
    #[serde(default)]
    pub(super) max: Option<i64>,
    /// A secret: found by its name.
    #[serde(skip)]
    pub(super) sensitive: bool,
    /// An input that marks a call: found by its name.
    #[serde(skip)]
    pub(super) token: bool,
    /// Another name in Rust, Python and C: decided in `overrides.json`.
    #[serde(skip)]
    pub(super) rename: Option<String>,
}
