//! Paths of operations and what stands in them.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// A path that has the form of an operation's.
#[derive(Debug)]
pub(super) struct Matched {
    /// The members that stand in it, decoded.
    pub(super) members: Map<String, Value>,
    /// How many of its parts are words: the more, the better the operation is meant.
    pub(super) literal: usize,
}

/// The members of a path that has the form of the template (`/clusters/{ClusterId}`).
pub(super) fn members(template: &str, path: &str) -> Option<Matched> {
    let (mut due, mut there) = (template.trim_end_matches('/').split('/'), path.trim_end_matches('/').split('/'));
    let mut matched = Matched { members: Map::new(), literal: 0 };
    loop {
        match (due.next(), there.next()) {
            (None, None) => return Some(matched),
            (Some(due), Some(there)) => {
                let there = percent_decode_str(there).decode_utf8().ok()?;
                if let Some(name) = due.strip_prefix('{').and_then(|due| due.strip_suffix('}')) {
                    if there.is_empty() {
                        return None;
                    }
                    matched.members.insert(name.to_owned(), Value::from(there.as_ref()));
                } else if due == there {
                    matched.literal += 1;
                } else {
                    return None;
                }
            }
            _ => return None,
        }
    }
}

/// A query taken apart, in which `+` is itself. What is not UTF-8 stays as it is and will not be found right.
pub(super) fn query(text: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}
