//! Accounts, sub-accounts, and what their policies allow.
//!
//! The key of an account may do everything. A sub-account may do what its policies allow and none of them denies.
//! [`cam`], [`iam`] and [`ram`] name the actions and the resources of the operations as each vendor's documents do.

mod cam;
mod iam;
mod policy;
mod ram;
mod sub_account;
#[cfg(test)]
mod tests;

pub use policy::{Policy, PolicyError, Vendor};
pub use sub_account::SubAccount;

use crate::refusal::Refusal;
use policy::Verdict;
use serde_json::{Map, Value};
use std::fmt;

/// Who calls with less than the permissions of the account, and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permissions {
    /// The identifier of the sub-account, or the name of the session.
    pub(crate) id: String,
    /// The name of the sub-account or of the session.
    pub(crate) name: String,
    pub(crate) policies: Vec<Policy>,
}

/// A call as the vendors' rules of naming see it. Its parameters have been validated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) product: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) spec: &'a wharf_spec::file::Operation,
    pub(crate) parameters: &'a Map<String, Value>,
}

/// The names of an action, all with the same meaning, and the resources that it is for: all of them must be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Demand {
    actions: Vec<String>,
    resources: Vec<Resource>,
}

impl Demand {
    /// Of these resources; of `all` if there are none.
    fn new(actions: Vec<String>, mut resources: Vec<Resource>, all: Resource) -> Self {
        if resources.is_empty() {
            resources.push(all);
        }
        Self { actions, resources }
    }
}

/// One resource.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Resource {
    /// The names of the service that owns it, all with the same meaning.
    services: &'static [&'static str],
    region: String,
    account: String,
    /// `cluster/cls-1234abcd`. `*` if the operation is for all resources: a policy must name all of them then.
    path: String,
}

/// A call that the policies do not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forbidden {
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) name: String,
    pub(crate) why: Why,
}

/// Why a call is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// No policy allows the action, whatever the resource.
    Action,
    /// No policy allows the action on this resource.
    Resource,
    /// A policy denies it.
    Denied,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, resource, name, why } = self;
        match why {
            Why::Denied => write!(f, "A policy denies `{name}` the action `{action}` on the resource `{resource}`."),
            _ => write!(f, "No policy allows `{name}` the action `{action}` on the resource `{resource}`."),
        }
    }
}

/// Refuses what a sub-account or a session may not do, as the vendor of the product refuses it.
pub(crate) fn check(vendor: Vendor, caller: Option<&Permissions>, call: Call<'_>) -> Result<(), Refusal> {
    let Some(caller) = caller else { return Ok(()) };
    match vendor {
        Vendor::Tencent => cam::check(caller, call),
        Vendor::Huawei => iam::check(caller, call),
        Vendor::Alibaba => ram::check(caller, call),
    }
}

/// Whether the policies allow what is demanded.
fn authorize(caller: &Permissions, vendor: Vendor, demand: &Demand) -> Result<(), Forbidden> {
    let policies = || caller.policies.iter().filter(|policy| policy.vendor() == vendor);
    let forbidden = |resource: &Resource, why| Forbidden {
        action: demand.actions.first().cloned().unwrap_or_default(),
        resource: vendor.write(resource),
        name: caller.name.clone(),
        why,
    };
    for resource in &demand.resources {
        let verdicts = policies().map(|policy| policy.judge(&demand.actions, resource));
        match verdicts.max().unwrap_or(Verdict::Silent) {
            Verdict::Allowed => {}
            Verdict::Denied => return Err(forbidden(resource, Why::Denied)),
            Verdict::Elsewhere => return Err(forbidden(resource, Why::Resource)),
            Verdict::Silent => return Err(forbidden(resource, Why::Action)),
        }
    }
    Ok(())
}

/// The texts in a parameter: those of a list, or the one that it is.
fn texts<'a>(parameters: &'a Map<String, Value>, name: &str) -> Vec<&'a str> {
    match parameters.get(name) {
        Some(Value::String(text)) if !text.is_empty() => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).collect(),
        _ => Vec::new(),
    }
}
