//! What templates speak of.

use super::docs::{self, erratum, facts_line, plain};
use super::expr;
use crate::Error;
use serde::Serialize;
use wharf_spec::file::{Authorization, ErrorKind, Field, ListStyle, PageStyle, Place, Protocol, TimeForm};
use wharf_spec::{Enumeration, Home, Operation, Product, Shape, Type, naming};

pub(super) struct View<'a> {
    pub product: &'a Product,
}

/// Where a field stands, which decides on its Rust type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// A request may hold it: whatever is not given is left out.
    Input,
    /// Only answers hold it.
    Output,
}

#[derive(Serialize)]
pub(super) struct OperationView {
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
pub(super) struct MethodView {
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

#[derive(Serialize)]
pub(super) struct ShapeView {
    name: String,
    wire: String,
    docs: Vec<String>,
    fields: Vec<FieldView>,
    /// Whether it has setters.
    in_input: bool,
    /// What the map holds that carries it: `text` or `value`.
    carried: Option<&'static str>,
}

#[derive(Serialize)]
struct FieldView {
    name: String,
    wire: String,
    docs: Vec<String>,
    /// The Rust type, whole.
    ty: String,
    /// What it is read by besides: ` | "volumeType"`.
    aliases: String,
    /// What the macro adds to the member: `.required().max_items(100)`.
    facts: String,
    /// None when the client's method takes the field as an argument.
    setter: Option<SetterView>,
}

#[derive(Serialize)]
struct SetterView {
    docs: Vec<String>,
    /// How a value is given: `object`, `list`, `map`, `into` or `plain`.
    form: &'static str,
    /// The type that is given, of an item if it is a list, of a value if it is a map.
    given: String,
    /// The name without `r#`.
    bare: String,
    boxed: bool,
}

#[derive(Serialize)]
pub(super) struct EnumView {
    name: String,
    docs: Vec<String>,
    values: Vec<ValueView>,
}

#[derive(Serialize)]
struct ValueView {
    name: String,
    wire: String,
    docs: Vec<String>,
}

#[derive(Clone, Serialize)]
pub(super) struct CodeView {
    name: String,
    wire: String,
    docs: Vec<String>,
    doc: String,
    kind: &'static str,
    retry: bool,
}

impl View<'_> {
    pub(super) fn operation(&self, operation: &Operation) -> Result<OperationView, Error> {
        let spec = &operation.spec;
        let name = naming::type_name(&operation.name);
        let input: Vec<_> = spec
            .input
            .iter()
            .map(|field| {
                let setter = has_setter(field).then(|| setter(field, "types::", false));
                FieldView { setter, ..self.field(field, Side::Input, "types::", false) }
            })
            .collect();
        let output: Vec<_> =
            spec.output.iter().map(|field| self.field(field, Side::Output, "types::", false)).collect();
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

    pub(super) fn method(operation: &Operation) -> MethodView {
        let spec = &operation.spec;
        let docs = docs::method(operation, |field| is_needed(field) && !is_argument(field));
        let arguments: Vec<_> =
            spec.input.iter().filter(|field| is_argument(field)).map(|field| naming::field(&field.name)).collect();
        let more = arguments.len() < spec.input.len();
        MethodView { name: naming::field(&operation.name), docs, arguments, more }
    }

    pub(super) fn shapes(&self, home: &Home) -> Vec<ShapeView> {
        let shapes = self.product.shapes.iter().filter(|shape| shape.home == *home);
        shapes.map(|shape| self.shape(shape)).collect()
    }

    fn shape(&self, shape: &Shape) -> ShapeView {
        let side = if shape.in_input { Side::Input } else { Side::Output };
        let mut docs = vec![plain(&shape.spec.doc), facts_line(&shape.name, &[], &shape.spec.source)];
        docs.extend(erratum(shape.spec.erratum.as_deref()));
        let fields = shape.spec.fields.iter().map(|field| {
            let boxed = shape.recursive.contains(&field.name);
            let setter = (shape.in_input && field.fixed.is_none()).then(|| setter(field, "", boxed));
            FieldView { setter, ..self.field(field, side, "", boxed) }
        });
        ShapeView {
            name: naming::type_name(&shape.name),
            wire: shape.name.clone(),
            docs,
            fields: fields.collect(),
            in_input: shape.in_input,
            carried: shape.spec.carried_in.as_deref().map(|way| self.carried(way)),
        }
    }

    /// What the map of a structure's field holds.
    fn carried(&self, way: &str) -> &'static str {
        let field = way
            .split_once('.')
            .and_then(|(shape, field)| self.product.shape(shape)?.spec.fields.iter().find(|each| each.name == field));
        match field.map(|field| &field.ty) {
            Some(Type::Map(value)) if **value == Type::String => "text",
            _ => "value",
        }
    }

    fn field(&self, field: &Field, side: Side, prefix: &str, boxed: bool) -> FieldView {
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

    pub(super) fn enums(&self, home: &Home) -> Vec<EnumView> {
        let enums = self.product.enums.iter().filter(|enumeration| enumeration.home == *home);
        enums.map(enumeration).collect()
    }

    /// The types of `wharf-products` that the fields of a service crate have.
    pub(super) fn shared_types(&self, service: &str) -> Vec<String> {
        let operations = self.product.operations.iter().filter(|operation| operation.service == service);
        let mut fields: Vec<&Field> =
            operations.flat_map(|operation| operation.spec.input.iter().chain(&operation.spec.output)).collect();
        let mut names = std::collections::BTreeSet::new();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(field) = fields.pop() {
            if let Some(found) = field.enumeration.as_ref().and_then(|name| self.product.enumeration(name))
                && found.home == Home::Shared
            {
                names.insert(naming::type_name(&found.name));
            }
            if let Some(shape) = field.ty.shape().and_then(|name| self.product.shape(name))
                && seen.insert(&shape.name)
            {
                if shape.home == Home::Shared {
                    names.insert(naming::type_name(&shape.name));
                }
                fields.extend(&shape.spec.fields);
            }
        }
        names.into_iter().collect()
    }

    /// The codes by the numbers that answers carry.
    pub(super) fn numbers(&self) -> Vec<(i64, &str)> {
        let numbers = self
            .product
            .errors
            .iter()
            .flat_map(|error| error.spec.numbers.iter().map(|number| (*number, error.name.as_str())));
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort_unstable();
        numbers
    }

    /// Other spellings of codes, sorted, and the code that each means.
    pub(super) fn code_aliases(&self) -> Vec<(&str, &str)> {
        let aliases = self
            .product
            .errors
            .iter()
            .flat_map(|error| error.spec.aliases.iter().map(|alias| (alias.as_str(), error.name.as_str())));
        let mut aliases: Vec<_> = aliases.collect();
        aliases.sort_unstable();
        aliases
    }

    /// The codes and their other spellings, sorted by spelling.
    pub(super) fn spellings(&self) -> Vec<CodeView> {
        let codes = self.codes();
        let aliases = self.code_aliases();
        let other = aliases.iter().filter_map(|(alias, code)| {
            let code = codes.iter().find(|view| view.wire == *code)?;
            Some(CodeView { wire: (*alias).to_owned(), ..code.clone() })
        });
        let mut spellings: Vec<_> = codes.iter().cloned().chain(other).collect();
        spellings.sort_by(|a, b| a.wire.cmp(&b.wire));
        spellings
    }

    pub(super) fn codes(&self) -> Vec<CodeView> {
        let codes = self.product.errors.iter().map(|error| CodeView {
            name: naming::code(&error.name),
            wire: error.name.clone(),
            docs: [plain(&error.spec.doc), facts_line(&error.name, &[], &error.spec.source)]
                .into_iter()
                .chain(erratum(error.spec.erratum.as_deref()))
                .collect(),
            doc: error.spec.doc.clone(),
            kind: match error.spec.kind {
                ErrorKind::Throttled => "Throttled",
                ErrorKind::Transient => "Transient",
                ErrorKind::Credentials => "Credentials",
                ErrorKind::Permission => "PermissionDenied",
                ErrorKind::Quota => "Quota",
                ErrorKind::NotFound => "NotFound",
                ErrorKind::Conflict => "Conflict",
                ErrorKind::Invalid => "InvalidInput",
                ErrorKind::Unsupported => "Unsupported",
                ErrorKind::Internal => "Service",
            },
            retry: error.spec.retry,
        });
        codes.collect()
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

/// The types of `wharf_core::model` that the fields of structures have.
pub(super) fn wire_types_of(shapes: &[ShapeView]) -> Vec<&'static str> {
    wire_types(shapes.iter().flat_map(|shape| &shape.fields))
}

fn wire_types<'a>(fields: impl Iterator<Item = &'a FieldView>) -> Vec<&'static str> {
    let mut types = std::collections::BTreeSet::new();
    for field in fields {
        types.extend(field.ty.split(|c: char| !c.is_ascii_alphanumeric()));
        types.extend(
            ["In", "ListStyle", "TimeForm"].into_iter().filter(|name| field.facts.contains(&format!("({name}::"))),
        );
    }
    ["In", "JsonText", "ListStyle", "Secret", "TimeForm", "Timestamp"]
        .into_iter()
        .filter(|name| types.contains(name))
        .collect()
}

/// Whether a field of the structures is a map.
pub(super) fn uses_maps_of(shapes: &[ShapeView]) -> bool {
    uses_maps(shapes.iter().flat_map(|shape| &shape.fields))
}

fn uses_maps<'a>(mut fields: impl Iterator<Item = &'a FieldView>) -> bool {
    fields.any(|field| field.ty.contains("BTreeMap<"))
}

/// Required identifiers and the rest of the path are arguments of the client's method.
fn is_argument(field: &Field) -> bool {
    let names = field.place() == Place::Path || field.name.ends_with("Id") || field.name.ends_with("_id");
    is_needed(field) && names && field.ty == Type::String && field.enumeration.is_none() && !field.sensitive
}

/// Nothing is sent without it, and nobody but the caller knows it.
fn is_needed(field: &Field) -> bool {
    field.required && field.fixed.is_none() && !field.from_connection && field.default_from.is_none()
}

/// What can only be one thing needs no setter.
fn has_setter(field: &Field) -> bool {
    !is_argument(field) && field.fixed.is_none()
}

/// Whether the value stands there by itself, not in an `Option`.
fn is_plain(field: &Field, side: Side, boxed: bool) -> bool {
    side == Side::Output && !boxed && (field.ty.is_list() || field.ty.is_map() || (field.required && !field.nullable))
}

fn rust_type(field: &Field, side: Side, prefix: &str, boxed: bool) -> String {
    let item = item_type(field, prefix);
    let value = match (&field.ty, boxed) {
        (Type::List(_), _) => format!("Vec<{item}>"),
        (Type::Map(_), _) => format!("BTreeMap<String, {item}>"),
        (_, true) => format!("Box<{item}>"),
        (_, false) => item,
    };
    if is_plain(field, side, boxed) { value } else { format!("Option<{value}>") }
}

/// The type of the value, or of the items of the list, or of the values of the map.
fn item_type(field: &Field, prefix: &str) -> String {
    match &field.ty {
        Type::List(item) | Type::Map(item) => value_type(item, field, prefix),
        value => value_type(value, field, prefix),
    }
}

fn value_type(ty: &Type, field: &Field, prefix: &str) -> String {
    match ty {
        Type::String if field.sensitive => "Secret".to_owned(),
        Type::String => match &field.enumeration {
            Some(name) => format!("{prefix}{}", naming::type_name(name)),
            None => "String".to_owned(),
        },
        Type::Int => "i64".to_owned(),
        Type::Uint => "u64".to_owned(),
        Type::Float => "f64".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Timestamp => "Timestamp".to_owned(),
        Type::Json(_) => "JsonText".to_owned(),
        Type::Any => "serde_json::Value".to_owned(),
        Type::Shape(name) => format!("{prefix}{}", naming::type_name(name)),
        Type::List(item) => format!("Vec<{}>", value_type(item, field, prefix)),
        Type::Map(value) => format!("BTreeMap<String, {}>", value_type(value, field, prefix)),
    }
}

fn setter(field: &Field, prefix: &str, boxed: bool) -> SetterView {
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

fn enumeration(enumeration: &Enumeration) -> EnumView {
    let spec = &enumeration.spec;
    let mut docs = vec![plain(&spec.doc), format!("Source: {}.", plain(&spec.source))];
    docs.extend(erratum(spec.erratum.as_deref()));
    let values = spec.values.iter().map(|value| ValueView {
        name: naming::variant(&value.value),
        wire: value.value.clone(),
        docs: vec![format!("`{}`: {}", value.value, plain(&value.doc))],
    });
    EnumView { name: naming::type_name(&enumeration.name), docs, values: values.collect() }
}
