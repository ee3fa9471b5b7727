//! Calls of Huawei's products: the bytes are those of Huawei's Python client, hosts and projects are
//! found, tokens are kept and renewed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tencent/ordered.rs"]
mod ordered;

mod bytes;
mod tokens;

use http::Response;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf_core::operation::OperationMeta;
use wharf_products::huawei::HuaweiSettings;

/// A Tuesday in November 2023.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

/// The hosts of the few operations that are called here, by their paths.
const fn host_of(path: &str) -> &'static str {
    if begins(path, "/v3/") {
        "iam"
    } else if begins(path, "/api/v1/") || begins(path, "/api/v3/addons") {
        "cluster"
    } else {
        "cce"
    }
}

const fn begins(text: &str, start: &str) -> bool {
    match text.split_at_checked(start.len()) {
        Some((found, _)) => {
            let (found, start) = (found.as_bytes(), start.as_bytes());
            let mut at = 0;
            while at < start.len() && found[at] == start[at] {
                at += 1;
            }
            at == start.len()
        }
        None => false,
    }
}

const fn meta(name: &'static str, method: &'static str, path: &'static str) -> OperationMeta {
    OperationMeta::new("cce", name)
        .with_version("v3")
        .with_service("cluster")
        .with_route(method, path)
        .with_host(host_of(path))
}

fn settings(change: impl FnOnce(&mut HuaweiSettings)) -> HuaweiSettings {
    let mut settings = HuaweiSettings::default();
    settings.project_id = Some("project-1".into());
    change(&mut settings);
    settings
}

fn answer(status: u16, body: &'static str) -> Response<::bytes::Bytes> {
    Response::builder().status(status).header("x-request-id", "r").body(body.into()).unwrap()
}
