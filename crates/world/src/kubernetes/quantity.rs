//! Kubernetes quantities: `100m` of a core, `64Mi` of memory.

use super::Request;
use serde_json::{Map, Value};

/// A quantity in thousandths, rounded up; nothing if it cannot be read.
pub fn thousandths(value: &Value) -> Option<u64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let number: f64 = number.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)?;
    let factor = match unit {
        "m" => 1.0,
        "" => 1e3,
        "k" => 1e6,
        "M" => 1e9,
        "G" => 1e12,
        "T" => 1e15,
        "Ki" => 1e3 * 1024.0,
        "Mi" => 1e3 * 1024.0 * 1024.0,
        "Gi" => 1e3 * 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1e3 * 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some((number * factor).ceil() as u64)
}

/// Whether a value has the form of a quantity, as `100m`, `1.5Gi`, `-2` or `1e3`.
pub fn is_quantity(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return value.is_number() };
    let text = text.trim_start_matches(['+', '-']);
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    let known = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let plain = |number: &str| {
        number.bytes().any(|byte| byte.is_ascii_digit())
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && number.bytes().filter(|byte| *byte == b'.').count() <= 1
    };
    match digits.split_once(['e', 'E']) {
        Some((number, power)) => {
            let power = power.trim_start_matches(['+', '-']);
            unit.is_empty() && plain(number) && !power.is_empty() && power.bytes().all(|byte| byte.is_ascii_digit())
        }
        None => plain(digits) && known.contains(&unit),
    }
}

/// What all containers of a pod together ask for.
pub fn request_of(spec: &Map<String, Value>) -> Request {
    let containers = spec.get("containers").and_then(Value::as_array);
    let mut request = Request::default();
    for container in containers.into_iter().flatten() {
        let wanted = |name: &str| {
            let asked = container.pointer(&format!("/resources/requests/{name}"));
            // Kubernetes takes the limit for the request where only the limit is given.
            asked.or_else(|| container.pointer(&format!("/resources/limits/{name}"))).and_then(thousandths)
        };
        request.cpu += wanted("cpu").unwrap_or(0);
        request.memory += wanted("memory").unwrap_or(0).div_ceil(1_000);
    }
    request
}

#[cfg(test)]
mod tests;
