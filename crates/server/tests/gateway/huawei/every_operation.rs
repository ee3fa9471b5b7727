//! Every documented operation, with every field set; and with each required field left out.

use super::{Call, server, token};
use http::Method;
use serde_json::{Map, Value, json};
use wharf_server::{Fault, Server};
use wharf_spec::file::{Authorization, Field, Place};
use wharf_spec::{Catalog, Operation, Product, Type};

fn filled(fields: &[Field], product: &Product) -> Map<String, Value> {
    fields.iter().map(|field| (field.name.clone(), value(&field.ty, field, product))).collect()
}

fn value(ty: &Type, field: &Field, product: &Product) -> Value {
    match ty {
        Type::String => match &field.fixed {
            Some(fixed) => json!(fixed),
            None => json!("a b&c=d+e 集群".chars().take(field.max_length.unwrap_or(20)).collect::<String>()),
        },
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
    let mut body = Map::new();
    let mut call = Call::new(Method::from_bytes(operation.method().as_bytes()).unwrap(), "", Value::Null);
    for field in &operation.spec.input {
        let Some(value) = members.get(&field.name) else { continue };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match field.place() {
            Place::Path => {
                let encoded = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC);
                path = path.replace(&format!("{{{}}}", field.name), &encoded.to_string());
            }
            Place::Query => call = call.query(&field.name, &text),
            Place::Header => call = call.header(&field.name, &text),
            Place::Host => call = call.header("x-cluster-id", "cluster-1"),
            Place::Body => drop(body.insert(field.name.clone(), value.clone())),
        }
    }
    let has_body = operation.spec.input.iter().any(|field| field.place() == Place::Body);
    call.with(|call| {
        call.path = path;
        call.body = if has_body { Value::Object(body).to_string().into_bytes() } else { Vec::new() };
    })
}

fn members(operation: &Operation, product: &Product, server: &Server) -> Map<String, Value> {
    let mut members = filled(&operation.spec.input, product);
    for (name, value) in [("project_id", json!(server.project_id())), ("cluster_id", json!("cluster-1"))] {
        if members.contains_key(name) {
            members.insert(name.to_owned(), value);
        }
    }
    members
}

async fn echoing() -> Server {
    let server = server().await;
    server.faults().add(Fault::answer_with(|members| Ok(json!({ "Echo": members }))));
    server
}

#[tokio::test]
async fn passes_with_every_field_set_by_either_authentication() {
    let catalog = Catalog::embedded().unwrap();
    let product = catalog.product("cce").unwrap();
    let server = server().await;
    let token = token(&server).await;
    server.faults().add(Fault::answer_with(|members| Ok(json!({ "Echo": members }))));
    for operation in &product.operations {
        let members = members(operation, product, &server);
        for call in [call(operation, &members), call(operation, &members).token(&token)] {
            let answer = call.send(&server).await;
            assert_eq!(answer.whole()["Echo"], json!(members), "{}: {}", operation.name, answer.whole());
            assert_eq!(vec![answer.status], operation.spec.success, "{}", operation.name);
            assert_eq!(server.journal().last().unwrap().operation, operation.name);
        }
    }
    assert_eq!(product.operations.len(), 183);
}

#[tokio::test]
async fn is_refused_without_any_of_its_required_fields() {
    let server = echoing().await;
    let catalog = Catalog::embedded().unwrap();
    let product = catalog.product("cce").unwrap();
    let mut count = 0;
    for operation in &product.operations {
        let whole = members(operation, product, &server);
        let required = operation.spec.input.iter().filter(|field| field.required && field.place() != Place::Path);
        for field in required {
            let mut without = whole.clone();
            without.remove(&field.name);
            let answer = call(operation, &without).send(&server).await;
            assert_eq!(answer.status, 400, "{} {}", operation.name, field.name);
            let text = answer.whole().to_string();
            assert!(text.contains(&format!("`{}`", field.name)), "{text}");
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
    assert!(server.journal().calls().iter().all(|entry| !entry.acted));
}

#[tokio::test]
async fn only_the_login_is_open_to_anybody() {
    let server = echoing().await;
    let catalog = Catalog::embedded().unwrap();
    let product = catalog.product("cce").unwrap();
    // Without credentials nothing says that a request to `/` at this host is one to CCE.
    for operation in product.operations.iter().filter(|operation| operation.path() != "/") {
        let members = members(operation, product, &server);
        let call = call(operation, &members).with(|call| call.auth = super::Auth::Nothing);
        let open = operation.spec.authorization == Authorization::None;
        assert_eq!(call.send(&server).await.status == 401, !open, "{}", operation.name);
    }
}
