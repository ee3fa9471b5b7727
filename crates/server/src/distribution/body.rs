//! Bodies of responses: a few bytes, or a layer that is sent piece by piece.

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncSeekExt, ReadBuf};
use wharf_world::registry::{Blob, Data};

/// How much of a file is read at once.
const CHUNK: usize = 64 << 10;

/// The body of a response.
#[derive(Debug)]
pub(crate) struct Body {
    source: Source,
    left: u64,
}

#[derive(Debug)]
enum Source {
    Pieces(VecDeque<Bytes>),
    File { file: tokio::fs::File, buffer: Box<[u8]> },
}

impl Body {
    /// Returns a body of these bytes.
    pub(super) fn of(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { left: bytes.len() as u64, source: Source::Pieces(VecDeque::from([bytes])) }
    }

    /// Returns a body of a part of a blob.
    pub(super) async fn part(blob: &Blob, start: u64, length: u64) -> io::Result<Self> {
        let source = match blob.data() {
            Data::Memory(pieces) => Source::Pieces(cut(pieces, start, length)),
            Data::File(path) => {
                let mut file = tokio::fs::File::open(path).await?;
                file.seek(io::SeekFrom::Start(start)).await?;
                Source::File { file, buffer: vec![0; CHUNK].into_boxed_slice() }
            }
        };
        Ok(Self { source, left: length })
    }
}

/// The pieces between two places, without copying them.
fn cut(pieces: &[Bytes], start: u64, length: u64) -> VecDeque<Bytes> {
    let (mut skip, mut left) = (start, length);
    let mut out = VecDeque::new();
    for piece in pieces {
        let size = piece.len() as u64;
        if left == 0 {
            break;
        }
        if skip >= size {
            skip -= size;
            continue;
        }
        let take = left.min(size - skip);
        // Both are at most the length of the piece.
        let (from, until) = (skip as usize, (skip + take) as usize);
        out.push_back(piece.slice(from..until));
        (skip, left) = (0, left - take);
    }
    out
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        if this.left == 0 {
            return Poll::Ready(None);
        }
        let data = match &mut this.source {
            Source::Pieces(pieces) => pieces.pop_front().unwrap_or_default(),
            Source::File { file, buffer } => {
                let most = usize::try_from(this.left).unwrap_or(CHUNK).min(CHUNK);
                let mut read = ReadBuf::new(buffer.get_mut(..most).unwrap_or_default());
                ready!(Pin::new(file).poll_read(context, &mut read))?;
                Bytes::copy_from_slice(read.filled())
            }
        };
        if data.is_empty() {
            return Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the layer is cut short"))));
        }
        this.left -= data.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
