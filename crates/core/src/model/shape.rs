//! Names and documented facts of structures and their fields.

use super::TimeForm;
use std::borrow::Cow;

/// Number of slots in the index of a structure's names. A power of two; nearly all structures have less than
/// half as many names.
const SLOTS: usize = 128;
/// Number of names that the index contains. The other slots are empty, so that every search ends.
const MOST_INDEXED: usize = SLOTS - 4;

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
    /// Whether no name contains a character that JSON escapes.
    pub(crate) plain_names: bool,
    /// Hash table of the names: positions in `members` plus one, or zero. A slot that is taken moves a name to the next.
    index: [u8; SLOTS],
    /// Whether some names did not fit into the index.
    overflows: bool,
}

impl Shape {
    /// Returns a structure with that name in the API and those fields.
    pub const fn new(name: &'static str, members: &'static [Member]) -> Self {
        let mut shape = Self {
            name,
            type_name: name,
            members,
            has_times: false,
            plain_names: true,
            index: [0; SLOTS],
            overflows: false,
        };
        let (mut at, mut names) = (0, 0);
        while at < members.len() {
            let member = &members[at];
            shape.has_times |= member.time.is_some();
            shape.plain_names &= is_plain(member.wire);
            let mut spelling = 0;
            while let Some(name) = member.spelling(spelling) {
                if names < MOST_INDEXED && at < u8::MAX as usize {
                    let mut slot = slot(name.as_bytes());
                    while shape.index[slot] != 0 {
                        slot = (slot + 1) % SLOTS;
                    }
                    shape.index[slot] = at as u8 + 1;
                    names += 1;
                } else {
                    shape.overflows = true;
                }
                spelling += 1;
            }
            at += 1;
        }
        shape
    }

    /// Returns the field with that wire name, or with that other spelling.
    pub fn member(&self, wire: &str) -> Option<&'static Member> {
        self.members.get(self.position(wire)?)
    }

    /// Returns the position of the field with that wire name, or with that other spelling.
    #[inline]
    pub fn position(&self, wire: &str) -> Option<usize> {
        let mut slot = slot(wire.as_bytes());
        while let Some(at) = usize::from(self.index[slot]).checked_sub(1) {
            if self.members.get(at)?.is_named(wire) {
                return Some(at);
            }
            slot = (slot + 1) % SLOTS;
        }
        if self.overflows { self.members.iter().position(|member| member.is_named(wire)) } else { None }
    }

    /// Sets the name in Rust, if it differs.
    pub const fn named(mut self, type_name: &'static str) -> Self {
        self.type_name = type_name;
        self
    }
}

/// Returns the slot in which the search for a name starts. Names of one structure often begin alike, so the end counts.
const fn slot(name: &[u8]) -> usize {
    let (start, end) = name.split_at(name.len() / 2);
    let start = match start.last_chunk::<4>() {
        Some(bytes) => u32::from_le_bytes(*bytes),
        None => 0,
    };
    let end = match (end.last_chunk::<4>(), end) {
        (Some(bytes), _) => u32::from_le_bytes(*bytes),
        (None, [first, .., last]) => *first as u32 | (*last as u32) << 8,
        (None, [only]) => *only as u32,
        (None, []) => 0,
    };
    // The constants are odd and have many bits; the upper bits of the product depend on all bytes.
    let mixed = (start.wrapping_mul(0x9e37_79b1) ^ end).wrapping_add(name.len() as u32).wrapping_mul(0x85eb_ca6b);
    (mixed >> 25) as usize % SLOTS
}

/// Returns whether JSON contains the text as it is: printable ASCII without quotation marks and backslashes.
const fn is_plain(text: &str) -> bool {
    let (bytes, mut at) = (text.as_bytes(), 0);
    while at < bytes.len() {
        if !matches!(bytes[at], b' '..=b'~') || matches!(bytes[at], b'"' | b'\\') {
            return false;
        }
        at += 1;
    }
    true
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
    /// Whether the value is only hidden because it is a JSON document, whose content is unknown.
    pub document: bool,
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
            document: false,
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

    /// Returns the name on the wire for 0, and the other names that are read for larger numbers.
    const fn spelling(&self, at: usize) -> Option<&'static str> {
        match at {
            0 => Some(self.wire),
            1 | 2 => self.aliases[at - 1],
            _ => None,
        }
    }

    /// Returns whether the field is read by that name.
    #[inline]
    fn is_named(&self, wire: &str) -> bool {
        // The first of the aliases is set if there are any.
        self.wire == wire || (self.aliases[0].is_some() && self.aliases.contains(&Some(wire)))
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

    /// Marks the field as a JSON document of unknown content, which is not shown either.
    pub const fn document(mut self) -> Self {
        self.document = true;
        self.sensitive()
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
