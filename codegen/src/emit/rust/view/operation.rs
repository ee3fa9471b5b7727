//! Operations: their facts, pages and jobs, and the methods of clients.

use super::View;
use super::field::{self, FieldView, Setters};
use super::shapes::{uses_maps, uses_types, wire_types};
use super::types::{Side, is_argument, is_needed, is_plain, item_type};
use crate::Error;
use crate::emit::rust::{aliases, docs, expr};
use serde::Serialize;
use wharf_spec::file::{Authorization, Edition, PageStyle, Protocol};
use wharf_spec::{Operation, naming};

#[derive(Serialize)]
pub(in crate::emit::rust) struct OperationView {
    name: String,
    wire: String,
    deprecated: Option<String>,
    docs: Vec<String>,
    /// The section about error codes.
    errors: Vec<String>,
    output_docs: Vec<String>,
    method: &'static str,
    path: String,
    /// Host, if it is not the product's.
    host: Option<String>,
    idempotent: bool,
    /// True if other operations of the product have a region and this one does not.
    no_region: bool,
    rate_limit: u32,
    authorization: &'static str,
    /// Editions that have it, if they are stated.
    editions: Option<&'static str>,
    paging: Option<PagingView>,
    job: Option<JobView>,
    /// The input that marks a call.
    token: Option<String>,
    input: Vec<FieldView>,
    output: Vec<FieldView>,
    /// Whether a field's type is one of the crate's `types`.
    uses_types: bool,
    /// The types of `wharf_core::model` in the fields.
    wire_types: Vec<&'static str>,
    uses_maps: bool,
    has_setters: bool,
}

#[derive(Serialize)]
struct JobView {
    way: String,
    /// Expression that finds the identifier in an output, as an `Option<&str>`.
    get: String,
}

#[derive(Serialize)]
pub(in crate::emit::rust) struct MethodView {
    name: String,
    deprecated: Option<String>,
    docs: Vec<String>,
    /// Other names by which the documentation's search finds it.
    aliases: Vec<String>,
    /// Fields that are arguments.
    arguments: Vec<String>,
    /// Whether there are other fields.
    more: bool,
}

#[derive(Serialize)]
struct PagingView {
    style: &'static str,
    begin: String,
    size: String,
    default: u32,
    max: u32,
    total: Vec<String>,
    next: Vec<String>,
    items: Vec<String>,
    item: String,
}

impl View<'_> {
    pub(in crate::emit::rust) fn operation(&self, operation: &Operation) -> Result<OperationView, Error> {
        let spec = &operation.spec;
        let name = naming::type_name(operation.called());
        let has_setters = spec.input.iter().any(|field| field.fixed.is_none() && !is_argument(field));
        let setters = if has_setters { Setters::Request } else { Setters::None };
        let input: Vec<_> = spec.input.iter().map(|each| field::view(each, Side::Input, setters, false)).collect();
        let output: Vec<_> =
            spec.output.iter().map(|each| field::view(each, Side::Output, Setters::None, false)).collect();
        let uses_types = uses_types(input.iter().chain(&output));
        Ok(OperationView {
            docs: docs::operation(self.product, operation),
            errors: docs::errors(operation),
            output_docs: vec![format!("Output of [`{name}`].")],
            wire: operation.name.clone(),
            deprecated: spec.deprecated.clone(),
            method: operation.method(),
            path: operation.path().to_owned(),
            host: (operation.host() != self.product.name).then(|| operation.host().to_owned()),
            idempotent: spec.idempotent,
            no_region: self.has_region() && !spec.region,
            rate_limit: spec.rate_limit,
            authorization: match spec.authorization {
                Authorization::Signature => "Signature",
                Authorization::TokenOrSignature if spec.permission.is_none() => "Signature",
                Authorization::Cam | Authorization::TokenOrSignature => "Policy",
                Authorization::None => "Anonymous",
            },
            editions: spec.editions.as_deref().map(|editions| match editions {
                [Edition::Private] => "Private",
                [Edition::Public] => "Public",
                _ => "Both",
            }),
            paging: self.paging(operation)?,
            job: self.job(operation)?,
            token: spec.input.iter().find(|field| field.token).map(|field| field.name.clone()),
            uses_types,
            wire_types: wire_types(input.iter().chain(&output)),
            uses_maps: uses_maps(input.iter().chain(&output)),
            has_setters,
            input,
            output,
            name,
        })
    }

    /// Returns whether requests have the region. For other products it is only a part of the host.
    pub(in crate::emit::rust) fn has_region(&self) -> bool {
        matches!(self.product.protocol, Protocol::TencentV3 | Protocol::TencentV2)
    }

    pub(in crate::emit::rust) fn method(&self, operation: &Operation) -> MethodView {
        let spec = &operation.spec;
        let docs = docs::method(self.product, operation, |field| is_needed(field) && !is_argument(field));
        let arguments: Vec<_> =
            spec.input.iter().filter(|field| is_argument(field)).map(|field| naming::field(field.called())).collect();
        let more = arguments.len() < spec.input.len();
        let name = naming::method(operation.called());
        let aliases = aliases::of(operation, &name);
        MethodView { name, deprecated: spec.deprecated.clone(), docs, aliases, arguments, more }
    }

    fn paging(&self, operation: &Operation) -> Result<Option<PagingView>, Error> {
        let Some(paginate) = &operation.spec.paginate else { return Ok(None) };
        let input = |name: &str| {
            let field = operation.spec.input.iter().find(|field| field.name == name);
            field.ok_or_else(|| Error::new(&operation.name, format!("{name} is not in the input")))
        };
        let begin = input(paginate.begin())?;
        let size = Some(paginate.length()).filter(|name| !name.is_empty()).map(input).transpose()?;
        for path in [&paginate.total, &paginate.next].into_iter().flatten() {
            self.way(operation, path)?;
        }
        let items = self.way(operation, &paginate.items)?;
        let last = items.last().ok_or_else(|| Error::new(&operation.name, "no way to the items"))?;
        let split = |way: &str| way.split('.').map(str::to_owned).collect();
        Ok(Some(PagingView {
            style: match paginate.style {
                PageStyle::Offset => "Offset",
                PageStyle::Number => "Number",
                PageStyle::Token => "Token",
            },
            begin: begin.name.clone(),
            size: size.map(|size| size.name.clone()).unwrap_or_default(),
            default: paginate.default.unwrap_or(0),
            max: paginate.max.unwrap_or(0),
            total: paginate.total.as_deref().map(split).unwrap_or_default(),
            next: paginate.next.as_deref().map(split).unwrap_or_default(),
            items: split(&paginate.items),
            item: item_type(last.field),
        }))
    }

    fn job(&self, operation: &Operation) -> Result<Option<JobView>, Error> {
        let Some(way) = operation.job() else { return Ok(None) };
        Ok(Some(JobView { way: way.to_owned(), get: expr::text(&self.way(operation, way)?) }))
    }

    /// Returns the fields on a path such as `Data.RepoInfo`.
    pub(in crate::emit::rust) fn way<'a>(
        &'a self,
        operation: &'a Operation,
        way: &str,
    ) -> Result<Vec<expr::Step<'a>>, Error> {
        self.way_through(operation, way, "")
    }

    /// Returns the fields on a path, and then those on a path in the structure there, or in the items of the list
    /// there.
    pub(in crate::emit::rust) fn way_through<'a>(
        &'a self,
        operation: &'a Operation,
        way: &str,
        then: &str,
    ) -> Result<Vec<expr::Step<'a>>, Error> {
        let (mut side, mut fields) = (Side::Output, operation.spec.output.as_slice());
        let names = way.split('.').chain(then.split('.').filter(|name| !name.is_empty()));
        names
            .map(|name| {
                let field = fields.iter().find(|field| field.name == name);
                let field = field.ok_or_else(|| Error::new(&operation.name, format!("{way} is not in the output")))?;
                let step = expr::Step { field, plain: is_plain(field, side, false) };
                let next = field.ty.shape().and_then(|name| self.product.shape(name));
                fields = next.map_or(&[], |shape| shape.spec.fields.as_slice());
                side = if next.is_some_and(|shape| shape.in_input) { Side::Input } else { Side::Output };
                Ok(step)
            })
            .collect()
    }
}
