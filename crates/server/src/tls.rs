//! TLS of the server's socket: an authority made at start, and the certificate it signs.

use crate::authority::Authority;
use crate::error::StartError;
use tokio_rustls::TlsAcceptor;

/// Certificates in PEM, and what accepts TLS connections with them.
pub(crate) struct Tls {
    pub(crate) root: String,
    pub(crate) certificate: String,
    pub(crate) acceptor: TlsAcceptor,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Tls {
    /// Makes both for the names by which the server is reached.
    pub(crate) fn new(names: &[String]) -> Result<Self, StartError> {
        let authority = Authority::new("wharf-server test authority");
        let authority = authority.map_err(|error| StartError::Tls(error.to_string()))?;
        let (acceptor, certificate) = authority.acceptor("wharf-server", names, false)?;
        Ok(Self { root: authority.root(), certificate: certificate.pem(), acceptor })
    }
}
