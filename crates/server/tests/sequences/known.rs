//! The identifiers and names that answers have shown, by the names of their fields.

use crate::random::Random;
use serde_json::Value;
use std::collections::BTreeMap;

/// How many values of a field are remembered.
const MOST: usize = 8;

/// What is known of each product.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(BTreeMap<(String, String), Vec<Value>>);

/// The name of a field without case, separators and plural: `InstanceIdSet` and `instance_ids` are one.
pub(crate) fn plain(name: &str) -> String {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let name = name.strip_suffix("set").filter(|rest| rest.ends_with("id")).unwrap_or(&name);
    name.strip_suffix('s').filter(|rest| rest.ends_with("id") || rest.ends_with("name")).unwrap_or(name).to_owned()
}

impl Known {
    /// Remembers a value of a field.
    pub(crate) fn add(&mut self, product: &str, field: &str, value: &Value) {
        let is_short = match value {
            Value::String(text) => !text.is_empty() && text.len() < 200,
            Value::Number(_) => true,
            _ => false,
        };
        let values = self.0.entry((product.to_owned(), plain(field))).or_default();
        if is_short && !values.contains(value) {
            values.push(value.clone());
            if values.len() > MOST {
                values.remove(0);
            }
        }
    }

    /// Remembers what an answer shows.
    pub(crate) fn learn(&mut self, product: &str, field: &str, answer: &Value) {
        match answer {
            Value::Array(items) => items.iter().take(20).for_each(|item| self.learn(product, field, item)),
            Value::Object(members) => {
                // Objects of CCE have their identifier in their metadata.
                if let (Some(kind), Some(uid)) = (answer["kind"].as_str(), answer.pointer("/metadata/uid")) {
                    self.add(product, &format!("{kind}Id"), uid);
                }
                members.iter().for_each(|(name, value)| self.learn(product, name, value));
            }
            value => self.add(product, field, value),
        }
    }

    /// A value of that field, seen before.
    pub(crate) fn one(&self, product: &str, field: &str, random: &mut Random) -> Option<Value> {
        let values = self.0.get(&(product.to_owned(), plain(field))).filter(|values| !values.is_empty())?;
        Some(random.one(values).clone())
    }
}
