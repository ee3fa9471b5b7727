//! The signature of a captured request.

use super::input::Call;
use super::{Answer, Problem, json};
use crate::Cloud;
use crate::explain::{Keys, explain};
use serde::Deserialize;

/// A captured request, and the secret of its key if the cloud does not have it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    request: String,
    secret: Option<String>,
}

pub(super) fn run(cloud: &Cloud, call: &Call) -> Answer {
    let Order { request, secret } = call.json()?;
    let keys = Keys::of(&cloud.gateway.accounts);
    let keys = match secret {
        Some(secret) => keys.secret(secret),
        None => keys,
    };
    let explained = explain(request.as_bytes(), &keys).map_err(|error| {
        Problem::wrong("request", error.to_string(), "an HTTP request, a command line of curl, or a HAR archive")
    })?;
    json(200, &explained.to_json())
}
