//! Expressions that depend on which fields of an answer are optional.

use wharf_spec::file::Field;
use wharf_spec::{Type, naming};

/// A field on the way from an answer to its total or its items.
pub(super) struct Step<'a> {
    pub field: &'a Field,
    /// It stands there by itself, not in an `Option`.
    pub plain: bool,
}

impl Step<'_> {
    fn name(&self) -> String {
        naming::field(self.field.called())
    }
}

/// Reads where a page of an input begins, or how many items it has, as `Option<u64>`.
pub(super) fn get_bound(field: &Field) -> String {
    let name = naming::field(field.called());
    match field.ty {
        Type::Uint => format!("self.{name}"),
        Type::String => format!("self.{name}.as_ref().and_then(|number| number.trim().parse().ok())"),
        _ => format!("self.{name}.and_then(|number| u64::try_from(number).ok())"),
    }
}

/// Sets where a page of an input begins, or how many items it has, from a `u64`.
pub(super) fn set_bound(field: &Field, value: &str) -> String {
    let name = naming::field(field.called());
    match field.ty {
        Type::Uint => format!("self.{name} = Some({value})"),
        Type::String => format!("self.{name} = Some({value}.to_string())"),
        _ => format!("self.{name} = Some(i64::try_from({value}).unwrap_or(i64::MAX))"),
    }
}

/// The total of an answer as `Option<u64>`.
pub(super) fn total(way: &[Step<'_>]) -> String {
    let mut place = "output".to_owned();
    for (at, step) in way.iter().enumerate() {
        place = format!("{place}.{}", step.name());
        let last = at + 1 == way.len();
        place = match (last, step.plain, &step.field.ty) {
            (false, true, _) => place,
            (false, false, _) => format!("{place}.as_ref()?"),
            (true, true, Type::Uint) => format!("Some({place})"),
            (true, true, _) => format!("u64::try_from({place}).ok()"),
            (true, false, Type::Uint) => place,
            (true, false, _) => format!("{place}.and_then(|number| u64::try_from(number).ok())"),
        };
    }
    place
}

/// Takes the items out of an answer.
pub(super) fn take_items(way: &[Step<'_>]) -> String {
    fn inside(place: &str, way: &[Step<'_>]) -> String {
        let Some((step, rest)) = way.split_first() else { return place.to_owned() };
        let place = format!("{place}.{}", step.name());
        match (rest.is_empty(), step.plain) {
            (true, true) => place,
            (true, false) => format!("{place}.unwrap_or_default()"),
            (false, true) => inside(&place, rest),
            (false, false) => format!("{place}.map(|part| {}).unwrap_or_default()", inside("part", rest)),
        }
    }
    inside("output", way)
}

/// The number of items of an answer.
pub(super) fn count(way: &[Step<'_>]) -> String {
    fn inside(place: &str, way: &[Step<'_>]) -> String {
        let Some((step, rest)) = way.split_first() else { return place.to_owned() };
        let place = format!("{place}.{}", step.name());
        match (rest.is_empty(), step.plain) {
            (true, true) => format!("{place}.len()"),
            (true, false) => format!("{place}.as_ref().map_or(0, Vec::len)"),
            (false, true) => inside(&place, rest),
            (false, false) => format!("{place}.as_ref().map_or(0, |part| {})", inside("part", rest)),
        }
    }
    inside("output", way)
}

/// A text of an answer as `Option<&str>`.
pub(super) fn text(way: &[Step<'_>]) -> String {
    let mut place = "self".to_owned();
    for (at, step) in way.iter().enumerate() {
        place = format!("{place}.{}", step.name());
        let last = at + 1 == way.len();
        place = match (last, step.plain) {
            (false, true) => place,
            (false, false) => format!("{place}.as_ref()?"),
            (true, true) => format!("Some({place}.as_str())"),
            (true, false) => format!("{place}.as_deref()"),
        };
    }
    format!("{place}.filter(|id| !id.is_empty())")
}
