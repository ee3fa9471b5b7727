//! The start of a body, read before it is known which cloud the request is for.

use crate::gateway::{Reading, Share};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Bytes within which a body names its caller. It is as many as a form may have.
const MOST: usize = 1 << 20;

/// A body whose start has been read.
pub(super) struct Peeked<B: Body> {
    start: Option<Bytes>,
    /// Why the rest cannot be read, if it cannot.
    failed: Option<Box<B::Error>>,
    rest: B,
}

impl<B: Body<Data = Bytes> + Unpin> Peeked<B> {
    /// Reads the body up to the bound, or as much of it as there is room for.
    pub(super) async fn read(mut body: B, reading: &Arc<Reading>) -> Self {
        let mut share = Share::of(reading);
        let (mut start, mut failed) = (BytesMut::new(), None);
        while start.len() < MOST {
            match body.frame().await {
                None => break,
                Some(Err(error)) => {
                    failed = Some(Box::new(error));
                    break;
                }
                Some(Ok(frame)) => {
                    let Some(data) = frame.data_ref() else { continue };
                    start.extend_from_slice(data);
                    if !share.take(data.len()) {
                        break;
                    }
                }
            }
        }
        Self { start: Some(start.freeze()), failed, rest: body }
    }

    /// What has been read.
    pub(super) fn start(&self) -> &[u8] {
        self.start.as_deref().unwrap_or_default()
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Peeked<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(start) = self.start.take().filter(|start| !start.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(start))));
        }
        if let Some(error) = self.failed.take() {
            return Poll::Ready(Some(Err(*error)));
        }
        Pin::new(&mut self.rest).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.start.is_none() && self.failed.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
