//! Trusted certificates: the system's, and those that the caller adds.

use super::parsed::Parsed;
use crate::error::Error;
use crate::model::Secret;
use rustls::client::WantsClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ConfigBuilder, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;
use std::sync::{Arc, LazyLock, OnceLock};

/// Certificates of a client.
pub(super) struct Trust<'a> {
    /// Certificates of authorities, as PEM texts.
    pub(super) root_certificates: &'a [Vec<u8>],
    /// Whether the system's certificates are not trusted.
    pub(super) only: bool,
    /// Whether every certificate is accepted.
    pub(super) accept_invalid: bool,
    /// Certificate of the client and its key.
    pub(super) client: Option<&'a (Secret, Secret)>,
}

/// Provider of this build, and the system's certificates. Reading and parsing them takes milliseconds, so a process does
/// it once.
static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(provider()));
static SYSTEM: OnceLock<Arc<Verifier>> = OnceLock::new();
/// Verifiers with the system's certificates and those that callers added.
static VERIFIERS: Parsed<Verifier> = Parsed::new();
/// Certificates that callers trust alone.
static STORES: Parsed<RootCertStore> = Parsed::new();

/// Returns the verifier with the system's certificates alone. A failure is not kept: they may be installed later.
fn system() -> Result<Arc<Verifier>, rustls::Error> {
    if let Some(verifier) = SYSTEM.get() {
        return Ok(Arc::clone(verifier));
    }
    let verifier = Arc::new(Verifier::new(Arc::clone(&PROVIDER))?);
    Ok(Arc::clone(SYSTEM.get_or_init(|| verifier)))
}

/// Returns the TLS settings of a client. The process's default provider is neither used nor set.
pub(super) fn config(trust: &Trust<'_>) -> Result<ClientConfig, Error> {
    let provider = Arc::clone(&PROVIDER);
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::configuration("transport", format!("cannot set TLS up: {error}")))?;
    let pems = trust.root_certificates;
    let builder = if trust.accept_invalid {
        certificates(pems)?;
        builder.dangerous().with_custom_certificate_verifier(Arc::new(AcceptAll { provider }))
    } else if trust.only {
        builder.with_root_certificates(match STORES.find(pems) {
            Some(store) => store,
            None => {
                let mut store = RootCertStore::empty();
                store.add_parsable_certificates(certificates(pems)?);
                STORES.keep(pems, store)
            }
        })
    } else {
        let verifier = match (pems, VERIFIERS.find(pems)) {
            ([], _) => system(),
            (_, Some(verifier)) => Ok(verifier),
            (_, None) => {
                let extra = certificates(pems)?;
                Verifier::new_with_extra_roots(extra, provider).map(|verifier| VERIFIERS.keep(pems, verifier))
            }
        };
        match verifier {
            Ok(verifier) => builder.dangerous().with_custom_certificate_verifier(verifier),
            Err(error) => {
                // A slim container has none, and may not need any, for example with plain HTTP on loopback.
                tracing::warn!(%error, "no trusted certificates on this system: every TLS connection will be refused");
                builder.with_root_certificates(RootCertStore::empty())
            }
        }
    };
    match trust.client {
        Some((certificate, key)) => identified(builder, certificate, key),
        None => Ok(builder.with_no_client_auth()),
    }
}

/// Adds the certificate of the client.
fn identified(
    builder: ConfigBuilder<ClientConfig, WantsClientCert>,
    certificate: &Secret,
    key: &Secret,
) -> Result<ClientConfig, Error> {
    // Causes could quote the key.
    let wrong = |reason: &str| Error::configuration("client_certificate", reason);
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate.expose().as_bytes()).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| wrong("is not a certificate in PEM"))?;
    let key = PrivateKeyDer::from_pem_slice(key.expose().as_bytes());
    let key = key.map_err(|_| wrong("has a key that is not a private key in PEM"))?;
    builder.with_client_auth_cert(chain, key).map_err(|_| wrong("and its key do not belong together"))
}

#[cfg(feature = "rustls-ring")]
fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

#[cfg(all(feature = "rustls-aws-lc-rs", not(feature = "rustls-ring")))]
fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

fn certificates(pems: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut all = Vec::new();
    for pem in pems {
        let wrong = || super::not_pem(pem);
        let before = all.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| wrong())?;
            RootCertStore::empty().add(certificate.clone()).map_err(|_| wrong())?;
            all.push(certificate);
        }
        if all.len() == before {
            return Err(wrong());
        }
    }
    Ok(all)
}

/// Accepts every certificate whose key signs the handshake.
#[derive(Debug)]
struct AcceptAll {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AcceptAll {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
