//! Operations that the server checks and does not simulate.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use wharf_spec::file::{self, Field};
use wharf_spec::{Product, Type};

/// What the server answers to an operation that it checks and does not simulate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unsimulated {
    /// A refusal: the product's code for operations that it does not support.
    #[default]
    Refused,
    /// A well-formed empty answer: empty lists and texts, zeros, and `false`. [`Entry::shaped`](crate::Entry::shaped)
    /// is true for such a call.
    Shaped,
}

/// An edition of the clouds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Edition {
    /// The public and the private clouds: all operations are known.
    #[default]
    All,
    /// The private clouds: operations and request fields that only public clouds have do not exist.
    Private,
}

impl Edition {
    /// Returns whether it has what the specs state for these editions.
    pub(crate) fn has(self, stated: Option<&[file::Edition]>) -> bool {
        self == Self::All || stated != Some(&[file::Edition::Public])
    }
}

/// The empty answer of an operation: all that its spec promises, and its lists.
pub(crate) fn shaped(spec: &Product, output: &[Field]) -> Value {
    match output.iter().find(|field| field.payload) {
        Some(whole) => value(spec, &whole.ty, &mut BTreeSet::new()),
        None => Value::Object(members(spec, output, &mut BTreeSet::new())),
    }
}

fn members<'a>(spec: &'a Product, fields: &'a [Field], inside: &mut BTreeSet<&'a str>) -> Map<String, Value> {
    // The gateway adds the identifier of the request.
    let promised = |field: &&Field| (field.required || field.ty.is_list()) && field.name != "RequestId";
    fields.iter().filter(promised).map(|field| (field.name.clone(), value(spec, &field.ty, inside))).collect()
}

fn value<'a>(spec: &'a Product, ty: &'a Type, inside: &mut BTreeSet<&'a str>) -> Value {
    match ty {
        Type::String | Type::Timestamp => json!(""),
        Type::Json(_) => json!("{}"),
        Type::Int | Type::Uint => json!(0),
        Type::Float => json!(0.0),
        Type::Bool => json!(false),
        Type::List(_) => json!([]),
        Type::Any | Type::Map(_) => json!({}),
        Type::Shape(name) => {
            // A structure that contains itself ends here.
            if !inside.insert(name) {
                return json!({});
            }
            let fields = spec.shape(name).map_or(&[][..], |shape| shape.spec.fields.as_slice());
            let members = members(spec, fields, inside);
            inside.remove(name.as_str());
            Value::Object(members)
        }
    }
}
