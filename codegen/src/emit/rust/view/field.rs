//! Fields: their docs, types and setters, and what the document says about them.

use super::types::{Side, is_needed, item_type, rust_type};
use crate::emit::rust::docs::{self, plain};
use serde::Serialize;
use wharf_spec::file::{Field, ListStyle, Place, TimeForm};
use wharf_spec::{Type, naming};

#[derive(Serialize)]
pub(super) struct FieldView {
    name: String,
    wire: String,
    docs: Vec<String>,
    /// The Rust type, whole.
    pub(super) ty: String,
    /// What it is read by besides: ` | "volumeType"`.
    aliases: String,
    /// What the macro adds to the member: `.required().max_items(100)`.
    pub(super) facts: String,
    /// None when the client's method takes the field as an argument.
    pub(super) setter: Option<SetterView>,
}

#[derive(Serialize)]
pub(super) struct SetterView {
    docs: Vec<String>,
    /// How a value is given: `object`, `list`, `map`, `into` or `plain`.
    form: &'static str,
    /// The type that is given, of an item if it is a list, of a value if it is a map.
    given: String,
    /// The name without `r#`.
    bare: String,
    boxed: bool,
}

impl FieldView {
    pub(super) fn with_setter(self, setter: Option<SetterView>) -> Self {
        Self { setter, ..self }
    }
}

pub(super) fn view(field: &Field, side: Side, prefix: &str, boxed: bool) -> FieldView {
    FieldView {
        name: naming::field(&field.name),
        wire: field.name.clone(),
        docs: docs::field(field, side),
        ty: rust_type(field, side, prefix, boxed),
        aliases: field.aliases.iter().map(|alias| format!(" | \"{alias}\"")).collect(),
        facts: member_facts(field, side),
        setter: None,
    }
}

pub(super) fn setter(field: &Field, prefix: &str, boxed: bool) -> SetterView {
    let given = item_type(field, prefix);
    let form = match (&field.ty, given.as_str()) {
        (Type::List(_), _) => "list",
        (Type::Map(_), _) => "map",
        (Type::Shape(_), _) => "object",
        // An integer literal would not become an `impl Into<u64>`.
        (_, "bool" | "u64") => "plain",
        _ => "into",
    };
    let bare = naming::field(&field.name).trim_start_matches("r#").to_owned();
    SetterView { docs: vec![plain(&field.doc)], form, given, bare, boxed }
}

fn member_facts(field: &Field, side: Side) -> String {
    let mut facts = String::new();
    // Nobody knows what a JSON document in a string holds.
    if field.sensitive || matches!(field.ty.item(), Type::Json(_)) {
        facts.push_str(" .sensitive()");
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
    if side == Side::Output {
        return facts;
    }
    if let Some(fixed) = &field.fixed {
        facts.push_str(&format!(" .fixed(\"{fixed}\")"));
    }
    if is_needed(field) {
        facts.push_str(" .required()");
    }
    if field.min.is_some() || field.max.is_some() {
        let min = field.min.map_or_else(|| "i64::MIN".to_owned(), |min| min.to_string());
        let max = field.max.map_or_else(|| "i64::MAX".to_owned(), |max| max.to_string());
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
