//! Texts about options, for the documentation of each language.

use super::file::{Entry, Field, FieldKind, Kind};
use super::table::{Family, Table};
use serde_json::Value;

impl Table {
    /// Returns the documentation of the builder's setter, in lines.
    pub(super) fn setter_docs(&self, entry: &Entry, family: &Family) -> Vec<String> {
        let (first, rest) = match entry.doc.split_once(". ") {
            Some((first, rest)) => (format!("{first}."), rest),
            None => (entry.doc.clone(), ""),
        };
        let danger = if entry.dangerous { "**Dangerous.** " } else { "" };
        let first = format!("{danger}{} {}", entry.verb.as_deref().unwrap_or("Sets"), lower_first(&first));
        let again = entry.again.as_deref().unwrap_or_default();
        let rest = format!("{rest} {again} {}", default(entry, family));
        let mut lines = wrap(&self.linked(&first, entry, family), 110);
        lines.push(String::new());
        lines.extend(wrap(&self.linked(&rest, entry, family), 110));
        lines
    }

    /// Replaces names of other options by links.
    fn linked(&self, text: &str, entry: &Entry, family: &Family) -> String {
        let mut linked = text.to_owned();
        for other in self.of(family).filter(|other| other.name != entry.name) {
            let setter = other.setter.as_deref().unwrap_or(&other.name);
            linked = linked.replace(&format!("`{}`", other.name), &format!("[`{setter}`](Self::{setter})"));
        }
        linked
    }

    /// Returns the families that have an option, in the order of the table.
    fn having<'a>(&'a self, entry: &'a Entry) -> impl Iterator<Item = &'a Family> {
        self.families.iter().filter(|family| entry.is_of(family))
    }

    /// Returns the vendors that have an option, for a table of all options.
    pub(super) fn owners(&self, entry: &Entry) -> String {
        if entry.is_common() {
            return "all".to_owned();
        }
        let vendors: Vec<_> = self.having(entry).filter(|family| !family.is_product()).collect();
        let names = vendors.iter().map(|vendor| {
            let lacking = self.families.iter().filter(|family| family.vendor == vendor.name && !entry.is_of(family));
            let lacking: Vec<_> = lacking.map(|family| family.name.as_str()).collect();
            match lacking.is_empty() {
                true => title(&vendor.name),
                false => format!("{} without {}", title(&vendor.name), lacking.join(", ")),
            }
        });
        names.collect::<Vec<_>>().join(", ")
    }

    /// Returns the description of the value, for a table of all options.
    pub(super) fn value(&self, entry: &Entry) -> String {
        match entry.kind {
            Kind::Word => self.each(entry, |family| words(entry, family)),
            _ => value(entry),
        }
    }

    /// Returns the sentences about an option, including its default, for a table of all options.
    pub(super) fn sentences(&self, entry: &Entry) -> String {
        let danger = if entry.dangerous { "**Dangerous.** " } else { "" };
        let default = match &entry.default {
            Value::Object(_) => format!("By default {}.", self.each(entry, |family| quoted(entry.default_of(family)))),
            _ => self.having(entry).next().map(|family| default(entry, family)).unwrap_or_default(),
        };
        format!("{danger}{} {default}", entry.doc)
    }

    /// Returns a text that may differ between the families of an option.
    fn each(&self, entry: &Entry, text: impl Fn(&Family) -> String) -> String {
        let mut texts: Vec<(String, String)> = Vec::new();
        for family in self.having(entry) {
            let text = text(family);
            let name = title(&family.name);
            match texts.iter_mut().find(|(_, other)| *other == text) {
                Some((names, _)) => *names = format!("{names} and {name}"),
                None => texts.push((name, text)),
            }
        }
        match &texts[..] {
            [(_, text)] => text.clone(),
            several => several.iter().map(|(names, text)| format!("{text} ({names})")).collect::<Vec<_>>().join("; "),
        }
    }
}

/// Returns the sentences about an option of a family, including words, unit and default.
pub(crate) fn sentences(entry: &Entry, family: &Family) -> String {
    let danger = if entry.dangerous { "Dangerous. " } else { "" };
    let unit = match entry.kind {
        Kind::Seconds => " In seconds.".to_owned(),
        Kind::Word => format!(" One of {}.", words(entry, family)),
        Kind::Object => format!(" Fields: {}.", fields(&entry.fields)),
        _ => String::new(),
    };
    format!("{danger}{}{unit} {}", entry.doc, default(entry, family))
}

/// Returns a sentence about the default of an option.
fn default(entry: &Entry, family: &Family) -> String {
    if let Some(unset) = &entry.unset {
        return format!("Without it, {unset}.");
    }
    match (entry.kind, entry.default_of(family)) {
        (Kind::Seconds, value) => format!("{value} seconds by default."),
        (_, Value::Bool(on)) => format!("{} by default.", if *on { "On" } else { "Off" }),
        (_, value) => match value.as_u64().filter(|number| *number >= 1 << 20 && number % (1 << 20) == 0) {
            Some(number) => format!("{number} ({} MiB) by default.", number >> 20),
            None => format!("{} by default.", quoted(value)),
        },
    }
}

/// Returns the description of the value of an option of a family.
pub(super) fn value_of(entry: &Entry, family: &Family) -> String {
    if entry.kind == Kind::Word { words(entry, family) } else { value(entry) }
}

/// Returns the sentences about an option of a family, including its default.
pub(super) fn text_of(entry: &Entry, family: &Family) -> String {
    let danger = if entry.dangerous { "**Dangerous.** " } else { "" };
    format!("{danger}{} {}", entry.doc, default(entry, family))
}

fn quoted(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("`{text}`"))
}

fn words(entry: &Entry, family: &Family) -> String {
    entry.words_of(family).iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Returns the description of a value.
fn value(entry: &Entry) -> String {
    match entry.kind {
        Kind::Text | Kind::Secret | Kind::Word => "text".to_owned(),
        Kind::Url | Kind::Proxy => "a URL".to_owned(),
        Kind::Bool | Kind::NoProxy => "true or false".to_owned(),
        Kind::Seconds => "seconds, fractions allowed".to_owned(),
        Kind::Whole => "a whole number".to_owned(),
        Kind::Object | Kind::Credentials => format!("`{}`", shape(&entry.fields)),
        Kind::Pem => "PEM text, or a list of PEM texts".to_owned(),
        Kind::Path => "a path, or a list of paths".to_owned(),
        Kind::Headers => "`{\"name\": \"value\"}`".to_owned(),
        Kind::Addresses => "`{\"host\": \"address:port\"}`".to_owned(),
        Kind::Interface => "a Rust trait".to_owned(),
    }
}

/// Returns the fields of an object; `?` marks optional ones.
fn shape(fields: &[Field]) -> String {
    let names = fields.iter().map(|field| {
        let inner = if field.kind == FieldKind::OneOf { format!(": {}", shape(&field.fields)) } else { String::new() };
        format!("\"{}\"{}{inner}", field.name, if field.required { "" } else { "?" })
    });
    format!("{{{}}}", names.collect::<Vec<_>>().join(", "))
}

/// Returns the fields of an object, each with its description.
fn fields(fields: &[Field]) -> String {
    let texts = fields.iter().map(|field| {
        let unit = if field.kind == FieldKind::Seconds { ", in seconds" } else { "" };
        let required = if field.required { ", required" } else { "" };
        format!("`{}` ({}{unit}{required})", field.name, lower_first(field.doc.trim_end_matches('.')))
    });
    texts.collect::<Vec<_>>().join(", ")
}

fn lower_first(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

/// Returns the name of a vendor or product as texts write it.
pub(super) fn title(name: &str) -> String {
    if name.len() <= 3 {
        return name.to_uppercase();
    }
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= width) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}
