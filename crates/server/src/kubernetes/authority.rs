//! The authority of the clusters' API servers, and the certificates that it issues.

use super::{ClusterKey, User};
use crate::error::StartError;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, version};

/// The authority. Its key is in memory alone.
pub(super) struct Authority {
    root: String,
    issuer: Issuer<'static, KeyPair>,
    acceptor: TlsAcceptor,
    /// Client certificates in DER, each for one cluster and one user.
    issued: Mutex<HashMap<Vec<u8>, (ClusterKey, User)>>,
}

impl Authority {
    /// Makes the authority and the certificate of the ports of that interface.
    pub(super) fn new(interface: IpAddr) -> Result<Self, StartError> {
        let failed = |error: rcgen::Error| StartError::Tls(error.to_string());
        let mut authority = CertificateParams::new(Vec::<String>::new()).map_err(failed)?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        authority.distinguished_name.push(DnType::CommonName, "wharf-server kubernetes authority");
        let key = KeyPair::generate().map_err(failed)?;
        let root = authority.self_signed(&key).map_err(failed)?;
        let issuer = Issuer::new(authority, key);

        let names = vec!["localhost".to_owned(), interface.to_string()];
        let mut leaf = CertificateParams::new(names).map_err(failed)?;
        leaf.distinguished_name.push(DnType::CommonName, "kube-apiserver");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let leaf_key = KeyPair::generate().map_err(failed)?;
        let certificate = leaf.signed_by(&leaf_key, &issuer).map_err(failed)?;

        let tls = |error: &dyn std::fmt::Display| StartError::Tls(error.to_string());
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(root.der().clone()).map_err(|error| tls(&error))?;
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .allow_unauthenticated()
            .build()
            .map_err(|error| tls(&error))?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map(|builder| builder.with_client_cert_verifier(clients))
            .and_then(|builder| builder.with_single_cert(vec![certificate.der().clone()], key))
            .map_err(|error| tls(&error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Self { root: root.pem(), issuer, acceptor, issued: Mutex::default() })
    }

    /// The certificate of the authority, in PEM.
    pub(super) fn root(&self) -> &str {
        &self.root
    }

    /// What accepts TLS connections. A client certificate is optional; one of another authority is refused.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// Issues a client certificate for one cluster and its key, in PEM.
    pub(super) fn issue(&self, cluster: &ClusterKey, user: User) -> Result<(String, String), rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut parameters = CertificateParams::new(Vec::<String>::new())?;
        for group in &user.groups {
            parameters.distinguished_name.push(DnType::OrganizationName, group.as_str());
        }
        parameters.distinguished_name.push(DnType::CommonName, user.name.as_str());
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        parameters.use_authority_key_identifier_extension = true;
        let certificate = parameters.signed_by(&key, &self.issuer)?;
        let pem = certificate.pem();
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.insert(certificate.der().to_vec(), (cluster.clone(), user));
        Ok((pem, key.serialize_pem()))
    }

    /// The user of a client certificate, if it was issued for that cluster.
    pub(super) fn user(&self, certificate: &[u8], cluster: &ClusterKey) -> Option<User> {
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.get(certificate).filter(|(of, _)| of == cluster).map(|(_, user)| user.clone())
    }
}
