//! `overrides.json`: what a person decided about an import, each with a reason.

use super::lock::Import;
use crate::Error;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "product")]
    _product: String,
    #[serde(rename = "version")]
    _version: String,
    overrides: Decisions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decisions {
    families: Vec<Family>,
    #[serde(default)]
    items: BTreeMap<String, Decision>,
}

/// Where operations live that only the public cloud has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Family {
    /// The name of the family; none for operations that are on the client of the crate itself.
    #[serde(default)]
    pub(super) family: Option<String>,
    #[serde(rename = "crate")]
    pub(super) service: String,
    /// Names of operations, with `*` for any text. The first family that has a name takes it.
    pub(super) operations: Vec<String>,
}

/// A decision about an operation, a structure, an enumeration, a code or a field.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// Another name in Rust, Python and C.
    #[serde(default)]
    pub(super) rename: Option<String>,
    /// The hand-written type stays.
    #[serde(default)]
    pub(super) keep: bool,
    /// It is left out.
    #[serde(default)]
    pub(super) drop: bool,
    /// Whether it is a secret.
    #[serde(default)]
    pub(super) sensitive: Option<bool>,
    /// The enumeration of a field, for which the package has a list in prose alone.
    #[serde(default, rename = "enum")]
    pub(super) enumeration: Option<String>,
    /// The values of that enumeration; none for one of the hand-written specs.
    #[serde(default)]
    pub(super) values: Vec<String>,
    /// The answer does not come in pages.
    #[serde(default)]
    pub(super) unpaged: bool,
    #[serde(rename = "reason")]
    _reason: String,
}

/// The decisions of a version, of which those that were asked for are remembered.
#[derive(Debug)]
pub(super) struct Overrides {
    path: String,
    decisions: Decisions,
    used: RefCell<BTreeSet<String>>,
    none: Decision,
}

impl Overrides {
    pub(super) fn read(root: &Path, import: &Import) -> Result<Self, Error> {
        let path = import.overrides();
        let text = fs::read_to_string(root.join(&path)).map_err(|error| Error::new(&path, error))?;
        let file: File = serde_json::from_str(&text).map_err(|error| Error::new(&path, error))?;
        let reasons = file.overrides.items.iter().find(|(_, decision)| decision._reason.trim().is_empty());
        if let Some((item, _)) = reasons {
            return Err(Error::new(&path, format!("{item}: the reason is empty")));
        }
        Ok(Self { path, decisions: file.overrides, used: RefCell::default(), none: Decision::default() })
    }

    /// The decision about an item: `operation X`, `operation X input Y`, `shape X`, `shape X field Y`, `enum X`,
    /// `error X`.
    pub(super) fn of(&self, item: &str) -> &Decision {
        match self.decisions.items.get(item) {
            Some(decision) => {
                self.used.borrow_mut().insert(item.to_owned());
                decision
            }
            None => &self.none,
        }
    }

    /// The family of an operation.
    pub(super) fn family(&self, operation: &str) -> Result<&Family, Error> {
        let mut families = self.decisions.families.iter();
        let found = families.find(|family| family.operations.iter().any(|pattern| fits(pattern, operation)));
        found.ok_or_else(|| Error::new(&self.path, format!("no family takes the operation {operation}")))
    }

    /// Refuses decisions about what there is not.
    pub(super) fn check(&self, operations: &BTreeSet<&str>) -> Result<(), Error> {
        let used = self.used.borrow();
        if let Some(item) = self.decisions.items.keys().find(|item| !used.contains(*item)) {
            return Err(Error::new(
                &self.path,
                format!("{item}: there is no such item, or nothing to decide about it"),
            ));
        }
        for family in &self.decisions.families {
            for pattern in &family.operations {
                if !operations.iter().any(|operation| fits(pattern, operation)) {
                    return Err(Error::new(&self.path, format!("{pattern}: no operation has such a name")));
                }
            }
        }
        Ok(())
    }
}

/// Whether a name fits a pattern in which `*` is any text.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, name) in
            [("*", "A"), ("*Log*", "InstallLogAgent"), ("Describe*Log", "DescribeXLog"), ("A", "A"), ("A*C*E", "ABCDE")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("Log", "Logs"), ("*Log", "LogX"), ("A*C*E", "ABCD"), ("X*", "YX")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
