//! The resolved model as JSON, whatever the spec files look like.

use serde::Serialize;
use serde_json::Value;
use wharf_spec::file::{self, Authorization, ErrorKind};
use wharf_spec::{Catalog, Home, Product};

/// What `cargo codegen inventory` prints: the operations alone, or with `--shapes` all there is.
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
    protocol: &'static str,
    method: &'static str,
    path: &'static str,
    /// The first label of the host name, which the product's domain follows.
    host: String,
    rate_limit: u32,
    authorization: Authorization,
    idempotent: bool,
    region: bool,
    paginated: bool,
    input: Vec<Field>,
    output: Vec<Field>,
    errors: Vec<String>,
    doc: String,
    source: String,
}

/// An input, an output, or a field of a structure.
#[derive(Debug, Serialize)]
pub struct Field {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    required: bool,
    nullable: bool,
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    place: Option<&'static str>,
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    enumeration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_items: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
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
    name: String,
    #[serde(rename = "crate")]
    home: String,
    in_input: bool,
    in_output: bool,
    fields: Vec<Field>,
    doc: String,
    source: String,
}

/// An enumeration; values that it does not list are legal.
#[derive(Debug, Serialize)]
pub struct Enumeration {
    product: String,
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
    code: String,
    kind: ErrorKind,
    retry: bool,
    doc: String,
    source: String,
}

/// The inventory of a catalog.
pub fn of(catalog: &Catalog, shapes: bool) -> Inventory {
    let mut operations: Vec<_> = catalog.products().iter().flat_map(operations).collect();
    operations.sort_by(|a, b| (&a.product, &a.service, &a.operation).cmp(&(&b.product, &b.service, &b.operation)));
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
        protocol: product.protocol.as_str(),
        method: product.protocol.method(),
        path: product.protocol.path(),
        host: product.name.clone(),
        rate_limit: operation.spec.rate_limit,
        authorization: operation.spec.authorization,
        idempotent: operation.spec.idempotent,
        region: operation.spec.region,
        paginated: operation.spec.paginate.is_some(),
        input: operation.spec.input.iter().map(|each| field(each, Some("body"))).collect(),
        output: operation.spec.output.iter().map(|each| field(each, None)).collect(),
        errors: operation.spec.errors.clone(),
        doc: operation.spec.doc.clone(),
        source: operation.spec.source.clone(),
    })
}

fn shapes(product: &Product) -> impl Iterator<Item = Shape> {
    product.shapes.iter().map(|shape| Shape {
        product: product.name.clone(),
        name: shape.name.clone(),
        home: home(&shape.home),
        in_input: shape.in_input,
        in_output: shape.in_output,
        fields: shape.spec.fields.iter().map(|each| field(each, None)).collect(),
        doc: shape.spec.doc.clone(),
        source: shape.spec.source.clone(),
    })
}

fn enums(product: &Product) -> impl Iterator<Item = Enumeration> {
    product.enums.iter().map(|enumeration| Enumeration {
        product: product.name.clone(),
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
        code: error.name.clone(),
        kind: error.spec.kind,
        retry: error.spec.retry,
        doc: error.spec.doc.clone(),
        source: error.spec.source.clone(),
    })
}

fn home(home: &Home) -> String {
    match home {
        Home::Service(service) => service.clone(),
        Home::Shared => "products".to_owned(),
    }
}

fn field(field: &file::Field, place: Option<&'static str>) -> Field {
    Field {
        name: field.name.clone(),
        ty: field.ty.to_string(),
        required: field.required,
        nullable: field.nullable,
        place,
        enumeration: field.enumeration.clone(),
        default: field.default.clone(),
        min: field.min,
        max: field.max,
        max_items: field.max_items,
        max_length: field.max_length,
        hidden: field.hidden,
        sensitive: field.sensitive,
        doc: field.doc.clone(),
        source: field.source.clone(),
        erratum: field.erratum.clone(),
    }
}
