//! Watches made of lists, for paths without streams.
//!
//! A watch starts from the list with the requested `resourceVersion`, which this client has received before: if it has
//! not, the response is 410, as Kubernetes' own for a version that is too old, and clients list again. Then it lists
//! every interval, and each difference is an event. With `resourceVersion` unset or `0`, the watch starts with an event
//! for each object.

use super::Kubernetes;
use super::body::Body;
use super::call::Call;
use super::events::{self, Events, Objects};
use super::lists::{Head, key};
use super::status::{self, Refusal};
use crate::Error;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Response, StatusCode};
use std::time::{Duration, Instant};

/// Number of objects on a page of a list.
const PAGE: &str = "500";
/// Duration of a watch that does not set one, and the maximum.
const DURATION: Duration = Duration::from_secs(30 * 60);
/// Maximum number of versions at which a list is known to be current.
const MAX_VERSIONS: usize = 8;

/// Result of a list: its pages, or another response.
type Listed = Result<Vec<Bytes>, Response<Bytes>>;

/// Starts a watch: lists once, and returns the stream of events, or the response that explains the failure.
pub(super) async fn start(kubernetes: Kubernetes, call: Call) -> Result<Response<Body>, Error> {
    let call = match list_accept(call) {
        Ok(call) => call,
        Err(refusal) => return Ok(refusal.map(Body::from)),
    };
    let (key, version) = (key(&call), call.parameter("resourceVersion").unwrap_or_default().to_owned());
    let initial = call.is_set("sendInitialEvents") || matches!(version.as_str(), "" | "0");
    let pages = if initial { Some(Vec::new()) } else { kubernetes.lists.at(&key, &version) };
    let Some(pages) = pages else {
        let message = format!("too old resource version: {version} (no list of it was received through this client)");
        return Ok(status::failure(StatusCode::GONE, "Expired", &message).map(Body::from));
    };
    let listed = match list(&kubernetes, &call).await? {
        Ok(listed) => listed,
        Err(response) => return Ok(response.map(Body::from)),
    };
    let clock = kubernetes.road.clock();
    let seconds = call.parameter("timeoutSeconds").and_then(|seconds| seconds.parse().ok()).unwrap_or(u64::MAX);
    let duration = Duration::from_secs(seconds).min(DURATION);
    let watch = Watch {
        bookmarks: call.is_set("allowWatchBookmarks"),
        ends_initial: call.is_set("sendInitialEvents"),
        versions: if initial { Vec::new() } else { vec![version] },
        deadline: clock.monotonic().checked_add(duration),
        listed: Some(listed),
        kubernetes,
        call,
        key,
        pages,
    };
    let mut response = Response::new(Body::stream(stream::unfold(Some(watch), next)));
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// State of a watch between two chunks of its events.
struct Watch {
    kubernetes: Kubernetes,
    call: Call,
    key: String,
    bookmarks: bool,
    /// Whether the next bookmark ends the initial events.
    ends_initial: bool,
    /// Versions at which `pages` were current, the latest last.
    versions: Vec<String>,
    /// The list up to which events were returned.
    pages: Vec<Bytes>,
    /// A newer list.
    listed: Option<Vec<Bytes>>,
    deadline: Option<Instant>,
}

/// Returns the next events, and the state after them. `None` is the end.
async fn next(watch: Option<Watch>) -> Option<(Result<Bytes, Error>, Option<Watch>)> {
    let mut watch = watch?;
    loop {
        let listed = match watch.listed.take() {
            Some(pages) => Ok(Ok(pages)),
            None => {
                if !watch.wait().await {
                    return None;
                }
                list(&watch.kubernetes, &watch.call).await
            }
        };
        match listed {
            Err(error) => return Some((Err(error), None)),
            Ok(Err(response)) => return Some((Ok(events::error(response.body()).into()), None)),
            Ok(Ok(pages)) => match watch.advance(pages) {
                Err(error) => return Some((Err(error), None)),
                Ok(lines) if lines.is_empty() => {}
                Ok(lines) => return Some((Ok(lines.into()), Some(watch))),
            },
        }
    }
}

impl Watch {
    /// Waits for the interval. Returns false if the watch is over before or at its end.
    async fn wait(&self) -> bool {
        let clock = self.kubernetes.road.clock();
        let left = self.deadline.map_or(Duration::MAX, |end| end.saturating_duration_since(clock.monotonic()));
        clock.sleep(self.kubernetes.interval.min(left)).await;
        left > self.kubernetes.interval
    }

    /// Returns the events that lead to a newer list, and stores it.
    fn advance(&mut self, pages: Vec<Bytes>) -> Result<String, Error> {
        let (before, after) = (Objects::read(&self.pages)?, Objects::read(&pages)?);
        let Events { mut lines, last } = events::between(&before, &after);
        let version = after.version().to_owned();
        let known = self.versions.last() == Some(&version) && last.is_none();
        if self.ends_initial || self.bookmarks && !known && !version.is_empty() {
            lines.push_str(&after.bookmark(self.ends_initial));
            self.ends_initial = false;
        }
        if let Some(last) = last {
            self.versions = vec![last];
        }
        if self.versions.last() != Some(&version) {
            self.versions.push(version);
        }
        let surplus = self.versions.len().saturating_sub(MAX_VERSIONS);
        self.versions.drain(..surplus);
        self.kubernetes.lists.keep(&self.key, &self.versions, &pages);
        self.pages = pages;
        Ok(lines)
    }
}

/// Lists everything that a watch selects, page by page.
async fn list(kubernetes: &Kubernetes, watch: &Call) -> Result<Listed, Error> {
    let mut limit = Some(PAGE);
    loop {
        match pages(kubernetes, watch, limit).await? {
            // The token of the next page has expired: everything at once cannot.
            Err(response) if response.status() == StatusCode::GONE && limit.is_some() => limit = None,
            listed => return Ok(listed),
        }
    }
}

async fn pages(kubernetes: &Kubernetes, watch: &Call, limit: Option<&str>) -> Result<Listed, Error> {
    let mut all = Vec::new();
    let mut next = String::new();
    loop {
        let mut call = watch.clone();
        call.query.retain(|(name, _)| matches!(name.as_str(), "labelSelector" | "fieldSelector"));
        let mut add = |name: &str, value: &str| call.query.push((name.to_owned(), value.to_owned()));
        if let Some(limit) = limit {
            add("limit", limit);
        }
        if !next.is_empty() {
            add("continue", &next);
        }
        let response = kubernetes.road.send(&call).await?;
        let head = Head::of(response.body()).filter(|_| response.status() == StatusCode::OK);
        let Some(head) = head else { return Ok(Err(response)) };
        all.push(response.into_body());
        next = head.metadata.r#continue;
        if next.is_empty() {
            return Ok(Ok(all));
        }
    }
}

/// Changes the media types that a watch accepts to those of a list. Tables cannot be compared.
fn list_accept(mut call: Call) -> Result<Call, Refusal> {
    let Some(accept) = call.accept.take() else { return Ok(call) };
    let types = accept.to_str().unwrap_or_default().split(',').filter(|it| !it.contains("as=Table"));
    let types: Vec<String> =
        types.map(|it| it.trim().replace("as=PartialObjectMetadata;", "as=PartialObjectMetadataList;")).collect();
    if types.is_empty() {
        let message = "a watch through lists returns objects, not tables: accept application/json";
        return Err(status::failure(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message));
    }
    call.accept = HeaderValue::from_str(&types.join(",")).ok();
    Ok(call)
}
