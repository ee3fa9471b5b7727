//! Strategic merge patches: merge patches that know what tells items of lists apart.

use crate::kubernetes::refusal::{Answer, Refusal};
use crate::kubernetes::schema::ListKind;
use crate::kubernetes::schema::shape::Shape;
use serde_json::{Map, Value};

const DIRECTIVE: &str = "$patch";
const RETAIN: &str = "$retainKeys";
const DELETE_VALUES: &str = "$deleteFromPrimitiveList/";
const ORDER: &str = "$setElementOrder/";

/// Merges a patch into an object.
pub fn merge(object: &mut Value, patch: &Value, shape: Shape<'_>) -> Answer<()> {
    let Some(patch) = patch.as_object() else { return Err(bad("a strategic merge patch is an object")) };
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    match directive(patch)? {
        Some("replace") => {
            *object = Value::Object(patch.iter().filter(|(name, _)| *name != DIRECTIVE).map(own).collect());
            return Ok(());
        }
        Some("delete") => {
            *object = Value::Object(Map::new());
            return Ok(());
        }
        _ => {}
    }
    let Some(target) = object.as_object_mut() else { return Ok(()) };
    if let Some(kept) = patch.get(RETAIN) {
        let kept: Vec<&str> = kept.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        target.retain(|name, _| kept.contains(&name.as_str()));
    }
    for (name, gone) in patch.iter().filter_map(|(name, gone)| Some((name.strip_prefix(DELETE_VALUES)?, gone))) {
        let gone = gone.as_array().ok_or_else(|| bad("$deleteFromPrimitiveList needs a list"))?;
        if let Some(list) = target.get_mut(name).and_then(Value::as_array_mut) {
            list.retain(|value| !gone.contains(value));
        }
    }
    for (name, value) in patch.iter().filter(|(name, _)| !name.starts_with('$')) {
        let shape = shape.child(name);
        match value {
            Value::Null => drop(target.remove(name)),
            Value::Object(inner) if directive(inner)? == Some("delete") => drop(target.remove(name)),
            Value::Object(_) => merge(target.entry(name.clone()).or_insert(Value::Null), value, shape)?,
            Value::Array(items) => {
                let order = patch.get(&format!("{ORDER}{name}")).and_then(Value::as_array);
                merge_list(target.entry(name.clone()).or_insert(Value::Null), items, shape)?;
                if let (Some(order), Some(list)) = (order, target.get_mut(name).and_then(Value::as_array_mut)) {
                    sort(list, order, &shape.list());
                }
            }
            value => drop(target.insert(name.clone(), value.clone())),
        }
    }
    Ok(())
}

fn bad(message: &str) -> Refusal {
    Refusal::bad_request(format!("error decoding patch: {message}"))
}

fn own((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

fn directive(patch: &Map<String, Value>) -> Answer<Option<&str>> {
    match patch.get(DIRECTIVE).map(Value::as_str) {
        None => Ok(None),
        Some(Some(word @ ("replace" | "delete" | "merge"))) => Ok(Some(word)),
        Some(_) => Err(bad("$patch is replace, delete or merge")),
    }
}

fn merge_list(target: &mut Value, patch: &[Value], shape: Shape<'_>) -> Answer<()> {
    let replaces = |item: &Value| item.as_object().is_some_and(|item| item.get(DIRECTIVE) == Some(&"replace".into()));
    if patch.iter().any(replaces) {
        *target = patch.iter().filter(|item| !replaces(item)).cloned().collect();
        return Ok(());
    }
    if !target.is_array() {
        *target = Value::Array(Vec::new());
    }
    let Some(list) = target.as_array_mut() else { return Ok(()) };
    match shape.list() {
        ListKind::Atomic => *list = patch.to_vec(),
        ListKind::Set => {
            for value in patch {
                if !list.contains(value) {
                    list.push(value.clone());
                }
            }
        }
        ListKind::Map(keys) => {
            let Some(key) = keys.first() else { return Ok(()) };
            for item in patch {
                let (Some(fields), Some(value)) = (item.as_object(), item.get(key)) else {
                    return Err(bad(&format!("an item of a list has no {key}, which tells it apart from the others")));
                };
                let place = list.iter().position(|there| there.get(key) == Some(value));
                match (directive(fields)?, place) {
                    (Some("delete"), Some(_)) => list.retain(|there| there.get(key) != Some(value)),
                    (Some("delete"), None) => {}
                    (_, Some(place)) => {
                        if let Some(there) = list.get_mut(place) {
                            merge(there, item, shape.item())?;
                        }
                    }
                    (_, None) => {
                        let mut new = Value::Null;
                        merge(&mut new, item, shape.item())?;
                        list.push(new);
                    }
                }
            }
        }
    }
    Ok(())
}

/// Puts the items of a list into the given order; those that it does not name stay at the end.
fn sort(list: &mut [Value], order: &[Value], kind: &ListKind) {
    let key = match kind {
        ListKind::Map(keys) => keys.first().cloned(),
        _ => None,
    };
    let place = |item: &Value| {
        let found = order.iter().position(|wanted| match &key {
            Some(key) => wanted.get(key).is_some() && wanted.get(key) == item.get(key),
            None => wanted == item,
        });
        found.unwrap_or(usize::MAX)
    };
    list.sort_by_key(place);
}
