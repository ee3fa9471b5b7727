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

    /// Returns the decoding options, for an output that contains them.
    #[doc(hidden)]
    fn decoding(&mut self) -> Option<&mut json::Decoding> {
        None
    }
}

/// Resets the fields of a structure to their initial values.
pub fn reset(model: &mut dyn Model) {
    for member in model.shape().members {
        if let Some((_, field)) = model.find(member.wire) {
            field.clear();
        }
    }
}

/// Visits the fields of a structure, in the order of its shape. For [`model!`](crate::model!).
#[doc(hidden)]
pub fn visit<'a>(shape: &'static Shape, fields: &[&'a dyn Field], visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
    for (member, field) in shape.members.iter().zip(fields) {
        visit(member, field.get());
    }
}

/// Returns the field with that wire name, and the name that it is written with. `fields` are in the order of the shape. For
/// [`model!`](crate::model!): a search that each structure compiles for itself would be a fifth of the generated code.
#[doc(hidden)]
pub fn pick<'a>(
    shape: &'static Shape,
    fields: &mut [Option<&'a mut dyn Field>],
    wire: &str,
) -> Option<(&'static str, &'a mut dyn Field)> {
    let at = shape.members.iter().position(|member| member.wire == wire || member.aliases.contains(&Some(wire)))?;
    Some((shape.members[at].wire, fields.get_mut(at)?.take()?))
}

/// Names of a structure and its fields in the API.
#[derive(Debug)]
pub struct Shape {
    /// Name in the API (`ClusterCIDRSettings`).
    pub name: &'static str,
    /// Name in Rust (`ClusterCidrSettings`).
    pub type_name: &'static str,
    /// Fields, in the order in which they are written.
    pub members: &'static [Member],
    /// Whether some of the fields are times, which have a format.
    pub(crate) has_times: bool,
}

impl Shape {
    /// Returns a structure with that name in the API and those fields.
    pub const fn new(name: &'static str, members: &'static [Member]) -> Self {
        let (mut at, mut has_times) = (0, false);
        while at < members.len() {
            has_times |= members[at].time.is_some();
            at += 1;
        }
        Self { name, type_name: name, members, has_times }
    }

    /// Sets the name in Rust, if it differs.
    pub const fn named(mut self, type_name: &'static str) -> Self {
        self.type_name = type_name;
        self
    }
}

/// Field of a structure, as the API documents it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Member {
    /// Name on the wire.
    pub wire: &'static str,
    /// Other names that are read, and never written.
    aliases: [Option<&'static str>; 2],
    /// Name of the field in the source.
    field: &'static str,
    /// Whether the API rejects a request without it.
    pub required: bool,
    /// Whether the value is a secret, which is never shown.
    pub sensitive: bool,
    /// Place in the request.
    pub place: In,
    /// Smallest and largest value of a number.
    pub range: Option<(i64, i64)>,
    /// Maximum number of items of a list.
    pub max_items: Option<usize>,
    /// Maximum number of characters of a text.
    pub max_length: Option<usize>,
    /// Value that is sent unless the caller sets another one (`kind`, `apiVersion`).
    pub fixed: Option<&'static str>,
    /// Whether the field is the whole body, instead of a part of it.
    pub payload: bool,
    /// Style of a list in the query.
    pub style: ListStyle,
    /// Format of a time, if it is one.
    pub time: Option<TimeForm>,
    /// Whether the document shows no body of the response, and only the vendor's own client reads this field.
    pub undocumented: bool,
    /// Two fields of the items, one for the name and one for the value, if services may send the list as an object.
    pub entries: Option<(&'static str, &'static str)>,
    /// Key of the one value that services may send as a text instead of the whole map.
    pub said_by: Option<&'static str>,
    /// Values that a text, or the texts of a list, are documented to have, if their type is no enumeration. Others are
    /// sent and read too.
    pub values: &'static [&'static str],
}

/// Place of a field in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum In {
    /// In the body (or the flattened form of protocols that use one).
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

/// Style of a list in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ListStyle {
    /// The name is repeated for every item.
    #[default]
    Repeat,
    /// The items are joined with commas.
    Comma,
    /// The list is written as JSON.
    Json,
}

impl Member {
    /// Returns a field without any documented limit.
    pub const fn new(wire: &'static str) -> Self {
        Self {
            wire,
            aliases: [None; 2],
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
            values: &[],
        }
    }

    /// Returns a field without any documented limit, with its name in the source.
    pub const fn of(field: &'static str, wire: &'static str) -> Self {
        let mut member = Self::new(wire);
        member.field = field;
        member
    }

    /// Adds another name that is read, and never written. A field has at most two.
    pub const fn alias(mut self, name: &'static str) -> Self {
        let free = if self.aliases[0].is_none() { 0 } else { 1 };
        assert!(self.aliases[free].is_none(), "a field has at most two aliases");
        self.aliases[free] = Some(name);
        self
    }

    /// Returns the name of the field in Rust (`cluster_ids`), without the `r#` of a keyword.
    pub fn name(&self) -> &'static str {
        self.field.strip_prefix("r#").unwrap_or(self.field)
    }

    /// Marks the field as required.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Marks the field as a secret, which is never shown.
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Sets the place of the field in the request.
    pub const fn place(mut self, place: In) -> Self {
        self.place = place;
        self
    }

    /// Sets the range of a number, both ends included.
    pub const fn range(mut self, min: i64, max: i64) -> Self {
        self.range = Some((min, max));
        self
    }

    /// Sets the maximum number of items of a list.
    pub const fn max_items(mut self, items: usize) -> Self {
        self.max_items = Some(items);
        self
    }

    /// Sets the value that is sent unless the caller sets another one.
    pub const fn fixed(mut self, value: &'static str) -> Self {
        self.fixed = Some(value);
        self
    }

    /// Sets the style of a list in the query.
    pub const fn style(mut self, style: ListStyle) -> Self {
        self.style = style;
        self
    }

    /// Marks the field as a time, and sets the format of the time.
    pub const fn time(mut self, form: TimeForm) -> Self {
        self.time = Some(form);
        self
    }

    /// Returns a text as it is written: a time in the format of the field.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.time.map_or(Cow::Borrowed(text), |form| form.write(text))
    }

    /// Sets the two fields of the items, for the name and the value, if services may send the list as an object.
    pub const fn entries(mut self, name: &'static str, value: &'static str) -> Self {
        self.entries = Some((name, value));
        self
    }

    /// Sets the key of the one value that services may send as a text instead of the whole map.
    pub const fn said_by(mut self, name: &'static str) -> Self {
        self.said_by = Some(name);
        self
    }

    /// Sets the values that a text is documented to have.
    pub const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }

    /// Marks the field as the whole body.
    pub const fn payload(mut self) -> Self {
        self.payload = true;
        self
    }

    /// Marks the field as undocumented: it may be absent if the response has no body.
    pub const fn undocumented(mut self) -> Self {
        self.undocumented = true;
        self
    }

    /// Sets the maximum number of characters of a text.
    pub const fn max_length(mut self, characters: usize) -> Self {
        self.max_length = Some(characters);
        self
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
    /// Reserves memory for one more item, and returns its size in bytes.
    fn grow(&mut self) -> usize {
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
        match self {
            Some(value) => value.get(),
            None => Ref::Absent,
        }
    }
    fn place(&mut self) -> Place<'_> {
        if self.is_none() {
            *self = Some(T::default());
        }
        match self {
            Some(value) => value.place(),
            None => unreachable!(),
        }
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

/// Returns how many items a full list makes room for, from its capacity and the size of an item in bytes.
fn more(room: usize, item: usize) -> usize {
    /// Size up to which a list doubles its capacity, in bytes. A larger one grows by a quarter.
    const SMALL: usize = 64 << 10;
    let more = match room {
        0 if item > 64 => 1,
        0 => 4,
        room if room * item < SMALL => room,
        room => room / 4,
    };
    more.max(1)
}

impl<T: Field + Default + 'static> List for Vec<T> {
    fn len(&self) -> usize {
        Vec::len(self)
    }
    fn item(&self, at: usize) -> Ref<'_> {
        match self.as_slice().get(at) {
            Some(value) => value.get(),
            None => Ref::Absent,
        }
    }
    fn push(&mut self) -> Place<'_> {
        let at = Vec::len(self);
        Vec::push(self, T::default());
        self[at].place()
    }
    fn grow(&mut self) -> usize {
        let (room, item) = (self.capacity(), size_of::<T>());
        if Vec::len(self) < room {
            return 0;
        }
        self.reserve_exact(more(room, item));
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
