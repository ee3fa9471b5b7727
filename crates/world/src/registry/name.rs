//! Names of namespaces, repositories and tags, which together make an image's address.

use super::RegistryError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest full repository name.
const LONGEST_NAME: usize = 255;
/// The longest tag.
const LONGEST_TAG: usize = 128;
/// What a part of a repository's name looks like, in words.
const COMPONENT: &str = "takes lower-case letters and digits, joined by single `.` or `_`, `__`, or any number of `-`";

/// A repository's full name, `namespace/name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepositoryName {
    namespace: String,
    name: String,
}

impl RepositoryName {
    /// Splits a full name. `None` when it is not a namespace and a name: neither may hold a slash.
    pub fn parse(full: &str) -> Option<Self> {
        let (namespace, name) = full.split_once('/')?;
        if namespace.is_empty() || name.is_empty() || name.contains('/') {
            return None;
        }
        Some(Self { namespace: namespace.to_owned(), name: name.to_owned() })
    }

    /// Splits the full name of a new repository, and checks it.
    pub fn checked(full: &str) -> Result<Self, RegistryError> {
        let name = Self::parse(full).ok_or_else(|| {
            RegistryError::Invalid("RepoName", format!("must be `namespace/name` with exactly one slash, not `{full}`"))
        })?;
        if full.len() > LONGEST_NAME {
            return Err(RegistryError::Invalid("RepoName", format!("is longer than {LONGEST_NAME} characters")));
        }
        if is_component(&name.name) {
            Ok(name)
        } else {
            Err(RegistryError::Invalid("RepoName", format!("{COMPONENT}, after the slash")))
        }
    }

    /// Checks the path of a repository of an enterprise instance: a namespace, and a name that may have several parts.
    pub fn check_path(path: &str) -> Result<(), RegistryError> {
        if path.len() > LONGEST_NAME {
            return Err(RegistryError::Invalid("RepositoryName", format!("is longer than {LONGEST_NAME} characters")));
        }
        let parts = path.split('/');
        if parts.clone().count() < 2 {
            return Err(RegistryError::Invalid("RepositoryName", "must have a namespace and a name".to_owned()));
        }
        match parts.into_iter().all(is_component) {
            true => Ok(()),
            false => Err(RegistryError::Invalid("RepositoryName", format!("{COMPONENT}, in each part"))),
        }
    }

    /// The namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name inside the namespace.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// Checks the name of a new namespace.
pub(super) fn check_namespace(name: &str) -> Result<(), RegistryError> {
    if name.contains('/') {
        return Err(RegistryError::Invalid("Namespace", "may not contain a slash".to_owned()));
    }
    if name.len() >= LONGEST_NAME {
        return Err(RegistryError::Invalid("Namespace", format!("is longer than {} characters", LONGEST_NAME - 1)));
    }
    if is_component(name) { Ok(()) } else { Err(RegistryError::Invalid("Namespace", COMPONENT.to_owned())) }
}

/// Checks a new tag.
pub(super) fn check_tag(field: &'static str, tag: &str) -> Result<(), RegistryError> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if tag.is_empty() || tag.len() > LONGEST_TAG || tag.starts_with(['.', '-']) || !tag.chars().all(legal) {
        let takes = format!(
            "takes a tag of 1 to {LONGEST_TAG} letters, digits, `_`, `.` and `-`, not beginning with `.` or `-`"
        );
        return Err(RegistryError::Invalid(field, takes));
    }
    Ok(())
}

/// Splits `namespace/name:tag`.
pub(super) fn split_image(field: &'static str, image: &str) -> Result<(RepositoryName, String), RegistryError> {
    image
        .split_once(':')
        .and_then(|(repository, tag)| Some((RepositoryName::parse(repository)?, tag.to_owned())))
        .ok_or_else(|| {
            RegistryError::Invalid(field, format!("must be `namespace/name:tag` without the domain, not `{image}`"))
        })
}

/// Letters and digits in runs, with a separator between two runs.
fn is_component(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators: Vec<&str> = text.split(is_letter).filter(|separator| !separator.is_empty()).collect();
    text.starts_with(is_letter)
        && text.ends_with(is_letter)
        && separators.iter().all(|s| matches!(*s, "." | "_" | "__") || s.chars().all(|c| c == '-'))
}

#[cfg(test)]
mod tests;
