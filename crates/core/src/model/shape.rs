//! Names and documented facts of structures and their fields.

use super::{Field, TimeForm};
use std::borrow::Cow;

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
