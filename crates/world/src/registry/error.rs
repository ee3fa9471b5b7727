//! What a registry refuses. A product gives each the code its documents use.

use super::{InstanceState, Quota};

/// Why a registry did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// A value that is needed is missing or empty: the field.
    #[error("`{0}` is missing or empty")]
    Missing(&'static str),
    /// A value that no registry takes: the field, and what it takes.
    #[error("`{0}` {1}")]
    Invalid(&'static str, String),
    /// The account has not opened the personal edition.
    #[error("account {0} has no user of the personal edition; create it with a password first")]
    NoUser(String),
    /// The account has opened it already.
    #[error("account {0} already has a user of the personal edition")]
    UserExists(String),
    /// The namespace is taken, by whomever.
    #[error("namespace `{0}` is taken; names are unique over all accounts")]
    NamespaceExists(String),
    /// The name is kept for the vendor.
    #[error("namespace `{0}` is reserved")]
    NamespaceReserved(String),
    /// No such namespace.
    #[error("namespace `{0}` does not exist")]
    NoNamespace(String),
    /// The namespace belongs to another account.
    #[error("namespace `{0}` belongs to another account")]
    ForeignNamespace(String),
    /// The repository is there already.
    #[error("repository `{0}` already exists")]
    RepositoryExists(String),
    /// No such repository.
    #[error("repository `{0}` does not exist")]
    NoRepository(String),
    /// The repository is in a namespace of another account, and not public or not to be changed.
    #[error("repository `{0}` belongs to another account")]
    ForeignRepository(String),
    /// The image is to go where the account may not write: the destination.
    #[error("`{0}` is not in a namespace of this account")]
    ForeignDestination(String),
    /// A new repository is not in a namespace of the account.
    #[error("repository `{0}` is not in a namespace of this account; create the namespace first")]
    NamespaceMismatch(String),
    /// No such tag: repository and tags.
    #[error("repository `{0}` has no tag {1}")]
    NoTag(String, String),
    /// A trigger of that name is there already.
    #[error("trigger `{0}` already exists")]
    TriggerExists(String),
    /// No such trigger.
    #[error("trigger `{0}` does not exist")]
    NoTrigger(String),
    /// The account has as many as it may: of what, and how many that is.
    #[error("the quota of {limit} {} is used up", .0.plural(), limit = .1)]
    OverQuota(Quota, u64),
    /// No such enterprise instance.
    #[error("instance {0} does not exist")]
    NoInstance(String),
    /// The name of an enterprise instance is taken.
    #[error("an instance named `{0}` already exists")]
    InstanceExists(String),
    /// No such thing in an enterprise instance: what, and its name.
    #[error("{0} `{1}` does not exist")]
    NotFound(&'static str, String),
    /// It is there already, in an enterprise instance: what, and its name.
    #[error("{0} `{1}` already exists")]
    Exists(&'static str, String),
    /// It cannot be changed or deleted as it is: why.
    #[error("{0}")]
    Precondition(String),
    /// An enterprise instance has as many as its edition allows: of what, and how many that is.
    #[error("the instance has {1} {0}, which is the most of its edition")]
    EditionLimit(&'static str, usize),
    /// The enterprise instance is not ready for that: instance and state.
    #[error("instance {0} is {1}, not Running")]
    InstanceNotRunning(String, InstanceState),
}
