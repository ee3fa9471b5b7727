//! Reading a request's body within its limit, and within what all requests may hold together.

use bytes::Bytes;
use http::Method;
use http::request::Parts;
use http_body_util::BodyExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Why there is no body.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request is too large.
    TooLarge,
    /// The requests that are being read are too large together.
    Busy,
    /// The caller went away.
    Gone,
}

/// Bytes of heads and bodies that are being read and have not been dealt with yet, over all connections.
#[derive(Debug)]
pub(crate) struct Reading {
    held: AtomicUsize,
    most: usize,
}

impl Reading {
    pub(crate) fn new(most: usize) -> Self {
        Self { held: AtomicUsize::new(0), most }
    }
}

/// The part of one request in what is being read. Released when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    of: Arc<Reading>,
    bytes: usize,
}

impl Share {
    pub(crate) fn of(reading: &Arc<Reading>) -> Self {
        Self { of: reading.clone(), bytes: 0 }
    }

    /// Takes that many bytes more; false when all together hold as much as they may.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let before = self.of.held.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        before.saturating_add(bytes) <= self.of.most
    }

    /// Gives everything back.
    pub(crate) fn release(&mut self) {
        self.of.held.fetch_sub(std::mem::take(&mut self.bytes), Ordering::Relaxed);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.release();
    }
}

/// Reads the body. The target of a GET counts, too.
///
/// What is over the limit is read and dropped, up to four times the limit: a caller that is still
/// writing when the answer comes would see a cut connection instead of the answer. Nothing is kept of a
/// body whose announced length is over the limit.
pub(crate) async fn body<B>(
    parts: &Parts,
    mut body: B,
    limit: usize,
    reading: &Arc<Reading>,
) -> Result<(Bytes, Share), Failure>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    let mut share = Share::of(reading);
    let mut size = match parts.method {
        Method::GET => parts.uri.path_and_query().map_or(0, |target| target.as_str().len()),
        _ => 0,
    };
    let announced = body.size_hint().exact().map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    let is_too_long = announced.is_some_and(|announced| size.saturating_add(announced) > limit);
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(Failure::Gone) };
        let Some(data) = frame.data_ref() else { continue };
        size += data.len();
        if size <= limit && !is_too_long {
            if !share.take(data.len()) {
                return Err(Failure::Busy);
            }
            make_room(&mut read, data.len(), announced, limit)?;
            read.extend_from_slice(data);
        } else if size > 4 * limit {
            break;
        } else {
            read = Vec::new();
            share.release();
        }
    }
    if size > limit { Err(Failure::TooLarge) } else { Ok((read.into(), share)) }
}

/// Bytes of a body up to which the room for it doubles. A larger one gets all the room that it announces at once, because
/// each smaller piece of memory that it leaves behind would stay with the process.
const SMALL: usize = 64 << 10;

/// Makes room for `more` bytes of a body that is `announced` bytes long, or `limit` bytes at most.
fn make_room(read: &mut Vec<u8>, more: usize, announced: Option<usize>, limit: usize) -> Result<(), Failure> {
    let needed = read.len().saturating_add(more);
    if needed <= read.capacity() {
        return Ok(());
    }
    let wanted = match announced {
        Some(announced) if needed > SMALL => announced.max(needed),
        _ => needed.saturating_mul(2).min(announced.unwrap_or(limit)).max(needed),
    };
    read.try_reserve_exact(wanted - read.len()).map_err(|_| Failure::Busy)
}

#[cfg(test)]
mod tests;
