//! The interface between generated structures and the wire format.
//!
//! A generated structure implements [`Model`] with one walk over its fields and one `match` from wire name to field.
//! Everything else (JSON both ways, flattened formats, checks before sending, `Debug` that hides secrets) is a driver
//! in this module. Drivers are compiled once and access structures through these object-safe traits. This keeps a
//! thousand types cheap to build.

mod any;
mod carried;
mod check;
mod debug;
mod entries;
mod fields;
pub mod flat;
pub mod json;
mod macros;
#[cfg(feature = "serde")]
pub mod serde;
mod shape;
mod time;
mod types;
mod value;

pub use any::Any;
pub(crate) use carried::Bounded;
pub use carried::Kept;
pub use check::{Problem, check};
pub(crate) use debug::HIDDEN;
pub use debug::debug;
pub use entries::{entries, text_entries};
pub use shape::{In, ListStyle, Member, Shape};
pub use time::{NotATime, TimeForm, Timestamp};
pub use types::{JsonText, Secret};
pub use value::{Names, to_value};

use serde_json::Value;

/// Structure of an API: a request, a response, or a part of one.
pub trait Model: std::fmt::Debug + Send + Sync {
    /// Returns the name and the fields, as the API documents them.
    fn shape(&self) -> &'static Shape;

    /// Calls `visit` for every field in the order of the shape, including absent ones.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static Member, Ref<'a>));

    /// Returns the field with that wire name, and the name that it is written with.
    ///
    /// An empty name means that the structure is only an envelope of the output, which is in that field.
    fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn Field)>;

    /// Calls `visit` once, with the fields in the order of the shape. Readers then need no search for each field.
    ///
    /// A structure whose fields must be found by name, because there are others than those of the shape, passes none.
    fn fields<'a>(&'a mut self, visit: &mut dyn FnMut(Fields<'_, 'a>)) {
        visit(&mut []);
    }

    /// Returns the decoding options, for an output that contains them.
    #[doc(hidden)]
    fn decoding(&mut self) -> Option<&mut json::Decoding> {
        None
    }
}

/// Fields of a structure, in the order of its shape. A visitor can take one of them.
pub type Fields<'f, 'a> = &'f mut [Option<&'a mut dyn Field>];

/// Resets the fields of a structure to their initial values.
pub fn reset(model: &mut dyn Model) {
    let mut found_by_name = false;
    model.fields(&mut |fields| {
        found_by_name = fields.is_empty();
        fields.iter_mut().flatten().for_each(|field| field.clear());
    });
    if found_by_name {
        for member in model.shape().members {
            if let Some((_, field)) = model.find(member.wire) {
                field.clear();
            }
        }
    }
}

/// Returns the field with that wire name, and the name that it is written with. For [`model!`](crate::model!).
#[doc(hidden)]
pub fn find<'a>(model: &'a mut dyn Model, wire: &str) -> Option<(&'static str, &'a mut dyn Field)> {
    let shape = model.shape();
    let at = shape.position(wire)?;
    let mut found = None;
    model.fields(&mut |fields| found = fields.get_mut(at).and_then(Option::take));
    Some((shape.members.get(at)?.wire, found?))
}

/// Visits the fields of a structure, in the order of its shape. For [`model!`](crate::model!).
#[doc(hidden)]
pub fn visit<'a>(shape: &'static Shape, fields: &[&'a dyn Field], visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
    for (member, field) in shape.members.iter().zip(fields) {
        visit(member, field.get());
    }
}

/// Value as the writers read it.
#[derive(Clone, Copy)]
pub enum Ref<'a> {
    /// Not set: left out of the request.
    Absent,
    /// Text, enumerated value, time, secret, or JSON document in a string.
    Text(&'a str),
    /// Signed number.
    Int(i64),
    /// Unsigned number.
    Uint(u64),
    /// Floating-point number.
    Float(f64),
    /// Boolean.
    Bool(bool),
    /// Any JSON.
    Json(&'a Value),
    /// Structure.
    Object(&'a dyn Model),
    /// List.
    List(&'a dyn List),
    /// Map of values, with keys that the caller chooses.
    Map(&'a dyn Map),
}

/// Place that the readers fill.
pub enum Place<'a> {
    /// Text, or another value that is a string on the wire.
    Text(&'a mut dyn Text),
    /// Signed number.
    Int(&'a mut i64),
    /// Unsigned number.
    Uint(&'a mut u64),
    /// Floating-point number.
    Float(&'a mut f64),
    /// Boolean.
    Bool(&'a mut bool),
    /// Any JSON.
    Json(&'a mut Value),
    /// JSON document in a string.
    JsonText(&'a mut JsonText),
    /// Structure.
    Object(&'a mut dyn Model),
    /// List.
    List(&'a mut dyn List),
    /// Map of values, with keys that the caller chooses.
    Map(&'a mut dyn Map),
}

impl std::fmt::Debug for Ref<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Text(_) => "Text",
            Self::Int(_) => "Int",
            Self::Uint(_) => "Uint",
            Self::Float(_) => "Float",
            Self::Bool(_) => "Bool",
            Self::Json(_) => "Json",
            Self::Object(_) => "Object",
            Self::List(_) => "List",
            Self::Map(_) => "Map",
        })
    }
}

impl std::fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.expects())
    }
}

impl Place<'_> {
    /// Returns the type that the place accepts, for messages.
    pub fn expects(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Int(_) => "an integer",
            Self::Uint(_) => "an integer that is not negative",
            Self::Float(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Json(_) => "any JSON",
            Self::JsonText(_) => "JSON, or a string that holds JSON",
            Self::Object(_) | Self::Map(_) => "an object",
            Self::List(_) => "a list",
        }
    }

    /// Returns whether it contains other places.
    pub(crate) fn holds_others(&self) -> bool {
        matches!(self, Self::Object(_) | Self::List(_) | Self::Map(_))
    }

    /// Returns whether it can be empty. A number cannot.
    pub(crate) fn may_be_empty(&self) -> bool {
        !matches!(self, Self::Int(_) | Self::Uint(_) | Self::Float(_) | Self::Bool(_))
    }
}

/// Value in a structure, which writers read and readers fill.
pub trait Field: Send + Sync {
    /// Returns the value.
    fn get(&self) -> Ref<'_>;
    /// Returns the place for a value. An absent value is created.
    fn place(&mut self) -> Place<'_>;
    /// Sets a text and returns true, if the field is a text or an enumerated value. Other fields return false and are
    /// unchanged: their [`place`](Self::place) has the rules for a text.
    fn set_text(&mut self, _text: &str) -> bool {
        false
    }
    /// Sets the format in which the field writes times.
    fn set_time_form(&mut self, _form: TimeForm) {}
    /// Clears a value that cannot be read: it becomes absent, or has its initial value if it cannot be absent.
    fn clear(&mut self) {}
}

/// List of any item type, as the drivers use it.
pub trait List: Send + Sync {
    /// Returns the number of items.
    fn len(&self) -> usize;
    /// Returns the item at `at`, or an absent value past the end.
    fn item(&self, at: usize) -> Ref<'_>;
    /// Adds an item and returns its place.
    fn push(&mut self) -> Place<'_>;
    /// Returns whether the list has no items.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Reserves memory for one more item if the list is full, and returns its size in bytes. `expected` is the number of
    /// further items to make room for, if it is known.
    fn grow(&mut self, _expected: usize) -> usize {
        0
    }
    /// Removes the last item.
    fn pop(&mut self) {}
    /// Removes all items.
    fn clear(&mut self) {}
    /// Returns the list itself, for a caller that knows its type, or `None` for a list that is not a `Vec`.
    fn as_any(&mut self) -> Option<&mut dyn std::any::Any> {
        None
    }
}

/// Values by name, as the drivers use them.
pub trait Map: Send + Sync {
    /// Calls `visit` for every value, in the order of the names.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Ref<'a>));
    /// Returns the place for the value of that name, which is created if it does not exist.
    fn entry(&mut self, name: &str) -> Place<'_>;
    /// Returns the size of a value in bytes, without the memory that it points to.
    fn value_bytes(&self) -> usize {
        0
    }
    /// Removes the value of that name.
    fn remove(&mut self, _name: &str) {}
    /// Removes all values.
    fn clear(&mut self) {}
}

/// Value that is a string on the wire.
pub trait Text: Send + Sync {
    /// Replaces the value.
    fn set(&mut self, text: &str);
    /// Returns whether it is a point in time.
    fn is_time(&self) -> bool {
        false
    }
    /// Returns the documented values, if only some are allowed.
    fn known(&self) -> &'static [&'static str] {
        &[]
    }
}

impl Text for String {
    fn set(&mut self, text: &str) {
        // Exactly as large as the text, unless an earlier text left room for it.
        if self.capacity() < text.len() {
            *self = text.to_owned();
        } else {
            self.clear();
            self.push_str(text);
        }
    }
}
