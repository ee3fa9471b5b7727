//! Patterns of names, with `*`, `**`, `?` and `{a,b}`.

use crate::registry::RegistryError;
use serde::{Deserialize, Serialize};

/// The longest pattern.
const LONGEST: usize = 256;

/// Whether a pattern names what is meant, or what is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decoration {
    Matches,
    Excludes,
}

/// A pattern and how it is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    pub decoration: Decoration,
    pub pattern: String,
}

impl Selector {
    /// Reads a pattern with its decoration: `matches` or `excludes`, or with the prefix `repo` that those of
    /// repositories have.
    pub fn parse(field: &'static str, decoration: &str, pattern: &str) -> Result<Self, RegistryError> {
        let decoration = match decoration {
            "matches" | "repoMatches" => Decoration::Matches,
            "excludes" | "repoExcludes" => Decoration::Excludes,
            other => {
                let takes = format!(
                    "has a decoration `matches` or `excludes`, or `repoMatches` or `repoExcludes`, not `{other}`"
                );
                return Err(RegistryError::Invalid(field, takes));
            }
        };
        if pattern.is_empty() || pattern.len() > LONGEST {
            return Err(RegistryError::Invalid(field, format!("has a pattern of 1 to {LONGEST} characters")));
        }
        Ok(Self { decoration, pattern: pattern.to_owned() })
    }

    /// Returns a selector of everything.
    pub fn everything() -> Self {
        Self { decoration: Decoration::Matches, pattern: "**".to_owned() }
    }

    /// Returns whether a name is meant.
    pub fn selects(&self, name: &str) -> bool {
        matches(&self.pattern, name) == (self.decoration == Decoration::Matches)
    }
}

/// Returns whether a pattern matches a whole name.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    fast_glob::glob_match(pattern, name)
}

#[cfg(test)]
mod tests;
