//! A refusal: an error the documents name, on its way to the caller.

use std::borrow::Cow;

/// A documented error code and what happened, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// The code on the wire.
    pub code: Cow<'static, str>,
    /// What happened, for people. Never holds a secret.
    pub message: String,
}

impl Refusal {
    /// A refusal with that code.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    /// A required parameter is missing.
    pub(crate) fn missing(name: &str) -> Self {
        Self::new("MissingParameter", format!("The request is missing the required parameter `{name}`."))
    }

    /// There is no such parameter.
    pub(crate) fn unknown(name: &str) -> Self {
        Self::new("UnknownParameter", format!("The parameter `{name}` is not recognized."))
    }
}
