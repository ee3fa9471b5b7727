//! The faults of a call: how it is selected, refused, and what happens to its answer.

use super::Gateway;
use super::Outcome;
use super::dialect::{Claims, Dialect};
use crate::fault::{Call, Effect, Struck};
use crate::journal::Entry;
use crate::refusal::Refusal;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderValue, header};
use std::io::Write;

/// What an injected refusal says of its reason.
const WHY: &str = "This is an injected fault.";

/// Returns the facts by which faults select the call.
pub(super) fn call<'a>(gateway: &Gateway, dialect: &dyn Dialect, entry: &'a Entry) -> Call<'a> {
    let Claims { account, has_token } = dialect.claims(gateway);
    Call { product: entry.product, operation: &entry.operation, account, has_token }
}

/// Returns the refusal that a fault has ordered.
pub(super) fn injected(dialect: &dyn Dialect, struck: &Struck) -> Option<Refusal> {
    match &struck.wire {
        Some(Effect::Refuse(refusal)) => Some(refusal.clone()),
        Some(Effect::Throttle) => Some(dialect.throttled(WHY.to_owned())),
        Some(Effect::ExpiredToken) => Some(dialect.expired_token()),
        _ => None,
    }
}

/// Returns the answer with the fault that applies to it.
pub(crate) fn outcome(mut answer: http::Response<Bytes>, struck: &Struck, entry: &mut Entry) -> Outcome {
    entry.response_bytes = answer.body().len();
    match &struck.wire {
        Some(Effect::CutAfter) => {
            (entry.status, entry.code, entry.response_bytes) = (None, None, 0);
            entry.response.clear();
            return Outcome::Cut { before: false };
        }
        Some(Effect::Truncate) => return Outcome::Truncated(answer),
        Some(Effect::Drip(drip)) => return Outcome::Slow(answer, *drip),
        Some(Effect::Garbage) => *answer.body_mut() = Bytes::from_static(b"<html>{\"Response\": \xff\xfe"),
        Some(Effect::Empty) => *answer.body_mut() = Bytes::new(),
        Some(Effect::ContentType(value)) => _ = answer.headers_mut().insert(header::CONTENT_TYPE, value.clone()),
        Some(Effect::Compressed) => {
            *answer.body_mut() = gzip(answer.body());
            answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        _ => {}
    }
    entry.response_bytes = answer.body().len();
    Outcome::Answer(answer)
}

/// Compresses a body.
fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Nothing fails that is written to memory.
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.map_or_else(|_| Bytes::new(), Bytes::from)
}
