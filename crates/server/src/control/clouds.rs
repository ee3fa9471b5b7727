//! Clouds: listed, made and ended.

use super::input::{Call, CredentialsJson, Speed};
use super::{Answer, Problem, json, nothing};
use crate::Cloud;
use crate::cloud::CloudBuilder;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::time::SystemTime;
use wharf_world::kernel::time::iso;

pub(super) fn list(call: &Call) -> Answer {
    let clouds: Vec<Value> = call.first.siblings().iter().map(summary).collect();
    json(200, &json!({"clouds": clouds, "most": call.first.clouds.most()}))
}

pub(super) fn show(cloud: &Cloud) -> Answer {
    json(200, &summary(cloud))
}

fn summary(cloud: &Cloud) -> Value {
    let first = cloud.clouds.first().is_some_and(|first| first.tag == cloud.gateway.tag);
    json!({
        "key": cloud.key(), "first": first, "region": cloud.region(), "account": cloud.account(),
        "time": iso(cloud.now()), "speed": Speed(cloud.time()), "calls": cloud.journal().len(),
    })
}

/// The settings of a new cloud.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCloud {
    region: Option<String>,
    speed: Option<Speed>,
    start_of_time: Option<String>,
    credentials: Option<CredentialsJson>,
    rate_limits: Option<bool>,
}

pub(super) fn add(call: &Call) -> Answer {
    let new: NewCloud = call.json()?;
    let mut builder = CloudBuilder::like(&call.first);
    if let Some(region) = new.region {
        builder = builder.region(region);
    }
    if let Some(Speed(time)) = new.speed {
        builder = builder.time(time);
    }
    if let Some(start) = new.start_of_time {
        builder = builder.start_of_time(moment("start_of_time", &start)?);
    }
    if let Some(credentials) = new.credentials {
        builder = builder.credentials(&credentials.into());
    }
    if let Some(hold) = new.rate_limits {
        builder = builder.rate_limits(hold);
    }
    json(201, &facts(&builder.start()?))
}

/// A moment in the form of RFC 3339.
fn moment(place: &str, text: &str) -> Result<SystemTime, Problem> {
    let wrong = |_| Problem::wrong(place, "this is no time", "a time such as 2030-01-02T03:04:05Z");
    chrono::DateTime::parse_from_rfc3339(text).map(SystemTime::from).map_err(wrong)
}

pub(super) fn end(cloud: &Cloud) -> Answer {
    cloud.end()?;
    nothing()
}

/// What a program needs to call a cloud, with its secrets.
pub(super) fn facts(cloud: &Cloud) -> Value {
    let user = cloud.iam_user();
    let products = cloud.products().into_iter().map(|(name, url)| (name.to_owned(), Value::from(url)));
    json!({
        "endpoint": cloud.endpoint(),
        "products": Map::from_iter(products),
        "credentials": CredentialsJson::from(&cloud.credentials()),
        "account": cloud.account(),
        "region": cloud.region(),
        "project_id": cloud.project_id(),
        "iam_user": {"name": user.name, "password": user.password.expose(), "domain": user.domain},
        "role_arn": cloud.role_arn(),
        "speed": Speed(cloud.time()),
    })
}
