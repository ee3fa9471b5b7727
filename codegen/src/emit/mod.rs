//! Generators, one module for each language, with its templates in the same folder.

pub mod any;
pub mod c;
pub mod options;
pub mod python;
pub mod registrations;
pub mod rust;
mod waiters;
mod words;

use crate::Error;
use crate::Files;
use std::path::Path;
use wharf_spec::Catalog;

/// Returns the generated files of a workspace, in all languages.
///
/// # Errors
/// The errors of the languages' generators.
pub fn all(catalog: &Catalog, root: &Path) -> Result<Files, Error> {
    let mut files = rust::emit(catalog, root)?;
    files.extend(any::emit(catalog, root)?);
    files.extend(c::emit(catalog, root)?);
    files.extend(options::emit(catalog, root)?);
    files.extend(python::emit(catalog, root)?);
    files.extend(registrations::emit(catalog, root)?);
    Ok(files)
}
