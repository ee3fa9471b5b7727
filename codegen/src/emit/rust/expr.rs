//! Expressions that depend on which fields of an answer are optional.

use wharf_spec::file::Field;
use wharf_spec::naming;

/// A field on the path from an output to one of its values.
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
