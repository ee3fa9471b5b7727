//! Texts shared by the generators of all languages, and the environment of their templates.

use crate::Error;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use wharf_spec::Operation;
use wharf_spec::file::{Authorization, Edition, Field};

/// Line width of all languages except C.
pub(super) const WIDTH: usize = 120;

/// Returns an environment for templates: an undefined name is an error, and nothing is escaped.
pub(super) fn environment(templates: &[(&'static str, &'static str)]) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    for (name, text) in templates {
        environment.add_template(name, text).map_err(|error| Error::new(name, error))?;
    }
    Ok(environment)
}

/// Breaks a paragraph into lines of at most `width` characters. A longer word gets its own line.
pub(super) fn wrap(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in paragraph.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Returns a text with a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// Returns the facts of an operation, one sentence each: limits, access, pages, retries.
pub(super) fn facts(operation: &Operation) -> Vec<String> {
    let spec = &operation.spec;
    let mut facts = Vec::new();
    if spec.rate_limit > 0 {
        facts.push(format!("At most {} calls per second.", spec.rate_limit));
    }
    facts.extend(match (spec.authorization, &spec.permission) {
        (_, Some(permission)) => Some(format!("Requires the permission `{permission}`.")),
        (Authorization::Cam, None) => Some("Access is controlled by the account's policies.".to_owned()),
        (Authorization::Signature, None) => Some("Requires a valid signature, but no permission.".to_owned()),
        (Authorization::None, None) => Some("Not signed: the input carries the credentials.".to_owned()),
        (Authorization::TokenOrSignature, None) => None,
    });
    if !spec.region {
        facts.push("Takes no region.".to_owned());
    }
    facts.extend(editions(spec.editions.as_deref()).map(|text| capitalized(&text)));
    if let Some(paginate) = &spec.paginate {
        facts.push(match (paginate.default, paginate.max) {
            (Some(default), Some(max)) => format!("Paged: {default} items by default, at most {max}."),
            (Some(default), None) => format!("Paged: {default} items by default."),
            (None, Some(max)) => format!("Paged: at most {max} items."),
            (None, None) => "Paged.".to_owned(),
        });
    }
    facts.push(retries(operation));
    facts
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().collect();
    sentence(&format!("{first}{}", letters.as_str()))
}

/// Returns the editions of the cloud that have it, in a few words.
pub(super) fn editions(editions: Option<&[Edition]>) -> Option<String> {
    Some(match editions? {
        [Edition::Private] => "private cloud only".to_owned(),
        [Edition::Public] => "public cloud only".to_owned(),
        _ => "private and public cloud".to_owned(),
    })
}

/// Why it should not be used, as a sentence.
pub(super) fn deprecated(note: Option<&str>) -> Option<String> {
    note.map(|note| sentence(&format!("Deprecated: {note}")))
}

/// Where the vendor's document is; `address` is written as the language writes one.
pub(super) fn link(address: impl std::fmt::Display) -> String {
    format!("Document: {address}")
}

/// Returns a sentence about whether and why a request that may have reached the service is retried.
fn retries(operation: &Operation) -> String {
    let spec = &operation.spec;
    match (spec.idempotent, spec.idempotent_reason.as_deref()) {
        (true, reason) => format!("Retried after any temporary failure: {}.", reason.unwrap_or("it only reads")),
        (false, reason) => {
            let reason = reason.unwrap_or("it changes something");
            format!("Not retried once a request may have reached the service: {reason}.")
        }
    }
}

/// Returns the codes that an operation's document lists, for a sentence.
pub(super) fn errors(operation: &Operation) -> Option<String> {
    let codes: Vec<_> = operation.spec.errors.iter().map(|code| format!("`{code}`")).collect();
    (!codes.is_empty()).then(|| format!("in addition to the common ones: {}.", codes.join(", ")))
}

/// The number of values that a field's documentation lists.
pub(super) const LISTED: usize = 8;

/// Returns the values that a field is documented to have, in a few words.
fn values(field: &Field) -> Option<String> {
    let quoted = |values: &[String]| format!("`{}`", values.join("`, `"));
    match field.values.split_at_checked(LISTED) {
        Some((first, rest)) if rest.len() > 1 => Some(format!("one of {} and {} others", quoted(first), rest.len())),
        _ => (!field.values.is_empty()).then(|| format!("one of {}", quoted(&field.values))),
    }
}

/// Returns the documented values and bounds of a field, its format and its default, in a few words each.
pub(super) fn limits(field: &Field) -> Vec<String> {
    let mut limits = Vec::from_iter(values(field));
    match (field.min, field.max) {
        (Some(min), Some(max)) => limits.push(format!("{min} to {max}")),
        (Some(min), None) => limits.push(format!("at least {min}")),
        (None, Some(max)) => limits.push(format!("at most {max}")),
        (None, None) => {}
    }
    limits.extend(field.max_items.map(|most| format!("at most {most} items")));
    limits.extend(field.max_length.map(|most| format!("at most {most} characters")));
    limits.extend(field.time.map(|form| format!("as {}", form.pattern())));
    limits.extend(field.default.as_ref().map(|default| format!("default `{default}`")));
    limits
}

/// Returns the source of a field's value if the caller does not set it.
pub(super) fn origin(field: &Field) -> Option<String> {
    if let Some(fixed) = &field.fixed {
        return Some(format!("always `{fixed}`"));
    }
    if field.token {
        return Some("default: a random value for each call".to_owned());
    }
    if field.from_connection {
        return Some("default: the connection's value".to_owned());
    }
    field.default_from.as_ref().map(|other| format!("default: the value of `{other}`"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn many_values_are_cut_and_a_range_is_told_whether_it_is_checked_or_not() {
        let field = |facts: serde_json::Value| -> Field {
            let mut value = json!({"name": "A", "type": "string"});
            value.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
            serde_json::from_value(value).unwrap()
        };
        let told = |count: usize| {
            let values: Vec<String> = (0..count).map(|number| format!("v{number}")).collect();
            limits(&field(json!({"values": values, "default": "v0"}))).join("; ")
        };
        assert_eq!(told(2), "one of `v0`, `v1`; default `\"v0\"`");
        assert_eq!(told(9), "one of `v0`, `v1`, `v2`, `v3`, `v4`, `v5`, `v6`, `v7`, `v8`; default `\"v0\"`");
        assert_eq!(told(10), "one of `v0`, `v1`, `v2`, `v3`, `v4`, `v5`, `v6`, `v7` and 2 others; default `\"v0\"`");
        let range = field(json!({"type": "int", "min": 1, "max": 9, "default": 2, "unchecked": true}));
        assert_eq!(limits(&range), ["1 to 9", "default `2`"]);
    }
}
