//! The resolved model in other languages, one module each, its templates beside it.

pub mod c;
pub mod python;
pub mod registrations;
pub mod rust;

use crate::Error;
use crate::Files;
use std::path::Path;
use wharf_spec::file::Edition;
use wharf_spec::{Catalog, Operation};

/// What is generated in a workspace, in all languages.
///
/// # Errors
/// As those of the languages.
pub fn all(catalog: &Catalog, root: &Path) -> Result<Files, Error> {
    let mut files = rust::emit(catalog)?;
    files.extend(c::emit(catalog, root)?);
    files.extend(python::emit(catalog, root)?);
    files.extend(registrations::emit(catalog, root)?);
    Ok(files)
}

/// Which editions of the cloud have it, in a few words.
fn editions(editions: Option<&[Edition]>) -> Option<String> {
    Some(match editions? {
        [Edition::Private] => "private cloud only".to_owned(),
        [Edition::Public] => "public cloud only".to_owned(),
        _ => "private and public cloud".to_owned(),
    })
}

/// Whether a request that may have arrived is sent again, and why, in one sentence.
fn repeating(operation: &Operation) -> String {
    let spec = &operation.spec;
    match (spec.idempotent, spec.idempotent_reason.as_deref()) {
        (true, reason) => {
            format!("Is retried after every failure that may pass: {}.", reason.unwrap_or("it only reads"))
        }
        (false, reason) => {
            let reason = reason.unwrap_or("it changes something");
            format!("Is not retried once a request may have arrived: {reason}.")
        }
    }
}
