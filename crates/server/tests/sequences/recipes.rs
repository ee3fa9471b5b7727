//! Calls that a world takes, as templates: `recipes.json`. What a spec cannot say is in them.

use crate::known::Known;
use crate::random::Random;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use wharf_server::Server;

/// A call as a template.
///
/// In texts `$field` is a value of that field that an answer has shown. `$range`, `$name`, `$version`, `$mode`, `$n`, `$yes`
/// and `$project` are values of a few. `{"$json": ...}` is a text with JSON.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recipe {
    pub(crate) product: String,
    #[serde(default)]
    pub(crate) version: Option<String>,
    pub(crate) call: String,
    pub(crate) input: Value,
    /// It needs nothing that is there already.
    #[serde(default)]
    pub(crate) first: bool,
}

/// All recipes.
pub(crate) fn recipes() -> Vec<Recipe> {
    serde_json::from_str(include_str!("recipes.json")).unwrap()
}

const NAMES: [&str; 3] = ["web", "db", "cache"];
const VERSIONS: [&str; 3] = ["1.16.3", "1.18.4", "1.20.6"];

impl Recipe {
    /// The inputs, with values for the places of the template.
    pub(crate) fn fill(&self, server: &Server, known: &Known, random: &mut Random) -> Map<String, Value> {
        match self.value(&self.input, server, known, random) {
            Value::Object(input) => input,
            other => panic!("{other} is no input"),
        }
    }

    fn value(&self, template: &Value, server: &Server, known: &Known, random: &mut Random) -> Value {
        match template {
            Value::String(text) => self.text(text, server, known, random),
            Value::Array(items) => items.iter().map(|item| self.value(item, server, known, random)).collect(),
            Value::Object(members) => match members.get("$json") {
                Some(inner) => json!(self.value(inner, server, known, random).to_string()),
                None => members
                    .iter()
                    .map(|(name, value)| (name.clone(), self.value(value, server, known, random)))
                    .collect(),
            },
            other => other.clone(),
        }
    }

    fn text(&self, text: &str, server: &Server, known: &Known, random: &mut Random) -> Value {
        if let Some(name) = text.strip_prefix('$').filter(|name| !name.contains('/')) {
            return match name {
                "range" => json!(format!("172.{}.0.0/16", 16 + random.below(12))),
                "version" => json!(random.one(&VERSIONS)),
                "name" => json!(random.one(&NAMES)),
                "mode" => json!(random.one(&["terminate", "retain"])),
                "n" => json!(random.below(4)),
                "yes" => json!(random.percent(50)),
                "project" => json!(server.project_id()),
                field => known.one(&self.product, field, random).unwrap_or_else(|| json!("gone")),
            };
        }
        let mut text = text.to_owned();
        while text.contains("$name") {
            text = text.replacen("$name", NAMES[random.below(NAMES.len())], 1);
        }
        json!(text)
    }
}
