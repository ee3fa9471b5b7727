//! Data of the templates.

use super::docs;
use super::options;
use crate::Error;
use crate::emit::options::{Table, docs::sentences};
use crate::emit::waiters::{PLAIN, paragraphs};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use wharf_spec::file::Field;
use wharf_spec::waiter::{ArgumentKind, method};
use wharf_spec::{Home, Operation, Product, Service, Shape, Type, Waiter, naming};

/// Python keywords. Sorted.
const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];

/// Builtin types whose names a field may have.
const BUILTINS: &[&str] = &["bool", "dict", "float", "int", "list", "str"];

/// The family of what several families use.
const SHARED: &str = "shared";

/// Methods of every structure; a field of that name ends in `_`.
const METHODS: &[&str] = &["to_dict"];
/// Methods of pages; a field of that name replaces the method.
const PAGE_METHODS: &[&str] = &["items", "pages"];

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
    methods: Vec<MethodView>,
    waiters: Vec<WaiterView>,
}

#[derive(Serialize)]
struct MethodView {
    name: String,
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
pub(super) struct ShapeView {
    pub name: String,
    /// Name of the client whose operations alone use it, or of the crate's client, or `shared`.
    pub family: String,
    base: String,
    docs: Vec<String>,
    members: Vec<MemberView>,
    parameters: Vec<ParameterView>,
    /// Fields of a `dict` that is accepted instead of the structure.
    dict: Option<Vec<DictMemberView>>,
}

#[derive(Serialize)]
struct MemberView {
    name: String,
    ty: String,
    docs: Vec<String>,
}

#[derive(Serialize)]
struct DictMemberView {
    name: String,
    ty: String,
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
        Ok(clients.into_values().collect())
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

    /// The answers of the operations, and the structures that they and the inputs hold.
    pub(super) fn shapes(&self) -> Result<Vec<ShapeView>, Error> {
        let mut views = BTreeMap::new();
        for operation in &self.product.operations {
            let fields: Vec<_> = operation.spec.output.iter().collect();
            let docs = vec![format!("Output of `{}`.", operation.name)];
            let name = output_name(operation);
            let base = match self.item(operation)? {
                None => "Structure".to_owned(),
                Some(item) => {
                    let item = item.replace(CLIENT.prefix, "");
                    let hidden = fields.iter().any(|field| PAGE_METHODS.contains(&word(field.called()).as_str()));
                    format!("{}[{item}]", if hidden { "ItemPage" } else { "Page" })
                }
            };
            let family = self.family(&operation.service);
            views.insert(name.clone(), self.class(name, family, base, docs, &fields, None)?);
        }
        for shape in self.product.shapes.iter().filter(|shape| self.held.contains(shape.name.as_str())) {
            let name = naming::type_name(shape.called());
            let view = self.shape(shape)?;
            if views.insert(name.clone(), view).is_some() {
                return Err(Error::new(name, "is the name of a structure and of an operation's answer"));
            }
        }
        Ok(views.into_values().collect())
    }

    /// Returns the name of the client whose files have what operations of a service need.
    fn family(&self, service: &str) -> String {
        let client = self.product.client(service);
        // Operations of the connection itself have no client.
        if client.is_empty() { SHARED.to_owned() } else { client.to_owned() }
    }

    fn shape(&self, shape: &Shape) -> Result<ShapeView, Error> {
        let fields: Vec<_> = shape.spec.fields.iter().collect();
        let name = naming::type_name(shape.called());
        let docs = docs::shape(shape);
        let family = match &shape.home {
            Home::Service(service) => self.family(service),
            Home::Shared => SHARED.to_owned(),
        };
        let base = "Structure".to_owned();
        let mut view = self.class(name, family, base, docs, &fields, Some(shape))?;
        if shape.in_input {
            let members = fields.iter().filter(|field| field.fixed.is_none());
            let members = members.map(|field| {
                let ty = self.given(&field.ty, field, TYPES);
                let ty = if ty == "Any" { ty } else { format!("{ty} | None") };
                DictMemberView { name: word(field.called()), ty }
            });
            view.dict = Some(members.collect());
        }
        Ok(view)
    }

    fn class(
        &self,
        name: String,
        family: String,
        base: String,
        docs: Vec<String>,
        fields: &[&Field],
        shape: Option<&Shape>,
    ) -> Result<ShapeView, Error> {
        let in_input = shape.is_some_and(|shape| shape.in_input);
        let recursive = |field: &Field| shape.is_some_and(|shape| shape.recursive.contains(&field.name));
        let mut members = Vec::new();
        let mut parameters = Vec::new();
        for field in fields {
            let member = word(field.called());
            // As in Rust: a field that the document guarantees is always set in an output that no input shares.
            let promised = field.ty.is_list() || field.ty.is_map() || (field.required && !field.nullable);
            let plain = !in_input && promised && !recursive(field);
            let held = self.held_type(&field.ty, field, TYPES);
            let ty = if plain || held == "Any" { held } else { format!("{held} | None") };
            let given = if in_input { self.given(&field.ty, field, TYPES) } else { ty.clone() };
            let given = if in_input && given != "Any" { format!("{given} | None") } else { given };
            parameters.push(ParameterView { name: member.clone(), ty: given, needed: plain });
            members.push(MemberView { name: member, ty, docs: vec![docs::field(self.product, field)] });
        }
        // Within the class the field's name would hide the builtin.
        let hidden: Vec<_> =
            BUILTINS.iter().filter(|name| members.iter().any(|member| member.name == **name)).collect();
        for name in hidden {
            members.iter_mut().for_each(|member| member.ty = qualified(&member.ty, name));
            parameters.iter_mut().for_each(|parameter| parameter.ty = qualified(&parameter.ty, name));
        }
        parameters.sort_by_key(|parameter| !parameter.needed);
        Ok(ShapeView { name, family, base, docs, members, parameters, dict: None })
    }

    /// Returns the type of a value in an output.
    fn held_type(&self, ty: &Type, field: &Field, at: At<'_>) -> String {
        match ty {
            Type::String if field.sensitive => "Secret".to_owned(),
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

impl ShapeView {
    /// Returns the words of its types, among them the names of other structures.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let dict = self.dict.iter().flatten().map(|member| &member.ty);
        let types = self.members.iter().map(|member| &member.ty).chain(self.parameters.iter().map(|each| &each.ty));
        let types = types.chain(dict).chain([&self.base]);
        types.flat_map(|ty| ty.split(|letter: char| !letter.is_ascii_alphanumeric()))
    }
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

/// Qualifies one of the words of a type.
fn qualified(ty: &str, builtin: &str) -> String {
    let words = ty.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric());
    let words = words.map(|word| match word.strip_prefix(builtin) {
        Some(rest) if !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric()) => format!("builtins.{word}"),
        _ => word.to_owned(),
    });
    words.collect()
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
