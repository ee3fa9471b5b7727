//! Inputs, outputs and the fields of structures, as a spec file states them.

use super::Edition;
use crate::types::Type;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a field travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the path.
    Path,
    /// In the query string.
    Query,
    /// In a header.
    Header,
    /// In the body.
    Body,
    /// In the host name.
    Host,
}

impl Place {
    /// The name that the files use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Body => "body",
            Self::Host => "host",
        }
    }
}

/// The form and zone in which a document prints times. Without one it is `utc`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeForm {
    /// `2017-03-28T06:10:00Z`.
    #[default]
    Utc,
    /// `2017-03-28 14:10:00`, China's time.
    China,
    /// `2017-03-28 06:10:00 +0000 UTC`, as programs in Go print it.
    Go,
}

impl TimeForm {
    /// What it looks like, for the documentation of fields.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Utc => "`YYYY-MM-DDThh:mm:ssZ`",
            Self::China => "`YYYY-MM-DD hh:mm:ss` in China time (UTC+8)",
            Self::Go => "`YYYY-MM-DD hh:mm:ss +hhmm ZONE`",
        }
    }
}

/// How a list is written in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ListStyle {
    /// Its name again for every item.
    Repeat,
    /// The items in one text, with commas between them.
    Comma,
    /// As a JSON list.
    Json,
}

/// Which members of a structure an object has as its names and its values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedEntries {
    /// The member that has the name.
    pub name: String,
    /// The member that has the value.
    pub value: String,
}

/// An input, an output, or a field of a structure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Name on the wire.
    pub name: String,
    /// The name that it has instead of its own in Rust, Python and C, in the API's style.
    #[serde(default)]
    pub rename: Option<String>,
    /// Why it should no longer be used, and what to use instead: a sentence without its full stop.
    #[serde(default)]
    pub deprecated: Option<String>,
    /// The editions of the cloud that have it, where stated.
    #[serde(default)]
    pub editions: Option<Vec<Edition>>,
    /// Type on the wire.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Where it travels, if an operation has several places.
    #[serde(default, rename = "in")]
    pub place: Option<Place>,
    /// How a list is written in a query; its name again for every item unless it says something else.
    #[serde(default)]
    pub style: Option<ListStyle>,
    /// It is the whole body.
    #[serde(default)]
    pub payload: bool,
    /// The only value there is; filled in when none is given.
    #[serde(default, rename = "const")]
    pub fixed: Option<String>,
    /// Taken from the settings of the connection when none is given.
    #[serde(default)]
    pub from_connection: bool,
    /// The other input, or the member of one, that is taken when none is given.
    #[serde(default)]
    pub default_from: Option<String>,
    /// Other names that are understood when read, and never written.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Answer: the document shows no body, and only the vendor's own client reads this. The body may be missing.
    #[serde(default)]
    pub undocumented: bool,
    /// A list of structures that services also write as an object, whose names are one member of the structure.
    #[serde(default)]
    pub entries: Option<NamedEntries>,
    /// A map that services also write as a text: the value of that name.
    #[serde(default)]
    pub said_by: Option<String>,
    /// The enumeration that lists the known values of a string.
    #[serde(default, rename = "enum")]
    pub enumeration: Option<String>,
    /// The values of a string, or of the strings of a list, that a package's text lists. Others are legal.
    #[serde(default)]
    pub values: Vec<String>,
    /// Input: refused without it. Answer: always there.
    #[serde(default)]
    pub required: bool,
    /// An answer may carry null for it.
    #[serde(default)]
    pub nullable: bool,
    /// What the service takes when it is left out.
    #[serde(default)]
    pub default: Option<Value>,
    /// Smallest number accepted.
    #[serde(default)]
    pub min: Option<i64>,
    /// Largest number accepted.
    #[serde(default)]
    pub max: Option<i64>,
    /// The range is read from a text: it is documented, and no number is refused because of it.
    #[serde(default)]
    pub unchecked: bool,
    /// Most items of a list.
    #[serde(default)]
    pub max_items: Option<usize>,
    /// Most characters of a string.
    #[serde(default)]
    pub max_length: Option<usize>,
    /// Form and zone of a time.
    #[serde(default)]
    pub time: Option<TimeForm>,
    /// Input: a text by which the service knows a repeated call. Filled in for each call when none is given.
    #[serde(default)]
    pub token: bool,
    /// The vendor marks it as not for the public.
    #[serde(default)]
    pub hidden: bool,
    /// A secret, or something that carries one.
    #[serde(default)]
    pub sensitive: bool,
    /// Where the fact comes from.
    #[serde(default)]
    pub source: String,
    /// What is wrong or odd in the source.
    #[serde(default)]
    pub erratum: Option<String>,
    /// What it means.
    #[serde(default)]
    pub doc: String,
    /// The name in Rust of the structure or the enumeration that its type names; found by the catalog.
    #[serde(skip)]
    pub named: String,
}

impl Field {
    /// The name from which those of Rust, Python and C are made.
    pub fn called(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.name)
    }

    /// The smallest and the largest number, if others are refused.
    pub fn checked_range(&self) -> (Option<i64>, Option<i64>) {
        if self.unchecked { (None, None) } else { (self.min, self.max) }
    }

    /// Where it travels; in the body unless it says something else.
    pub fn place(&self) -> Place {
        self.place.unwrap_or(Place::Body)
    }
}
