//! The structures: outputs of operations, and what they and the inputs contain.

use super::{CLIENT, ParameterView, TYPES, View, output_name, word};
use crate::Error;
use crate::emit::python::docs;
use serde::Serialize;
use std::collections::BTreeMap;
use wharf_spec::file::Field;
use wharf_spec::{Home, Shape, naming};

/// Builtin types whose names a field may have.
const BUILTINS: &[&str] = &["bool", "dict", "float", "int", "list", "str"];

/// The family of what several families use.
const SHARED: &str = "shared";

/// Methods of pages; a field of that name replaces the method.
const PAGE_METHODS: &[&str] = &["items", "pages"];

#[derive(Serialize)]
pub(in crate::emit::python) struct ShapeView {
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

impl View<'_> {
    /// The answers of the operations, and the structures that they and the inputs hold.
    pub(in crate::emit::python) fn shapes(&self) -> Result<Vec<ShapeView>, Error> {
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
}

impl ShapeView {
    /// Returns the words of its types, among them the names of other structures.
    pub(in crate::emit::python) fn words(&self) -> impl Iterator<Item = &str> {
        let dict = self.dict.iter().flatten().map(|member| &member.ty);
        let types = self.members.iter().map(|member| &member.ty).chain(self.parameters.iter().map(|each| &each.ty));
        let types = types.chain(dict).chain([&self.base]);
        types.flat_map(|ty| ty.split(|letter: char| !letter.is_ascii_alphanumeric()))
    }
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
