//! Images of registries, registered without a push.

use super::input::Call;
use super::{Answer, json};
use crate::Cloud;
use crate::images::NewImage;
use serde_json::json;

/// Images of one answer.
const MOST: usize = 5_000;

pub(super) fn list(cloud: &Cloud) -> Answer {
    let mut images = cloud.images();
    let left_out = images.len().saturating_sub(MOST);
    images.truncate(MOST);
    json(200, &json!({"images": images, "left_out": left_out}))
}

pub(super) fn add(cloud: &Cloud, call: &Call) -> Answer {
    let new: NewImage = call.json()?;
    json(201, &cloud.add_image(&new)?)
}
