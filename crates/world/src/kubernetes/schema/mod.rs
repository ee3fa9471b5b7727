//! The structures of the built-in kinds: which fields there are, of which types, and what tells items of lists apart.
//!
//! The table knows fields and types of the kinds; it has no descriptions, and leaves what few clients use open (`any`).

pub mod check;
pub mod shape;

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    Text,
    Integer,
    Number,
    Boolean,
    Time,
    Quantity,
    IntegerOrText,
    Any,
    Map(Box<Type>),
    List(Box<Type>, ListKind),
    Structure(String),
}

/// What a list is when two lists are merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListKind {
    /// It is replaced as a whole.
    Atomic,
    /// A set of values.
    Set,
    /// These fields identify an item. A strategic merge uses the first one alone.
    Map(Vec<String>),
}

/// A field of a structure.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub kind: Type,
    pub required: bool,
}

/// A structure.
#[derive(Debug, Clone, Default)]
pub struct Structure {
    pub fields: Vec<Field>,
}

impl Structure {
    /// The type of that field.
    pub fn field(&self, name: &str) -> Option<&Type> {
        self.fields.iter().find(|field| field.name == name).map(|field| &field.kind)
    }
}

/// All structures by name.
pub fn structures() -> &'static BTreeMap<String, Structure> {
    static ALL: OnceLock<BTreeMap<String, Structure>> = OnceLock::new();
    ALL.get_or_init(|| {
        let lines = include_str!("types.txt").lines().map(str::trim);
        let mut all: BTreeMap<String, Structure> =
            lines.filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(structure).collect();
        for kind in super::kinds::KINDS {
            let structure = all.entry(kind.kind.to_owned()).or_default();
            let head = [
                ("apiVersion", Type::Text),
                ("kind", Type::Text),
                ("metadata", Type::Structure("ObjectMeta".to_owned())),
            ];
            for (place, (name, kind)) in head.into_iter().enumerate() {
                structure.fields.insert(place, Field { name: name.to_owned(), kind, required: false });
            }
        }
        all
    })
}

/// The structure of that name.
pub fn find(name: &str) -> Option<&'static Structure> {
    structures().get(name)
}

fn structure(line: &str) -> Option<(String, Structure)> {
    let mut words = line.split_whitespace();
    let name = words.next()?.to_owned();
    let fields = words.filter_map(|word| {
        let (name, kind) = word.split_once(':')?;
        let (kind, list) = kind.split_once('@').unwrap_or((kind, ""));
        let required = kind.ends_with('!');
        Some(Field { name: name.to_owned(), kind: read(kind.trim_end_matches('!'), list), required })
    });
    Some((name, Structure { fields: fields.collect() }))
}

fn read(kind: &str, list: &str) -> Type {
    if let Some(inner) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
        let list = match list {
            "" => ListKind::Atomic,
            "set" => ListKind::Set,
            keys => ListKind::Map(keys.split(',').map(str::to_owned).collect()),
        };
        return Type::List(Box::new(read(inner, "")), list);
    }
    if let Some(inner) = kind.strip_prefix("map<").and_then(|kind| kind.strip_suffix('>')) {
        return Type::Map(Box::new(read(inner, "")));
    }
    match kind {
        "string" => Type::Text,
        "int" => Type::Integer,
        "number" => Type::Number,
        "bool" => Type::Boolean,
        "time" => Type::Time,
        "quantity" => Type::Quantity,
        "intstr" => Type::IntegerOrText,
        "any" => Type::Any,
        name => Type::Structure(name.to_owned()),
    }
}

#[cfg(test)]
mod tests;
