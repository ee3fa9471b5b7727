//! The layout of imported files: a line for each operation's head, field, structure and code.

use serde_json::Value;

/// Members at the beginning of a file, in this order.
const HEAD: [&str; 5] = ["product", "version", "crate", "family", "protocol"];

/// Returns the text of a file.
pub(super) fn file(value: &Value) -> String {
    let mut out = String::from("{\n");
    let Some(members) = value.as_object() else { return out };
    for name in HEAD.into_iter().filter(|name| members.contains_key(*name)) {
        out.push_str(&format!("  \"{name}\": {},\n", members[name]));
    }
    let rest: Vec<_> = members.iter().filter(|(name, _)| !HEAD.contains(&name.as_str())).collect();
    for (at, (name, value)) in rest.iter().enumerate() {
        out.push_str(&format!("  \"{name}\": "));
        layout(&mut out, value, 1, 4);
        out.push_str(if at + 1 < rest.len() { ",\n" } else { "\n" });
    }
    out.push_str("}\n");
    out
}

/// Writes a value: on one line what is deepest or short, else a line for each member or item.
fn layout(out: &mut String, value: &Value, indent: usize, depth: usize) {
    const SHORT: usize = 60;
    let margin = "  ".repeat(indent + 1);
    let open = depth > 0 && value.to_string().len() > SHORT;
    match value {
        Value::Object(members) if open && !members.contains_key("name") => {
            out.push_str("{\n");
            for (at, (name, value)) in members.iter().enumerate() {
                out.push_str(&format!("{margin}\"{name}\": "));
                layout(out, value, indent + 1, depth - 1);
                out.push_str(if at + 1 < members.len() { ",\n" } else { "\n" });
            }
            out.push_str(&format!("{}}}", "  ".repeat(indent)));
        }
        Value::Array(items) if open && items.iter().any(Value::is_object) => {
            out.push_str("[\n");
            for (at, value) in items.iter().enumerate() {
                out.push_str(&margin);
                layout(out, value, indent + 1, depth - 1);
                out.push_str(if at + 1 < items.len() { ",\n" } else { "\n" });
            }
            out.push_str(&format!("{}]", "  ".repeat(indent)));
        }
        other => out.push_str(&other.to_string()),
    }
}
