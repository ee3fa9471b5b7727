#![allow(clippy::unwrap_used)]

use super::*;
use hyper::body::{Frame, SizeHint};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

#[test]
fn what_is_held_is_given_back() {
    let reading = Arc::new(Reading::new(100));
    let (mut one, mut two) = (Share::of(&reading), Share::of(&reading));
    assert!(one.take(60) && two.take(40));
    assert!(!two.take(1));
    drop(two);
    assert!(one.take(40));
    one.release();
    assert_eq!(reading.held.load(Ordering::Relaxed), 0);
}

/// A body of parts of 100 bytes, with or without a length, that notes what is held while it is read.
struct Parts {
    left: usize,
    length: Option<u64>,
    reading: Arc<Reading>,
    held: VecDeque<usize>,
}

impl hyper::body::Body for &mut Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let held = self.reading.held.load(Ordering::Relaxed);
        self.held.push_back(held);
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 100])))))
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Reads a body of that many parts with a limit of 300 bytes. Returns its size and the most that was held.
async fn read(parts: usize, length: Option<u64>) -> (Result<usize, Failure>, usize) {
    let reading = Arc::new(Reading::new(1 << 20));
    let mut sent = Parts { left: parts, length, reading: reading.clone(), held: VecDeque::new() };
    let (head, ()) = http::Request::post("/").body(()).unwrap().into_parts();
    let result = body(&head, &mut sent, 300, &reading).await.map(|(bytes, _)| bytes.len());
    (result, sent.held.into_iter().max().unwrap_or_default())
}

#[tokio::test]
async fn a_body_within_the_limit_is_read() {
    for length in [Some(300), None] {
        let (size, held) = read(3, length).await;
        assert_eq!((size.unwrap(), held), (300, 300));
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let (size, held) = read(4, None).await;
    assert!(matches!(size, Err(Failure::TooLarge)));
    assert_eq!(held, 300);
    let (size, held) = read(4, Some(400)).await;
    assert!(matches!(size, Err(Failure::TooLarge)));
    assert_eq!(held, 0, "what was announced as too long is kept");
}

#[test]
fn room_doubles_and_is_all_that_is_announced_for_a_large_body() {
    let mut bytes = Vec::new();
    for (more, announced, capacity) in [
        (100, Some(1_000), 200),
        (101, Some(250), 250),
        (49, None, 250),
        (SMALL, None, 2 * (SMALL + 250)),
        (SMALL + 250, None, 2 * (SMALL + 250)),
        (1, Some(SMALL << 4), SMALL << 4),
    ] {
        make_room(&mut bytes, more, announced, SMALL << 2).unwrap();
        assert_eq!(bytes.capacity(), capacity);
        bytes.resize(bytes.len() + more, 0);
    }
    assert!(matches!(make_room(&mut bytes, 1 << 20, Some(usize::MAX / 2), SMALL), Err(Failure::Busy)));
}
