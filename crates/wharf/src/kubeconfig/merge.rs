//! Merging of a kubeconfig into a file.

use super::{Kubeconfig, LISTS, Object, check, yaml};
use crate::{Error, ErrorKind, file};
use serde_json::{Value, json};
use std::path::Path;

/// Name of the extension that marks entries of this crate.
const MARK: &str = "wharf";

pub(super) fn into_file(config: &Kubeconfig, path: &Path, switch: bool) -> Result<(), Error> {
    let failed = |what: &'static str| move |error: std::io::Error| file::failed("kubeconfig", path, what, &error);
    let _lock = file::Lock::of(path).map_err(failed("cannot be locked"))?;
    let text = file::read(path, yaml::MAX_FILE).map_err(failed("cannot be read"))?;
    let mut document = yaml::read(text.as_deref().unwrap_or_default())?;
    check(&document)?;
    into(config, &mut document, switch)?;
    let merged = yaml::write(&document);
    file::replace(path, merged.expose()).map_err(failed("cannot be written"))
}

/// Adds the entries of a kubeconfig to a document.
pub(super) fn into(config: &Kubeconfig, document: &mut Object, switch: bool) -> Result<(), Error> {
    for (name, value) in [("apiVersion", "v1"), ("kind", "Config")] {
        document.entry(name).or_insert_with(|| value.into());
    }
    for (list, inner) in LISTS {
        let entries = document.entry(list).or_insert_with(|| json!([]));
        if entries.is_null() {
            *entries = json!([]);
        }
        let Value::Array(entries) = entries else { continue };
        for item in super::items(&config.document, list) {
            let marked = marked(item, inner, &config.origin);
            match entries.iter_mut().find(|entry| entry["name"] == item["name"]) {
                None => entries.push(marked),
                Some(entry) if entry == item => {}
                Some(entry) if origin(entry, inner) == Some(&config.origin) => *entry = marked,
                Some(_) => {
                    let name = item["name"].as_str().unwrap_or_default();
                    let message = format!(
                        "the file has another entry {name:?} in its {list}, which this SDK has not written for this \
                         cluster: use with_prefix"
                    );
                    return Err(Error::new(ErrorKind::Conflict, message).with_field(format!("{list}.{name}")));
                }
            }
        }
    }
    let current = document.get("current-context").and_then(Value::as_str).unwrap_or_default();
    if let Some(own) = config.current_context().filter(|_| switch || current.is_empty()) {
        document.insert("current-context".into(), own.into());
    }
    Ok(())
}

/// Returns an entry with the mark of this crate, in place of an earlier one.
fn marked(item: &Value, inner: &str, origin: &str) -> Value {
    let mut item = item.clone();
    if !item[inner].is_object() {
        item[inner] = json!({});
    }
    let extensions = &mut item[inner]["extensions"];
    if !extensions.is_array() {
        *extensions = json!([]);
    }
    if let Value::Array(extensions) = extensions {
        extensions.retain(|extension| extension["name"] != MARK);
        extensions.push(json!({"name": MARK, "extension": {"cluster": origin}}));
    }
    item
}

/// Returns the cluster that an entry was written for. `None` if this crate has not written it.
fn origin<'a>(entry: &'a Value, inner: &str) -> Option<&'a str> {
    let extensions = entry.get(inner)?.get("extensions")?.as_array()?;
    extensions.iter().find(|extension| extension["name"] == MARK)?.get("extension")?.get("cluster")?.as_str()
}
