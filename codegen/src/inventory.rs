//! The resolved model as JSON, independent of the layout of the spec files.

use serde::Serialize;
use serde_json::Value;
use wharf_spec::file::{self, Authorization, Edition, ErrorKind, ListStyle, Place, TimeForm};
use wharf_spec::{Catalog, Home, Product, SHARED, Type};

/// Output of `cargo codegen inventory`: the operations only, or with `--shapes` everything.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Inventory {
    /// The operations of all products.
    Operations(Vec<Operation>),
    /// The operations, structures, enumerations and error codes of all products.
    Everything {
        /// The operations.
        operations: Vec<Operation>,
        /// The structures.
        shapes: Vec<Shape>,
        /// The enumerations.
        enums: Vec<Enumeration>,
        /// The error codes.
        errors: Vec<ErrorCode>,
    },
}

/// An operation.
#[derive(Debug, Serialize)]
pub struct Operation {
    product: String,
    version: String,
    #[serde(rename = "crate")]
    service: String,
    operation: String,
    /// Name in Rust, Python and C, if it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    rename: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    editions: Option<Vec<Edition>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    protocol: &'static str,
    method: &'static str,
    path: String,
    /// Host of the request: `cluster` is the product's host with the name of a cluster; any other value is the first
    /// label of the host name, followed by the product's domain.
    host: String,
    /// Field of the response that contains the output, if it is not the response itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    envelope: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    success: Vec<u16>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failure: Vec<u16>,
    rate_limit: u32,
    authorization: Authorization,
    #[serde(skip_serializing_if = "Option::is_none")]
    permission: Option<String>,
    /// Path of the started job's identifier in the output.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
    idempotent: bool,
    region: bool,
    paginated: bool,
    input: Vec<Field>,
    output: Vec<Field>,
    errors: Vec<String>,
    doc: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    erratum: Option<String>,
}

/// Fields of a structure that become names and values when a list is written as an object.
#[derive(Debug, Serialize)]
pub struct Entries {
    name: String,
    value: String,
}

/// An input, an output, or a field of a structure.
#[derive(Debug, Serialize)]
pub struct Field {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rename: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    editions: Option<Vec<Edition>>,
    #[serde(rename = "type")]
    ty: String,
    required: bool,
    nullable: bool,
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    place: Option<&'static str>,
    /// Style of a list in the query, if its name is not repeated for every item.
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<ListStyle>,
    #[serde(skip_serializing_if = "is_false")]
    payload: bool,
    #[serde(rename = "const", skip_serializing_if = "Option::is_none")]
    fixed: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    from_connection: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_from: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<Entries>,
    #[serde(skip_serializing_if = "Option::is_none")]
    said_by: Option<String>,
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    enumeration: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<i64>,
    #[serde(skip_serializing_if = "is_false")]
    unchecked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_items: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    /// Format and zone of a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<TimeForm>,
    hidden: bool,
    sensitive: bool,
    doc: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    erratum: Option<String>,
}

/// A structure.
#[derive(Debug, Serialize)]
pub struct Shape {
    product: String,
    version: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rename: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<String>,
    #[serde(rename = "crate")]
    home: String,
    in_input: bool,
    in_output: bool,
    /// The free map of another structure's field that contains it.
    #[serde(skip_serializing_if = "Option::is_none")]
    carried_in: Option<String>,
    fields: Vec<Field>,
    doc: String,
    source: String,
}

/// An enumeration; values that are not listed are legal.
#[derive(Debug, Serialize)]
pub struct Enumeration {
    product: String,
    version: String,
    name: String,
    #[serde(rename = "crate")]
    home: String,
    values: Vec<String>,
    doc: String,
    source: String,
}

/// An error code.
#[derive(Debug, Serialize)]
pub struct ErrorCode {
    product: String,
    version: String,
    code: String,
    kind: ErrorKind,
    retry: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
    doc: String,
    source: String,
}

/// Returns the inventory of a catalog.
pub fn of(catalog: &Catalog, shapes: bool) -> Inventory {
    let mut operations: Vec<_> = catalog.products().iter().flat_map(operations).collect();
    let key =
        |each: &Operation| (each.product.clone(), each.version.clone(), each.service.clone(), each.operation.clone());
    operations.sort_by_cached_key(key);
    if !shapes {
        return Inventory::Operations(operations);
    }
    Inventory::Everything {
        operations,
        shapes: catalog.products().iter().flat_map(self::shapes).collect(),
        enums: catalog.products().iter().flat_map(enums).collect(),
        errors: catalog.products().iter().flat_map(errors).collect(),
    }
}

fn operations(product: &Product) -> impl Iterator<Item = Operation> {
    product.operations.iter().map(|operation| Operation {
        product: product.name.clone(),
        version: product.version.clone(),
        service: operation.service.clone(),
        operation: operation.name.clone(),
        rename: operation.spec.rename.clone(),
        deprecated: operation.spec.deprecated.clone(),
        editions: operation.spec.editions.clone(),
        link: operation.spec.link.clone(),
        protocol: product.protocol.as_str(),
        method: operation.method(),
        path: operation.path().to_owned(),
        host: operation.host().to_owned(),
        envelope: operation.envelope().map(str::to_owned),
        success: operation.spec.success.clone(),
        failure: operation.spec.failure.clone(),
        rate_limit: operation.spec.rate_limit,
        authorization: operation.spec.authorization,
        permission: operation.spec.permission.clone(),
        job: operation.job().map(str::to_owned),
        idempotent: operation.spec.idempotent,
        region: operation.spec.region,
        paginated: operation.spec.paginate.is_some(),
        input: operation.spec.input.iter().map(|each| field(each, Some(each.place()))).collect(),
        output: operation.spec.output.iter().map(|each| field(each, each.place)).collect(),
        errors: operation.spec.errors.clone(),
        doc: operation.spec.doc.clone(),
        source: operation.spec.source.clone(),
        erratum: operation.spec.erratum.clone(),
    })
}

fn shapes(product: &Product) -> impl Iterator<Item = Shape> {
    product.shapes.iter().map(|shape| Shape {
        product: product.name.clone(),
        version: product.version.clone(),
        name: shape.name.clone(),
        rename: shape.spec.rename.clone(),
        deprecated: shape.spec.deprecated.clone(),
        home: home(&shape.home),
        in_input: shape.in_input,
        in_output: shape.in_output,
        carried_in: shape.spec.carried_in.clone(),
        fields: shape.spec.fields.iter().map(|each| field(each, None)).collect(),
        doc: shape.spec.doc.clone(),
        source: shape.spec.source.clone(),
    })
}

fn enums(product: &Product) -> impl Iterator<Item = Enumeration> {
    product.enums.iter().map(|enumeration| Enumeration {
        product: product.name.clone(),
        version: product.version.clone(),
        name: enumeration.name.clone(),
        home: home(&enumeration.home),
        values: enumeration.spec.values.iter().map(|value| value.value.clone()).collect(),
        doc: enumeration.spec.doc.clone(),
        source: enumeration.spec.source.clone(),
    })
}

fn errors(product: &Product) -> impl Iterator<Item = ErrorCode> {
    product.errors.iter().map(|error| ErrorCode {
        product: product.name.clone(),
        version: product.version.clone(),
        code: error.name.clone(),
        kind: error.spec.kind,
        retry: error.spec.retry,
        status: error.spec.status,
        numbers: error.spec.numbers.clone(),
        aliases: error.spec.aliases.clone(),
        doc: error.spec.doc.clone(),
        source: error.spec.source.clone(),
    })
}

fn home(home: &Home) -> String {
    match home {
        Home::Service(service) => service.clone(),
        Home::Shared => SHARED.to_owned(),
    }
}

fn field(field: &file::Field, place: Option<Place>) -> Field {
    Field {
        name: field.name.clone(),
        rename: field.rename.clone(),
        deprecated: field.deprecated.clone(),
        editions: field.editions.clone(),
        ty: field.ty.to_string(),
        required: field.required,
        nullable: field.nullable,
        place: place.map(Place::as_str),
        style: field.style.filter(|style| *style != ListStyle::Repeat),
        payload: field.payload,
        fixed: field.fixed.clone(),
        from_connection: field.from_connection,
        default_from: field.default_from.clone(),
        aliases: field.aliases.clone(),
        entries: field
            .entries
            .as_ref()
            .map(|entries| Entries { name: entries.name.clone(), value: entries.value.clone() }),
        said_by: field.said_by.clone(),
        enumeration: field.enumeration.clone(),
        values: field.values.clone(),
        default: field.default.clone(),
        min: field.min,
        max: field.max,
        unchecked: field.unchecked,
        max_items: field.max_items,
        max_length: field.max_length,
        time: (field.ty == Type::Timestamp).then(|| field.time.unwrap_or_default()),
        hidden: field.hidden,
        sensitive: field.sensitive,
        doc: field.doc.clone(),
        source: field.source.clone(),
        erratum: field.erratum.clone(),
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
