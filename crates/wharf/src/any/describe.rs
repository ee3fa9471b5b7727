//! Descriptions of a structure's fields, read from an empty structure.

use wharf_core::model::{Member, Model, Place, Shape};

/// A field of a structure: its names, its documented bounds and its kind of value.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Field {
    /// Name of the field in Rust, and of the keyword argument in languages with keyword arguments (`cluster_ids`).
    pub name: &'static str,
    /// Facts from the API's document, including the name on the wire.
    pub member: &'static Member,
    /// Kind of value.
    pub kind: Kind,
    /// Documented values of a text, or of the texts of a list; empty if the document lists none. Others are legal.
    pub values: &'static [&'static str],
}

/// The kind of value of a field.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Kind {
    /// A text, an enumerated value or a time.
    Text,
    /// An integer.
    Int,
    /// A non-negative integer.
    Uint,
    /// A number.
    Float,
    /// A boolean.
    Bool,
    /// Any JSON value.
    Json,
    /// JSON that travels as text: any JSON value, or a text that contains JSON.
    JsonText,
    /// A structure.
    Object(&'static Shape),
    /// A list of values of that kind.
    List(Box<Kind>),
    /// Values of that kind under names that the caller chooses.
    Map(Box<Kind>),
}

/// Returns the fields of a structure, in the order of the document: `fields(&mut *entry.input())`.
///
/// The function fills the structure in, so pass one that is not used otherwise.
pub fn fields(model: &mut dyn Model) -> Vec<Field> {
    let members = model.shape().members;
    let known = members.iter().filter_map(|member| {
        let (_, field) = model.find(member.wire)?;
        let kind = kind(field.place());
        let known = known(field.place());
        let values = if known.is_empty() { member.values } else { known };
        Some(Field { name: member.name(), member, kind, values })
    });
    known.collect()
}

/// The values of an enumeration.
fn known(place: Place<'_>) -> &'static [&'static str] {
    match place {
        Place::Text(text) => text.known(),
        Place::List(list) => known(list.push()),
        _ => &[],
    }
}

fn kind(place: Place<'_>) -> Kind {
    match place {
        Place::Text(_) => Kind::Text,
        Place::Int(_) => Kind::Int,
        Place::Uint(_) => Kind::Uint,
        Place::Float(_) => Kind::Float,
        Place::Bool(_) => Kind::Bool,
        Place::Json(_) => Kind::Json,
        Place::JsonText(_) => Kind::JsonText,
        Place::Object(model) => Kind::Object(model.shape()),
        Place::List(list) => Kind::List(Box::new(kind(list.push()))),
        Place::Map(map) => Kind::Map(Box::new(kind(map.entry("")))),
    }
}
