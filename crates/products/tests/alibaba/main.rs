//! Calls of Alibaba's products: the bytes and signatures are those of Alibaba's Python clients, private clouds
//! receive the organization of a call, errors are read in every form, roles are assumed and renewed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tencent/ordered.rs"]
mod ordered;

mod answers;
mod bytes;
mod requests;
mod roles;

use http::Response;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf_core::model::In;
use wharf_core::operation::{Authorization, Operation, OperationMeta};
use wharf_products::alibaba::AlibabaSettings;

/// A Tuesday in November 2023.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

const fn meta(name: &'static str, method: &'static str, path: &'static str) -> OperationMeta {
    OperationMeta::new("ack", name)
        .with_version("2015-12-15")
        .with_service("cluster")
        .with_route(method, path)
        .with_idempotent(true)
        .with_authorization(Authorization::Policy)
}

fn settings(change: impl FnOnce(&mut AlibabaSettings)) -> AlibabaSettings {
    let mut settings = AlibabaSettings::default();
    change(&mut settings);
    settings
}

fn answer(status: u16, body: &'static str) -> Response<::bytes::Bytes> {
    Response::builder().status(status).header("x-acs-request-id", "r-1").body(body.into()).unwrap()
}

/// Changes something, and may be repeated.
#[derive(Clone, Default, PartialEq)]
struct Update {
    id: Option<String>,
    region: Option<String>,
    name: Option<String>,
}
wharf_core::model! {
    Update = "Update" { id = "id" .place(In::Path); region = "RegionId" .place(In::Query); name = "name"; }
}

#[derive(Clone, Default, PartialEq)]
struct Updated {
    name: Option<String>,
}
wharf_core::model! { Updated = "Updated" { name = "name"; } }

impl Operation for Update {
    type Output = Updated;
    const META: &'static OperationMeta = &meta("Update", "PUT", "/clusters/{id}");
}

fn update() -> Update {
    Update { id: Some("c-1".into()), ..Update::default() }
}
