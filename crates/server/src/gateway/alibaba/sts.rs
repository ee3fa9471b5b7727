//! The one operation of the token service.

use super::super::Gateway;
use super::super::seconds;
use super::ram::Ram;
use crate::access::{Permissions, Policy, Vendor};
use crate::refusal::Refusal;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use wharf_sign::acs3;
use wharf_world::kernel::ids::hash;

/// Default and minimum lifetime of credentials, in seconds.
const USUAL: i64 = 3_600;
const SHORTEST: i64 = 900;
/// Characters of a policy and of a session's name.
const MOST_POLICY: usize = 1_024;
const SESSION_NAME: std::ops::RangeInclusive<usize> = 2..=64;

fn invalid(what: &str, message: &str) -> Refusal {
    Refusal::with_status(400, format!("InvalidParameter.{what}"), message)
}

/// Which code a parameter has that the spec refuses.
pub(super) fn code(parameter: &str) -> &'static str {
    match parameter {
        "RoleArn" => "InvalidParameter.RoleArn",
        "RoleSessionName" => "InvalidParameter.RoleSessionName",
        "DurationSeconds" => "InvalidParameter.DurationSeconds",
        "Policy" => "InvalidParameter.PolicySize",
        _ => "InvalidParameter",
    }
}

/// Gives credentials for a role of the caller's account.
pub(super) fn assume_role(gateway: &Gateway, caller: &str, members: &Map<String, Value>) -> Result<Value, Refusal> {
    let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
    let (arn, session) = (text("RoleArn"), text("RoleSessionName"));
    let wrong_arn = || invalid("RoleArn", "The parameter RoleArn is wrongly formed.");
    let (account, name) = read_arn(arn).ok_or_else(wrong_arn)?;
    if !SESSION_NAME.contains(&session.len()) || !session.bytes().all(is_session_byte) {
        return Err(invalid("RoleSessionName", "The parameter RoleSessionName is wrongly formed."));
    }
    let policy = read_policy(members.get("Policy").and_then(Value::as_str))?;
    if account != caller {
        let message = "You are not authorized to do this action. You should be authorized by RAM.";
        return Err(Refusal::with_status(403, "NoPermission", message));
    }
    let role = Ram::role(name)
        .ok_or_else(|| Refusal::with_status(404, "EntityNotExist.Role", "The specified Role not exists."))?;
    let duration = members.get("DurationSeconds").and_then(Value::as_i64).unwrap_or(USUAL);
    if !(SHORTEST..=role.most).contains(&duration) {
        let message = format!("The Min/Max value of DurationSeconds is {SHORTEST}/{} seconds.", role.most);
        return Err(invalid("DurationSeconds", &message));
    }
    let now = seconds(gateway.faults.server_time());
    // A role has all permissions of its account, and a session those of them that its policy allows.
    let restricted =
        |policy| Arc::new(Permissions { id: session.to_owned(), name: session.to_owned(), policies: vec![policy] });
    let start = now.saturating_add(gateway.clock.added_seconds());
    let key = gateway.ram.give(account, start, duration, policy.map(restricted));
    let token = key.token.as_ref().map(|token| token.expose().to_owned()).unwrap_or_default();
    Ok(json!({
        "Credentials": {
            "AccessKeyId": key.id, "AccessKeySecret": key.secret.expose(), "SecurityToken": token,
            "Expiration": acs3::date(now + duration),
        },
        "AssumedRoleUser": {
            "Arn": format!("{arn}/{session}"),
            "AssumedRoleId": format!("{:018}:{session}", hash(&format!("{account} {}", role.name)) % 1_000_000_000_000_000_000),
        },
    }))
}

/// Account and name of `acs:ram::100000000001:role/wharf`.
fn read_arn(arn: &str) -> Option<(&str, &str)> {
    let (account, name) = arn.strip_prefix("acs:ram::")?.split_once(":role/")?;
    let is_account = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@/".contains(&byte));
    (is_account && is_name).then_some((account, name))
}

fn is_session_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".@-_".contains(&byte)
}

/// The policy that a session is restricted by, if there is one.
fn read_policy(text: Option<&str>) -> Result<Option<Policy>, Refusal> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > MOST_POLICY {
        return Err(invalid("PolicySize", "The size of Policy must be smaller than 1024 bytes."));
    }
    let refused = |error| {
        let message = format!("The parameter Policy has not passed grammar check. {error}");
        invalid("PolicyGrammar", &message)
    };
    Policy::parse(Vendor::Alibaba, text).map(Some).map_err(refused)
}

#[cfg(test)]
mod tests;
