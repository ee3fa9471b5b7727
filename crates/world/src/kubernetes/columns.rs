//! Objects as rows of a table, and their metadata alone.

use super::cells::{cells, columns_of};
use super::names::{number, text};
use super::resource::Resource;
use crate::kernel::Millis;
use serde_json::{Value, json};

/// A column: name, type, and whether it is shown only in wide tables.
pub(super) type Column = (&'static str, &'static str, bool);

/// The metadata of an object.
pub fn partial(object: &Value) -> Value {
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]})
}

/// Objects as a table. `include` says what of each object comes with its row.
pub fn table(resource: &Resource, metadata: Value, items: Vec<Value>, include: Option<&str>, now: Millis) -> Value {
    let mut definitions = vec![definition("Name", "string", "name", 0)];
    let mut rows = Vec::new();
    if let Some(custom) = &resource.custom {
        let columns = custom.columns.as_array().cloned().unwrap_or_default();
        for column in &columns {
            let priority = number(column, "/priority").unwrap_or(0);
            let format = text(column, "/format");
            definitions.push(definition(text(column, "/name"), text(column, "/type"), format, priority));
        }
        let no_columns = columns.is_empty();
        if no_columns {
            definitions.push(definition("Age", "date", "", 0));
        }
        for item in &items {
            let mut cells = vec![item["metadata"]["name"].clone()];
            for column in &columns {
                let found = json_path(item, text(column, "/jsonPath"));
                cells.push(match (text(column, "/type"), found) {
                    ("date", Some(Value::String(time))) => json!(age(&time, now)),
                    (_, found) => found.unwrap_or_default(),
                });
            }
            if no_columns {
                cells.push(json!(age_of(item, now)));
            }
            rows.push(cells);
        }
    } else {
        let columns = columns_of(&resource.kind);
        definitions.extend(columns.iter().map(|(name, kind, wide)| definition(name, kind, "", i64::from(*wide))));
        for item in &items {
            let mut row = vec![item["metadata"]["name"].clone()];
            row.extend(cells(&resource.kind, item, now));
            rows.push(row);
        }
    }
    let rows: Vec<Value> = rows
        .into_iter()
        .zip(items)
        .map(|(cells, item)| {
            let object = match include {
                Some("None") => Value::Null,
                Some("Object") => item,
                _ => partial(&item),
            };
            json!({"cells": cells, "object": object})
        })
        .collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "columnDefinitions": definitions, "rows": rows,
    })
}

fn definition(name: &str, kind: &str, format: &str, priority: i64) -> Value {
    json!({"name": name, "type": kind, "format": format, "description": name, "priority": priority})
}

pub(super) fn moment(time: &str) -> Option<Millis> {
    Millis::try_from(chrono::DateTime::parse_from_rfc3339(time).ok()?.timestamp_millis()).ok()
}

pub(super) fn age(time: &str, now: Millis) -> String {
    moment(time).map_or_else(|| "<unknown>".to_owned(), |then| duration(now.saturating_sub(then)))
}

pub(super) fn age_of(object: &Value, now: Millis) -> String {
    age(text(object, "/metadata/creationTimestamp"), now)
}

/// A length of time as kubectl writes it: `5s`, `2m5s`, `3h`, `4d`.
pub(super) fn duration(time: Millis) -> String {
    let seconds = time / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let both = |whole: u64, unit: &str, rest: u64, rest_unit: &str| match rest {
        0 => format!("{whole}{unit}"),
        rest => format!("{whole}{unit}{rest}{rest_unit}"),
    };
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 => both(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => both(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => both(days, "d", hours % 24, "h"),
        691_200..63_072_000 => format!("{days}d"),
        _ => both(days / 365, "y", days % 365, "d"),
    }
}

/// The value at a simple path such as `.spec.names[0].kind`.
fn json_path(object: &Value, path: &str) -> Option<Value> {
    let mut place = object;
    let path = path.trim_start_matches('$').replace("\\.", "\u{0}");
    let mut depth = 0_i32;
    let outside = |letter: char| {
        depth += i32::from(letter == '[') - i32::from(letter == ']');
        letter == '.' && depth == 0
    };
    for step in path.split(outside).filter(|step| !step.is_empty()) {
        let step = step.replace('\u{0}', ".");
        let (name, rest) = step.split_once('[').map_or((step.as_str(), None), |(name, rest)| (name, Some(rest)));
        if !name.is_empty() {
            place = place.get(name)?;
        }
        let Some(rest) = rest.and_then(|rest| rest.strip_suffix(']')) else { continue };
        place = match rest.strip_prefix("?(@").and_then(|filter| filter.strip_suffix(')')) {
            // `conditions[?(@.type=="Ready")]`: a filter with one comparison.
            Some(filter) => {
                let (field, wanted) = filter.trim_start_matches('.').split_once("==")?;
                let wanted = wanted.trim().trim_matches(['"', '\'']);
                place.as_array()?.iter().find(|item| text(item, &format!("/{}", field.trim())) == wanted)?
            }
            None => match rest.parse::<usize>() {
                Ok(number) => place.get(number)?,
                Err(_) => place.get(rest.trim_matches(['"', '\'']))?,
            },
        };
    }
    Some(place.clone())
}
