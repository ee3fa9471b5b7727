//! Why a server does not start.

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A setting is wrong.
    #[error("{0}")]
    Setting(String),
    /// The certificates could not be made.
    #[error("no certificate: {0}")]
    Tls(String),
    /// The socket could not be opened.
    #[error("cannot listen: {0}")]
    Listen(#[source] std::io::Error),
}
