//! The gateway, seen from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod alibaba;
mod bounds;
mod client;
mod connections;
mod control;
mod doctor;
mod faults;
mod huawei;
mod journal;
mod program;
mod tencent;
mod tencent_v2;
mod tls;

use client::Call;
use serde_json::json;
use wharf_server::{Fault, Server};

/// A server whose world is a function that answers with the parameters it got.
async fn echoing() -> Server {
    let server = Server::builder().rate_limits(false).start().await.unwrap();
    server.faults().add(echo());
    server
}

fn echo() -> Fault {
    Fault::answer_with(|parameters| Ok(json!({ "Echo": parameters, "TotalCount": 3 })))
}

/// A call that every check lets pass.
fn describe_clusters() -> Call {
    Call::tke("DescribeClusters", json!({ "Limit": 1 }))
}
