//! The result of signing.

use std::fmt;

/// Stage of the computation from a request to its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Parameters, sorted and encoded.
    CanonicalQuery,
    /// Lines of the headers.
    CanonicalHeaders,
    /// Path and query.
    CanonicalResource,
    /// Request as text.
    CanonicalRequest,
    /// Digest of the canonical request.
    HashedCanonicalRequest,
    /// Text that the key signs.
    StringToSign,
    /// Signature.
    Signature,
    /// Value of the header `Authorization`.
    Authorization,
}

impl Stage {
    /// Returns the name in lower case (`canonical_request`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::CanonicalQuery => "canonical_query",
            Self::CanonicalHeaders => "canonical_headers",
            Self::CanonicalResource => "canonical_resource",
            Self::CanonicalRequest => "canonical_request",
            Self::HashedCanonicalRequest => "hashed_canonical_request",
            Self::StringToSign => "string_to_sign",
            Self::Signature => "signature",
            Self::Authorization => "authorization",
        }
    }
}

/// Signature with all intermediate texts, except for the secret.
///
/// `Debug` shows the names of the stages alone, because a query or a header may contain secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed(Vec<(Stage, String)>);

impl Signed {
    pub(crate) fn new(stages: impl Into<Vec<(Stage, String)>>) -> Self {
        Self(stages.into())
    }

    /// Returns the stages in the order in which they were computed.
    pub fn stages(&self) -> impl Iterator<Item = (Stage, &str)> {
        self.0.iter().map(|(stage, text)| (*stage, text.as_str()))
    }

    /// Returns the text of a stage, or an empty one if the scheme does not have it.
    pub fn stage(&self, stage: Stage) -> &str {
        self.0.iter().find(|(known, _)| *known == stage).map_or("", |(_, text)| text.as_str())
    }

    /// Returns the signature: hexadecimal digits, or Base64 for schemes with HMAC-SHA1 and for parameters.
    pub fn signature(&self) -> &str {
        self.stage(Stage::Signature)
    }

    /// Returns the value of the header `Authorization`, or an empty text if the signature is a parameter.
    pub fn authorization(&self) -> &str {
        self.stage(Stage::Authorization)
    }

    /// Returns the text that the key signed.
    pub fn string_to_sign(&self) -> &str {
        self.stage(Stage::StringToSign)
    }

    /// Returns the request as text, or an empty text if the scheme has no such stage.
    pub fn canonical_request(&self) -> &str {
        self.stage(Stage::CanonicalRequest)
    }

    /// Returns the parameters, sorted and encoded as they can be sent, or an empty text if the scheme has no such
    /// stage.
    pub fn canonical_query(&self) -> &str {
        self.stage(Stage::CanonicalQuery)
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signed").field(&self.0.iter().map(|(stage, _)| stage.name()).collect::<Vec<_>>()).finish()
    }
}
