//! Answers: JSON for those who ask for it, and XML for all others.

use super::super::Gateway;
use bytes::Bytes;
use http::{HeaderValue, header};
use serde_json::{Map, Value, json};

/// Returns the body of a refusal.
pub(super) fn refusal(status: u16, code: &str, message: &str, request_id: &str, host: &str) -> Value {
    // Some of the vendor's clients read the names in capitals, which the gateway writes, and some the others, which
    // the service writes behind it.
    json!({
        "RequestId": request_id, "HostId": host, "Code": code, "Message": message,
        "requestId": request_id, "code": code, "message": message, "status": status,
    })
}

/// An answer with that body, in the form that was asked for.
pub(super) fn write(
    gateway: &Gateway,
    status: u16,
    body: &Value,
    root: &str,
    item: &str,
    json: bool,
    request_id: &str,
) -> http::Response<Bytes> {
    let (kind, text) = match body {
        // A script, a file: it is what it is.
        Value::String(text) => ("text/plain; charset=utf-8", text.clone()),
        body if json => ("application/json; charset=utf-8", body.to_string()),
        body => ("text/xml;charset=utf-8", xml(root, item, body)),
    };
    let mut answer = gateway.json(status, Bytes::from(text));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert("x-acs-request-id", value);
    }
    answer
}

/// A document with that root; a bare list becomes elements of the name of an item.
fn xml(root: &str, item: &str, body: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    out.push_str(&format!("<{root}>"));
    match body {
        Value::Object(members) => elements(&mut out, members),
        Value::Array(_) => element(&mut out, item, body),
        other => out.push_str(&escaped(&plain(other))),
    }
    out.push_str(&format!("</{root}>"));
    out
}

fn elements(out: &mut String, members: &Map<String, Value>) {
    for (name, value) in members {
        element(out, name, value);
    }
}

/// A list is its element again for every item, as the document prints it.
fn element(out: &mut String, name: &str, value: &Value) {
    if let Value::Array(items) = value {
        items.iter().for_each(|item| element(out, name, item));
        return;
    }
    let (open, close) = if is_name(name) {
        (format!("<{name}>"), format!("</{name}>"))
    } else {
        (format!("<entry name=\"{}\">", escaped(name)), "</entry>".to_owned())
    };
    out.push_str(&open);
    match value {
        Value::Object(members) => elements(out, members),
        other => out.push_str(&escaped(&plain(other))),
    }
    out.push_str(&close);
}

fn is_name(text: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(first) && text.chars().all(|c| first(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(character))),
            // No document may hold them.
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
