//! Every documented operation, with every field set, by each road; and with each required field left out.

use crate::client::Call;
use crate::echoing;
use serde_json::{Map, Value};
use wharf_sign::hmac_v1::Algorithm;
use wharf_spec::file::{Field, Protocol};
use wharf_spec::{Catalog, Operation, Product, Type};

/// The products whose operations are called by their names.
fn products(catalog: &Catalog) -> impl Iterator<Item = &Product> {
    catalog.products().iter().filter(|product| product.protocol == Protocol::TencentV3)
}

fn filled(fields: &[Field], product: &Product) -> Map<String, Value> {
    fields.iter().map(|field| (field.name.clone(), value(&field.ty, field, product))).collect()
}

fn value(ty: &Type, field: &Field, product: &Product) -> Value {
    match ty {
        Type::String => Value::from("a b&c=d+e 集群".chars().take(field.max_length.unwrap_or(20)).collect::<String>()),
        Type::Int | Type::Uint => Value::from(field.min.or(field.max).unwrap_or(1)),
        Type::Float => Value::from(1.5),
        Type::Bool | Type::Any => Value::from(true),
        Type::Timestamp => Value::from("2024-10-18T10:38:36Z"),
        Type::Json(_) => Value::from("{\"A\": [1, \"集群\"]}"),
        Type::Shape(name) => Value::Object(filled(&product.shape(name).unwrap().spec.fields, product)),
        Type::Map(item) => Value::from_iter([("key", value(item, field, product))]),
        Type::List(item) => vec![value(item, field, product); field.max_items.unwrap_or(2).min(2)].into(),
    }
}

fn flatten(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| flatten(&join(name), value, out)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| flatten(&join(&at.to_string()), value, out));
        }
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        other => out.push((path.to_owned(), other.to_string())),
    }
}

fn call(product: &Product, operation: &Operation, body: Value) -> Call {
    let call = if product.name == "tke" { Call::tke(&operation.name, body) } else { Call::tcr(&operation.name, body) };
    let region = if operation.region { "ap-guangzhou" } else { "" };
    Call { version: product.version.clone(), region: region.into(), ..call }
}

#[tokio::test]
async fn passes_with_every_field_set() {
    let server = echoing().await;
    let catalog = Catalog::embedded().unwrap();
    let mut count = 0;
    for product in products(&catalog) {
        for operation in &product.operations {
            let body = Value::Object(filled(&operation.spec.input, product));
            let mut flat = Vec::new();
            flatten("", &body, &mut flat);
            let json = call(product, operation, body.clone());
            let form = Call { v1: Some(Algorithm::HmacSha256), parameters: flat.clone(), ..json.clone() };
            let form = form.with(|call| call.content_type = "application/x-www-form-urlencoded".into());
            let get = Call { method: http::Method::GET, body: Vec::new(), v1: None, ..form.clone() };
            // A query has room for 32 KiB.
            let fits = flat.iter().map(|(name, value)| name.len() + 3 * value.len() + 2).sum::<usize>() < 32 << 10;
            for call in [json, form].into_iter().chain(fits.then_some(get)) {
                let answer = call.send_in_process(&server).await.unwrap();
                assert_eq!(answer.json()["Echo"], body, "{}: {}", operation.name, answer.message());
            }
            count += 1;
        }
    }
    assert_eq!(count, 300 + 24 + 129);
}

#[tokio::test]
async fn is_refused_without_any_of_its_required_fields() {
    let server = echoing().await;
    let catalog = Catalog::embedded().unwrap();
    for product in products(&catalog) {
        for operation in &product.operations {
            let whole = filled(&operation.spec.input, product);
            for field in operation.spec.input.iter().filter(|field| field.required) {
                let mut without = whole.clone();
                without.remove(&field.name);
                let answer = call(product, operation, Value::Object(without)).send_in_process(&server).await.unwrap();
                assert_eq!(answer.code(), "MissingParameter", "{} {}", operation.name, field.name);
                assert!(answer.message().contains(&format!("`{}`", field.name)), "{}", answer.message());
            }
        }
    }
    assert!(server.journal().calls().iter().all(|entry| !entry.acted));
}
