//! Fields: docs, types, setters, and documented facts, as `model!` takes them.

use super::types::{Side, is_argument, is_needed, item_type, rust_type};
use crate::emit::rust::docs;
use crate::emit::words::{WIDTH, wrap};
use serde::Serialize;
use wharf_spec::file::{Field, ListStyle, Place, TimeForm};
use wharf_spec::{Type, naming};

#[derive(Serialize)]
pub(super) struct FieldView {
    pub(super) name: String,
    docs: Vec<String>,
    deprecated: Option<String>,
    /// Its lines in the structure, without docs.
    listing: String,
    /// Type in the listing.
    #[serde(skip)]
    pub(super) ty: String,
    /// Facts in the listing: `.required() .max_items(100)`.
    #[serde(skip)]
    pub(super) facts: String,
}

/// Position of a structure's setters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Setters {
    /// No setters.
    None,
    /// On the structure.
    Own,
    /// On the request whose input is the structure. Some fields are arguments of the client's method.
    Request,
}

/// Returns the view of a field; `boxed` if the structure contains itself through it.
pub(super) fn view(field: &Field, side: Side, setters: Setters, boxed: bool) -> FieldView {
    let name = naming::field(field.called());
    let (ty, named) = match setters {
        Setters::None => (rust_type(field, side, boxed), name.clone()),
        _ => {
            let form = form(field, setters, boxed);
            let setter = match setters {
                Setters::Request => naming::request_setter(field.called()),
                _ => naming::shape_setter(field.called()),
            };
            let setter = if setter == name { String::new() } else { format!(" as {setter}") };
            let twin = matches!(form, "Object" | "Boxed").then(|| format!(" / set_{}", name.trim_start_matches("r#")));
            (format!("{form}<{}>", item_type(field)), format!("{name}{setter}{}", twin.unwrap_or_default()))
        }
    };
    let aliases: String = field.aliases.iter().map(|alias| format!(" | \"{alias}\"")).collect();
    let facts = member_facts(field, side);
    let listing = lay_out(&format!("{named}: {ty} ="), &format!(" \"{}\"{aliases}", field.name), &facts);
    FieldView { name, docs: vec![docs::field(field, side)], deprecated: field.deprecated.clone(), listing, ty, facts }
}

/// Returns the keyword for how the setter takes a value; `model!` describes them.
fn form(field: &Field, setters: Setters, boxed: bool) -> &'static str {
    match &field.ty {
        _ if field.fixed.is_some() => "Fixed",
        _ if setters == Setters::Request && is_argument(field) => "Argument",
        Type::List(_) => "List",
        Type::Map(_) => "Map",
        Type::Shape(_) if boxed => "Boxed",
        Type::Shape(_) => "Object",
        // An integer literal would not become an `impl Into<u64>`.
        Type::Bool | Type::Uint => "Exact",
        _ => "Value",
    }
}

/// Formats the parts of a field's line, on as few lines as the width allows.
fn lay_out(name: &str, wire: &str, facts: &str) -> String {
    const MARGIN: usize = 8;
    let room = WIDTH - MARGIN - 1;
    let margin = " ".repeat(MARGIN);
    let broken = format!("\n{margin}   ");
    let text = match name.len() + wire.len() + facts.len() {
        all if all <= room => format!("{name}{wire}{facts}"),
        _ if wire.len() + facts.len() + 3 <= room => format!("{name}{broken}{wire}{facts}"),
        _ => format!("{name}{broken}{wire}{broken} {}", wrap(facts, room - 4).join(&format!("{broken} "))),
    };
    format!("{margin}{text},")
}

fn member_facts(field: &Field, side: Side) -> String {
    let mut facts = String::new();
    if field.sensitive {
        facts.push_str(" .sensitive()");
    } else if matches!(field.ty.item(), Type::Json(_)) {
        // It may contain anything.
        facts.push_str(" .document()");
    }
    if field.payload {
        facts.push_str(" .payload()");
    }
    if field.undocumented {
        facts.push_str(" .undocumented()");
    }
    if field.place() != Place::Body {
        let place = match field.place() {
            Place::Path => "Path",
            Place::Query => "Query",
            Place::Header => "Header",
            Place::Host => "Host",
            Place::Body => "Body",
        };
        facts.push_str(&format!(" .place(In::{place})"));
    }
    match field.style {
        None | Some(ListStyle::Repeat) => {}
        Some(ListStyle::Comma) => facts.push_str(" .style(ListStyle::Comma)"),
        Some(ListStyle::Json) => facts.push_str(" .style(ListStyle::Json)"),
    }
    if field.ty == Type::Timestamp {
        let form = match field.time.unwrap_or_default() {
            TimeForm::Utc => "Utc",
            TimeForm::China => "China",
            TimeForm::Go => "Go",
        };
        facts.push_str(&format!(" .time(TimeForm::{form})"));
    }
    if let Some(entries) = &field.entries {
        facts.push_str(&format!(" .entries(\"{}\", \"{}\")", entries.name, entries.value));
    }
    if let Some(name) = &field.said_by {
        facts.push_str(&format!(" .said_by(\"{name}\")"));
    }
    if !field.values.is_empty() {
        facts.push_str(&format!(" .values(&[\"{}\"])", field.values.join("\", \"")));
    }
    if side == Side::Output {
        return facts;
    }
    if let Some(fixed) = &field.fixed {
        facts.push_str(&format!(" .fixed(\"{fixed}\")"));
    }
    if is_needed(field) {
        facts.push_str(" .required()");
    }
    let (min, max) = field.checked_range();
    if min.is_some() || max.is_some() {
        let min = min.map_or_else(|| "i64::MIN".to_owned(), |min| min.to_string());
        let max = max.map_or_else(|| "i64::MAX".to_owned(), |max| max.to_string());
        facts.push_str(&format!(" .range({min}, {max})"));
    }
    if let Some(most) = field.max_items {
        facts.push_str(&format!(" .max_items({most})"));
    }
    if let Some(most) = field.max_length {
        facts.push_str(&format!(" .max_length({most})"));
    }
    facts
}
