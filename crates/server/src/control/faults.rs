//! Faults.

use super::input::Call;
use super::{Answer, Problem, json, nothing};
use crate::{Cloud, Fault, FaultError};
use serde_json::{Value, json};

pub(super) fn list(cloud: &Cloud) -> Answer {
    json(200, &json!({"faults": cloud.faults().list().iter().map(Fault::to_json).collect::<Vec<Value>>()}))
}

pub(super) fn add(cloud: &Cloud, call: &Call) -> Answer {
    let order: Value = call.json()?;
    let fault = Fault::from_json(&order)?;
    let id = cloud
        .faults()
        .try_add(fault)
        .map_err(|error| Problem::too_many(error.field(), error.to_string(), "fewer faults: remove some"))?;
    // It may have applied to a call already.
    let added = cloud
        .faults()
        .get(id)
        .map_or_else(|| json!({"id": id.to_string(), "effect": order["effect"]}), |fault| fault.to_json());
    json(201, &added)
}

pub(super) fn remove(cloud: &Cloud, id: &str) -> Answer {
    if id.parse().is_ok_and(|id| cloud.faults().remove(id)) {
        return nothing();
    }
    Err(Problem::unknown("id", format!("no fault {id:?} waits"), "the identifier of a fault"))
}

impl From<FaultError> for Problem {
    fn from(error: FaultError) -> Self {
        Self::wrong(error.field(), "this is no fault", error.expected())
    }
}
