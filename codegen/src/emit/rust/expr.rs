//! Expressions that depend on which fields of an output are optional.

use wharf_spec::file::Field;
use wharf_spec::naming;

/// A field on the path from an output to one of its values.
pub(super) struct Step<'a> {
    pub field: &'a Field,
    /// The field is not in an `Option`.
    pub plain: bool,
}

impl Step<'_> {
    fn name(&self) -> String {
        naming::field(self.field.called())
    }
}

/// Returns an expression that takes the items out of an output.
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

/// Returns an expression that finds the structure in `output` whose key equals an argument, as an `Option`.
pub(super) fn select(way: &[Step<'_>], key: &Step<'_>, argument: &str) -> String {
    fn structure(place: &str, way: &[Step<'_>]) -> String {
        let Some((step, rest)) = way.split_first() else { return format!("Some({place})") };
        let place = format!("{place}.{}", step.name());
        match (rest.is_empty(), step.plain) {
            (true, false) => place,
            (_, true) => structure(&place, rest),
            (false, false) => format!("{place}.and_then(|part| {})", structure("part", rest)),
        }
    }
    let test = if key.plain {
        format!("each.{} == {argument}", key.name())
    } else {
        format!("each.{}.as_deref() == Some({argument}.as_str())", key.name())
    };
    match way.last() {
        Some(last) if last.field.ty.is_list() => format!("{}.into_iter().find(|each| {test})", take_items(way)),
        _ => format!("{}.filter(|each| {test})", structure("output", way)),
    }
}

/// Returns an expression that copies the state of `found`, or the default of its enumeration.
pub(super) fn state(way: &[Step<'_>]) -> String {
    fn inside(place: &str, way: &[Step<'_>]) -> String {
        let Some((step, rest)) = way.split_first() else { return place.to_owned() };
        let place = format!("{place}.{}", step.name());
        match (rest.is_empty(), step.plain) {
            (true, true) => format!("{place}.clone()"),
            (true, false) => format!("{place}.clone().unwrap_or_default()"),
            (false, true) => inside(&place, rest),
            (false, false) => format!("{place}.as_ref().map(|part| {}).unwrap_or_default()", inside("part", rest)),
        }
    }
    inside("found", way)
}

/// Returns an expression for a text of an output as `Option<&str>`.
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
