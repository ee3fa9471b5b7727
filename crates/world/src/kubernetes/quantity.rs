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
