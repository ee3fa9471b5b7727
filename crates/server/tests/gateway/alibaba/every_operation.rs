//! Every documented operation, with every field set; and with each required field left out.

use super::{Auth, Call, server};
use http::Method;
use serde_json::{Map, Value, json};
use wharf_server::{Coverage, Fault, Server};
use wharf_spec::file::{Field, ListStyle, Place};
use wharf_spec::{Catalog, Operation, Product, Type};

fn filled(fields: &[Field], product: &Product) -> Map<String, Value> {
    fields.iter().map(|field| (field.name.clone(), value(&field.ty, field, product))).collect()
}

fn value(ty: &Type, field: &Field, product: &Product) -> Value {
    match ty {
        Type::String => json!("a b&c=d+e 集群".chars().take(field.max_length.unwrap_or(20)).collect::<String>()),
        Type::Int | Type::Uint => json!(field.min.or(field.max).unwrap_or(1)),
        Type::Float => json!(1.5),
        Type::Bool => json!(true),
        Type::Timestamp => json!("2024-10-18T10:38:36Z"),
        Type::Json(_) => json!("{\"A\": [1, \"集群\"]}"),
        Type::Any => json!({"any": [1]}),
        Type::Shape(name) => Value::Object(filled(&product.shape(name).unwrap().spec.fields, product)),
        Type::List(item) => vec![value(item, field, product); field.max_items.unwrap_or(2).min(2)].into(),
        Type::Map(item) => json!({ "key": value(item, field, product) }),
    }
}

/// The call of an operation with these members.
fn call(operation: &Operation, members: &Map<String, Value>) -> Call {
    let mut path = operation.path().to_owned();
    let (mut body, mut query) = (Map::new(), Vec::new());
    let mut whole = None;
    for field in &operation.input {
        let Some(value) = members.get(&field.name) else { continue };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match field.place() {
            Place::Path => {
                let encoded = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC);
                path = path.replace(&format!("{{{}}}", field.name), &encoded.to_string());
            }
            Place::Query if field.style == Some(ListStyle::Comma) => {
                let items = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                query.push((field.name.clone(), items.collect::<Vec<_>>().join(",")));
            }
            Place::Query => query.push((field.name.clone(), text)),
            Place::Body if field.payload => whole = Some(value.clone()),
            _ => drop(body.insert(field.name.clone(), value.clone())),
        }
    }
    let has_body = operation.input.iter().any(|field| field.place() == Place::Body);
    let body = whole.unwrap_or(if has_body { Value::Object(body) } else { Value::Null });
    Call::new(Method::from_bytes(operation.method().as_bytes()).unwrap(), path, body).with(|call| call.query = query)
}

async fn echoing() -> Server {
    let server = server().await;
    server.faults().add(Fault::answer_with(|members| Ok(json!({ "Echo": members }))));
    server
}

#[tokio::test]
async fn passes_with_every_field_set_by_either_signature() {
    let catalog = Catalog::embedded().unwrap();
    let product = catalog.product("ack").unwrap();
    let server = echoing().await;
    for operation in &product.operations {
        let members = filled(&operation.input, product);
        for auth in [Auth::Roa, Auth::Acs3] {
            let answer = call(operation, &members).by(auth).send(&server).await;
            assert_eq!(answer.whole()["Echo"], json!(members), "{} {auth:?}: {}", operation.name, answer.whole());
            assert_eq!(vec![answer.status], operation.spec.success, "{}", operation.name);
            assert_eq!(server.journal().last().unwrap().operation, operation.name);
        }
    }
    assert_eq!(product.operations.len(), 149);
}

#[tokio::test]
async fn is_refused_without_any_of_its_required_fields() {
    let server = echoing().await;
    let catalog = Catalog::embedded().unwrap();
    let product = catalog.product("ack").unwrap();
    let mut count = 0;
    for operation in &product.operations {
        let whole = filled(&operation.input, product);
        for field in operation.input.iter().filter(|field| field.required && field.place() != Place::Path) {
            let mut without = whole.clone();
            without.remove(&field.name);
            let mut lacking = call(operation, &without);
            if field.payload {
                lacking.body.clear();
            }
            let answer = lacking.send(&server).await;
            assert_eq!(answer.failure(), (400, "MissingParameter".to_owned()), "{} {}", operation.name, field.name);
            assert!(answer.reason().contains(&format!("`{}`", field.name)), "{}", answer.reason());
            count += 1;
        }
    }
    assert!(count >= 11, "{count}");
    assert!(server.journal().calls().iter().all(|entry| !entry.acted));
}

#[tokio::test]
async fn nobody_is_refused() {
    let server = echoing().await;
    let catalog = Catalog::embedded().unwrap();
    let product = catalog.product("ack").unwrap();
    for operation in &product.operations {
        let call = call(operation, &filled(&operation.input, product)).by(Auth::Nothing);
        assert_eq!(call.send(&server).await.failure(), (400, "MissingAuthorization".to_owned()), "{}", operation.name);
    }
}

#[test]
fn all_operations_are_simulated() {
    let coverage = Coverage::of_this_server();
    let of = |name: &str| coverage.products.iter().find(|product| product.product == name).unwrap();
    assert_eq!((of("ack").simulated, of("ack").typed), (83, 149));
    assert_eq!((of("sts").simulated, of("sts").typed), (1, 1));
}
