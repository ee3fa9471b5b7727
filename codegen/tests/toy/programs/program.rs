//! A toy, typed and by name. The argument is the address of the service.
#![deny(warnings)]

use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wharf::toy::types::{Toy, ToyState};
use wharf::{Credentials, any, toy};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = std::env::args().nth(1).ok_or("no address")?;
    typed(&endpoint).await?;
    by_name(&endpoint).await?;
    Ok(())
}

async fn typed(endpoint: &str) -> Result<(), Box<dyn std::error::Error>> {
    let builder = toy::Connection::builder().endpoint(endpoint).region("ap-guangzhou");
    let connection = builder.credentials(Credentials::new("id", "secret")).build()?;
    let toys = connection.clusters();
    let made = toys.create_toy().name("bear").send().await?;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    let ready: Toy = toys
        .wait_until_toy_ready(&made.toy_id)
        .poll_interval(Duration::from_millis(1))
        .on_progress(move |state: &ToyState| told.lock().expect("nobody panics").push(state.clone()))
        .await?;
    assert_eq!((ready.toy_id.as_str(), ready.name.as_str()), ("toy-1", "bear"));
    assert_eq!(*seen.lock().expect("nobody panics"), [ToyState::Making, ToyState::Ready]);
    let mut pages = toys.describe_toys().pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.try_next().await? {
        sizes.push(page.toys.len());
    }
    assert_eq!(sizes, [2, 1]);
    let all = toys.describe_toys().items().collect_all().await?;
    assert_eq!(all.iter().map(|toy| toy.toy_id.as_str()).collect::<Vec<_>>(), ["toy-1", "toy-2", "toy-3"]);
    let later: toy::v20220501::types::Toy = connection.v20220501().clusters().wait_until_toy_ready("toy-1").await?;
    assert_eq!(later.full_name, "teddy bear");
    let error = toys.create_toy().send().await.expect_err("it has no name");
    assert_eq!((error.kind(), error.field()), (wharf::ErrorKind::InvalidInput, Some("Name")));
    Ok(())
}

async fn by_name(endpoint: &str) -> Result<(), Box<dyn std::error::Error>> {
    let options =
        json!({"endpoint": endpoint, "region": "ap-guangzhou", "credentials": {"id": "id", "secret": "secret"}});
    let toys = any::Connection::from_options("toy", &options)?;
    let made = toys.call("CreateToy", json!({"Name": "bear"})).await?;
    assert_eq!(made["ToyId"], "toy-1");
    let ready = toys.wait("toy_ready", &json!({"toy_id": "toy-1", "poll_interval": 0.001}))?.await?;
    assert_eq!(ready.to_value(), json!({"ToyId": "toy-1", "Name": "bear", "State": "Ready"}));
    let later = toys.wait("2022-05-01:toy_ready", &json!({"toy_id": "toy-1"}))?.await?;
    assert_eq!(later.to_value(), json!({"ToyId": "toy-1", "FullName": "teddy bear", "State": "Finished"}));
    let mut pages = toys.pages("DescribeToys", json!({}))?;
    let mut items = 0;
    while let Some(page) = pages.try_next().await? {
        items += pages.items(page).len();
    }
    assert_eq!(items, 3);
    Ok(())
}
