//! The certificate of a client.

use crate::error::Error;
use crate::model::Secret;
use std::path::Path;

/// Certificate by which servers identify a client (mutual TLS), with its private key.
///
/// With the feature `native-tls`, the key must be in PKCS#8 (`BEGIN PRIVATE KEY`). With rustls it may also be in PKCS#1
/// (`BEGIN RSA PRIVATE KEY`) or SEC1 (`BEGIN EC PRIVATE KEY`). Keys with a passphrase are not supported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    certificate: Secret,
    key: Secret,
}

impl ClientCertificate {
    /// Returns a client certificate from PEM texts: the certificate, followed by those between it and its authority, and
    /// the key. They are checked when the connection is built.
    pub fn new(certificate: impl Into<Secret>, key: impl Into<Secret>) -> Self {
        Self { certificate: certificate.into(), key: key.into() }
    }

    /// Reads the PEM texts from files. Both paths may be the same.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming `client_certificate` if a file cannot be read.
    pub fn from_files(certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, Error> {
        let read = |path: &Path| {
            let wrong = |error| Error::configuration("client_certificate", format!("{path:?}: {error}"));
            std::fs::read_to_string(path).map(Secret::from).map_err(wrong)
        };
        Ok(Self { certificate: read(certificate.as_ref())?, key: read(key.as_ref())? })
    }

    /// Returns the PEM text of the certificate.
    pub fn certificate(&self) -> &Secret {
        &self.certificate
    }

    /// Returns the PEM text of the key.
    pub fn key(&self) -> &Secret {
        &self.key
    }
}
