//! A refusal: an error the documents name, on its way to the caller.

use std::borrow::Cow;

/// A documented error code and what happened, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status; `None` for the one that the vendor gives to the code.
    pub status: Option<u16>,
    /// The code on the wire.
    pub code: Cow<'static, str>,
    /// What happened, for people. Never holds a secret.
    pub message: String,
}

impl Refusal {
    /// A refusal with that code, and the status that the vendor gives to it.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status: None, code: code.into(), message: message.into() }
    }

    /// A refusal with that HTTP status and code. Tencent's products answer 200 whatever the status here.
    pub fn with_status(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status: Some(status), ..Self::new(code, message) }
    }
}
