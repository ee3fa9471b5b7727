//! How long connections may take: what each of them waits for, since when, and which has to make room for another.

use crate::fault::MAX_PAUSE;
use crate::gateway::{Reading, Share};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

/// How many connections there may be, and how long each may take for what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    pub(crate) idle: Duration,
    pub(crate) head: Duration,
    pub(crate) body: Duration,
    pub(crate) write: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            idle: Duration::from_secs(30),
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            write: Duration::from_secs(30),
        }
    }
}

impl Limits {
    /// How often a connection is looked at: a phase that begins in between is over this much too late.
    fn step(&self) -> Duration {
        let shortest = self.idle.min(self.head).min(self.body).min(self.write);
        (shortest / 4).clamp(Duration::from_millis(5), Duration::from_secs(5))
    }
}

/// What a connection does. The order is that in which connections have to make room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Nothing of a request has come.
    Idle,
    /// A part of a head has come.
    Head,
    /// The body is on its way.
    Body,
    /// The answer is on its way.
    Writing,
    /// A part of the answer has left, and a fault holds the rest back for a while.
    Holding,
    /// The request is being dealt with.
    Working,
}

/// One connection: what it does, and since when.
#[derive(Debug)]
pub(crate) struct Pace {
    limits: Limits,
    state: Mutex<State>,
    leave: Notify,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// What has come of a head.
    head: Share,
}

impl Pace {
    pub(super) fn new(limits: Limits, reading: &Arc<Reading>) -> Self {
        let state = State { phase: Phase::Idle, since: Instant::now(), head: Share::of(reading) };
        Self { limits, state: Mutex::new(state), leave: Notify::new() }
    }

    pub(super) fn enter(&self, phase: Phase) {
        let mut state = self.state();
        state.head.release();
        (state.phase, state.since) = (phase, Instant::now());
    }

    /// Leaves one phase for another, unless it has left it already.
    fn leave(&self, from: Phase, to: Phase) {
        if self.state().phase == from {
            self.enter(to);
        }
    }

    /// Notes that bytes came; false when there is no room for them.
    fn received(&self, bytes: usize) -> bool {
        let mut state = self.state();
        if state.phase == Phase::Idle {
            (state.phase, state.since) = (Phase::Head, Instant::now());
        }
        state.phase != Phase::Head || state.head.take(bytes)
    }

    /// Notes that a part of an answer has left.
    fn sent(&self) {
        let mut state = self.state();
        if state.phase == Phase::Writing {
            state.since = Instant::now();
        }
    }

    /// Resolves when the connection has to end, to why.
    pub(super) async fn over(&self) -> &'static str {
        let watched = async {
            loop {
                let (phase, due) = self.due();
                let now = Instant::now();
                match due {
                    Some(due) if due <= now => return phase,
                    due => {
                        let step = now + self.limits.step();
                        tokio::time::sleep_until(due.map_or(step, |due| due.min(step))).await;
                    }
                }
            }
        };
        tokio::select! {
            phase = watched => match phase {
                Phase::Idle => "no request came in time",
                Phase::Head => "the head did not come in time",
                Phase::Body => "the body did not come in time",
                Phase::Writing | Phase::Holding | Phase::Working => "the answer was not received in time",
            },
            () = self.leave.notified() => "another connection needs its place",
        }
    }

    /// The phase, and when it has to be over.
    fn due(&self) -> (Phase, Option<Instant>) {
        let state = self.state();
        let limit = match state.phase {
            Phase::Idle => Some(self.limits.idle),
            Phase::Head => Some(self.limits.head),
            Phase::Body => Some(self.limits.body),
            Phase::Writing => Some(self.limits.write),
            Phase::Holding => Some(self.limits.write.saturating_add(MAX_PAUSE)),
            Phase::Working => None,
        };
        (state.phase, limit.and_then(|limit| state.since.checked_add(limit)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All connections.
#[derive(Debug, Default)]
pub(super) struct Roster {
    open: Mutex<HashMap<u64, Arc<Pace>>>,
}

impl Roster {
    pub(super) fn add(self: &Arc<Self>, number: u64, pace: Arc<Pace>) -> Place {
        self.open().insert(number, pace);
        Place { roster: self.clone(), number }
    }

    /// Ends the connections that have waited the longest, up to that many; how many there were.
    pub(super) fn make_room(&self, connections: usize) -> usize {
        let mut open = self.open();
        let mut waiting: Vec<(Phase, Instant, u64)> = open
            .iter()
            .map(|(number, pace)| {
                let state = pace.state();
                (state.phase, state.since, *number)
            })
            .filter(|(phase, ..)| *phase != Phase::Working)
            .collect();
        // A head that has begun is no better than none.
        waiting.sort_unstable_by_key(|(phase, since, _)| ((*phase).max(Phase::Head), *since));
        let leaving: Vec<Arc<Pace>> =
            waiting.iter().take(connections).filter_map(|(_, _, number)| open.remove(number)).collect();
        leaving.iter().for_each(|pace| pace.leave.notify_one());
        leaving.len()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Pace>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's place among all. Given up when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    roster: Arc<Roster>,
    number: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.roster.open().remove(&self.number);
    }
}

/// A stream that notes what comes and leaves.
#[derive(Debug)]
pub(super) struct Paced<S> {
    pub(super) stream: S,
    pub(super) pace: Arc<Pace>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        if read > 0 && !self.pace.received(read) {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::OutOfMemory, "too much is being read")));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, data))?;
        self.pace.sent();
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, data))?;
        self.pace.sent();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// All of an answer has left when it is flushed.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.pace.leave(Phase::Writing, Phase::Idle);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The body of a request. It is done with when it is dropped.
#[derive(Debug)]
pub(super) struct Arriving {
    pub(super) body: Incoming,
    pub(super) pace: Arc<Pace>,
    /// Whether each part has the time of a whole body.
    pub(super) steady: bool,
}

impl Body for Arriving {
    type Data = bytes::Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if self.steady {
            self.pace.enter(Phase::Body);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer that is made while it is sent. Each part has the time of a whole one.
#[derive(Debug)]
pub(super) struct Leaving<B> {
    pub(super) body: B,
    pub(super) pace: Arc<Pace>,
}

impl<B: Body + Unpin> Body for Leaving<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.pace.enter(Phase::Writing);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.pace.leave(Phase::Body, Phase::Working);
    }
}

#[cfg(test)]
mod tests;
