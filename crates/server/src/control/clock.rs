//! World time and the server's clock.

use super::input::{Call, Speed};
use super::{Answer, Problem, json};
use crate::Cloud;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use wharf_world::kernel::time::iso;

/// The most seconds of one step, and by which the server's clock is wrong: a hundred years.
const MOST: f64 = 3_155_760_000.0;
const MOST_SKEW: i64 = 3_155_760_000;

pub(super) fn show(cloud: &Cloud) -> Answer {
    let skew = cloud.faults().clock_skew();
    json(200, &json!({"time": iso(cloud.now()), "speed": Speed(cloud.time()), "skew": skew}))
}

/// What changes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    advance: Option<f64>,
    speed: Option<Speed>,
    skew: Option<i64>,
    #[serde(default)]
    expire_tokens: bool,
}

pub(super) fn change(cloud: &Cloud, call: &Call) -> Answer {
    let change: Change = call.json()?;
    let advance = change.advance.map(seconds).transpose()?;
    if let Some(skew) = change.skew.filter(|skew| skew.unsigned_abs() > MOST_SKEW.unsigned_abs()) {
        let expected = format!("-{MOST_SKEW} to {MOST_SKEW} seconds");
        return Err(Problem::wrong("skew", format!("{skew} is out of range"), expected));
    }
    if let Some(Speed(time)) = change.speed {
        cloud.set_time(time)?;
    }
    if let Some(skew) = change.skew {
        cloud.faults().skew_clock(skew);
    }
    if let Some(by) = advance {
        cloud.advance(by);
    }
    if change.expire_tokens {
        cloud.expire_tokens();
    }
    show(cloud)
}

fn seconds(seconds: f64) -> Result<Duration, Problem> {
    let wrong = || {
        let expected = format!("0 to {MOST} seconds: time never goes back");
        Problem::wrong("advance", format!("{seconds} is out of range"), expected)
    };
    if !(0.0..=MOST).contains(&seconds) {
        return Err(wrong());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
}
