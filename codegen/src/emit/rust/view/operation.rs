//! Operations: their facts, pages and jobs, and the methods of clients.

use super::View;
use super::field::{self, FieldView};
use super::shapes::{uses_maps, wire_types};
use super::types::{Side, has_setter, is_argument, is_needed, is_plain, item_type};
use crate::Error;
use crate::emit::rust::{docs, expr};
use serde::Serialize;
use wharf_spec::file::{Authorization, PageStyle, Protocol};
use wharf_spec::{Operation, naming};

#[derive(Serialize)]
pub(in crate::emit::rust) struct OperationView {
    name: String,
    wire: String,
    docs: Vec<String>,
    output_docs: Vec<String>,
    product: String,
    version: String,
    service: String,
    method: &'static str,
    path: String,
    host: String,
    idempotent: bool,
    region: bool,
    rate_limit: u32,
    authorization: &'static str,
    paging: Option<PagingView>,
    job: Option<JobView>,
    errors: Vec<String>,
    input: Vec<FieldView>,
    output: Vec<FieldView>,
    /// Whether a field's type is one of the crate's `types`.
    uses_types: bool,
    /// The types of `wharf_core::model` that fields have.
    wire_types: Vec<&'static str>,
    uses_maps: bool,
    has_setters: bool,
}

#[derive(Serialize)]
struct JobView {
    way: String,
    /// Finds the identifier in an answer, as an `Option<&str>`.
    get: String,
}

#[derive(Serialize)]
pub(in crate::emit::rust) struct MethodView {
    name: String,
    docs: Vec<String>,
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
    items: Vec<String>,
    item: String,
    get_begin: String,
    get_size: String,
    set_begin: String,
    set_size: String,
    get_total: String,
    take_items: String,
    count: String,
}

impl View<'_> {
    pub(in crate::emit::rust) fn operation(&self, operation: &Operation) -> Result<OperationView, Error> {
        let spec = &operation.spec;
        let name = naming::type_name(&operation.name);
        let input: Vec<_> = spec
            .input
            .iter()
            .map(|field| {
                let setter = has_setter(field).then(|| field::setter(field, "types::", false));
                field::view(field, Side::Input, "types::", false).with_setter(setter)
            })
            .collect();
        let output: Vec<_> =
            spec.output.iter().map(|field| field::view(field, Side::Output, "types::", false)).collect();
        let uses_types = input.iter().chain(&output).any(|field| field.ty.contains("types::"));
        Ok(OperationView {
            docs: docs::operation(operation),
            output_docs: vec![format!("What [`{name}`] answers.")],
            wire: operation.name.clone(),
            product: self.product.name.clone(),
            version: self.product.version.clone(),
            service: operation.service.clone(),
            method: operation.method(),
            path: operation.path().to_owned(),
            host: operation.host().to_owned(),
            idempotent: spec.idempotent,
            // Elsewhere the region is a part of the host alone.
            region: spec.region && matches!(self.product.protocol, Protocol::TencentV3 | Protocol::TencentV2),
            rate_limit: spec.rate_limit,
            authorization: match spec.authorization {
                Authorization::Signature => "Signature",
                Authorization::TokenOrSignature if spec.permission.is_none() => "Signature",
                Authorization::Cam | Authorization::TokenOrSignature => "Policy",
                Authorization::None => "Anonymous",
            },
            paging: self.paging(operation)?,
            job: self.job(operation)?,
            errors: spec.errors.clone(),
            uses_types,
            wire_types: wire_types(input.iter().chain(&output)),
            uses_maps: uses_maps(input.iter().chain(&output)),
            has_setters: input.iter().any(|field| field.setter.is_some()),
            input,
            output,
            name,
        })
    }

    pub(in crate::emit::rust) fn method(operation: &Operation) -> MethodView {
        let spec = &operation.spec;
        let docs = docs::method(operation, |field| is_needed(field) && !is_argument(field));
        let arguments: Vec<_> =
            spec.input.iter().filter(|field| is_argument(field)).map(|field| naming::field(&field.name)).collect();
        let more = arguments.len() < spec.input.len();
        MethodView { name: naming::field(&operation.name), docs, arguments, more }
    }

    fn paging(&self, operation: &Operation) -> Result<Option<PagingView>, Error> {
        let Some(paginate) = &operation.spec.paginate else { return Ok(None) };
        let input = |name: &str| {
            let field = operation.spec.input.iter().find(|field| field.name == name);
            field.ok_or_else(|| Error::new(&operation.name, format!("{name} is not in the input")))
        };
        let (begin, size) = (input(paginate.begin())?, input(paginate.length())?);
        let total = self.way(operation, &paginate.total)?;
        let items = self.way(operation, &paginate.items)?;
        let last = items.last().ok_or_else(|| Error::new(&operation.name, "no way to the items"))?;
        let split = |way: &str| way.split('.').map(str::to_owned).collect();
        Ok(Some(PagingView {
            style: match paginate.style {
                PageStyle::Offset => "Offset",
                PageStyle::Number => "Number",
            },
            begin: begin.name.clone(),
            size: size.name.clone(),
            default: paginate.default.unwrap_or(0),
            max: paginate.max.unwrap_or(0),
            total: split(&paginate.total),
            items: split(&paginate.items),
            item: item_type(last.field, "types::"),
            get_begin: expr::get_bound(begin),
            get_size: expr::get_bound(size),
            set_begin: expr::set_bound(begin, "begin"),
            set_size: expr::set_bound(size, "size"),
            get_total: expr::total(&total),
            take_items: expr::take_items(&items),
            count: expr::count(&items),
        }))
    }

    fn job(&self, operation: &Operation) -> Result<Option<JobView>, Error> {
        let Some(way) = operation.job() else { return Ok(None) };
        Ok(Some(JobView { way: way.to_owned(), get: expr::text(&self.way(operation, way)?) }))
    }

    /// The fields on a way such as `Data.RepoInfo`.
    fn way<'a>(&'a self, operation: &'a Operation, way: &str) -> Result<Vec<expr::Step<'a>>, Error> {
        let ends = way.match_indices('.').map(|(at, _)| at).chain([way.len()]);
        let mut side = Side::Output;
        ends.map(|end| {
            let field = self.product.output_field(operation, &way[..end]);
            let field = field.ok_or_else(|| Error::new(&operation.name, format!("{way} is not in the output")))?;
            let step = expr::Step { field, plain: is_plain(field, side, false) };
            let next = field.ty.shape().and_then(|name| self.product.shape(name));
            side = if next.is_some_and(|shape| shape.in_input) { Side::Input } else { Side::Output };
            Ok(step)
        })
        .collect()
    }
}
