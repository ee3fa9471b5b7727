//! The operations and waiters of a product, as JSON.

use crate::boundary::{Outcome, boundary, optional_text, owned_text, place, put_text};
use crate::error::wharf_error;
use crate::result::wharf_result;
use serde_json::{Value, json};
use std::ffi::c_char;
use wharf::any::{self, ArgumentKind, Entry, Helper, Kind};

/// Describes this library as JSON: without a product `{"products": ["cce", ...]}`; with a product its operations, waiters and
/// helpers:
///
/// @code
/// {"product": "tke",
///  "operations": [{"name": "DescribeClusters", "version": "2018-05-25", "service": "cluster",
///                  "editions": ["private", "public"],
///                  "idempotent": true, "paged": true,
///                  "input": [{"name": "ClusterIds", "type": "list<string>", "required": false, "secret": false,
///                             "time": null, "values": []}],
///                  "output": [...]}],
///  "waiters": [{"name": "cluster_running", "doc": "...",
///               "arguments": [{"name": "cluster_id", "type": "string", "doc": "..."}]}],
///  "helpers": [{"name": "upgrade.start", "doc": "...", "calls": true,
///               "arguments": [{"name": "cluster_id", "type": "string", "required": true, "doc": "..."}]}]}
/// @endcode
///
/// `time` is an example time in the format and zone of the field. The input may have a time with any zone: it is
/// converted to that format. `values` are the documented values of a text, or of the texts of a list, if the document
/// lists them. Services may have others, which are sent and read too. A helper with `calls` is the name of an operation for
/// `wharf_call`; `wharf_value` returns the value of any other.
///
/// @param product name of a product, or NULL.
/// @param description receives the JSON; free it with `wharf_text_free`.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_describe(
    product: *const c_char,
    description: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let product = optional_text("product", product)?;
        place("description", description)?;
        let told = match product {
            Some(product) => of_product(product)?,
            None => json!({"products": any::products().collect::<Vec<_>>()}),
        };
        put_text(description, owned_text(told.to_string())?);
        Ok(wharf_result::WHARF_OK)
    })
}

fn of_product(product: &str) -> Outcome<Value> {
    let waiters = any::waiters(product)?.iter().map(|waiter| {
        let arguments = waiter.arguments.iter().map(|argument| {
            let kind = match argument.kind {
                ArgumentKind::Text => "string",
                ArgumentKind::Bool => "bool",
                ArgumentKind::Texts => "list<string>",
                ArgumentKind::Whole => "uint",
            };
            json!({"name": argument.name, "type": kind, "doc": argument.doc})
        });
        json!({"name": waiter.name, "doc": waiter.doc, "arguments": arguments.collect::<Vec<_>>()})
    });
    let waiters: Vec<_> = waiters.collect();
    let operations = wharf::operations().filter(|entry| entry.meta.product == product).map(operation);
    let helpers: Vec<_> = any::helpers(product)?.iter().map(helper).collect();
    let operations: Vec<_> = operations.collect();
    Ok(json!({"product": product, "operations": operations, "waiters": waiters, "helpers": helpers}))
}

fn helper(helper: &Helper) -> Value {
    let arguments = helper.arguments.iter().map(|argument| {
        json!({"name": argument.name, "type": argument.kind, "required": argument.required, "doc": argument.doc})
    });
    json!({
        "name": helper.name,
        "doc": helper.doc,
        "calls": helper.calls(),
        "arguments": arguments.collect::<Vec<_>>(),
    })
}

fn operation(entry: &Entry) -> Value {
    let meta = entry.meta;
    json!({
        "name": meta.name,
        "version": meta.version,
        "service": meta.service,
        "editions": meta.editions.names(),
        "idempotent": meta.idempotent,
        "paged": meta.paging.is_some(),
        "input": members(&mut *entry.input()),
        "output": members(&mut *entry.output()),
    })
}

fn members(model: &mut dyn any::Model) -> Vec<Value> {
    let each = any::fields(model).into_iter().map(|field| {
        json!({
            "name": field.member.wire,
            "type": kind(&field.kind),
            "required": field.member.required,
            "secret": field.member.sensitive,
            "time": field.member.time.map(wharf::model::TimeForm::example),
            "values": field.values,
        })
    });
    each.collect()
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Text => "string".to_owned(),
        Kind::Int => "int".to_owned(),
        Kind::Uint => "uint".to_owned(),
        Kind::Float => "float".to_owned(),
        Kind::Bool => "bool".to_owned(),
        Kind::JsonText => "json".to_owned(),
        Kind::Object(shape) => shape.name.to_owned(),
        Kind::List(item) => format!("list<{}>", self::kind(item)),
        Kind::Map(value) => format!("map<{}>", self::kind(value)),
        // `Json`, and variants that later versions may add.
        _ => "any".to_owned(),
    }
}
