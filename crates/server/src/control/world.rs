//! The whole cloud as one file.

use super::input::Call;
use super::{Answer, Problem, json, text_answer};
use crate::Cloud;
use serde_json::json;
use wharf_world::kernel::time::iso;

pub(super) fn save(cloud: &Cloud) -> Answer {
    Ok(text_answer(200, "application/json", cloud.save()))
}

pub(super) fn load(cloud: &Cloud, call: &Call) -> Answer {
    let text = std::str::from_utf8(&call.body).map_err(|_| Problem::wrong("", "the text is not UTF-8", "UTF-8"))?;
    cloud.load(text)?;
    let counts = cloud.state().counts;
    let loaded = json!({
        "time": iso(cloud.now()), "accounts": counts.accounts, "clusters": counts.clusters, "faults": counts.faults,
    });
    json(200, &loaded)
}
