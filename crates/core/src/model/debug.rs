//! `Debug` for every generated structure: fields with a value by wire name, secrets hidden.

use super::{List, Model, Ref};
use std::fmt;

/// Text that replaces a secret.
pub(crate) const HIDDEN: &str = "[hidden]";

/// Writes the fields of a structure that have a value, with secrets hidden.
pub fn debug(model: &dyn Model, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut out = f.debug_struct(model.shape().name);
    model.each(&mut |member, value| match value {
        Ref::Absent => {}
        _ if member.sensitive => {
            out.field(member.wire, &format_args!("{HIDDEN}"));
        }
        value => {
            out.field(member.wire, &Shown(value));
        }
    });
    out.finish()
}

struct Shown<'a>(Ref<'a>);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ref::Absent => f.write_str("-"),
            Ref::Text(text) => text.fmt(f),
            Ref::Int(number) => number.fmt(f),
            Ref::Uint(number) => number.fmt(f),
            Ref::Float(number) => number.fmt(f),
            Ref::Bool(value) => value.fmt(f),
            Ref::Json(value) => write!(f, "{value}"),
            Ref::Object(model) => debug(model, f),
            Ref::List(list) => f.debug_list().entries(items(list).map(Shown)).finish(),
            Ref::Map(map) => {
                let mut out = f.debug_map();
                map.each(&mut |name, value| {
                    // A map with free keys can contain JSON documents, which are never shown.
                    match value {
                        Ref::Text(text) if text.trim_start().starts_with(['{', '[']) => {
                            out.entry(&name, &format_args!("{HIDDEN}"));
                        }
                        value => {
                            out.entry(&name, &Shown(value));
                        }
                    }
                });
                out.finish()
            }
        }
    }
}

fn items(list: &dyn List) -> impl Iterator<Item = Ref<'_>> {
    (0..list.len()).map(|at| list.item(at))
}
