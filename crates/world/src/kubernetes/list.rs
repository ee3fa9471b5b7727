//! Lists of objects: selected, and in chunks.

use super::ControlPlane;
use super::api::{Call, Reply};
use super::names::{name_of, namespace_of};
use super::refusal::{Answer, Refusal};
use super::selectors::{FieldSelector, LabelSelector};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::Arc;

/// What a list or a watch is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub labels: LabelSelector,
    pub fields: FieldSelector,
}

impl Selection {
    /// Reads the selection of a request.
    pub fn of(call: &Call<'_>) -> Answer<Self> {
        Ok(Self {
            namespace: call.path.namespace.clone(),
            name: call.path.name.clone(),
            labels: LabelSelector::read(call.query.get("labelSelector").unwrap_or_default())?,
            fields: FieldSelector::read(call.query.get("fieldSelector").unwrap_or_default(), &call.resource.kind)?,
        })
    }

    /// Whether an object is selected.
    pub fn selects(&self, object: &Value) -> bool {
        self.namespace.as_ref().is_none_or(|namespace| namespace == namespace_of(object))
            && self.name.as_ref().is_none_or(|name| name == name_of(object))
            && self.labels.selects(object)
            && self.fields.selects(object)
    }
}

/// Where a list continues: the version it started at, and the last object that was returned.
struct Continue {
    version: u64,
    namespace: String,
    name: String,
}

impl Continue {
    fn read(text: &str) -> Answer<Self> {
        let bad = || Refusal::bad_request(format!("continue key is not valid: {text}"));
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| bad())?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(bad);
        let version = value.get("version").and_then(Value::as_u64).ok_or_else(bad)?;
        Ok(Self { version, namespace: text("namespace")?, name: text("name")? })
    }

    fn write(&self) -> String {
        URL_SAFE_NO_PAD
            .encode(json!({"version": self.version, "namespace": self.namespace, "name": self.name}).to_string())
    }
}

impl ControlPlane<'_, '_> {
    /// Lists the objects of a kind.
    pub(super) fn list_objects(&self, call: &Call<'_>) -> Answer<Reply> {
        let kubernetes = &self.cluster(call.cluster)?.kubernetes;
        let selection = Selection::of(call)?;
        let limit = call.query.number("limit")?.unwrap_or(0);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let asked = call.query.number("resourceVersion")?.unwrap_or(0);
        if asked > kubernetes.version() {
            let message = format!("Too large resource version: {asked}, current: {}", kubernetes.version());
            return Err(Refusal::new(504, "Timeout", message).retry_after(1));
        }
        if call.query.get("resourceVersionMatch") == Some("Exact") && asked < kubernetes.version() {
            return Err(Refusal::expired(format!(
                "The resourceVersion for the provided list is too old: only version {} is kept whole",
                kubernetes.version()
            )));
        }
        let start = call.query.get("continue").map(Continue::read).transpose()?;
        let version = start.as_ref().map_or(kubernetes.version(), |start| start.version);
        if start.is_some() && kubernetes.store.changes_since(version).is_none() {
            return Err(Refusal::expired(
                "The provided continue parameter is too old to display a consistent list result. You can start a new \
                 list without the continue parameter.",
            ));
        }
        let after = |object: &Value| {
            let place = (namespace_of(object), name_of(object));
            start.as_ref().is_none_or(|start| place > (start.namespace.as_str(), start.name.as_str()))
        };
        let all = kubernetes.store.list(&call.resource.key, selection.namespace.as_deref());
        let mut selected = all.filter(|object| after(object) && selection.selects(object));
        let length = if limit == 0 { usize::MAX } else { limit };
        let items: Vec<Arc<Value>> = selected.by_ref().take(length).cloned().collect();
        let remaining = selected.count();
        let mut metadata = json!({"resourceVersion": version.to_string()});
        if let (1.., Some(last)) = (remaining, items.last()) {
            let next = Continue { version, namespace: namespace_of(last).to_owned(), name: name_of(last).to_owned() };
            metadata["continue"] = json!(next.write());
            if selection.labels.is_empty() && selection.fields == FieldSelector::default() {
                metadata["remainingItemCount"] = json!(remaining);
            }
        }
        Ok(Reply::List(metadata, items))
    }
}
