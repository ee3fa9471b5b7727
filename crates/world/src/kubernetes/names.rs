//! The names that objects may have.

use serde_json::Value;

/// Lower-case letters, digits and hyphens; a letter or digit at both ends; at most 63 (RFC 1123).
pub fn is_dns_label(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= 63
        && text.bytes().all(|byte| letter(byte) || byte == b'-')
        && text.bytes().next().is_some_and(letter)
        && text.bytes().last().is_some_and(letter)
}

/// Labels with dots in between; at most 253 (RFC 1123).
pub fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|part| {
            let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            part.bytes().all(|byte| letter(byte) || byte == b'-')
                && part.bytes().next().is_some_and(letter)
                && part.bytes().last().is_some_and(letter)
        })
}

/// A label that starts with a letter (RFC 1035).
pub fn is_service_name(text: &str) -> bool {
    is_dns_label(text) && text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
}

/// Why an object of that kind cannot have that name; nothing if it can.
pub fn fault(kind: &str, name: &str) -> Option<&'static str> {
    let (holds, why) = match kind {
        "Service" => (
            is_service_name(name),
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
             character, and end with an alphanumeric character, and have at most 63 characters",
        ),
        "Namespace" | "ReplicationController" if !is_dns_label(name) => (false, LABEL),
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => (
            !name.is_empty() && !matches!(name, "." | "..") && !name.contains(['/', '%']),
            "may not be '.' or '..', and may not contain '/' or '%'",
        ),
        _ => (is_dns_subdomain(name), SUBDOMAIN),
    };
    (!holds).then_some(why)
}

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
                     start and end with an alphanumeric character, and have at most 63 characters";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', \
                         and must start and end with an alphanumeric character, and have at most 253 characters";

/// The name of an object.
pub fn name_of(object: &Value) -> &str {
    text(object, "/metadata/name")
}

/// The namespace of an object, empty if it has none.
pub fn namespace_of(object: &Value) -> &str {
    text(object, "/metadata/namespace")
}

/// The text at a path of an object, or an empty text.
pub fn text<'a>(object: &'a Value, path: &str) -> &'a str {
    object.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// The whole number at a path of an object.
pub fn number(object: &Value, path: &str) -> Option<i64> {
    object.pointer(path).and_then(Value::as_i64)
}

/// The list at a path of an object, or an empty list.
pub fn items<'a>(object: &'a Value, path: &str) -> &'a [Value] {
    object.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
