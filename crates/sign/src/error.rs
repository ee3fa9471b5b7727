//! Errors.

/// Error in credentials, a header or a time. No value is quoted, because it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A part of the credentials is empty.
    #[error("the {part} of the credentials is empty")]
    Empty {
        /// `id`, `secret` or `session token`.
        part: &'static str,
    },
    /// A part of the credentials has characters that keys do not contain, such as those that are copied along with one.
    #[error("the {part} of the credentials holds blanks, line ends or other characters that none has")]
    Characters {
        /// `id`, `secret` or `session token`.
        part: &'static str,
    },
    /// The header `Authorization` has another scheme.
    #[error("the authorization is not of the scheme {scheme}")]
    Scheme {
        /// The expected scheme.
        scheme: &'static str,
    },
    /// A part of the header `Authorization` is missing or has another format.
    #[error("the authorization has no valid {part}")]
    Part {
        /// Name of the part.
        part: &'static str,
    },
    /// A time has another format, or is out of range.
    #[error("the time is not of the form {form}")]
    Time {
        /// Example of the format.
        form: &'static str,
    },
}
