//! What a structure's members are, found out from an empty one.

use wharf_core::model::{Member, Model, Place, Shape};

/// A member of a structure: its names, its documented bounds and what may be put there.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Field {
    /// Name of the field in Rust, and of the keyword argument in languages that have such (`cluster_ids`).
    pub name: &'static str,
    /// What the API's document says of it, its name on the wire included.
    pub member: &'static Member,
    /// What may be put there.
    pub kind: Kind,
}

/// What kind of value a member takes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Kind {
    /// A text, an enumerated value or a time.
    Text,
    /// A whole number.
    Int,
    /// A whole number that is not negative.
    Uint,
    /// A number.
    Float,
    /// True or false.
    Bool,
    /// Any JSON.
    Json,
    /// JSON that travels as text: any JSON, or a text that holds it.
    JsonText,
    /// A structure.
    Object(&'static Shape),
    /// A list of such values.
    List(Box<Kind>),
    /// Such values by names that the caller chooses.
    Map(Box<Kind>),
}

/// The members of a structure, in the order of the document: `fields(&mut *entry.input())`.
///
/// It looks at the structure by filling it in, so give it one that is not needed otherwise.
pub fn fields(model: &mut dyn Model) -> Vec<Field> {
    let members = model.shape().members;
    let known = members.iter().filter_map(|member| {
        let (_, field) = model.find(member.wire)?;
        Some(Field { name: member.name(), member, kind: kind(field.place()) })
    });
    known.collect()
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
