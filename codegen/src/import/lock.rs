//! `specs/imports.lock`: which packages are imported.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The file, below the workspace.
pub(super) const PATH: &str = "specs/imports.lock";

const HEAD: &str = "# The packages from which `cargo codegen import` takes facts of the public APIs. `output_sha256` and `operations` are\n# written by it.\n\n";

/// The imports.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lock {
    pub(super) import: Vec<Import>,
}

/// One version of a product, and the package that describes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    pub(super) product: String,
    pub(super) version: String,
    /// The script in `codegen/import/` that reads the package.
    pub(super) importer: String,
    /// The registry of the package.
    pub(super) registry: String,
    pub(super) package: String,
    pub(super) package_version: String,
    pub(super) wheel_sha256: String,
    /// What the script reads of the package.
    pub(super) members: Vec<String>,
    /// The operations that the package describes.
    #[serde(default)]
    pub(super) operations: usize,
    /// The digest of the files of `public/`, in the order of their names.
    #[serde(default)]
    pub(super) output_sha256: String,
}

impl Import {
    /// The package as `pip` takes it.
    pub(super) fn requirement(&self) -> String {
        format!("{}=={}", self.package, self.package_version)
    }

    /// The folder of its files, below the workspace.
    pub(super) fn folder(&self) -> String {
        format!("specs/{}/{}/public", self.product, self.version)
    }

    /// The decisions for it, below the workspace.
    pub(super) fn overrides(&self) -> String {
        format!("specs/{}/{}/overrides.json", self.product, self.version)
    }
}

impl Lock {
    pub(super) fn read(root: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(root.join(PATH)).map_err(|error| Error::new(PATH, error))?;
        toml::from_str(&text).map_err(|error| Error::new(PATH, error))
    }

    pub(super) fn write(&self, root: &Path) -> Result<(), Error> {
        let text = toml::to_string(self).map_err(|error| Error::new(PATH, error))?;
        fs::write(root.join(PATH), format!("{HEAD}{text}")).map_err(|error| Error::new(PATH, error))
    }
}
