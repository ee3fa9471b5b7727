//! The result of signing.

use crate::Payload;
use crate::canonical::{Line, push_lines, push_names};
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
#[derive(Clone)]
pub struct Signed {
    /// The texts of all stages, one after another. A stage may be the end of another one.
    text: String,
    /// Stages with the positions of their texts.
    stages: [Option<(Stage, u32, u32)>; MOST_STAGES],
}

/// Maximum number of stages of a scheme.
const MOST_STAGES: usize = 6;

impl Signed {
    /// Returns a signature without stages, with room for texts of that many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), stages: [None; MOST_STAGES] }
    }

    /// Adds a stage, whose text is written by `write`.
    pub(crate) fn add(&mut self, stage: Stage, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        self.mark(stage, start);
    }

    /// Adds a stage that ends with the texts of two others. `write` writes the text before them.
    #[cfg(feature = "acs-roa")]
    pub(crate) fn add_with_ends(
        &mut self,
        stage: Stage,
        write: impl FnOnce(&mut String),
        first: (Stage, impl FnOnce(&mut String)),
        second: (Stage, impl FnOnce(&mut String)),
    ) {
        let start = self.text.len();
        write(&mut self.text);
        self.add(first.0, first.1);
        self.add(second.0, second.1);
        self.mark(stage, start);
    }

    /// Adds a stage. The last bytes of its text are the text of another stage, which was computed before.
    pub(crate) fn add_ending(&mut self, stage: Stage, write: impl FnOnce(&mut String), end: (Stage, usize)) {
        let start = self.text.len();
        write(&mut self.text);
        self.mark(end.0, self.text.len().saturating_sub(end.1));
        self.mark(stage, start);
    }

    /// Adds the request as text, with the canonical query, which was added before.
    pub(crate) fn add_canonical_request(&mut self, start: [&str; 2], headers: &[Line<'_>], payload: Payload<'_>) {
        let query = match self.stages.first() {
            Some(Some((Stage::CanonicalQuery, start, end))) => *start..*end,
            _ => 0..0,
        };
        let query = position(query.start)..position(query.end);
        self.add(Stage::CanonicalRequest, |out| {
            for part in start {
                out.push_str(part);
                out.push('\n');
            }
            out.extend_from_within(query);
            out.push('\n');
            push_lines(out, headers);
            out.push('\n');
            push_names(out, headers);
            out.push('\n');
            payload.push_digest(out);
        });
    }

    fn mark(&mut self, stage: Stage, start: usize) {
        if let Some(free) = self.stages.iter_mut().find(|stage| stage.is_none()) {
            // A text that is longer than any request has no stages.
            let [start, end] = [start, self.text.len()].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
            *free = Some((stage, start, end));
        }
    }

    /// Returns the stages in the order in which they were computed.
    pub fn stages(&self) -> impl Iterator<Item = (Stage, &str)> {
        let texts = self.stages.iter().flatten();
        texts.map(|(stage, start, end)| (*stage, self.text.get(position(*start)..position(*end)).unwrap_or_default()))
    }

    /// Returns the text of a stage, or an empty one if the scheme does not have it.
    pub fn stage(&self, stage: Stage) -> &str {
        self.stages().find(|(known, _)| *known == stage).map_or("", |(_, text)| text)
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

fn position(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

impl PartialEq for Signed {
    fn eq(&self, other: &Self) -> bool {
        self.stages().eq(other.stages())
    }
}

impl Eq for Signed {}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signed").field(&self.stages().map(|(stage, _)| stage.name()).collect::<Vec<_>>()).finish()
    }
}
