//! Mishaps of the world.

use super::input::Call;
use super::{Answer, json};
use crate::{Cloud, Mishap};
use serde_json::{Value, json};

pub(super) fn list(cloud: &Cloud) -> Answer {
    json(200, &cloud.mishaps())
}

pub(super) fn add(cloud: &Cloud, call: &Call) -> Answer {
    let order: Value = call.json()?;
    let kind = order["kind"].clone();
    let changed = cloud.mishap(&Mishap::from_json(order)?)?;
    json(200, &json!({"kind": kind, "changed": changed}))
}
