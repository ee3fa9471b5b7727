//! The resolved model in other languages, one module each, its templates beside it.

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

/// What is generated in a workspace, in all languages.
///
/// # Errors
/// As those of the languages.
pub fn all(catalog: &Catalog, root: &Path) -> Result<Files, Error> {
    let mut files = rust::emit(catalog)?;
    files.extend(any::emit(catalog, root)?);
    files.extend(c::emit(catalog, root)?);
    files.extend(options::emit(catalog, root)?);
    files.extend(python::emit(catalog, root)?);
    files.extend(registrations::emit(catalog, root)?);
    Ok(files)
}
