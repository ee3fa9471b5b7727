//! Streams: watches of objects, and logs that are followed. A stream is polled; it has no clock of its own.

use super::ControlPlane;
use super::api::Call;
use super::list::Selection;
use super::log::Log;
use super::refusal::{Answer, Refusal};
use super::request::{ApiRequest, ApiResponse, Form, Query, Target, form, target};
use super::resource::Resource;
use super::store::{Change, ChangeKind};
use super::{columns, convert};
use crate::kernel::violation::Outcome;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

/// World time between two bookmarks.
const BOOKMARK: u64 = 60_000;
/// Most objects that one poll of a watch returns, so that many watchers of many objects need little memory.
const BATCH: usize = 100;

/// A stream of an API server.
#[derive(Debug, Clone)]
pub enum Stream {
    Watch(Box<Watch>),
    Log(Log),
}

/// Shows no contents: they can hold secrets.
impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Watch");
        shown.field("kind", &self.resource.key).field("version", &self.version).finish_non_exhaustive()
    }
}

/// A watch of the objects of a kind.
#[derive(Clone)]
pub struct Watch {
    resource: Resource,
    selection: Selection,
    form: Form,
    /// The version up to which changes are known to the caller.
    version: u64,
    /// What was there at the start, which is sent first.
    backlog: VecDeque<Arc<Value>>,
    /// A bookmark is sent after that.
    initial_bookmark: bool,
    bookmarks: bool,
    /// When the last line was sent.
    last: u64,
    /// When the stream ends, if the caller said.
    until: Option<u64>,
    columns_sent: bool,
    ended: bool,
}

impl Stream {
    /// The media type of the lines.
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Watch(_) => "application/json",
            Self::Log(_) => "text/plain",
        }
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Watch(watch) => watch.ended,
            Self::Log(log) => log.is_over(),
        }
    }

    /// The version up to which changes have been sent.
    pub fn version(&self) -> u64 {
        match self {
            Self::Watch(watch) => watch.version,
            Self::Log(_) => 0,
        }
    }
}

/// Whether a request asks for a stream.
pub fn wants_stream(request: &ApiRequest<'_>) -> bool {
    let (path, query) = request.path_and_query.split_once('?').unwrap_or((request.path_and_query, ""));
    let Target::Object(path) = target(path) else { return false };
    let query = Query::read(query);
    let set = |name: &str| matches!(query.get(name), Some("true" | "1"));
    let get = request.method.eq_ignore_ascii_case("GET");
    let follows = path.subresource.as_deref() == Some("log") && set("follow");
    get && (follows || (path.subresource.is_none() && (path.watch || set("watch"))))
}

impl ControlPlane<'_, '_> {
    /// Opens a stream: a watch, or a log that is followed. A request that is refused has an answer instead.
    pub fn open_stream(&mut self, cluster_id: &str, request: ApiRequest<'_>) -> Outcome<Result<Stream, ApiResponse>> {
        self.served_cluster(cluster_id)?;
        self.sync(cluster_id);
        Ok(self.stream(cluster_id, request).map_err(ApiResponse::from))
    }

    fn stream(&mut self, cluster_id: &str, request: ApiRequest<'_>) -> Answer<Stream> {
        let (path, query) = request.path_and_query.split_once('?').unwrap_or((request.path_and_query, ""));
        let Target::Object(path) = target(path) else { return Err(Refusal::unknown_path()) };
        let call = self.call(cluster_id, request, path, Query::read(query))?;
        match call.path.subresource.as_deref() {
            Some("log") => {
                self.authorize(&call, "get")?;
                self.log_of(&call).map(Stream::Log)
            }
            Some(_) => Err(Refusal::method_not_allowed()),
            None => {
                self.authorize(&call, "watch")?;
                self.watch_of(&call).map(Box::new).map(Stream::Watch)
            }
        }
    }

    fn watch_of(&self, call: &Call<'_>) -> Answer<Watch> {
        if !call.resource.can("watch") {
            return Err(Refusal::method_not_allowed());
        }
        let kubernetes = &self.cluster(call.cluster)?.kubernetes;
        let asked = call.query.number("resourceVersion")?;
        let sends_initial = call.query.flag("sendInitialEvents")?;
        if sends_initial && call.query.get("resourceVersionMatch") != Some("NotOlderThan") {
            return Err(Refusal::new(
                422,
                "Invalid",
                "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires \
                 setting resourceVersionMatch to NotOlderThan",
            ));
        }
        let initial = sends_initial || matches!(asked, None | Some(0));
        if asked.is_some_and(|asked| asked > kubernetes.version()) {
            let message =
                format!("Too large resource version: {}, current: {}", asked.unwrap_or(0), kubernetes.version());
            return Err(Refusal::new(504, "Timeout", message).retry_after(1));
        }
        let bookmarks = call.query.flag("allowWatchBookmarks")?;
        let until = call.query.number("timeoutSeconds")?;
        let mut watch = Watch {
            resource: call.resource.clone(),
            selection: Selection::of(call)?,
            form: form(call.request.accept)?,
            version: if initial { kubernetes.version() } else { asked.unwrap_or(0) },
            backlog: VecDeque::new(),
            initial_bookmark: sends_initial && bookmarks,
            bookmarks,
            last: self.0.now,
            until: until.map(|seconds| self.0.now.saturating_add(seconds.saturating_mul(1_000))),
            columns_sent: false,
            ended: false,
        };
        if initial {
            let there = kubernetes.store.list(&watch.resource.key, watch.selection.namespace.as_deref());
            let selected = there.filter(|object| watch.selection.selects(object)).cloned().collect();
            watch.backlog = selected;
        }
        Ok(watch)
    }

    /// What has come on a stream since it was last polled: lines without their ends. The next poll returns what does not
    /// fit into one.
    pub fn poll_stream(&mut self, cluster_id: &str, stream: &mut Stream) -> Outcome<Vec<String>> {
        self.served_cluster(cluster_id)?;
        self.sync(cluster_id);
        Ok(match stream {
            Stream::Watch(watch) => self.poll_watch(cluster_id, watch),
            Stream::Log(log) => self.poll_log(cluster_id, log),
        })
    }

    fn poll_watch(&self, cluster_id: &str, watch: &mut Watch) -> Vec<String> {
        let Ok(cluster) = self.cluster(cluster_id) else { return Vec::new() };
        if watch.ended {
            return Vec::new();
        }
        let (kubernetes, now) = (&cluster.kubernetes, self.0.now);
        let first: Vec<Arc<Value>> = watch.backlog.drain(..watch.backlog.len().min(BATCH)).collect();
        let mut lines: Vec<String> = first.iter().map(|object| watch.line("ADDED", object, now)).collect();
        if !watch.backlog.is_empty() {
            return lines;
        }
        if std::mem::take(&mut watch.initial_bookmark) {
            lines.push(watch.bookmark(true));
        }
        let Some(changes) = kubernetes.store.changes_since(watch.version) else {
            watch.ended = true;
            let refused =
                Refusal::expired(format!("too old resource version: {} ({})", watch.version, kubernetes.version()));
            lines.push(json!({"type": "ERROR", "object": refused.into_status()}).to_string());
            return lines;
        };
        let own = changes.filter(|change| change.key.kind == watch.resource.key);
        let mut seen: Vec<(u64, &'static str, Cow<'_, Value>)> = own
            .filter_map(|change| seen(&watch.selection, change).map(|(kind, object)| (change.version, kind, object)))
            .take(BATCH + 1)
            .collect();
        let next = seen.get(BATCH).map(|(version, ..)| *version);
        seen.retain(|(version, ..)| next.is_none_or(|next| *version < next));
        watch.version = next.map_or(kubernetes.version(), |next| next - 1);
        lines.extend(seen.into_iter().map(|(_, kind, object)| watch.line(kind, &object, now)));
        if !lines.is_empty() {
            watch.last = now;
        } else if watch.bookmarks && now >= watch.last + BOOKMARK {
            watch.last = now;
            lines.push(watch.bookmark(false));
        }
        watch.ended = next.is_none() && watch.until.is_some_and(|until| now >= until);
        lines
    }
}

/// What a change is for those who see a selection: an object that leaves it is deleted for them, as it was in it.
fn seen<'a>(selection: &Selection, change: &'a Change) -> Option<(&'static str, Cow<'a, Value>)> {
    let last = change.before.as_ref().filter(|before| selection.selects(before));
    let after = change.kind != ChangeKind::Deleted && selection.selects(&change.object);
    let now = Cow::Borrowed(&*change.object);
    match (last, after) {
        (None, true) => Some(("ADDED", now)),
        (Some(_), true) => Some(("MODIFIED", now)),
        (Some(_), false) if change.kind == ChangeKind::Deleted => Some(("DELETED", now)),
        (Some(last), false) => {
            let mut last = Value::clone(last);
            last["metadata"]["resourceVersion"] = json!(change.version.to_string());
            Some(("DELETED", Cow::Owned(last)))
        }
        (None, false) => None,
    }
}

impl Watch {
    fn line(&mut self, kind: &str, object: &Value, now: u64) -> String {
        let object = convert::shown(&self.resource, object.clone());
        let object = match self.form {
            Form::Table => {
                let metadata = json!({"resourceVersion": object.pointer("/metadata/resourceVersion")});
                let mut table = columns::table(&self.resource, metadata, vec![object], None, now);
                // The columns are sent once.
                if std::mem::replace(&mut self.columns_sent, true) {
                    table["columnDefinitions"] = Value::Null;
                }
                table
            }
            Form::Partial => columns::partial(&object),
            _ => object,
        };
        json!({"type": kind, "object": object}).to_string()
    }

    fn bookmark(&self, after_initial: bool) -> String {
        let mut metadata = json!({"resourceVersion": self.version.to_string(), "creationTimestamp": null});
        if after_initial {
            metadata["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        let object = match self.form {
            Form::Table => json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "rows": []}),
            Form::Partial => {
                json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata})
            }
            _ => {
                json!({"kind": self.resource.kind, "apiVersion": self.resource.api_version(), "metadata": metadata})
            }
        };
        json!({"type": "BOOKMARK", "object": object}).to_string()
    }
}
