//! The form of a spec file, as it is written.

mod field;
mod paginate;

pub use field::{Field, ListStyle, NamedEntries, Place, TimeForm};
pub use paginate::{PageStyle, Paginate};

use crate::about::About;
use crate::waiter::Waiter;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// One file of any kind.
#[derive(Debug, Clone)]
pub enum File {
    /// What a product is.
    About(About),
    /// Operations of one service crate.
    Operations(OperationsFile),
    /// Structures and enumerations of a product.
    Shapes(ShapesFile),
    /// Error codes of a product.
    Errors(ErrorsFile),
    /// What an import adds to operations and structures of other files.
    Additions(AdditionsFile),
    /// Decisions for an import. They describe nothing themselves.
    Overrides,
}

/// Operations of one product that live in one crate.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationsFile {
    /// Short name of the product (`tke`).
    pub product: String,
    /// Version of the API (`2018-05-25`).
    pub version: String,
    /// The service crate.
    #[serde(rename = "crate")]
    pub service: String,
    /// The family of operations, which has a client and a module of its own in the crate.
    #[serde(default)]
    pub family: Option<String>,
    /// How a call is written.
    pub protocol: Protocol,
    /// The operations.
    pub operations: Entries<Operation>,
    /// The waiters that poll them.
    #[serde(default)]
    pub waiters: Option<Entries<Waiter>>,
}

/// What an import adds to the hand-written files of one version of a product.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct AdditionsFile {
    /// Short name of the product.
    pub product: String,
    /// Version of the API.
    pub version: String,
    /// What is added.
    pub additions: Additions,
}

/// What an import adds to operations and structures. Nothing of it is required.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Additions {
    /// The hand-written operations that both editions have, and their further inputs and outputs.
    pub operations: BTreeMap<String, AddedFields>,
    /// Further fields of structures.
    pub shapes: BTreeMap<String, Vec<Field>>,
}

/// Further inputs and outputs of an operation.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedFields {
    /// Further inputs.
    #[serde(default)]
    pub input: Vec<Field>,
    /// Further outputs.
    #[serde(default)]
    pub output: Vec<Field>,
}

/// Structures and enumerations of one product.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapesFile {
    /// Short name of the product.
    pub product: String,
    /// Version of the API.
    pub version: String,
    /// The structures.
    pub shapes: Entries<Shape>,
    /// The enumerations.
    pub enums: Entries<Enumeration>,
}

/// Error codes of one product.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorsFile {
    /// Short name of the product.
    pub product: String,
    /// Version of the API.
    pub version: String,
    /// The codes.
    pub errors: Entries<ErrorCode>,
    /// What the HTTP status codes say, where the document lists them.
    #[serde(default)]
    pub statuses: Option<Entries<Status>>,
}

/// How a call is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DeriveDeserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// JSON with the action in a header, or the flattened query form.
    TencentV3,
    /// The flattened form with the action in it, answers in an envelope: Tencent's API 2.0.
    TencentV2,
    /// A method and a path, with the inputs where each says.
    Rest,
    /// The flattened form with action and version in it: Alibaba's RPC style.
    AcsRpc,
}

impl Protocol {
    /// The name that the files use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TencentV3 => "tencent_v3",
            Self::TencentV2 => "tencent_v2",
            Self::Rest => "rest",
            Self::AcsRpc => "acs_rpc",
        }
    }
}

/// An operation.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// What it does.
    #[serde(default)]
    pub doc: String,
    /// Where the facts come from.
    #[serde(default)]
    pub source: String,
    /// Address of its document.
    #[serde(default)]
    pub link: Option<String>,
    /// The name that it has instead of its own in Rust, Python and C, in the API's style.
    #[serde(default)]
    pub rename: Option<String>,
    /// Why it should no longer be used, and what to use instead: a sentence without its full stop.
    #[serde(default)]
    pub deprecated: Option<String>,
    /// The editions of the cloud that have it, where stated.
    #[serde(default)]
    pub editions: Option<Vec<Edition>>,
    /// HTTP method, where operations have one of their own.
    #[serde(default)]
    pub method: Option<Method>,
    /// Path, with `{name}` for the inputs that travel in it, where operations have one of their own.
    #[serde(default)]
    pub path: Option<String>,
    /// Whose host it goes to, by a word that the product knows, where not all operations go to the product's own.
    #[serde(default)]
    pub host: Option<String>,
    /// The member of the answer that holds the output, where it is not the answer itself.
    #[serde(default)]
    pub envelope: Option<String>,
    /// The status codes of success, where stated.
    #[serde(default)]
    pub success: Vec<u16>,
    /// The status codes of failure, where stated.
    #[serde(default)]
    pub failure: Vec<u16>,
    /// Calls per second that the service accepts; 0 where none is stated.
    pub rate_limit: u32,
    /// Who may call it.
    pub authorization: Authorization,
    /// What access management has to allow, where stated.
    #[serde(default)]
    pub permission: Option<String>,
    /// The job that it starts.
    #[serde(default)]
    pub job: Option<Job>,
    /// Whether the call takes a region.
    #[serde(default = "yes")]
    pub region: bool,
    /// A request that may have arrived may be sent again, however late.
    pub idempotent: bool,
    /// Why, where it is not obvious: the rest of a sentence.
    #[serde(default)]
    pub idempotent_reason: Option<String>,
    /// How its answer comes in pages.
    #[serde(default)]
    pub paginate: Option<Paginate>,
    /// What is wrong or odd in the source.
    #[serde(default)]
    pub erratum: Option<String>,
    /// The input, in the order in which it is written.
    pub input: Vec<Field>,
    /// The answer.
    pub output: Vec<Field>,
    /// The codes it is documented to answer with.
    pub errors: Vec<String>,
    /// Those of its codes that its document prints in another spelling, and that spelling.
    #[serde(default)]
    pub spellings: BTreeMap<String, String>,
}

/// An edition of a cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DeriveDeserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// The private cloud.
    Private,
    /// The public cloud.
    Public,
}

impl Edition {
    /// The name that the files use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
        }
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DeriveDeserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Authorization {
    /// A valid signature is enough.
    Signature,
    /// Access management must allow the call too.
    Cam,
    /// A token or a signature of the account.
    TokenOrSignature,
    /// The call carries its own credentials.
    None,
}

/// HTTP method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DeriveDeserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Makes, or does something.
    Post,
    /// Changes.
    Put,
    /// Removes.
    Delete,
    /// Changes a part.
    Patch,
}

impl Method {
    /// As it is written in a request.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Patch => "PATCH",
        }
    }
}

/// A job that an operation starts.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Output: its identifier; names joined by dots.
    pub id: String,
}

/// A structure.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// What it is.
    #[serde(default)]
    pub doc: String,
    /// Where the facts come from.
    #[serde(default)]
    pub source: String,
    /// Address of its document.
    #[serde(default)]
    pub link: Option<String>,
    /// The name that it has instead of its own in Rust, Python and C, in the API's style.
    #[serde(default)]
    pub rename: Option<String>,
    /// Why it should no longer be used, and what to use instead: a sentence without its full stop.
    #[serde(default)]
    pub deprecated: Option<String>,
    /// What is wrong or odd in the source.
    #[serde(default)]
    pub erratum: Option<String>,
    /// No field has this type: it describes what the free map of a structure's field may hold (`Cluster.labels`).
    #[serde(default)]
    pub carried_in: Option<String>,
    /// Its fields, in the order in which they are written.
    pub fields: Vec<Field>,
}

/// The known values of a string.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Enumeration {
    /// What the values tell apart.
    #[serde(default)]
    pub doc: String,
    /// Where the facts come from.
    #[serde(default)]
    pub source: String,
    /// The name that it has instead of its own in Rust, Python and C, in the API's style.
    #[serde(default)]
    pub rename: Option<String>,
    /// What is wrong or odd in the source.
    #[serde(default)]
    pub erratum: Option<String>,
    /// The values.
    pub values: Vec<EnumValue>,
}

/// A known value of a string.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct EnumValue {
    /// The value on the wire.
    pub value: String,
    /// The name that it has instead of its own in Rust, Python and C, in the API's style.
    #[serde(default)]
    pub rename: Option<String>,
    /// Why it should no longer be used, and what to use instead: a sentence without its full stop.
    #[serde(default)]
    pub deprecated: Option<String>,
    /// What it means.
    #[serde(default)]
    pub doc: String,
}

impl EnumValue {
    /// The name from which those of Rust and C are made.
    pub fn called(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.value)
    }
}

/// An error code.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorCode {
    /// What it says.
    #[serde(default)]
    pub doc: String,
    /// Where the facts come from.
    #[serde(default)]
    pub source: String,
    /// The name that it has instead of its own in Rust, Python and C, in the API's style.
    #[serde(default)]
    pub rename: Option<String>,
    /// What is wrong or odd in the source.
    #[serde(default)]
    pub erratum: Option<String>,
    /// What it means for the caller.
    pub kind: ErrorKind,
    /// Whether the same call may succeed when sent again.
    pub retry: bool,
    /// The HTTP status code that it comes with, where stated.
    #[serde(default)]
    pub status: Option<u16>,
    /// The numbers that answers carry for it, where they have numbers beside names.
    #[serde(default)]
    pub numbers: Vec<i64>,
    /// Other spellings that documents print for it.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// An HTTP status code.
#[derive(Debug, Clone, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The usual name.
    pub name: String,
    /// What it says.
    #[serde(default)]
    pub doc: String,
    /// Where the facts come from.
    #[serde(default)]
    pub source: String,
    /// What is wrong or odd in the source.
    #[serde(default)]
    pub erratum: Option<String>,
    /// What a failure without a known code means for the caller.
    #[serde(default)]
    pub kind: Option<ErrorKind>,
    /// Whether the same call may then succeed when sent again.
    #[serde(default)]
    pub retry: Option<bool>,
}

/// What an error code means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DeriveDeserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Too many calls.
    Throttled,
    /// Worth trying again as it is.
    Transient,
    /// The credentials are refused.
    Credentials,
    /// The credentials do not allow the call.
    Permission,
    /// A quota is reached.
    Quota,
    /// It does not exist.
    NotFound,
    /// It exists already, or its state does not allow the call.
    Conflict,
    /// The request is wrong.
    Invalid,
    /// The service does not offer it.
    Unsupported,
    /// The service failed and nothing says that this passes.
    Internal,
}

fn yes() -> bool {
    true
}

/// The entries of a JSON object in their order, one that appears twice kept twice, so that it can be told.
#[derive(Debug, Clone)]
pub struct Entries<T>(pub Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Collect<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Collect(PhantomData))
    }
}
