//! Certificate authorities of the server's own, made at run time, and the certificates that they sign.

use crate::error::StartError;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, Error, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::fmt::Display;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::{NoClientAuth, WebPkiClientVerifier, danger::ClientCertVerifier};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, version};

/// An authority. Its key is in memory alone.
pub(crate) struct Authority {
    root: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Makes an authority of that name.
    pub(crate) fn new(name: &str) -> Result<Self, Error> {
        let mut authority = CertificateParams::new(Vec::<String>::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        authority.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate()?;
        let root = authority.self_signed(&key)?;
        Ok(Self { root, issuer: Issuer::new(authority, key) })
    }

    /// The certificate of the authority, in PEM.
    pub(crate) fn root(&self) -> String {
        self.root.pem()
    }

    /// Signs a certificate of a new key. `subject` has what the certificate is for, `hosts` the names of a server.
    pub(crate) fn sign<'a>(
        &self,
        subject: impl IntoIterator<Item = (DnType, &'a str)>,
        hosts: &[String],
        purpose: ExtendedKeyUsagePurpose,
    ) -> Result<(Certificate, KeyPair), Error> {
        let mut leaf = CertificateParams::new(hosts.to_vec())?;
        for (part, text) in subject {
            leaf.distinguished_name.push(part, text);
        }
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![purpose];
        leaf.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        Ok((leaf.signed_by(&key, &self.issuer)?, key))
    }

    /// What accepts TLS connections to a server of those names, and the server's certificate. If `knows_clients`, a client may
    /// have a certificate of the authority, and one of another authority is refused.
    pub(crate) fn acceptor(
        &self,
        name: &str,
        hosts: &[String],
        knows_clients: bool,
    ) -> Result<(TlsAcceptor, Certificate), StartError> {
        let failed = |error: &dyn Display| StartError::Tls(error.to_string());
        let signed = self.sign([(DnType::CommonName, name)], hosts, ExtendedKeyUsagePurpose::ServerAuth);
        let (certificate, key) = signed.map_err(|error| failed(&error))?;
        let provider = Arc::new(ring::default_provider());
        let clients: Arc<dyn ClientCertVerifier> = if knows_clients {
            let mut roots = RootCertStore::empty();
            roots.add(self.root.der().clone()).map_err(|error| failed(&error))?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
            verifier.allow_unauthenticated().build().map_err(|error| failed(&error))?
        } else {
            Arc::new(NoClientAuth)
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map(|builder| builder.with_client_cert_verifier(clients))
            .and_then(|builder| builder.with_single_cert(vec![certificate.der().clone()], key))
            .map_err(|error| failed(&error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok((TlsAcceptor::from(Arc::new(config)), certificate))
    }
}
