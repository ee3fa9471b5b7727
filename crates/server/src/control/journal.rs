//! The journal.

use super::input::Call;
use super::{Answer, Problem, json};
use crate::journal::{Entry, Filter, FilterError};
use serde_json::{Value, json};

/// The parameters of the journal, and those of its stream.
pub(super) const PARAMETERS: &[&str] =
    &["cloud", "product", "operation", "account", "code", "status", "outcome", "since", "limit"];
pub(super) const STREAM_PARAMETERS: &[&str] =
    &["cloud", "product", "operation", "account", "code", "status", "outcome"];

/// The filter of the query.
pub(super) fn filter(call: &Call) -> Result<Filter, Problem> {
    Ok(Filter::from_query(call.parts.uri.query().unwrap_or_default())?)
}

pub(super) fn list(call: &Call) -> Answer {
    let cloud = call.cloud()?;
    let entries = cloud.journal().find(&filter(call)?);
    let entries: Vec<Value> = entries.iter().map(Entry::to_json).collect();
    json(200, &json!({"entries": entries, "total": cloud.journal().len()}))
}

pub(super) fn entry(call: &Call, sequence: &str) -> Answer {
    let number: u64 = sequence
        .parse()
        .map_err(|_| Problem::wrong("sequence", "this is no sequence number", "a sequence number of the journal"))?;
    let unknown = || Problem::unknown("sequence", format!("the journal has no entry {number}"), "one that is kept");
    json(200, &call.cloud()?.journal().get(number).ok_or_else(unknown)?.to_json())
}

impl From<FilterError> for Problem {
    fn from(error: FilterError) -> Self {
        Self::wrong(error.field, error.message, "a filter as the OpenAPI document describes it")
    }
}
