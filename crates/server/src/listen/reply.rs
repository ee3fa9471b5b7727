//! The body of an answer on a socket, with the faults that cut it or slow it down.

use super::pace::{Pace, Phase};
use crate::fault::Drip;
use crate::gateway::Outcome;
use bytes::Bytes;
use http::{HeaderValue, header};
use hyper::body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::time::{Instant, Sleep};

/// Returns an answer for hyper; an error, upon which it closes the connection, for a cut.
pub(super) fn reply(outcome: Outcome, pace: Arc<Pace>) -> io::Result<http::Response<Reply>> {
    write(outcome, Some(pace))
}

/// Returns an answer for a connection whose phases are not limited.
pub(crate) fn reply_unpaced(outcome: Outcome) -> io::Result<http::Response<Reply>> {
    write(outcome, None)
}

fn write(outcome: Outcome, pace: Option<Arc<Pace>>) -> io::Result<http::Response<Reply>> {
    match outcome {
        Outcome::Cut { .. } => Err(cut()),
        Outcome::Answer(answer) => Ok(answer.map(|data| Reply::new(data, Ending::Whole))),
        Outcome::Truncated(mut answer) => {
            let whole = answer.body().len();
            answer.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(whole));
            Ok(answer.map(|data| Reply::new(data.slice(..whole / 2), Ending::Cut)))
        }
        Outcome::Slow(answer, drip) => {
            Ok(answer.map(|data| Reply { slow: Some(Slow::new(drip, pace)), ..Reply::new(data, Ending::Whole) }))
        }
    }
}

pub(crate) fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "cut by a fault")
}

/// The body of an answer, which may end too early or be slow.
pub(crate) struct Reply {
    /// What has not been sent.
    data: Bytes,
    ending: Ending,
    slow: Option<Slow>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Whole,
    /// Flush, then cut.
    Cut,
    Flushed,
}

/// The pauses between the parts of a slow body.
struct Slow {
    drip: Drip,
    pace: Option<Arc<Pace>>,
    pause: Pin<Box<Sleep>>,
}

impl Slow {
    fn new(drip: Drip, pace: Option<Arc<Pace>>) -> Self {
        // The first part is sent at once.
        Self { drip, pace, pause: Box::pin(tokio::time::sleep_until(Instant::now())) }
    }

    /// Returns the next part of the data once its pause is over.
    fn part(&mut self, data: &mut Bytes, context: &mut Context<'_>) -> Poll<Bytes> {
        ready!(self.pause.as_mut().poll(context));
        let part = data.split_to(self.drip.bytes.min(data.len()));
        if let Some(pace) = &self.pace {
            pace.enter(if data.is_empty() { Phase::Writing } else { Phase::Holding });
        }
        if !data.is_empty() {
            self.pause.as_mut().reset(Instant::now() + self.drip.pause);
        }
        Poll::Ready(part)
    }
}

impl Reply {
    fn new(data: Bytes, ending: Ending) -> Self {
        Self { data, ending, slow: None }
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let reply = self.get_mut();
        if !reply.data.is_empty() {
            let part = match &mut reply.slow {
                Some(slow) => ready!(slow.part(&mut reply.data, context)),
                None => std::mem::take(&mut reply.data),
            };
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        match reply.ending {
            Ending::Whole => Poll::Ready(None),
            Ending::Cut => {
                // hyper flushes when it has to wait, and only then does the first half leave.
                reply.ending = Ending::Flushed;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Ending::Flushed => Poll::Ready(Some(Err(cut()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_empty() && self.ending == Ending::Whole
    }

    fn size_hint(&self) -> SizeHint {
        match self.ending {
            Ending::Whole => SizeHint::with_exact(self.data.len() as u64),
            Ending::Cut | Ending::Flushed => SizeHint::default(),
        }
    }
}
