//! The certificates of the clusters' API servers and of their clients.

use super::{ClusterKey, User};
use crate::authority::Authority;
use crate::error::StartError;
use rcgen::{DnType, Error, ExtendedKeyUsagePurpose};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use tokio_rustls::TlsAcceptor;

/// The authority of all API servers, and what it has signed.
pub(super) struct Certificates {
    authority: Authority,
    acceptor: TlsAcceptor,
    /// Client certificates in DER, each for one cluster and one user.
    issued: Mutex<HashMap<Vec<u8>, (ClusterKey, User)>>,
    /// The certificates and keys that users get again, by cluster and name.
    lasting: Mutex<HashMap<(ClusterKey, String), (String, String)>>,
}

impl Certificates {
    /// Makes the authority, and the certificate of the ports of that interface.
    pub(super) fn new(interface: IpAddr) -> Result<Self, StartError> {
        let authority = Authority::new("wharf-server kubernetes authority");
        let authority = authority.map_err(|error| StartError::Tls(error.to_string()))?;
        let hosts = ["localhost".to_owned(), interface.to_string()];
        let (acceptor, _) = authority.acceptor("kube-apiserver", &hosts, true)?;
        Ok(Self { authority, acceptor, issued: Mutex::default(), lasting: Mutex::default() })
    }

    /// The certificate of the authority, in PEM.
    pub(super) fn root(&self) -> String {
        self.authority.root()
    }

    /// What accepts TLS connections.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// Issues a client certificate for one cluster, and returns it and its key, in PEM.
    pub(super) fn issue(&self, cluster: &ClusterKey, user: User) -> Result<(String, String), Error> {
        let groups = user.groups.iter().map(|group| (DnType::OrganizationName, group.as_str()));
        let subject = groups.chain([(DnType::CommonName, user.name.as_str())]);
        let (certificate, key) = self.authority.sign(subject, &[], ExtendedKeyUsagePurpose::ClientAuth)?;
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.insert(certificate.der().to_vec(), (cluster.clone(), user));
        Ok((certificate.pem(), key.serialize_pem()))
    }

    /// The client certificate of a user and its key, in PEM: issued once.
    pub(super) fn lasting(&self, cluster: &ClusterKey, user: User) -> Result<(String, String), Error> {
        let mut lasting = self.lasting.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (cluster.clone(), user.name.clone());
        if let Some(pair) = lasting.get(&place) {
            return Ok(pair.clone());
        }
        let pair = self.issue(cluster, user)?;
        lasting.insert(place, pair.clone());
        Ok(pair)
    }

    /// Revokes the client certificates of a cluster: new connections with them have no user.
    pub(super) fn revoke(&self, cluster: &ClusterKey) {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, (of, _)| of != cluster);
        self.lasting.lock().unwrap_or_else(PoisonError::into_inner).retain(|(of, _), _| of != cluster);
    }

    /// The user of a client certificate, if it was issued for that cluster.
    pub(super) fn user(&self, certificate: &[u8], cluster: &ClusterKey) -> Option<User> {
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.get(certificate).filter(|(of, _)| of == cluster).map(|(_, user)| user.clone())
    }
}

#[cfg(test)]
mod tests;
