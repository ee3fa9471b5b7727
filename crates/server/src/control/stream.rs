//! The journal as server-sent events.

use super::input::Call;
use super::journal::filter;
use super::{Answer, Body, Problem};
use crate::Cloud;
use crate::journal::{Filter, Followed};
use bytes::Bytes;
use http::{HeaderValue, Response, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How many readers there may be at the same time, over all servers of the process.
const MOST_READERS: usize = 64;
/// How long a reader may take for the events that wait for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a stream is silent at most.
const SILENCE: Duration = Duration::from_secs(5);

static READERS: AtomicUsize = AtomicUsize::new(0);

/// A place among the readers. Free again when it is dropped.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        let place = Self;
        // Counted first, so that two that come at once do not both take the last one.
        (READERS.fetch_add(1, Ordering::SeqCst) < MOST_READERS).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        READERS.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(super) fn follow(call: &Call, stopped: watch::Receiver<()>) -> Answer {
    let (cloud, filter) = (call.cloud()?, filter(call)?);
    let expected = format!("at most {MOST_READERS} readers");
    let place = Place::take().ok_or_else(|| Problem::too_many("", "there are too many readers", expected))?;
    let (sender, receiver) = mpsc::channel(16);
    tokio::spawn(send(cloud, filter, sender, stopped, place));
    Ok(streamed(receiver))
}

/// Sends entries until the reader is gone, or the cloud or the server is.
async fn send(
    cloud: Cloud,
    filter: Filter,
    sender: mpsc::Sender<Bytes>,
    mut stopped: watch::Receiver<()>,
    _place: Place,
) {
    let mut follow = cloud.journal().follow();
    loop {
        let event = tokio::select! {
            _ = stopped.changed() => return,
            () = sender.closed() => return,
            next = tokio::time::timeout(SILENCE, follow.next()) => match next {
                Err(_) if cloud.has_ended() => return,
                Err(_) => ": nothing new\n\n".to_owned(),
                Ok(Followed::Entry(entry)) if filter.matches(&entry) => event("entry", &entry.to_json()),
                Ok(Followed::Entry(_)) => continue,
                Ok(Followed::Missed(missed)) => event("missed", &json!({"missed": missed})),
            },
        };
        // A reader that is slow makes the journal's own reader miss entries, which it receives as a number.
        tokio::select! {
            _ = stopped.changed() => return,
            sent = tokio::time::timeout(PATIENCE, sender.send(event.into())) => {
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
            }
        }
    }
}

fn event(kind: &str, data: &Value) -> String {
    format!("event: {kind}\ndata: {data}\n\n")
}

fn streamed(receiver: mpsc::Receiver<Bytes>) -> Response<Body> {
    let events = futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (Ok::<_, Infallible>(Frame::data(piece)), receiver))
    });
    let mut answer = Response::new(StreamBody::new(events).boxed_unsync());
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}
