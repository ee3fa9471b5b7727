//! Reading parameters, and the rules for names and labels.

use crate::world::fault::Outcome;
use std::collections::BTreeMap;

pub(super) use crate::input::{Input, invalid};

/// Whether the text can name something: lower-case letters, digits and hyphens, beginning with a letter and not
/// ending with a hyphen.
pub(super) fn check_name(what: &str, name: &str, shortest: usize, longest: usize) -> Outcome<()> {
    let formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !name.ends_with('-');
    if !formed || !(shortest..=longest).contains(&name.len()) {
        return Err(invalid(format!(
            "the name of a {what} has {shortest} to {longest} lower-case letters, digits and hyphens, begins with a letter and does not end with a hyphen"
        )));
    }
    Ok(())
}

/// Whether labels can be put on nodes of Kubernetes.
pub(super) fn check_labels(labels: &BTreeMap<String, String>) -> Outcome<()> {
    const MOST: usize = 20;
    if labels.len() > MOST {
        return Err(invalid(format!("there are at most {MOST} labels, not {}", labels.len())));
    }
    for (key, value) in labels {
        let (prefix, name) = key.rsplit_once('/').map_or((None, key.as_str()), |(prefix, name)| (Some(prefix), name));
        if prefix.is_some_and(|prefix| prefix.is_empty() || prefix.len() > 253) || !is_label(name) {
            return Err(invalid(format!("the label key {key} is not of the form that Kubernetes asks for")));
        }
        if !value.is_empty() && !is_label(value) {
            return Err(invalid(format!("the value of the label {key} is not of the form that Kubernetes asks for")));
        }
    }
    Ok(())
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
