//! How generated structures meet the wire.
//!
//! A generated structure implements [`Model`] with one plain walk over its fields and one plain
//! `match` from wire name to field. Everything else (JSON both ways, flattened forms, checks before
//! sending, `Debug` that hides secrets) is a driver in this module, compiled once, that meets
//! structures through these object-safe traits. That is what keeps a thousand types cheap to build.

mod any;
mod carried;
mod check;
mod debug;
mod entries;
pub mod flat;
pub mod json;
mod macros;
#[cfg(feature = "serde")]
pub mod serde;
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
pub use time::{NotATime, TimeForm, Timestamp};
pub use types::{JsonText, Secret};
pub use value::{Names, to_value};

use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A structure of an API: a request, an answer, or a part of one.
pub trait Model: std::fmt::Debug + Send + Sync {
    /// The name and the members, as the API has them.
    fn shape(&self) -> &'static Shape;

    /// Calls `visit` for every member in the order of the shape, absent ones too.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static Member, Ref<'a>));

    /// The field with that wire name, and the name that it is written with.
    ///
    /// A name that is empty says that the structure only holds the output, which is in that field.
    fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn Field)>;

    /// How the answer is read into it, for an output that carries that along.
    #[doc(hidden)]
    fn decoding(&mut self) -> Option<&mut json::Decoding> {
        None
    }
}

/// Takes away what a structure holds: its members are as they were when it was made.
pub fn reset(model: &mut dyn Model) {
    for member in model.shape().members {
        if let Some((_, field)) = model.find(member.wire) {
            field.clear();
        }
    }
}

/// Visits the fields of a structure, given in the order of its members. For [`model!`](crate::model!).
#[doc(hidden)]
pub fn visit<'a>(shape: &'static Shape, fields: &[&'a dyn Field], visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
    for (member, field) in shape.members.iter().zip(fields) {
        visit(member, field.get());
    }
}

/// What the API calls a structure and its members.
#[derive(Debug)]
pub struct Shape {
    /// Name in the API (`ClusterCIDRSettings`).
    pub name: &'static str,
    /// Name in Rust (`ClusterCidrSettings`).
    pub type_name: &'static str,
    /// The members, in the order in which they are written.
    pub members: &'static [Member],
    /// Some of them are times, which have a form.
    pub(crate) has_times: bool,
}

impl Shape {
    /// A structure with that name in the API and those members.
    pub const fn new(name: &'static str, members: &'static [Member]) -> Self {
        let (mut at, mut has_times) = (0, false);
        while at < members.len() {
            has_times |= members[at].time.is_some();
            at += 1;
        }
        Self { name, type_name: name, members, has_times }
    }

    /// Gives it its name in Rust, where that is another one.
    pub const fn named(mut self, type_name: &'static str) -> Self {
        self.type_name = type_name;
        self
    }
}

/// A member of a structure, as the API documents it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Member {
    /// Name on the wire.
    pub wire: &'static str,
    /// Name of the field, as the source has it.
    field: &'static str,
    /// The API refuses a request without it.
    pub required: bool,
    /// Carries a secret: never shown.
    pub sensitive: bool,
    /// Where in the request it travels.
    pub place: In,
    /// Smallest and largest value of a number.
    pub range: Option<(i64, i64)>,
    /// Most items of a list.
    pub max_items: Option<usize>,
    /// Most characters of a text.
    pub max_length: Option<usize>,
    /// What it says unless the caller says something else (`kind`, `apiVersion`).
    pub fixed: Option<&'static str>,
    /// It is the whole body, not a member of it.
    pub payload: bool,
    /// How a list is written in the query.
    pub style: ListStyle,
    /// The form of a time, where it is one.
    pub time: Option<TimeForm>,
    /// In an answer: the document shows no body, and only the vendor's own client reads this.
    pub undocumented: bool,
    /// Services write an object for the list: its names are one member of the items, its values the other.
    pub entries: Option<(&'static str, &'static str)>,
    /// Services write a text for the map: the value of that name.
    pub said_by: Option<&'static str>,
}

/// Where a member of a request travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum In {
    /// In the body (or the flattened form of protocols that have one).
    Body,
    /// In the query string.
    Query,
    /// In the path.
    Path,
    /// In a header.
    Header,
    /// In the host name.
    Host,
}

/// How a list is written in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ListStyle {
    /// Its name again for every item.
    #[default]
    Repeat,
    /// The items in one text, with commas between them.
    Comma,
    /// As a JSON list.
    Json,
}

impl Member {
    /// A member without any documented bound.
    pub const fn new(wire: &'static str) -> Self {
        Self {
            wire,
            field: wire,
            required: false,
            sensitive: false,
            place: In::Body,
            range: None,
            max_items: None,
            max_length: None,
            fixed: None,
            payload: false,
            style: ListStyle::Repeat,
            time: None,
            undocumented: false,
            entries: None,
            said_by: None,
        }
    }

    /// Gives it the name of its field, where that is another one.
    pub const fn field(mut self, field: &'static str) -> Self {
        self.field = field;
        self
    }

    /// The name of its field in Rust (`cluster_ids`), without the `r#` of a keyword.
    pub fn name(&self) -> &'static str {
        self.field.strip_prefix("r#").unwrap_or(self.field)
    }

    /// Marks it as required.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Marks it as carrying a secret.
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Says where it travels.
    pub const fn place(mut self, place: In) -> Self {
        self.place = place;
        self
    }

    /// Bounds a number, both ends included.
    pub const fn range(mut self, min: i64, max: i64) -> Self {
        self.range = Some((min, max));
        self
    }

    /// Bounds the length of a list.
    pub const fn max_items(mut self, items: usize) -> Self {
        self.max_items = Some(items);
        self
    }

    /// Gives it a value for when the caller gives none.
    pub const fn fixed(mut self, value: &'static str) -> Self {
        self.fixed = Some(value);
        self
    }

    /// Says how a list is written in the query.
    pub const fn style(mut self, style: ListStyle) -> Self {
        self.style = style;
        self
    }

    /// Says that it is a time, and in which form.
    pub const fn time(mut self, form: TimeForm) -> Self {
        self.time = Some(form);
        self
    }

    /// A text as it is written: a time in the form of the member.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.time.map_or(Cow::Borrowed(text), |form| form.write(text))
    }

    /// Says which members of the items an object has as names and values that is written for the list.
    pub const fn entries(mut self, name: &'static str, value: &'static str) -> Self {
        self.entries = Some((name, value));
        self
    }

    /// Says whose value it is that is written for the map.
    pub const fn said_by(mut self, name: &'static str) -> Self {
        self.said_by = Some(name);
        self
    }

    /// Makes it the whole body.
    pub const fn payload(mut self) -> Self {
        self.payload = true;
        self
    }

    /// Says that the document shows an answer without it, so that it may be missing with the whole body.
    pub const fn undocumented(mut self) -> Self {
        self.undocumented = true;
        self
    }

    /// Bounds the characters of a text.
    pub const fn max_length(mut self, characters: usize) -> Self {
        self.max_length = Some(characters);
        self
    }
}

/// A value as the writers see it.
#[derive(Clone, Copy)]
pub enum Ref<'a> {
    /// Not given: left out of the request.
    Absent,
    /// A text, an enumerated value, a time, a secret, a JSON document in a string.
    Text(&'a str),
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    Uint(u64),
    /// A floating-point number.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// Any JSON.
    Json(&'a Value),
    /// A structure.
    Object(&'a dyn Model),
    /// A list.
    List(&'a dyn List),
    /// Values by names that the caller chooses.
    Map(&'a dyn Map),
}

/// A place that the readers fill.
pub enum Place<'a> {
    /// A text and its kin.
    Text(&'a mut dyn Text),
    /// A signed number.
    Int(&'a mut i64),
    /// An unsigned number.
    Uint(&'a mut u64),
    /// A floating-point number.
    Float(&'a mut f64),
    /// A truth value.
    Bool(&'a mut bool),
    /// Any JSON.
    Json(&'a mut Value),
    /// A JSON document carried in a string.
    JsonText(&'a mut JsonText),
    /// A structure.
    Object(&'a mut dyn Model),
    /// A list.
    List(&'a mut dyn List),
    /// Values by names that the caller chooses.
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
    /// What may be put here, for messages.
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

    /// Whether it holds other places.
    pub(crate) fn holds_others(&self) -> bool {
        matches!(self, Self::Object(_) | Self::List(_) | Self::Map(_))
    }

    /// Whether it can be empty, as a number cannot.
    pub(crate) fn may_be_empty(&self) -> bool {
        !matches!(self, Self::Int(_) | Self::Uint(_) | Self::Float(_) | Self::Bool(_))
    }
}

/// A value that a structure holds: read by writers, filled by readers.
pub trait Field: Send + Sync {
    /// The value.
    fn get(&self) -> Ref<'_>;
    /// The place for a value; an absent one is made present.
    fn place(&mut self) -> Place<'_>;
    /// Tells a time in which form its field writes it.
    fn set_time_form(&mut self, _form: TimeForm) {}
    /// Takes the value away, for one that cannot be read: absent, or else as it was when it was made.
    fn clear(&mut self) {}
}

/// A list of any length, seen from the drivers.
pub trait List: Send + Sync {
    /// Number of items.
    fn len(&self) -> usize;
    /// The item at `at`, absent past the end.
    fn item(&self, at: usize) -> Ref<'_>;
    /// Adds an item and gives its place.
    fn push(&mut self) -> Place<'_>;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Makes room for one item more, and tells how many bytes that takes.
    fn grow(&mut self) -> usize {
        0
    }
    /// Takes the last item away.
    fn pop(&mut self) {}
    /// Takes all items away.
    fn clear(&mut self) {}
    /// The list itself, for a caller that knows its type; `None` for a list that is no `Vec`.
    fn as_any(&mut self) -> Option<&mut dyn std::any::Any> {
        None
    }
}

/// Values by name, seen from the drivers.
pub trait Map: Send + Sync {
    /// Calls `visit` for every value, in the order of the names.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Ref<'a>));
    /// The place for the value of that name, made when it is not there.
    fn entry(&mut self, name: &str) -> Place<'_>;
    /// Bytes of a value, without what it points to.
    fn value_bytes(&self) -> usize {
        0
    }
    /// Takes the value of that name away.
    fn remove(&mut self, _name: &str) {}
    /// Takes all values away.
    fn clear(&mut self) {}
}

/// A value that is a string on the wire.
pub trait Text: Send + Sync {
    /// Replaces the value.
    fn set(&mut self, text: &str);
    /// Whether it is a point in time.
    fn is_time(&self) -> bool {
        false
    }
    /// The values that are documented, if only some are.
    fn known(&self) -> &'static [&'static str] {
        &[]
    }
}

impl Text for String {
    fn set(&mut self, text: &str) {
        self.clear();
        self.push_str(text);
    }
}

macro_rules! scalar_fields {
    ($($type:ty => $ref:expr, $place:ident;)*) => {$(
        impl Field for $type {
            fn get(&self) -> Ref<'_> {
                let read: fn(&$type) -> Ref<'_> = $ref;
                read(self)
            }
            fn place(&mut self) -> Place<'_> {
                Place::$place(self)
            }
            fn clear(&mut self) {
                *self = Self::default();
            }
        }
    )*};
}

scalar_fields! {
    String => |v| Ref::Text(v), Text;
    i64 => |v| Ref::Int(*v), Int;
    u64 => |v| Ref::Uint(*v), Uint;
    f64 => |v| Ref::Float(*v), Float;
    bool => |v| Ref::Bool(*v), Bool;
    Value => |v| Ref::Json(v), Json;
}

impl<T: Field + Default> Field for Option<T> {
    fn get(&self) -> Ref<'_> {
        self.as_ref().map_or(Ref::Absent, Field::get)
    }
    fn place(&mut self) -> Place<'_> {
        self.get_or_insert_default().place()
    }
    fn set_time_form(&mut self, form: TimeForm) {
        if let Some(value) = self {
            value.set_time_form(form);
        }
    }
    fn clear(&mut self) {
        *self = None;
    }
}

impl<T: Field + Default> Field for Box<T> {
    fn get(&self) -> Ref<'_> {
        (**self).get()
    }
    fn place(&mut self) -> Place<'_> {
        (**self).place()
    }
    fn clear(&mut self) {
        (**self).clear();
    }
}

impl<T: Field + Default + 'static> Field for Vec<T> {
    fn get(&self) -> Ref<'_> {
        Ref::List(self)
    }
    fn place(&mut self) -> Place<'_> {
        Place::List(self)
    }
    fn clear(&mut self) {
        Vec::clear(self);
    }
}

impl<T: Field + Default + 'static> List for Vec<T> {
    fn len(&self) -> usize {
        Vec::len(self)
    }
    fn item(&self, at: usize) -> Ref<'_> {
        self.as_slice().get(at).map_or(Ref::Absent, Field::get)
    }
    fn push(&mut self) -> Place<'_> {
        let at = Vec::len(self);
        Vec::push(self, T::default());
        self[at].place()
    }
    fn grow(&mut self) -> usize {
        /// Bytes up to which a list doubles its room; a longer one takes a quarter more.
        const SMALL: usize = 64 << 10;
        let (room, item) = (self.capacity(), size_of::<T>());
        if Vec::len(self) < room {
            return 0;
        }
        let more = match room {
            0 if item > 64 => 1,
            0 => 4,
            room if room * item < SMALL => room,
            room => room / 4,
        };
        self.reserve_exact(more.max(1));
        (self.capacity() - room) * item
    }
    fn pop(&mut self) {
        Vec::pop(self);
    }
    fn clear(&mut self) {
        Vec::clear(self);
    }
    fn as_any(&mut self) -> Option<&mut dyn std::any::Any> {
        Some(self)
    }
}

impl<T: Field + Default> Field for BTreeMap<String, T> {
    fn get(&self) -> Ref<'_> {
        Ref::Map(self)
    }
    fn place(&mut self) -> Place<'_> {
        Place::Map(self)
    }
    fn clear(&mut self) {
        BTreeMap::clear(self);
    }
}

impl<T: Field + Default> Map for BTreeMap<String, T> {
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Ref<'a>)) {
        for (name, value) in self {
            visit(name, value.get());
        }
    }
    fn entry(&mut self, name: &str) -> Place<'_> {
        BTreeMap::entry(self, name.to_owned()).or_default().place()
    }
    fn value_bytes(&self) -> usize {
        size_of::<T>()
    }
    fn remove(&mut self, name: &str) {
        BTreeMap::remove(self, name);
    }
    fn clear(&mut self) {
        BTreeMap::clear(self);
    }
}
