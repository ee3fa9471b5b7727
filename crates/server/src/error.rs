//! Why a server does not start.

use crate::access::PolicyError;
use std::path::PathBuf;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A setting is wrong.
    #[error("{0}")]
    Setting(String),
    /// A policy of a sub-account cannot be used.
    #[error("sub-account {sub_account:?}, policy {policy}: {error}")]
    Policy {
        /// The name of the sub-account.
        sub_account: String,
        /// Which of its policies, counted from 0.
        policy: usize,
        /// What is wrong with it, and where.
        #[source]
        error: PolicyError,
    },
    /// The file of the journal cannot be opened.
    #[error("the journal file {path:?} cannot be opened: {error}")]
    Journal {
        /// The path of the file.
        path: PathBuf,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// The world file cannot be read or used.
    #[error("the world cannot be loaded: {0}")]
    World(#[source] crate::Problem),
    /// The certificates could not be made.
    #[error("no certificate: {0}")]
    Tls(String),
    /// The socket could not be opened.
    #[error("cannot listen: {0}")]
    Listen(#[source] std::io::Error),
}
