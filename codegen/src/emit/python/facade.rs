//! What the Rust facade has and no spec says: waiters.
//!
//! The facade is built from generated code, so it cannot be asked while that is being generated. A test of
//! `crates/python` keeps this file true.

use crate::Error;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Where it is, below the workspace.
const PATH: &str = "crates/python/facade.json";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Facade(BTreeMap<String, Facts>);

/// What there is of a product.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Facts {
    pub waiters: Vec<Waiter>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Waiter {
    pub client: String,
    pub method: String,
    pub doc: String,
    pub arguments: Vec<Argument>,
    /// The structure that it gives; `[]` behind it for a list of them.
    pub gives: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Argument {
    pub name: String,
    pub kind: Kind,
    pub doc: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Text,
    Bool,
    Texts,
    Whole,
}

impl Facade {
    pub(super) fn read(root: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(root.join(PATH)).map_err(|error| Error::new(PATH, error))?;
        serde_json::from_str(&text).map_err(|error| Error::new(PATH, error))
    }

    /// Of a product; of a new one nothing is known until its facade has been built.
    pub(super) fn of(&self, product: &str) -> Option<&Facts> {
        self.0.get(product)
    }
}
