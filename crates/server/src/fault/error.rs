//! Why a fault is not accepted.

/// A fault that is not accepted: the member of its JSON that is wrong, and what is expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {expected}")]
pub struct FaultError {
    field: String,
    expected: String,
}

impl FaultError {
    pub(super) fn new(field: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { field: field.into(), expected: expected.into() }
    }

    /// Returns the member that is wrong (`effect.seconds`).
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns what is expected of the member.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}
