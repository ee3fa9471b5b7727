//! The kinds of faults.

use crate::refusal::Refusal;
use http::HeaderValue;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(super) type Answer = Arc<dyn Fn(&Map<String, Value>) -> Result<Value, Refusal> + Send + Sync>;
pub(super) type Total = Arc<dyn Fn(u64) -> u64 + Send + Sync>;

/// The longest pause between two parts of an answer.
pub(crate) const MAX_PAUSE: Duration = Duration::from_secs(10);

/// The effect of a fault.
#[derive(Clone)]
pub(crate) enum Effect {
    Throttle,
    Refuse(Refusal),
    ExpiredToken,
    Status { status: u16, retry_after: Option<u64> },
    CutBefore,
    CutAfter,
    Truncate,
    Garbage,
    Empty,
    ContentType(HeaderValue),
    Compressed,
    Drip(Drip),
    Delay(Duration),
    Answer(Answer),
    Total(Total),
}

/// How slowly the body of an answer is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Drip {
    /// Bytes at a time, at least one.
    pub(crate) bytes: usize,
    pub(crate) pause: Duration,
}

impl Drip {
    pub(crate) fn new(bytes: usize, pause: Duration) -> Self {
        Self { bytes: bytes.max(1), pause: pause.min(MAX_PAUSE) }
    }

    /// Returns how long a body of that length takes. The first part is sent at once.
    pub(crate) fn duration(self, length: usize) -> Duration {
        let pauses = length.div_ceil(self.bytes).saturating_sub(1);
        self.pause.saturating_mul(u32::try_from(pauses).unwrap_or(u32::MAX))
    }
}

impl Effect {
    /// Returns the effect of a wrong content type.
    pub(super) fn content_type(text: &str) -> Self {
        let other = HeaderValue::from_static("application/octet-stream");
        Self::ContentType(HeaderValue::from_str(text).unwrap_or(other))
    }

    /// Returns the name of its kind, as in the journal and in JSON.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Throttle => "throttle",
            Self::Refuse(_) => "refuse",
            Self::ExpiredToken => "expired_token",
            Self::Status { .. } => "status",
            Self::CutBefore => "cut_before",
            Self::CutAfter => "cut_after",
            Self::Truncate => "truncate",
            Self::Garbage => "garbage",
            Self::Empty => "empty",
            Self::ContentType(_) => "content_type",
            Self::Compressed => "compressed",
            Self::Drip(_) => "drip",
            Self::Delay(_) => "delay",
            Self::Answer(_) => "answer",
            Self::Total(_) => "total",
        }
    }
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}
