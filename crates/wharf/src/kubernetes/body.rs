//! Bodies of requests and responses.

use crate::{Error, ErrorKind};
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use http_body::{Frame, SizeHint};
use std::error::Error as StdError;
use std::fmt;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// Maximum size of a request's body, in bytes: that of Kubernetes API servers.
pub(super) const MAX_REQUEST: usize = 3 << 20;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// Body of a response: complete, or a stream, such as the events of a watch. Dropping it ends the watch.
pub struct Body(Kind);

enum Kind {
    Complete(Option<Bytes>),
    Stream(Chunks),
}

impl Body {
    pub(super) fn stream(chunks: impl Stream<Item = Result<Bytes, Error>> + Send + 'static) -> Self {
        Self(Kind::Stream(Box::pin(chunks)))
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Complete(Some(bytes).filter(|bytes| !bytes.is_empty())))
    }
}

/// Shows the size alone: a body may contain secrets.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Complete(bytes) => write!(f, "Body({} bytes)", bytes.as_ref().map_or(0, Bytes::len)),
            Kind::Stream(_) => f.write_str("Body(stream)"),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut self.0 {
            Kind::Complete(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Kind::Stream(chunks) => chunks.as_mut().poll_next(context).map(|chunk| chunk.map(|it| it.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Kind::Complete(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Complete(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Kind::Stream(_) => SizeHint::default(),
        }
    }
}

/// Reads the body of a request. Returns `None` if it is larger than [`MAX_REQUEST`].
///
/// # Errors
/// [`InvalidInput`](ErrorKind::InvalidInput) if the body cannot be read to its end.
pub(super) async fn collect<B>(body: B) -> Result<Option<Bytes>, Error>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let mut body = pin!(body);
    let mut collected = BytesMut::new();
    while let Some(frame) = std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let unreadable = || Error::new(ErrorKind::InvalidInput, "the body of the request cannot be read");
        let Ok(data) = frame.map_err(|error| unreadable().with_source(error))?.into_data() else { continue };
        if collected.len() + data.len() > MAX_REQUEST {
            return Ok(None);
        }
        collected.extend_from_slice(&data);
    }
    Ok(Some(collected.freeze()))
}
