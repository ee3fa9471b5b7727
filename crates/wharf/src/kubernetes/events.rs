//! Differences between two lists, as events of a watch.

use crate::Error;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Annotation of the bookmark that ends the initial events.
const INITIAL_EVENTS_END: &str = "k8s.io/initial-events-end";

/// Objects of a list, by namespace and name.
#[derive(Default)]
pub(super) struct Objects<'a> {
    kind: String,
    api_version: String,
    /// Version of the list.
    version: String,
    objects: BTreeMap<(String, String), Object<'a>>,
}

struct Object<'a> {
    uid: String,
    version: String,
    has_kind: bool,
    text: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Page<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    api_version: Cow<'a, str>,
    #[serde(default)]
    metadata: super::lists::ListMeta,
    #[serde(borrow)]
    items: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    metadata: Metadata<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Metadata<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    namespace: Cow<'a, str>,
    #[serde(borrow, default)]
    uid: Cow<'a, str>,
    #[serde(borrow, default)]
    resource_version: Cow<'a, str>,
}

impl<'a> Objects<'a> {
    /// Reads the pages of a list.
    pub(super) fn read(pages: &'a [Bytes]) -> Result<Self, Error> {
        let wrong = |_| Error::decode("items", "of the list cannot be read");
        let mut all = Self::default();
        for page in pages {
            let page: Page<'a> = serde_json::from_slice(page).map_err(wrong)?;
            all.kind = page.kind.strip_suffix("List").unwrap_or(&page.kind).to_owned();
            all.api_version = page.api_version.into_owned();
            all.version = page.metadata.resource_version;
            for item in page.items.unwrap_or_default() {
                let head: Head<'_> = serde_json::from_str(item.get()).map_err(wrong)?;
                let key = (head.metadata.namespace.into_owned(), head.metadata.name.into_owned());
                let object = Object {
                    uid: head.metadata.uid.into_owned(),
                    version: head.metadata.resource_version.into_owned(),
                    has_kind: head.kind.is_some(),
                    text: item.get(),
                };
                all.objects.insert(key, object);
            }
        }
        Ok(all)
    }

    /// Returns the version of the list.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Returns a `BOOKMARK`: the version up to which events were returned.
    pub(super) fn bookmark(&self, ends_initial_events: bool) -> String {
        let mut metadata = json!({"resourceVersion": self.version, "creationTimestamp": null});
        if ends_initial_events {
            metadata["annotations"] = json!({INITIAL_EVENTS_END: "true"});
        }
        let object = json!({"kind": self.kind, "apiVersion": self.api_version, "metadata": metadata});
        line("BOOKMARK", &object.to_string())
    }

    /// Returns the object with its kind, which lists leave out, on one line.
    fn whole(&self, object: &Object<'_>) -> String {
        // In JSON, a line break is never part of a value.
        let text = object.text.replace(['\n', '\r'], " ");
        match text.strip_prefix('{').filter(|_| !object.has_kind) {
            Some(rest) => {
                format!("{{\"kind\":{},\"apiVersion\":{},{rest}", quoted(&self.kind), quoted(&self.api_version))
            }
            None => text,
        }
    }

    /// Returns the object as it was last listed, with the version at which it was found to be deleted.
    fn deleted(&self, object: &Object<'_>, version: &str) -> String {
        let text = self.whole(object);
        match serde_json::from_str::<Value>(&text) {
            Ok(mut whole) => {
                whole["metadata"]["resourceVersion"] = version.into();
                whole.to_string()
            }
            Err(_) => text,
        }
    }
}

/// The events between two lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Events {
    /// Lines, in the order of the changes.
    pub(super) lines: String,
    /// Version of the last event.
    pub(super) last: Option<String>,
}

/// Returns the events that lead from one list to a later one. They are in the order of versions; deletions, whose versions
/// are not known, have the version of the list and come last.
pub(super) fn between(before: &Objects<'_>, after: &Objects<'_>) -> Events {
    // (order, version, line)
    let mut events: Vec<(u64, &str, String)> = Vec::new();
    for (key, new) in &after.objects {
        let order = new.version.parse().unwrap_or(u64::MAX - 1);
        let mut push = |kind, object: &str| events.push((order, &new.version, line(kind, object)));
        match before.objects.get(key) {
            Some(old) if old.uid != new.uid => {
                push("DELETED", &before.deleted(old, &new.version));
                push("ADDED", &after.whole(new));
            }
            Some(old) if old.version != new.version => push("MODIFIED", &after.whole(new)),
            Some(_) => {}
            None => push("ADDED", &after.whole(new)),
        }
    }
    for (key, old) in &before.objects {
        if !after.objects.contains_key(key) {
            events.push((u64::MAX, &after.version, line("DELETED", &before.deleted(old, &after.version))));
        }
    }
    events.sort_by_key(|(order, ..)| *order);
    Events {
        last: events.last().map(|(_, version, _)| (*version).to_owned()),
        lines: events.into_iter().map(|(.., line)| line).collect(),
    }
}

/// Returns the event that ends a watch: the `Status` of a failure.
pub(super) fn error(status: &[u8]) -> String {
    let text = String::from_utf8_lossy(status).replace(['\n', '\r'], " ");
    line("ERROR", &text)
}

fn line(kind: &str, object: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"object\":{object}}}\n")
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
