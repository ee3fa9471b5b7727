//! Checks of a request before it is sent.

use super::{In, List, Member, Model, Ref};

/// Field that breaks a documented rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {reason}")]
pub struct Problem {
    /// Path of the field: `RunInstancesForNode.0.NodeRole`.
    pub field: String,
    /// Reason. It never quotes the value, which may be a secret.
    pub reason: String,
}

/// Finds the first field of a request that breaks a documented rule: a required field that is missing, an empty
/// identifier, a list with too many items, a number that is out of range or not finite, a text that is too long.
pub fn check(model: &dyn Model) -> Result<(), Problem> {
    let mut found = None;
    check_model(model, "", &mut found);
    found.map_or(Ok(()), Err)
}

fn check_model(model: &dyn Model, path: &str, found: &mut Option<Problem>) {
    model.each(&mut |member, value| {
        if found.is_none() {
            check_member(member, value, path, found);
        }
    });
}

fn check_member(member: &'static Member, value: Ref<'_>, path: &str, found: &mut Option<Problem>) {
    let field = || if path.is_empty() { member.wire.to_owned() } else { format!("{path}.{}", member.wire) };
    let reason = match value {
        Ref::Absent if member.required && member.fixed.is_none() => Some("is required".to_owned()),
        Ref::Text("") if member.required && names_a_thing(member) => {
            Some("is required and must not be empty".to_owned())
        }
        Ref::List(list) => member
            .max_items
            .filter(|most| list.len() > *most)
            .map(|most| format!("has {} items, at most {most} are allowed", list.len())),
        Ref::Int(number) => out_of_range(member, i128::from(number)),
        Ref::Uint(number) => out_of_range(member, i128::from(number)),
        Ref::Float(number) => not_finite(number),
        Ref::Text(text) => member
            .max_length
            .map(|most| (text.chars().count(), most))
            .filter(|(length, most)| length > most)
            .map(|(length, most)| format!("has {length} characters, at most {most} are allowed")),
        _ => None,
    };
    if let Some(reason) = reason {
        *found = Some(Problem { field: field(), reason });
        return;
    }
    match value {
        Ref::Object(_) | Ref::List(_) | Ref::Map(_) => check_value(value, &field, found),
        _ => {}
    }
}

/// Checks the contents of a value.
fn check_value(value: Ref<'_>, path: &dyn Fn() -> String, found: &mut Option<Problem>) {
    match value {
        _ if found.is_some() => {}
        Ref::Object(model) => check_model(model, &path(), found),
        Ref::List(list) => check_list(list, path, found),
        Ref::Map(map) => {
            map.each(&mut |name, value| check_value(value, &|| format!("{}.{name}", path()), found));
        }
        Ref::Float(number) => *found = not_finite(number).map(|reason| Problem { field: path(), reason }),
        _ => {}
    }
}

fn check_list(list: &dyn List, path: &dyn Fn() -> String, found: &mut Option<Problem>) {
    for at in 0..list.len() {
        check_value(list.item(at), &|| format!("{}.{at}", path()), found);
    }
}

/// Rejects a number that JSON and forms cannot represent.
fn not_finite(number: f64) -> Option<String> {
    (!number.is_finite()).then(|| "is not a finite number".to_owned())
}

/// Returns whether a field is an identifier. Other texts may be empty (a label's value, a description that is removed).
fn names_a_thing(member: &Member) -> bool {
    matches!(member.place, In::Path | In::Host) || member.wire.ends_with("Id") || member.wire.ends_with("_id")
}

fn out_of_range(member: &Member, number: i128) -> Option<String> {
    let (min, max) = member.range?;
    let inside = (i128::from(min)..=i128::from(max)).contains(&number);
    (!inside).then(|| match (min, max) {
        (min, i64::MAX) => format!("is {number}, the smallest allowed value is {min}"),
        (i64::MIN, max) => format!("is {number}, the largest allowed value is {max}"),
        (min, max) => format!("is {number}, allowed are {min} to {max}"),
    })
}
