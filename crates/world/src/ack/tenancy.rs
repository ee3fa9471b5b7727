//! Who an object belongs to inside of an account: an organization and, perhaps, one of its resource sets.

use serde::{Deserialize, Serialize};

/// The organization of requests that name none: the account's own.
pub const OWN_ORGANIZATION: &str = "1";

/// Under which organization and resource set a call is made, or an object was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// Identifier of the organization.
    pub organization: String,
    /// Identifier of the resource set; none is a place of its own, outside of all sets.
    pub group: Option<String>,
}

impl Default for Owner {
    fn default() -> Self {
        Self { organization: OWN_ORGANIZATION.to_owned(), group: None }
    }
}

impl Owner {
    /// Whether a call made under this owner sees what belongs to the other: a call without a resource set sees all
    /// of its organization.
    pub fn sees(&self, other: &Self) -> bool {
        let set = |group: &String| other.group.as_ref() == Some(group);
        self.organization == other.organization && self.group.as_ref().is_none_or(set)
    }
}

#[cfg(test)]
mod tests;
