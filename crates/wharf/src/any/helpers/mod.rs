//! The helpers of the typed clients by name: handles, constructors of common values, and conversions.
#![cfg_attr(
    not(all(feature = "ack", feature = "cce", feature = "ccs")),
    allow(dead_code, reason = "each product uses a part of this")
)]

#[cfg(feature = "ack")]
mod ack;
mod arguments;
#[cfg(feature = "cce")]
mod cce;
#[cfg(feature = "ccs")]
mod ccs;
mod plan;

pub(super) use plan::Finish;

use super::products::Product;
use crate::{Error, lookup};
use arguments::Arguments;
use plan::Plan;
use serde_json::{Map, Value};
use std::fmt;
use wharf_core::Connection;

/// A helper of the typed clients, by name. [`helpers`] returns those of a product.
///
/// The name is the type and the method in Rust, with a dot: `upgrade.start` is `ack::Upgrade::start`.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Helper {
    /// Name, unique within a product (`upgrade.start`).
    pub name: &'static str,
    /// Effect of the helper, or its value.
    pub doc: &'static str,
    /// Arguments.
    pub arguments: &'static [HelperArgument],
    pub(super) action: Action,
}

/// An argument of a helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HelperArgument {
    /// Name of the argument (`cluster_id`).
    pub name: &'static str,
    /// Type in JSON: `string`, `uint`, `int`, `object`, `list<string>`, `list<object>`, `map<string>`, `any` or `time`, which is
    /// a string in the form of RFC 3339.
    pub kind: &'static str,
    /// Returns true if the helper fails without it.
    pub required: bool,
    /// Meaning of the argument.
    pub doc: &'static str,
}

/// The work of a helper.
#[derive(Clone, Copy)]
pub(super) enum Action {
    /// A call of an operation. Members of the input that are no arguments are fields of the operation.
    Call(fn(&Connection, &Arguments<'_>) -> Result<Plan, Error>),
    /// A value.
    Value(fn(&Arguments<'_>) -> Result<Value, Error>),
}

impl Helper {
    /// Returns true for a helper that calls an operation: pass its name to [`Connection::call`](super::Connection::call)
    /// in place of the operation's. Otherwise [`value`] returns its value, and nothing is sent.
    pub fn calls(&self) -> bool {
        matches!(self.action, Action::Call(_))
    }
}

impl fmt::Debug for Helper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Helper").field("name", &self.name).field("arguments", &self.arguments).finish()
    }
}

/// Returns the helpers of a product.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when this build has no such product.
pub fn helpers(product: &str) -> Result<&'static [Helper], Error> {
    Ok(match Product::find(product)?.name {
        #[cfg(feature = "ack")]
        "ack" => ack::HELPERS,
        #[cfg(feature = "cce")]
        "cce" => cce::HELPERS,
        #[cfg(feature = "ccs")]
        "ccs" => ccs::HELPERS,
        _ => &[],
    })
}

/// Returns the value of a helper that calls no operation, such as the structure of a node or the form in which a password is
/// sent. Structures have the API's names, for the input of an operation. The value may be a secret. Nothing is sent.
///
/// ```
/// use serde_json::json;
/// use wharf::any;
///
/// # #[cfg(feature = "ack")]
/// let taint = any::value("ack", "taint.no_schedule", &json!({"key": "dedicated", "value": "web"}))?;
/// # #[cfg(feature = "ack")]
/// assert_eq!(taint, json!({"key": "dedicated", "value": "web", "effect": "NoSchedule"}));
/// # Ok::<(), wharf::Error>(())
/// ```
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a product or a helper that does not exist, for a helper that calls an
/// operation, and for an argument that does not exist, is missing, or has a wrong value. No error shows a value.
pub fn value(product: &str, helper: &str, arguments: &Value) -> Result<Value, Error> {
    let helper = find(product, helper)?;
    let Action::Value(make) = helper.action else {
        return Err(Error::invalid_input("helper", format!("{} calls an operation: call it by name", helper.name)));
    };
    let given = members("arguments", arguments)?;
    let unknown = given.keys().find(|name| helper.arguments.iter().all(|argument| argument.name != name.as_str()));
    if let Some(name) = unknown {
        let what = format!("is no argument of {}", helper.name);
        let known = helper.arguments.iter().map(|argument| argument.name);
        return Err(Error::invalid_input(lookup::shown(name), lookup::reason(name, &what, known)));
    }
    make(&Arguments(&given))
}

/// Returns the call of a helper: the operation and its input.
pub(super) fn plan(connection: &Connection, product: &str, helper: &str, input: &Value) -> Result<Plan, Error> {
    let helper = find(product, helper)?;
    let Action::Call(plan) = helper.action else {
        return Err(Error::invalid_input("operation", format!("{} is a value, and calls no operation", helper.name)));
    };
    let mut given = members("input", input)?;
    let mut plan = plan(connection, &Arguments(&given))?;
    given.retain(|name, value| {
        !value.is_null() && helper.arguments.iter().all(|argument| argument.name != name.as_str())
    });
    plan.fields.extend(given);
    Ok(plan)
}

/// Returns true for a name that a helper may have, and no operation.
pub(super) fn is_name(name: &str) -> bool {
    !name.contains(':') && name.contains('.')
}

fn find(product: &str, name: &str) -> Result<&'static Helper, Error> {
    let helpers = helpers(product)?;
    helpers.iter().find(|helper| helper.name == name).ok_or_else(|| {
        let what = format!("is no helper of {product}");
        Error::invalid_input("helper", lookup::unknown(name, &what, helpers.iter().map(|helper| helper.name)))
    })
}

fn members(what: &str, value: &Value) -> Result<Map<String, Value>, Error> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(members) => Ok(members.clone()),
        _ => Err(Error::invalid_input(what, "must be an object")),
    }
}

/// Creates a required argument.
#[allow(dead_code, reason = "only some products have helpers")]
const fn needed(name: &'static str, kind: &'static str, doc: &'static str) -> HelperArgument {
    HelperArgument { name, kind, required: true, doc }
}

/// Creates an argument that can be left out.
#[allow(dead_code, reason = "only some products have such helpers")]
const fn optional(name: &'static str, kind: &'static str, doc: &'static str) -> HelperArgument {
    HelperArgument { name, kind, required: false, doc }
}
