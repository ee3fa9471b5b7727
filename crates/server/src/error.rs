//! Why a server does not start.

use std::fmt;
use wharf_spec::Problems;

/// Why a server does not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// A setting is wrong.
    Setting(String),
    /// The embedded specs break their rules.
    Specs(Problems),
    /// The certificates could not be made.
    Tls(String),
    /// The socket could not be opened.
    Listen(std::io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(message) => f.write_str(message),
            Self::Specs(problems) => write!(f, "the specs are broken: {problems}"),
            Self::Tls(message) => write!(f, "no certificate: {message}"),
            Self::Listen(error) => write!(f, "cannot listen: {error}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Specs(problems) => Some(problems),
            Self::Listen(error) => Some(error),
            Self::Setting(_) | Self::Tls(_) => None,
        }
    }
}
