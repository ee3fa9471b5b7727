//! Reading parameters, and the rules for names and labels.

use std::collections::BTreeMap;
use wharf_world::kernel::violation::Outcome;

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

/// Servers and masters are paid by what they are used; the mode says so or nothing.
pub(super) fn only_billed_by_use(name: &str, members: Input<'_>) -> Outcome<()> {
    match members.number(name)? {
        None | Some(0) => Ok(()),
        Some(mode) => Err(invalid(format!("{name} is always 0, not {mode}"))),
    }
}

/// Whether labels can be put on nodes of Kubernetes.
pub(super) fn check_labels(labels: &BTreeMap<String, String>) -> Outcome<()> {
    const MOST: usize = 20;
    if labels.len() > MOST {
        return Err(invalid(format!("there are at most {MOST} labels, not {}", labels.len())));
    }
    check_label_forms(labels)
}

/// Whether labels have the form that Kubernetes asks for, however many there are.
pub(super) fn check_label_forms(labels: &BTreeMap<String, String>) -> Outcome<()> {
    for (key, value) in labels {
        if !is_key(key) {
            return Err(invalid(format!("the label key {key} is not of the form that Kubernetes asks for")));
        }
        if !value.is_empty() && !is_label(value) {
            return Err(invalid(format!("the value of the label {key} is not of the form that Kubernetes asks for")));
        }
    }
    Ok(())
}

/// Whether taints are as Kubernetes asks for.
pub(super) fn check_taints(spec: Input<'_>) -> Outcome<()> {
    const MOST: usize = 20;
    let taints = spec.structures("taints")?;
    if taints.len() > MOST {
        return Err(invalid(format!("there are at most {MOST} taints, not {}", taints.len())));
    }
    for (at, taint) in taints.into_iter().enumerate() {
        if !is_key(taint.required("key")?) {
            return Err(invalid(format!("taints.{at}.key is not of the form that Kubernetes asks for")));
        }
        if taint.filled("value")?.is_some_and(|value| !is_label(value)) {
            return Err(invalid(format!("taints.{at}.value is not of the form that Kubernetes asks for")));
        }
        taint.required("effect")?;
        taint.one_of("effect", &["NoSchedule", "PreferNoSchedule", "NoExecute"])?;
    }
    Ok(())
}

/// Whether it is the key of a label or of a taint: a name, and before it a domain if there is a stroke.
fn is_key(key: &str) -> bool {
    let (prefix, name) = key.rsplit_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    prefix.is_none_or(is_domain) && is_label(name)
}

fn is_domain(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    text.len() <= 253 && text.split('.').all(is_part)
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
