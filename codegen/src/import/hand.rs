//! The hand-written files of one version of a product.

use super::lock::Import;
use crate::Error;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use wharf_spec::file::{self, Field, Protocol};
use wharf_spec::naming;

/// What the hand-written files describe.
#[derive(Debug)]
pub(super) struct Hand {
    pub(super) protocol: Protocol,
    pub(super) operations: BTreeMap<String, file::Operation>,
    pub(super) shapes: BTreeMap<String, file::Shape>,
    pub(super) enums: BTreeSet<String>,
    /// The codes and their aliases.
    pub(super) errors: BTreeMap<String, String>,
    /// The names of the codes in Rust and C.
    pub(super) error_names: BTreeSet<String>,
    /// The structures that requests hold.
    pub(super) in_input: BTreeSet<String>,
}

impl Hand {
    pub(super) fn read(root: &Path, import: &Import) -> Result<Self, Error> {
        let mut hand = Self {
            protocol: if import.importer == "tencent" { Protocol::TencentV3 } else { Protocol::Rest },
            operations: BTreeMap::new(),
            shapes: BTreeMap::new(),
            enums: BTreeSet::new(),
            errors: BTreeMap::new(),
            error_names: BTreeSet::new(),
            in_input: BTreeSet::new(),
        };
        let folder = root.join(format!("specs/{}/{}", import.product, import.version));
        let listed = fs::read_dir(&folder).map_err(|error| Error::new(folder.display(), error))?;
        let mut paths: Vec<_> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
        paths.sort();
        for path in paths {
            let failed = |error: &dyn std::fmt::Display| Error::new(path.display(), error);
            let text = fs::read_to_string(&path).map_err(|error| failed(&error))?;
            let value: Value = serde_json::from_str(&text).map_err(|error| failed(&error))?;
            if value.get("operations").is_some() {
                let file: file::OperationsFile = serde_json::from_str(&text).map_err(|error| failed(&error))?;
                hand.protocol = file.protocol;
                hand.operations.extend(file.operations.0);
            } else if value.get("shapes").is_some() {
                let file: file::ShapesFile = serde_json::from_str(&text).map_err(|error| failed(&error))?;
                hand.shapes.extend(file.shapes.0);
                hand.enums.extend(file.enums.0.into_iter().map(|(name, _)| name));
            } else if value.get("errors").is_some() {
                let file: file::ErrorsFile = serde_json::from_str(&text).map_err(|error| failed(&error))?;
                for (code, spec) in file.errors.0 {
                    hand.error_names.insert(naming::code(spec.rename.as_ref().unwrap_or(&code)));
                    hand.errors.extend(spec.aliases.iter().map(|alias| (alias.clone(), code.clone())));
                    hand.errors.insert(code.clone(), code);
                }
            }
        }
        let inputs: Vec<Field> = hand.operations.values().flat_map(|operation| operation.input.clone()).collect();
        hand.hold(&inputs);
        Ok(hand)
    }

    fn hold(&mut self, fields: &[Field]) {
        for field in fields {
            if let Some(name) = field.ty.shape()
                && let Some(shape) = self.shapes.get(name)
                && self.in_input.insert(name.to_owned())
            {
                let fields = shape.fields.clone();
                self.hold(&fields);
            }
        }
    }
}
