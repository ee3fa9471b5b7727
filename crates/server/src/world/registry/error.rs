//! What a registry refuses. A product gives each the code its documents use.

use super::{InstanceState, Quota};
use std::fmt;

/// Why a registry did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistryError {
    /// A value that is needed is missing or empty: the field.
    Missing(&'static str),
    /// A value that no registry takes: the field, and what it takes.
    Invalid(&'static str, String),
    /// The account has not opened the personal edition.
    NoUser(String),
    /// The account has opened it already.
    UserExists(String),
    /// The namespace is taken, by whomever.
    NamespaceExists(String),
    /// The name is kept for the vendor.
    NamespaceReserved(String),
    /// No such namespace.
    NoNamespace(String),
    /// The namespace belongs to another account.
    ForeignNamespace(String),
    /// The repository is there already.
    RepositoryExists(String),
    /// No such repository.
    NoRepository(String),
    /// The repository is in a namespace of another account, and not public or not to be changed.
    ForeignRepository(String),
    /// The image is to go where the account may not write: the destination.
    ForeignDestination(String),
    /// A new repository is not in a namespace of the account.
    NamespaceMismatch(String),
    /// No such tag: repository and tags.
    NoTag(String, String),
    /// A trigger of that name is there already.
    TriggerExists(String),
    /// No such trigger.
    NoTrigger(String),
    /// The account has as many as it may: of what, and how many that is.
    OverQuota(Quota, u64),
    /// No such enterprise instance.
    NoInstance(String),
    /// The name of an enterprise instance is taken.
    InstanceExists(String),
    /// The enterprise instance is not ready for that: instance and state.
    InstanceNotRunning(String, InstanceState),
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(field) => write!(f, "`{field}` is missing or empty"),
            Self::Invalid(field, takes) => write!(f, "`{field}` {takes}"),
            Self::NoUser(account) => {
                write!(f, "account {account} has no user of the personal edition; create it with a password first")
            }
            Self::UserExists(account) => write!(f, "account {account} already has a user of the personal edition"),
            Self::NamespaceExists(name) => {
                write!(f, "namespace `{name}` is taken; names are unique over all accounts")
            }
            Self::NamespaceReserved(name) => write!(f, "namespace `{name}` is reserved"),
            Self::NoNamespace(name) => write!(f, "namespace `{name}` does not exist"),
            Self::ForeignNamespace(name) => write!(f, "namespace `{name}` belongs to another account"),
            Self::RepositoryExists(name) => write!(f, "repository `{name}` already exists"),
            Self::NoRepository(name) => write!(f, "repository `{name}` does not exist"),
            Self::ForeignRepository(name) => write!(f, "repository `{name}` belongs to another account"),
            Self::ForeignDestination(name) => write!(f, "`{name}` is not in a namespace of this account"),
            Self::NamespaceMismatch(name) => {
                write!(f, "repository `{name}` is not in a namespace of this account; create the namespace first")
            }
            Self::NoTag(repository, tags) => write!(f, "repository `{repository}` has no tag {tags}"),
            Self::TriggerExists(name) => write!(f, "trigger `{name}` already exists"),
            Self::NoTrigger(name) => write!(f, "trigger `{name}` does not exist"),
            Self::OverQuota(quota, limit) => write!(f, "the quota of {limit} {} is used up", quota.plural()),
            Self::NoInstance(id) => write!(f, "instance {id} does not exist"),
            Self::InstanceExists(name) => write!(f, "an instance named `{name}` already exists"),
            Self::InstanceNotRunning(id, state) => write!(f, "instance {id} is {state}, not Running"),
        }
    }
}

impl std::error::Error for RegistryError {}
