//! What the Rust facade has and no spec says: options.
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
    /// The clients by the service that the specs call them; an empty one is the connection itself.
    pub clients: BTreeMap<String, String>,
    /// The names of a connection's options.
    pub options: Vec<String>,
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
