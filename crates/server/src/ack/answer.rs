//! Parts of answers that many operations share.

use serde_json::{Map, Value, json};
use wharf_world::Millis;
use wharf_world::kernel::time::china;

/// The moment as the service writes it, in its local time.
pub(super) fn local(moment: Millis) -> String {
    china(moment).format("%Y-%m-%dT%H:%M:%S+08:00").to_string()
}

/// Keys and values as a list of structures.
pub(super) fn pairs(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

/// One page of a list, and its number, size and total.
pub(super) fn page(items: Vec<Value>, (number, size): (usize, usize)) -> (Vec<Value>, Value) {
    let info = json!({"page_number": number, "page_size": size, "total_count": items.len()});
    let from = (number - 1).saturating_mul(size);
    (items.into_iter().skip(from).take(size).collect(), info)
}

/// Those of the members that are named.
pub(super) fn only(members: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let there = names.iter().filter_map(|name| Some(((*name).to_owned(), members.get(*name)?.clone())));
    there.filter(|(_, value)| !value.is_null()).collect()
}

#[cfg(test)]
mod tests;
