//! File format of `specs/options.json`.

use serde::Deserialize;
use serde_json::Value;

/// An option of connections, or of calls.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Name in all languages.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The vendors that have it; `all` for every vendor.
    pub vendors: Vec<String>,
    /// Products of those vendors that do not have it. Such products have their own builder.
    #[serde(default)]
    pub except: Vec<String>,
    /// Default value: one value, or one for each vendor or product. `null` requires `unset`.
    pub default: Value,
    /// Behaviour without the option, a clause that follows "Without it, ".
    #[serde(default)]
    pub unset: Option<String>,
    /// Options of one group exclude each other.
    #[serde(default)]
    pub group: Option<String>,
    /// Description, in sentences. The first is a noun phrase, or begins with "Whether".
    pub doc: String,
    /// First words of the setter's documentation.
    #[serde(default)]
    pub verb: Option<String>,
    /// Behaviour when the setter is called again, for Rust only.
    #[serde(default)]
    pub again: Option<String>,
    #[serde(default)]
    pub dangerous: bool,
    #[serde(default = "of_connections")]
    pub scope: Vec<Scope>,
    /// Rust type: a path, or the name of a type in the vendor's module.
    #[serde(default)]
    pub rust: Option<String>,
    /// Setter of the builder, if it is not the name.
    #[serde(default)]
    pub setter: Option<String>,
    /// Field of the settings, if it is not the name.
    #[serde(default)]
    pub field: Option<String>,
    #[serde(default)]
    pub stored: Stored,
    /// Whether the field of an object may be empty.
    #[serde(default)]
    pub optional: bool,
    /// Whether an interface can be set several times.
    #[serde(default)]
    pub many: bool,
    /// Name of its Python type, if it has one.
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

/// Type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Text,
    /// A text that may contain a password, which is never shown.
    Url,
    Secret,
    Bool,
    /// A duration.
    Seconds,
    Whole,
    /// One of `words`.
    Word,
    /// An object with `fields`.
    Object,
    /// A key, described by `fields`, or a provider.
    Credentials,
    /// Certificates.
    Pem,
    /// A file.
    Path,
    /// Headers of requests: values by name.
    Headers,
    /// Addresses by host.
    Addresses,
    Proxy,
    NoProxy,
    /// A Rust trait, which JSON cannot represent.
    Interface,
}

/// Scope of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    Connection,
    Call,
}

/// Storage of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stored {
    /// A field of the settings.
    #[default]
    Settings,
    /// A hand-written `set_<name>` of the vendor's options.
    Vendor,
}

/// An allowed word.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Word {
    pub word: String,
    /// Variant of the Rust enumeration.
    pub variant: String,
    /// The vendors that know it; empty for all that have the option.
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
    /// Method of the object that sets it, if it is not the name.
    #[serde(default)]
    pub setter: Option<String>,
    /// Enumeration of `one_of`.
    #[serde(default)]
    pub rust: Option<String>,
    /// Variant of a field of `one_of`.
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
    /// An object with exactly one of `fields`.
    OneOf,
}
