//! Code generation from specs.
//!
//! `wharf-spec` reads and checks the specs; [`emit`] turns the resolved model into files with the templates in its
//! folders; [`tree`] writes them or compares them with the files on disk; [`inventory`] prints the model as JSON for
//! other tools. [`import`] writes the specs of the public APIs from the vendors' packages.

pub mod emit;
pub mod import;
pub mod inventory;
pub mod tree;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Generated files by their path below the workspace.
pub type Files = BTreeMap<PathBuf, String>;

/// Error of the generator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl Error {
    fn new(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self(format!("{what}: {why}"))
    }
}

impl From<wharf_spec::Problems> for Error {
    fn from(problems: wharf_spec::Problems) -> Self {
        Self(problems.to_string())
    }
}
