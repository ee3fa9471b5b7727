//! Every documented operation, with every field set, by GET and POST; and with each required field left out.

use super::{Call, echoing};
use serde_json::{Map, Value};
use wharf_spec::file::{Field, Protocol};
use wharf_spec::{Catalog, Product, Type};

fn product(catalog: &Catalog) -> &Product {
    catalog.products().iter().find(|product| product.protocol == Protocol::TencentV2).unwrap()
}

fn filled(fields: &[Field], product: &Product) -> Map<String, Value> {
    fields.iter().map(|field| (field.name.clone(), value(&field.ty, field, product))).collect()
}

fn value(ty: &Type, field: &Field, product: &Product) -> Value {
    match ty {
        Type::String | Type::Timestamp => {
            Value::from("a_b&c=d+e 集群".chars().take(field.max_length.unwrap_or(20)).collect::<String>())
        }
        Type::Int | Type::Uint => Value::from(field.min.or(field.max).unwrap_or(1)),
        Type::Bool => Value::from(true),
        Type::Shape(name) => Value::Object(filled(&product.shape(name).unwrap().spec.fields, product)),
        Type::List(item) => vec![value(item, field, product); 2].into(),
        other => panic!("{} is {other:?}", field.name),
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

fn calls(action: &str, body: &Map<String, Value>) -> [Call; 2] {
    let mut flat = Vec::new();
    flatten("", &Value::Object(body.clone()), &mut flat);
    [Call::get(action, &[]), Call::post(action, &[])].map(|call| call.with(|call| call.parameters.extend(flat.clone())))
}

#[tokio::test]
async fn passes_with_every_field_set() {
    let server = echoing().await;
    let catalog = Catalog::embedded().unwrap();
    let product = product(&catalog);
    for operation in &product.operations {
        let body = filled(&operation.spec.input, product);
        for call in calls(&operation.name, &body) {
            let answer = call.send(&server).await;
            let inside = operation.spec.envelope.as_ref().map_or(&answer, |envelope| &answer[envelope]);
            assert_eq!(inside["echo"], Value::Object(body.clone()), "{}: {answer}", operation.name);
            assert_eq!((&answer["code"], &answer["codeDesc"]), (&0.into(), &"Success".into()));
            assert_eq!(answer.get("data").is_some(), operation.spec.envelope.is_some());
        }
    }
    assert_eq!(product.operations.len(), 47);
}

#[tokio::test]
async fn is_refused_without_any_of_its_required_fields() {
    let server = echoing().await;
    let catalog = Catalog::embedded().unwrap();
    let product = product(&catalog);
    for operation in &product.operations {
        let whole = filled(&operation.spec.input, product);
        for field in operation.spec.input.iter().filter(|field| field.required) {
            let mut without = whole.clone();
            without.remove(&field.name);
            for call in calls(&operation.name, &without) {
                let answer = call.send(&server).await;
                let due = if operation.spec.host.as_deref() == Some("monitor") { -505 } else { 4000 };
                assert_eq!(answer["code"], due, "{} {}: {answer}", operation.name, field.name);
                assert!(answer["message"].as_str().unwrap().contains(&format!("`{}`", field.name)), "{answer}");
            }
        }
    }
    assert!(server.journal().calls().iter().all(|entry| !entry.acted));
}
