//! Kubeconfig files, as Kubernetes' own clients read them.

use super::operations::GetClusterCertOutput;
use serde_json::Value;
use wharf_core::model::{Secret, entries};

impl GetClusterCertOutput {
    /// Returns the certificate as a kubeconfig file, in YAML.
    ///
    /// To reach the cluster from outside, first set [`current_context`](Self::current_context) to
    /// [`External`](super::types::CertContextName::External), if the response has that context.
    pub fn kubeconfig(&self) -> Secret {
        let mut out = String::new();
        block(&Value::Object(entries(self)), 0, &mut out);
        Secret::from(out)
    }
}

/// Appends an object or a list below a name, or at the top level of the file.
fn block(value: &Value, depth: usize, out: &mut String) {
    let margin = "  ".repeat(depth);
    match value {
        Value::Object(members) => {
            // The order is that of Kubernetes' own clients.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            for (name, value) in members {
                out.push_str(&margin);
                out.push_str(&key(name));
                out.push(':');
                below(value, depth, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                let at = out.len();
                block(item, depth + 1, out);
                // The dash replaces the indentation of the item's first line.
                if matches!(item, Value::Object(members) if !members.is_empty()) {
                    out.replace_range(at + margin.len()..at + margin.len() + 1, "-");
                }
            }
        }
        scalar => {
            out.push_str(&"  ".repeat(depth.saturating_sub(1)));
            out.push_str(&format!("- {scalar}\n"));
        }
    }
}

fn below(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) if members.is_empty() => out.push_str(" {}\n"),
        Value::Array(items) if items.is_empty() => out.push_str(" []\n"),
        Value::Object(_) => {
            out.push('\n');
            block(value, depth + 1, out);
        }
        Value::Array(_) => {
            out.push('\n');
            block(value, depth, out);
        }
        // The JSON form of a text, a number or a boolean is also YAML.
        scalar => out.push_str(&format!(" {scalar}\n")),
    }
}

fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain { name.to_owned() } else { Value::from(name).to_string() }
}
