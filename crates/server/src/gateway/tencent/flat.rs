//! Flattened parameters (`Filters.0.Values.1=b`) to the JSON that a POST of the same call would carry.

use crate::catalog::{Product, field};
use crate::refusal::Refusal;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;
use wharf_spec::Type;
use wharf_spec::file::Field;

/// How deep names may nest; the deepest documented one has six parts.
const MAX_DEPTH: usize = 16;

#[derive(Debug)]
enum Node {
    Text(String),
    Members(BTreeMap<String, Node>),
}

/// Puts flattened parameters together again, each typed as its spec says.
pub(super) fn unflatten(
    pairs: Vec<(String, String)>,
    fields: &[Field],
    product: &'static Product,
) -> Result<Map<String, Value>, Refusal> {
    let mut root = BTreeMap::new();
    for (name, value) in pairs {
        let parts: Vec<&str> = name.split('.').collect();
        if parts.len() > MAX_DEPTH || parts.iter().any(|part| part.is_empty()) {
            if product.is_old() {
                continue;
            }
            return Err(Refusal::unknown(&name));
        }
        place(&mut root, &name, &parts, value)?;
    }
    members(root, fields, product, "")
}

fn place(node: &mut BTreeMap<String, Node>, name: &str, parts: &[&str], value: String) -> Result<(), Refusal> {
    let twice = || Refusal::new("InvalidParameter", format!("The parameter `{name}` is given twice."));
    match parts {
        [] => Ok(()),
        [last] => match node.insert((*last).to_owned(), Node::Text(value)) {
            None => Ok(()),
            Some(_) => Err(twice()),
        },
        [first, rest @ ..] => match node.entry((*first).to_owned()).or_insert_with(|| Node::Members(BTreeMap::new())) {
            Node::Members(inner) => place(inner, name, rest, value),
            Node::Text(_) => Err(twice()),
        },
    }
}

fn members(
    nodes: BTreeMap<String, Node>,
    fields: &[Field],
    product: &'static Product,
    path: &str,
) -> Result<Map<String, Value>, Refusal> {
    let mut out = Map::new();
    for (name, node) in nodes {
        let path = join(path, &name);
        let Some(field) = field(fields, &name) else {
            // The examples of the older API send parameters that its tables do not have.
            if product.is_old() {
                continue;
            }
            return Err(Refusal::unknown(&path));
        };
        if product.is_old() && is_blank(&node, &field.ty) {
            continue;
        }
        let value = typed(node, &field.ty, product, &path)?;
        out.insert(name, value);
    }
    Ok(out)
}

/// Whether it is a number or a truth value of which nothing but the name was sent.
fn is_blank(node: &Node, kind: &Type) -> bool {
    let plain = matches!(kind, Type::Int | Type::Uint | Type::Float | Type::Bool);
    plain && matches!(node, Node::Text(text) if text.is_empty())
}

fn typed(node: Node, kind: &Type, product: &'static Product, path: &str) -> Result<Value, Refusal> {
    match (node, kind) {
        (Node::Members(nodes), Type::Shape(shape)) => {
            members(nodes, product.shape(shape), product, path).map(Value::Object)
        }
        (Node::Members(nodes), Type::List(item)) => list(nodes, item, product, path),
        (Node::Text(text), kind) => scalar(text, kind).ok_or_else(|| mistyped(path, kind)),
        (Node::Members(_), kind) => Err(mistyped(path, kind)),
    }
}

fn list(nodes: BTreeMap<String, Node>, item: &Type, product: &'static Product, path: &str) -> Result<Value, Refusal> {
    let mut items = Vec::with_capacity(nodes.len());
    for (name, node) in nodes {
        let at: usize = name.parse().map_err(|_| Refusal::unknown(&join(path, &name)))?;
        items.push((at, node));
    }
    items.sort_by_key(|(at, _)| *at);
    let mut out = Vec::with_capacity(items.len());
    for (expected, (at, node)) in items.into_iter().enumerate() {
        if at != expected {
            let missing = join(path, &expected.to_string());
            return Err(Refusal::new(
                "InvalidParameter",
                format!("The list `{path}` has a gap: `{missing}` is missing."),
            ));
        }
        out.push(typed(node, item, product, &join(path, &at.to_string()))?);
    }
    Ok(Value::Array(out))
}

/// The value, if the text is one of that kind.
fn scalar(text: String, kind: &Type) -> Option<Value> {
    match kind {
        Type::String | Type::Timestamp | Type::Json(_) => Some(Value::String(text)),
        Type::Int => text.parse::<i64>().ok().map(Value::from),
        Type::Uint => text.parse::<u64>().ok().map(Value::from),
        Type::Float => text.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number),
        Type::Bool if text.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
        Type::Bool if text.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
        Type::Bool | Type::Any | Type::List(_) | Type::Map(_) | Type::Shape(_) => None,
    }
}

/// The refusal for a value of the wrong type.
pub(super) fn mistyped(path: &str, kind: &Type) -> Refusal {
    let due = match kind {
        Type::String | Type::Timestamp => "a string",
        Type::Json(_) => "a string that holds a JSON document",
        Type::Int => "an integer",
        Type::Uint => "an integer that is not negative",
        Type::Float => "a number",
        Type::Bool => "true or false",
        Type::List(_) => "a list",
        Type::Any => "a value",
        Type::Map(_) | Type::Shape(_) => "an object",
    };
    Refusal::new("InvalidParameter", format!("The value type of parameter `{path}` is not valid: {due} is due."))
}

/// The path of a field.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
