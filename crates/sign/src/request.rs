//! The parts of a request that schemes sign.

use crate::digest::{push_sha256, sha256_hex};
use std::borrow::Cow;
use std::fmt;

/// Text that is signed instead of the digest if the body is unsigned.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Parts of an HTTP request that are signed.
///
/// Each scheme reads those that it signs, as listed in the [crate's documentation](crate). The others may have their
/// default. `Debug` shows method, host and path alone, because the rest may contain secrets.
#[derive(Clone, Copy, Default)]
pub struct Request<'a> {
    /// Method in upper case.
    pub method: &'a str,
    /// Host, with its port if the request contains one.
    pub host: &'a str,
    /// Path, encoded as it is sent.
    pub path: &'a str,
    /// Query as it is sent, without the question mark.
    pub query: &'a str,
    /// Parameters, decoded, in any order: those of the query, and for schemes whose signature is a parameter also those
    /// of a form.
    pub parameters: &'a [(&'a str, &'a str)],
    /// Headers to sign, in any order.
    pub headers: &'a [(&'a str, &'a str)],
    /// Body.
    pub payload: Payload<'a>,
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.host)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Representation of a body in the signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Payload<'a> {
    /// The digest of its bytes.
    Bytes(&'a [u8]),
    /// A digest, as [`sha256_hex`] writes it: for servers that check several variants of a request and hash a large
    /// body once.
    Digest(&'a str),
    /// Unsigned: [`UNSIGNED_PAYLOAD`] is signed instead.
    Unsigned,
}

impl Default for Payload<'_> {
    fn default() -> Self {
        Self::Bytes(&[])
    }
}

impl<'a> Payload<'a> {
    /// Returns the text that is signed for the body.
    pub fn digest(self) -> Cow<'a, str> {
        match self {
            Self::Bytes(bytes) => sha256_hex(bytes).into(),
            Self::Digest(digest) => digest.into(),
            Self::Unsigned => UNSIGNED_PAYLOAD.into(),
        }
    }
}

impl Payload<'_> {
    /// Appends the text that is signed for the body.
    pub(crate) fn push_digest(self, out: &mut String) {
        match self {
            Self::Bytes(bytes) => push_sha256(out, bytes),
            Self::Digest(digest) => out.push_str(digest),
            Self::Unsigned => out.push_str(UNSIGNED_PAYLOAD),
        }
    }
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Digest(_) => f.write_str("Digest"),
            Self::Unsigned => f.write_str("Unsigned"),
        }
    }
}

/// Header that a scheme adds to a request.
///
/// `Debug` hides the value of a sensitive one.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// Name in lower case.
    pub name: &'static str,
    /// Value.
    pub value: String,
    /// Whether the value must not be shown.
    pub sensitive: bool,
}

impl Header {
    pub(crate) fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), sensitive: false }
    }

    pub(crate) fn secret(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), sensitive: true }
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.sensitive { "[hidden]" } else { &self.value };
        f.debug_struct("Header").field("name", &self.name).field("value", &value).finish_non_exhaustive()
    }
}
