//! The form of `specs/options.json`.

use serde::Deserialize;
use serde_json::Value;

/// An option of connections, or of calls.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// The name in all languages.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The vendors that have it; `all` is every one.
    pub vendors: Vec<String>,
    /// Products of those vendors that do not have it. They have a builder of their own.
    #[serde(default)]
    pub except: Vec<String>,
    /// The value when it is not given: one, or one for each vendor or product. `null` comes with `unset`.
    pub default: Value,
    /// What then happens, a clause to stand behind "Without it, ".
    #[serde(default)]
    pub unset: Option<String>,
    /// Options of one group exclude each other.
    #[serde(default)]
    pub group: Option<String>,
    /// What it is, in sentences. The first is a noun phrase, or begins with "Whether".
    pub doc: String,
    /// The beginning of the setter's first sentence.
    #[serde(default)]
    pub verb: Option<String>,
    /// What happens when the setter is called again, for Rust alone.
    #[serde(default)]
    pub again: Option<String>,
    #[serde(default)]
    pub dangerous: bool,
    #[serde(default = "of_connections")]
    pub scope: Vec<Scope>,
    /// The type in Rust: a path, or the name of a type in the vendor's module.
    #[serde(default)]
    pub rust: Option<String>,
    /// The setter of the builder, where it is not the name.
    #[serde(default)]
    pub setter: Option<String>,
    /// The field of the settings, where it is not the name.
    #[serde(default)]
    pub field: Option<String>,
    #[serde(default)]
    pub stored: Stored,
    /// Whether the field of an object may be empty.
    #[serde(default)]
    pub optional: bool,
    /// The name of its type in Python, where there is one.
    #[serde(default)]
    pub python: Option<String>,
    #[serde(default)]
    pub words: Vec<Word>,
    #[serde(default)]
    pub fields: Vec<Field>,
}

fn of_connections() -> Vec<Scope> {
    vec![Scope::Connection]
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Text,
    /// A text that may hold a password, which is never shown.
    Url,
    Secret,
    Bool,
    /// A length of time.
    Seconds,
    Whole,
    /// One of `words`.
    Word,
    /// What `fields` say.
    Object,
    /// A key, which `fields` describe, or a provider.
    Credentials,
    /// Certificates.
    Pem,
    /// Addresses by host.
    Addresses,
    Proxy,
    NoProxy,
    /// A trait of Rust, which no JSON can say.
    Interface,
}

/// What an option is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    Connection,
    Call,
}

/// Where a value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stored {
    /// In a field of the settings.
    #[default]
    Settings,
    /// Where a hand-written `set_<name>` of the vendor's options puts it.
    Vendor,
}

/// A word that a value may be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Word {
    pub word: String,
    /// The variant of the enumeration in Rust.
    pub variant: String,
    /// The vendors that know it; none are all that have the option.
    #[serde(default)]
    pub vendors: Vec<String>,
    #[serde(default)]
    pub except: Vec<String>,
}

/// A field of an object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: FieldKind,
    #[serde(default)]
    pub required: bool,
    pub doc: String,
    /// The method of the object that sets it, where it is not the name.
    #[serde(default)]
    pub setter: Option<String>,
    /// The enumeration of `one_of`.
    #[serde(default)]
    pub rust: Option<String>,
    /// The variant that a field of `one_of` stands for.
    #[serde(default)]
    pub variant: Option<String>,
    #[serde(default)]
    pub fields: Vec<Self>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FieldKind {
    Text,
    Secret,
    Bool,
    Seconds,
    Whole,
    /// An object with one field out of `fields`.
    OneOf,
}
