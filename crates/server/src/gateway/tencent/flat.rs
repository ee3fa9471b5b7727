//! Flattened parameters (`Filters.0.Values.1=b`) to the JSON that a POST of the same call would carry.

use super::super::parameters::{Problem, Unknown, fields, join, scalar};
use crate::catalog::field;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use wharf_spec::file::Field;
use wharf_spec::{Product, Type};

/// How deep names may nest; the deepest documented one has six parts.
const MAX_DEPTH: usize = 16;

#[derive(Debug)]
enum Node {
    Text(String),
    Members(BTreeMap<String, Node>),
}

/// Puts flattened parameters together again, each typed as its spec says. Unknown ones are left out if they are not
/// refused, and so is a number or a truth value of which nothing but the name was sent.
pub(super) fn unflatten(
    pairs: Vec<(String, String)>,
    fields: &[Field],
    spec: &Product,
    unknown: Unknown,
) -> Result<Map<String, Value>, Problem> {
    let mut root = BTreeMap::new();
    for (name, value) in pairs {
        let parts: Vec<&str> = name.split('.').collect();
        if parts.len() > MAX_DEPTH || parts.iter().any(|part| part.is_empty()) {
            if unknown == Unknown::Keep {
                continue;
            }
            return Err(Problem::Unknown(name));
        }
        place(&mut root, &name, &parts, value)?;
    }
    Flat { spec, unknown }.members(root, fields, "")
}

fn place(node: &mut BTreeMap<String, Node>, name: &str, parts: &[&str], value: String) -> Result<(), Problem> {
    let twice = || Problem::Malformed(format!("The parameter `{name}` is given twice."));
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

/// Whether it is a number or a truth value of which nothing but the name was sent.
fn is_blank(node: &Node, ty: &Type) -> bool {
    let plain = matches!(ty, Type::Int | Type::Uint | Type::Float | Type::Bool);
    plain && matches!(node, Node::Text(text) if text.is_empty())
}

#[derive(Clone, Copy)]
struct Flat<'a> {
    spec: &'a Product,
    unknown: Unknown,
}

impl Flat<'_> {
    fn members(
        self,
        nodes: BTreeMap<String, Node>,
        fields: &[Field],
        path: &str,
    ) -> Result<Map<String, Value>, Problem> {
        let mut out = Map::new();
        for (name, node) in nodes {
            let path = join(path, &name);
            match (field(fields, &name), self.unknown) {
                (None, Unknown::Refuse) => return Err(Problem::Unknown(path)),
                (None, Unknown::Keep) => {}
                (Some(field), Unknown::Keep) if is_blank(&node, &field.ty) => {}
                (Some(field), _) => drop(out.insert(name, self.typed(node, &field.ty, &path)?)),
            }
        }
        Ok(out)
    }

    fn typed(self, node: Node, ty: &Type, path: &str) -> Result<Value, Problem> {
        match (node, ty) {
            (Node::Members(nodes), Type::Shape(shape)) => {
                self.members(nodes, fields(self.spec, shape), path).map(Value::Object)
            }
            (Node::Members(nodes), Type::List(item)) => self.list(nodes, item, path),
            (Node::Text(text), ty) => scalar(&text, ty).ok_or_else(|| Problem::mistyped(path, ty)),
            (Node::Members(_), ty) => Err(Problem::mistyped(path, ty)),
        }
    }

    fn list(self, nodes: BTreeMap<String, Node>, item: &Type, path: &str) -> Result<Value, Problem> {
        let mut items = Vec::with_capacity(nodes.len());
        for (name, node) in nodes {
            let at: usize = name.parse().map_err(|_| Problem::Unknown(join(path, &name)))?;
            items.push((at, node));
        }
        items.sort_by_key(|(at, _)| *at);
        let mut out = Vec::with_capacity(items.len());
        for (expected, (at, node)) in items.into_iter().enumerate() {
            if at != expected {
                let missing = join(path, &expected.to_string());
                return Err(Problem::Malformed(format!("The list `{path}` has a gap: `{missing}` is missing.")));
            }
            out.push(self.typed(node, item, &join(path, &at.to_string()))?);
        }
        Ok(Value::Array(out))
    }
}
