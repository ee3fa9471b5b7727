//! Data of the templates.

mod enums;
mod shapes;

use super::docs;
use super::options;
use crate::Error;
use crate::emit::options::{Table, docs::sentences};
use crate::emit::waiters::{PLAIN, paragraphs};
use crate::emit::words;
pub(super) use enums::EnumView;
use serde::Serialize;
pub(super) use shapes::ShapeView;
use std::collections::{BTreeMap, BTreeSet};
use wharf_spec::file::Field;
use wharf_spec::waiter::{ArgumentKind, method};
use wharf_spec::{Operation, Product, Service, Type, Waiter, naming};

/// Python keywords. Sorted.
const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];

/// Methods of every structure; a field of that name ends in `_`.
const METHODS: &[&str] = &["to_dict"];

/// Attributes of every connection, in addition to its clients. An operation of that name is a method of its client alone.
const OF_CONNECTIONS: &[&str] = &[
    "call",
    "call_unlisted",
    "call_with_response",
    "close",
    "docker_config",
    "kubeconfig",
    "kubernetes",
    "presign",
    "region",
    "sign",
    "with_options",
];

pub(super) struct View<'a> {
    product: &'a Product,
    /// The structures that have a class: those that an input or an output contains, except those of JSON documents in
    /// strings.
    held: BTreeSet<&'a str>,
}

#[derive(Serialize)]
pub(super) struct ClientView {
    /// Name of the connection's attribute; empty for operations of the connection itself.
    pub name: String,
    class: String,
    /// Class of the operations that the connection has too.
    operations: String,
    methods: Vec<MethodView>,
    waiters: Vec<WaiterView>,
}

#[derive(Serialize)]
struct MethodView {
    name: String,
    /// Whether the connection has it too: no other client and no attribute of the connection has the name.
    shared: bool,
    docs: Vec<String>,
    parameters: Vec<ParameterView>,
    output: String,
    /// Type of an item, if the operation is paged.
    item: Option<String>,
}

#[derive(Serialize)]
struct ParameterView {
    name: String,
    /// The type, with the default value.
    ty: String,
    needed: bool,
}

#[derive(Serialize)]
struct WaiterView {
    name: String,
    docs: Vec<String>,
    parameters: Vec<ParameterView>,
    gives: String,
}

#[derive(Serialize)]
pub(super) struct OptionView {
    name: String,
    ty: String,
    doc: String,
}

/// Position of a type.
#[derive(Clone, Copy)]
struct At<'a> {
    /// Prefix of the name of a structure.
    prefix: &'a str,
}

const TYPES: At<'static> = At { prefix: "" };
const CLIENT: At<'static> = At { prefix: "types." };

impl<'a> View<'a> {
    pub(super) fn new(product: &'a Product) -> Self {
        let mut view = Self { product, held: BTreeSet::new() };
        for operation in &product.operations {
            for field in operation.spec.input.iter().chain(&operation.spec.output) {
                view.hold(&field.ty);
            }
        }
        view
    }

    fn hold(&mut self, ty: &'a Type) {
        match ty {
            Type::List(inner) | Type::Map(inner) => self.hold(inner),
            Type::Shape(name) if self.held.insert(name) => {
                let fields = self.product.shape(name).map_or(&[][..], |shape| &shape.spec.fields);
                fields.iter().for_each(|field| self.hold(&field.ty));
            }
            _ => {}
        }
    }

    pub(super) fn clients(&self) -> Result<Vec<ClientView>, Error> {
        let mut clients: BTreeMap<&str, ClientView> = BTreeMap::new();
        for operation in &self.product.operations {
            let name = self.product.client(&operation.service);
            let client = clients.entry(name).or_insert_with(|| ClientView {
                name: name.to_owned(),
                class: format!("{}Client", capitalized(name)),
                operations: format!("{}Operations", capitalized(name)),
                methods: Vec::new(),
                waiters: Vec::new(),
            });
            client.methods.push(self.method(operation)?);
        }
        for waiter in &self.product.waiters {
            let client = clients.get_mut(self.product.client(&waiter.service));
            let client = client.ok_or_else(|| Error::new(&waiter.name, "is of a client without operations"))?;
            client.waiters.push(self.waiter(waiter));
        }
        let mut clients: Vec<_> = clients.into_values().collect();
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let attributes = clients.iter().map(|client| client.name.clone());
        let attributes = attributes.chain(OF_CONNECTIONS.iter().map(|name| (*name).to_owned()));
        let methods = clients.iter().flat_map(|client| &client.methods).map(|method| method.name.clone());
        attributes.chain(methods).for_each(|name| *taken.entry(name).or_default() += 1);
        for method in clients.iter_mut().flat_map(|client| &mut client.methods) {
            method.shared = taken.get(&method.name) == Some(&1);
        }
        Ok(clients)
    }

    fn method(&self, operation: &Operation) -> Result<MethodView, Error> {
        let inputs: Vec<_> = operation.spec.input.iter().filter(|field| field.fixed.is_none()).collect();
        let mut named: Vec<_> = inputs.iter().map(|field| (word(field.called()), *field)).collect();
        let docs = docs::operation(self.product, operation, &named);
        // Required fields come first, as in `help`.
        named.sort_by_key(|(_, field)| !is_needed(field));
        let parameters = named.into_iter().map(|(name, field)| self.parameter(name, field, is_needed(field), CLIENT));
        Ok(MethodView {
            name: word(&naming::type_name(operation.called())),
            shared: false,
            docs,
            parameters: parameters.collect(),
            output: output_name(operation),
            item: self.item(operation)?,
        })
    }

    fn parameter(&self, name: String, field: &Field, needed: bool, at: At<'_>) -> ParameterView {
        let ty = self.given(&field.ty, field, at);
        let ty = if needed || ty == "Any" { ty } else { format!("{ty} | None") };
        ParameterView { name, ty, needed }
    }

    fn item(&self, operation: &Operation) -> Result<Option<String>, Error> {
        let Some(paginate) = &operation.spec.paginate else { return Ok(None) };
        let field = self.product.output_field(operation, &paginate.items);
        let field = field.ok_or_else(|| Error::new(&operation.name, "the items are not in the output"))?;
        let item = if let Type::List(item) = &field.ty { item } else { &field.ty };
        Ok(Some(self.held_type(item, field, CLIENT)))
    }

    fn waiter(&self, waiter: &Waiter) -> WaiterView {
        let spec = &waiter.spec;
        let mut docs = paragraphs(self.product, waiter, &PLAIN);
        docs.push("Args:".to_owned());
        docs.extend(spec.arguments.iter().map(|argument| format!(" {}: {}", argument.name, argument.doc)));
        docs.extend(
            [
                " timeout: Timeout of the wait, in seconds.",
                " poll_interval: Delay before the second poll, in seconds; it grows.",
                " max_poll_interval: Maximum delay between two polls, in seconds.",
                " grace: Time for which the resource may be missing at first, in seconds. By default a minute or more.",
                " on_progress: Called with the first state, and with every state that differs from the previous one.",
            ]
            .map(str::to_owned),
        );
        let parameters = spec.arguments.iter().map(|argument| ParameterView {
            name: argument.name.clone(),
            ty: match argument.kind {
                ArgumentKind::Text => "str",
                ArgumentKind::Bool => "bool",
                ArgumentKind::Texts => "Sequence[str]",
                ArgumentKind::Whole => "int",
            }
            .to_owned(),
            needed: true,
        });
        let gives = match spec.returned() {
            None => "None".to_owned(),
            Some((name, true)) => format!("list[types.{}]", self.product.type_name(name)),
            Some((name, false)) => format!("types.{}", self.product.type_name(name)),
        };
        let name = method(&waiter.name, Service::module(&waiter.service));
        WaiterView { name, docs, parameters: parameters.collect(), gives }
    }

    /// Returns the type of a value in an output.
    fn held_type(&self, ty: &Type, field: &Field, at: At<'_>) -> String {
        match ty {
            Type::String if field.sensitive => "Secret".to_owned(),
            Type::String if field.enumeration.is_some() => format!("{}{} | str", at.prefix, field.named),
            Type::String => "str".to_owned(),
            Type::Int | Type::Uint => "int".to_owned(),
            Type::Float => "float".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Timestamp => "Timestamp".to_owned(),
            Type::Json(_) => "JsonText".to_owned(),
            Type::Any => "Any".to_owned(),
            Type::Shape(_) => format!("{}{}", at.prefix, field.named),
            Type::List(item) => format!("list[{}]", self.held_type(item, field, at)),
            Type::Map(value) => format!("dict[str, {}]", self.held_type(value, field, at)),
        }
    }

    /// Returns the type of a value in an input.
    fn given(&self, ty: &Type, field: &Field, at: At<'_>) -> String {
        match ty {
            Type::String if field.sensitive => "str | Secret".to_owned(),
            Type::String if field.enumeration.is_some() => format!("{}{} | Other", at.prefix, field.named),
            // A list in a text may be incomplete: it only helps editors.
            Type::String if !field.values.is_empty() && field.values.len() <= words::LISTED => {
                format!("{} | str", literal(&field.values))
            }
            Type::Timestamp => "str | datetime".to_owned(),
            Type::Json(_) => "_JsonDocument".to_owned(),
            Type::Shape(_) => {
                let name = &field.named;
                format!("{0}{name} | {0}{name}Dict", at.prefix)
            }
            Type::List(item) => format!("Sequence[{}]", self.given(item, field, at)),
            Type::Map(value) => format!("Mapping[str, {}]", self.given(value, field, at)),
            _ => self.held_type(ty, field, at),
        }
    }

    /// Returns the options of connections, by name.
    pub(super) fn options(&self, table: &Table) -> Vec<OptionView> {
        let Some(family) = table.family(self.product) else { return Vec::new() };
        let named = table.of(family).filter(|entry| entry.has_name());
        let mut options: Vec<_> = named
            .map(|entry| OptionView {
                name: entry.name.clone(),
                ty: options::ty(entry, family),
                doc: format!(" {}: {}", entry.name, sentences(entry, family)),
            })
            .collect();
        options.sort_by(|one, other| one.name.cmp(&other.name));
        options
    }
}

/// Returns the type of texts that are one of some values.
fn literal(values: &[String]) -> String {
    let values: Vec<_> = values.iter().map(|value| format!("{value:?}")).collect();
    format!("Literal[{}]", values.join(", "))
}

fn output_name(operation: &Operation) -> String {
    format!("{}Output", naming::type_name(operation.called()))
}

/// Converts an API name to a Python name.
fn word(wire: &str) -> String {
    let name = naming::field(wire);
    let name = name.trim_start_matches("r#");
    let taken = KEYWORDS.binary_search(&name).is_ok() || METHODS.contains(&name);
    if taken { format!("{name}_") } else { name.to_owned() }
}

/// Returns whether only the caller can provide the field, and the request needs it.
fn is_needed(field: &Field) -> bool {
    field.required && field.fixed.is_none() && !field.from_connection && field.default_from.is_none()
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
