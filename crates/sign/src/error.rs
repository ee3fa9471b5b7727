//! Errors.

/// What is wrong with credentials, a header or a time. No value is quoted, which may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A part of the credentials is empty.
    #[error("the {part} of the credentials is empty")]
    Empty {
        /// `id`, `secret` or `session token`.
        part: &'static str,
    },
    /// A part of the credentials has characters that no key has, such as those that are copied along with one.
    #[error("the {part} of the credentials holds blanks, line ends or other characters that none has")]
    Characters {
        /// `id`, `secret` or `session token`.
        part: &'static str,
    },
    /// The header `Authorization` is of another scheme.
    #[error("the authorization is not of the scheme {scheme}")]
    Scheme {
        /// The expected scheme.
        scheme: &'static str,
    },
    /// A part of the header `Authorization` is missing or has another form.
    #[error("the authorization has no valid {part}")]
    Part {
        /// Name of the part.
        part: &'static str,
    },
    /// A time has another form, or is out of range.
    #[error("the time is not of the form {form}")]
    Time {
        /// An example of the form.
        form: &'static str,
    },
}
