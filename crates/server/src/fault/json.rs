//! Faults in JSON: how programs of other languages order them.

use super::effect::{Drip, Effect, MAX_PAUSE};
use super::{Fault, FaultError, documented};
use crate::refusal::Refusal;
use http::HeaderValue;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The members of a fault.
const MEMBERS: &[&str] = &["id", "product", "operation", "account", "after", "times", "effect"];
/// The kinds, and the members of an effect of each.
const KINDS: &[(&str, &[&str])] = &[
    ("throttle", &[]),
    ("refuse", &["code", "message", "status", "undocumented"]),
    ("expired_token", &[]),
    ("status", &["status", "retry_after"]),
    ("cut_before", &[]),
    ("cut_after", &[]),
    ("truncate", &[]),
    ("garbage", &[]),
    ("empty", &[]),
    ("content_type", &["content_type"]),
    ("compressed", &[]),
    ("drip", &["bytes", "pause"]),
    ("delay", &["seconds"]),
];
/// The longest delay, in seconds.
const MAX_DELAY: f64 = 3_600.0;
/// The largest part of a slow answer, in bytes.
const MAX_PART: u64 = 1 << 20;
/// Characters of a text.
const MAX_TEXT: usize = 1_000;
/// The longest wait that a response can ask for, in seconds: a year.
const MAX_WAIT: u64 = 31_536_000;
/// What a refusal says if the order has no message.
const MESSAGE: &str = "This is an injected fault.";

impl Fault {
    /// Reads a fault.
    ///
    /// ```
    /// use serde_json::json;
    /// use wharf_server::Fault;
    ///
    /// let order = json!({"product": "tke", "operation": "CreateCluster", "times": 2, "effect": {"kind": "cut_after"}});
    /// assert_eq!(Fault::from_json(&order)?.kind(), "cut_after");
    /// let wrong = json!({"operation": "CreateClusters", "effect": {"kind": "throttle"}});
    /// assert_eq!(Fault::from_json(&wrong).unwrap_err().field(), "operation");
    /// # Ok::<(), wharf_server::FaultError>(())
    /// ```
    ///
    /// | member | meaning |
    /// |---|---|
    /// | `product`, `operation`, `account` | only calls of these; `null` or absent: all |
    /// | `after` | not the first so many calls; 0 by default |
    /// | `times` | only so many calls; `null` or absent: all |
    /// | `effect` | `kind` and the members of the kind |
    /// | `id` | ignored: [`to_json`](Self::to_json) writes it |
    ///
    /// | kind | members of `effect` |
    /// |---|---|
    /// | `throttle`, `expired_token`, `cut_before`, `cut_after`, `truncate`, `garbage`, `empty`, `compressed` | none |
    /// | `refuse` | `code`; optional `message`, `status`, and `undocumented`: true for a code that no document has |
    /// | `status` | `status`; optional `retry_after` in seconds |
    /// | `content_type` | optional `content_type`, `text/html` by default |
    /// | `drip` | optional `bytes` (1) at a time, and `pause` (0.1) between them in seconds |
    /// | `delay` | `seconds` |
    ///
    /// # Errors
    /// The member that is wrong, and what is expected.
    pub fn from_json(order: &Value) -> Result<Self, FaultError> {
        let order = Members::new("", order, "a JSON object with the member `effect`")?;
        order.allow(MEMBERS)?;
        order.whole("id", 0, u64::MAX)?;
        let product = order.text("product")?;
        if product.as_deref().is_some_and(|product| !documented::is_product(product)) {
            return Err(order.wrong("product", format!("one of the products {}", documented::products())));
        }
        let operation = order.text("operation")?;
        if operation.as_deref().is_some_and(|operation| !documented::is_operation(product.as_deref(), operation)) {
            let place = product.as_deref().unwrap_or("any product");
            return Err(order.wrong("operation", format!("the name of an operation of {place}")));
        }
        let number = |value: Option<u64>| value.and_then(|value| u32::try_from(value).ok());
        let account = order.text("account")?;
        let skip = number(order.whole("after", 0, u32::MAX.into())?).unwrap_or_default();
        let times = number(order.whole("times", 1, u32::MAX.into())?);
        let effect =
            Members::new("effect", order.value("effect").unwrap_or(&Value::Null), "an object with the member `kind`")?;
        let effect = effect_of(&effect, product.as_deref(), operation.as_deref())?;
        Ok(Self { id: 0, product, operation, account, skip, times, effect })
    }

    /// Writes the fault as [`from_json`](Self::from_json) reads it, with its identifier and the calls that are left.
    ///
    /// A function of a program (`answer`, `total`) is only named: [`from_json`](Self::from_json) refuses these kinds.
    pub fn to_json(&self) -> Value {
        let mut effect = self.members();
        effect.insert("kind".to_owned(), self.kind().into());
        let mut members = Map::new();
        members.insert("id".to_owned(), self.id.into());
        let names = [("product", &self.product), ("operation", &self.operation), ("account", &self.account)];
        for (name, value) in names {
            if let Some(value) = value {
                members.insert(name.to_owned(), value.as_str().into());
            }
        }
        members.insert("after".to_owned(), self.skip.into());
        members.insert("times".to_owned(), self.times.into());
        members.insert("effect".to_owned(), Value::Object(effect));
        Value::Object(members)
    }

    /// Returns whether it can be written and read: it contains no function of a program.
    pub fn is_data(&self) -> bool {
        !matches!(self.effect, Effect::Answer(_) | Effect::Total(_))
    }

    /// Returns the members of its effect, without the kind.
    fn members(&self) -> Map<String, Value> {
        let members = match &self.effect {
            Effect::Refuse(Refusal { status, code, message }) => {
                let mut members = json!({"code": code, "message": message});
                if let Some(status) = status {
                    members["status"] = (*status).into();
                }
                if !documented::is_code(self.product.as_deref(), self.operation.as_deref(), code) {
                    members["undocumented"] = true.into();
                }
                members
            }
            Effect::Status { status, retry_after: None } => json!({"status": status}),
            Effect::Status { status, retry_after } => json!({"status": status, "retry_after": retry_after}),
            Effect::ContentType(value) => json!({"content_type": String::from_utf8_lossy(value.as_bytes())}),
            Effect::Drip(drip) => json!({"bytes": drip.bytes, "pause": drip.pause.as_secs_f64()}),
            Effect::Delay(time) => json!({"seconds": time.as_secs_f64()}),
            _ => Value::Null,
        };
        if let Value::Object(members) = members { members } else { Map::new() }
    }
}

fn effect_of(members: &Members<'_>, product: Option<&str>, operation: Option<&str>) -> Result<Effect, FaultError> {
    let kind = members.text("kind")?.unwrap_or_default();
    let Some((_, allowed)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let kinds: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
        return Err(members.wrong("kind", format!("one of {}", kinds.join(", "))));
    };
    members.allow(&[&["kind"], *allowed].concat())?;
    Ok(match kind.as_str() {
        "throttle" => Effect::Throttle,
        "expired_token" => Effect::ExpiredToken,
        "cut_before" => Effect::CutBefore,
        "cut_after" => Effect::CutAfter,
        "truncate" => Effect::Truncate,
        "garbage" => Effect::Garbage,
        "empty" => Effect::Empty,
        "compressed" => Effect::Compressed,
        "refuse" => Effect::Refuse(refusal(members, product, operation)?),
        "status" => {
            let status = members.whole("status", 200, 599)?;
            let status = status.and_then(|status| u16::try_from(status).ok());
            let status = status.ok_or_else(|| members.wrong("status", "an HTTP status from 200 to 599"))?;
            Effect::Status { status, retry_after: members.whole("retry_after", 0, MAX_WAIT)? }
        }
        "content_type" => {
            let text = members.text("content_type")?.unwrap_or_else(|| "text/html".to_owned());
            let value = HeaderValue::from_str(&text);
            Effect::ContentType(value.map_err(|_| members.wrong("content_type", "a text that a header can have"))?)
        }
        "drip" => {
            let bytes = members.whole("bytes", 1, MAX_PART)?.unwrap_or(1);
            let pause = members.seconds("pause", MAX_PAUSE.as_secs_f64())?.unwrap_or(Duration::from_millis(100));
            Effect::Drip(Drip::new(usize::try_from(bytes).unwrap_or(1), pause))
        }
        // The last one of the table.
        _ => {
            let seconds = members.seconds("seconds", MAX_DELAY)?;
            Effect::Delay(seconds.ok_or_else(|| members.wrong("seconds", above_zero(MAX_DELAY)))?)
        }
    })
}

fn refusal(members: &Members<'_>, product: Option<&str>, operation: Option<&str>) -> Result<Refusal, FaultError> {
    let code = members.text("code")?.ok_or_else(|| members.wrong("code", "an error code"))?;
    if !members.truth("undocumented")? && !documented::is_code(product, operation, &code) {
        let place = operation.or(product).unwrap_or("any product");
        let expected = format!("a documented code of {place}, or any code with `\"undocumented\": true`");
        return Err(members.wrong("code", expected));
    }
    let message = members.text("message")?.unwrap_or_else(|| MESSAGE.to_owned());
    let status = members.whole("status", 400, 599)?;
    let status = status.and_then(|status| u16::try_from(status).ok());
    Ok(Refusal { status, code: code.into(), message })
}

fn above_zero(most: f64) -> String {
    format!("a number of seconds above 0 and up to {most}")
}

/// The members of an object, read by name. A `null` is an absent member.
struct Members<'a> {
    /// The name of the object; empty for the fault itself.
    name: &'static str,
    members: &'a Map<String, Value>,
}

impl<'a> Members<'a> {
    fn new(name: &'static str, value: &'a Value, expected: &str) -> Result<Self, FaultError> {
        let members = value.as_object();
        let members = members.ok_or_else(|| FaultError::new(if name.is_empty() { "fault" } else { name }, expected))?;
        Ok(Self { name, members })
    }

    fn wrong(&self, field: &str, expected: impl Into<String>) -> FaultError {
        let field = if self.name.is_empty() { field.to_owned() } else { format!("{}.{field}", self.name) };
        FaultError::new(field, expected)
    }

    /// Refuses members of other names.
    fn allow(&self, names: &[&str]) -> Result<(), FaultError> {
        match self.members.keys().find(|name| !names.contains(&name.as_str())) {
            Some(name) => {
                let shown: String = name.chars().take(100).collect();
                Err(self.wrong(&shown, format!("no such member, only {}", names.join(", "))))
            }
            None => Ok(()),
        }
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Result<Option<String>, FaultError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = value.as_str().filter(|text| !text.is_empty() && text.chars().count() <= MAX_TEXT);
        let text = text.ok_or_else(|| self.wrong(name, format!("a text of 1 to {MAX_TEXT} characters")))?;
        Ok(Some(text.to_owned()))
    }

    fn whole(&self, name: &str, least: u64, most: u64) -> Result<Option<u64>, FaultError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = value.as_u64().filter(|number| (least..=most).contains(number));
        Ok(Some(number.ok_or_else(|| self.wrong(name, format!("a whole number from {least} to {most}")))?))
    }

    fn seconds(&self, name: &str, most: f64) -> Result<Option<Duration>, FaultError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let seconds = value.as_f64().filter(|seconds| *seconds > 0.0 && *seconds <= most);
        let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Ok(Some(time.ok_or_else(|| self.wrong(name, above_zero(most)))?))
    }

    fn truth(&self, name: &str) -> Result<bool, FaultError> {
        let Some(value) = self.value(name) else { return Ok(false) };
        value.as_bool().ok_or_else(|| self.wrong(name, "true or false"))
    }
}

#[cfg(test)]
mod tests;
