//! The Kubernetes API of clusters, and their kubeconfigs, for products whose name is known only at run time.

use super::Connection;
#[cfg(feature = "tcr")]
use crate::DockerConfig;
use crate::{Error, ErrorKind, Kubeconfig, KubeconfigProvider, Kubernetes};
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Maximum number of clusters whose connections are stored.
const MAX_CLUSTERS: usize = 100;

/// Connections to clusters, which clones of a connection share.
pub(super) type Clusters = Arc<Mutex<BTreeMap<String, Kubernetes>>>;

/// A request to the Kubernetes API of a cluster.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct KubernetesRequest {
    /// Method, such as `GET`.
    pub method: String,
    /// Path and query, such as `/api/v1/pods?limit=10`.
    pub path: String,
    /// Body, if there is one.
    pub body: Option<Bytes>,
    /// Media type of the body. JSON by default; patches have types of their own.
    pub content_type: Option<String>,
    /// Media types of the response that are accepted. JSON by default.
    pub accept: Option<String>,
}

impl KubernetesRequest {
    /// Returns a request without a body.
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self { method: method.into(), path: path.into(), ..Self::default() }
    }

    fn into_http(self) -> Result<http::Request<Bytes>, Error> {
        let method = http::Method::from_bytes(self.method.as_bytes())
            .map_err(|_| Error::invalid_input("method", "is not a method of HTTP"))?;
        let path: http::uri::PathAndQuery = Some(&self.path)
            .filter(|path| path.starts_with('/'))
            .and_then(|path| path.parse().ok())
            .ok_or_else(|| Error::invalid_input("path", "is not a path with a slash at its start, with its escapes"))?;
        const JSON: &str = "application/json";
        let types = [
            (ACCEPT, "accept", Some(self.accept.unwrap_or_else(|| JSON.to_owned()))),
            (CONTENT_TYPE, "content_type", self.content_type.or_else(|| self.body.as_ref().map(|_| JSON.to_owned()))),
        ];
        let mut request = http::Request::new(self.body.unwrap_or_default());
        (*request.method_mut(), *request.uri_mut()) = (method, path.into());
        for (header, field, value) in types {
            let Some(value) = value else { continue };
            let value = value.parse().map_err(|_| Error::invalid_input(field, "is not a value of a header"))?;
            request.headers_mut().insert(header, value);
        }
        Ok(request)
    }
}

impl Connection {
    /// Returns the client of the Kubernetes API of a cluster. Clones of this connection share it.
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported) if the product has no Kubernetes clusters.
    pub fn kubernetes(&self, cluster: &str) -> Result<Kubernetes, Error> {
        let mut clusters = self.clusters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = clusters.get(cluster) {
            return Ok(known.clone());
        }
        let connection = self.connection.clone();
        let made = match self.product() {
            #[cfg(feature = "tke")]
            "tke" => crate::tke::Connection::from(connection).kubernetes(cluster),
            #[cfg(feature = "cce")]
            "cce" => crate::cce::Connection::from(connection).kubernetes(cluster),
            #[cfg(feature = "ack")]
            "ack" => crate::ack::Connection::from(connection).kubernetes(cluster),
            _ => return Err(self.without_clusters()),
        };
        if clusters.len() >= MAX_CLUSTERS {
            clusters.clear();
        }
        clusters.insert(cluster.to_owned(), made.clone());
        Ok(made)
    }

    /// Sends a request to the Kubernetes API of a cluster. Returns the complete response, whatever its status.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) naming the part of the request that is wrong; those of
    /// [`Kubernetes::send`].
    pub async fn kubernetes_request(
        &self,
        cluster: &str,
        request: KubernetesRequest,
    ) -> Result<http::Response<Bytes>, Error> {
        self.kubernetes(cluster)?.send(request.into_http()?).await
    }

    /// Fetches the kubeconfig of a cluster. `address` is `internal` or `external`; `lifetime` is for products that
    /// support one.
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported) if the product has no Kubernetes clusters;
    /// [`InvalidInput`](ErrorKind::InvalidInput) for another address; those of [`KubeconfigProvider::fetch`].
    pub async fn kubeconfig(
        &self,
        cluster: &str,
        address: Option<&str>,
        lifetime: Option<Duration>,
    ) -> Result<Kubeconfig, Error> {
        let connection = self.connection.clone();
        let source: KubeconfigProvider = match self.product() {
            #[cfg(feature = "tke")]
            "tke" => crate::tke::Connection::from(connection).kubeconfig(cluster),
            #[cfg(feature = "cce")]
            "cce" => crate::cce::Connection::from(connection).kubeconfig(cluster),
            #[cfg(feature = "ack")]
            "ack" => crate::ack::Connection::from(connection).kubeconfig(cluster),
            _ => return Err(self.without_clusters()),
        };
        let source = match address {
            None => source,
            Some("internal") => source.internal(),
            Some("external") => source.external(),
            Some(_) => return Err(Error::invalid_input("address", "must be internal or external")),
        };
        let source = lifetime.map_or(source.clone(), |lifetime| source.valid_for(lifetime));
        source.fetch().await
    }

    /// Issues a temporary password of an enterprise-edition instance of TCR, and returns its login. `server` and `username`
    /// are those of [`DockerConfigRequest`](crate::docker_config::DockerConfigRequest).
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported) if the product has no registries with temporary passwords; those of
    /// [`DockerConfigRequest::send`](crate::docker_config::DockerConfigRequest::send).
    #[cfg(feature = "tcr")]
    pub async fn docker_config(
        &self,
        registry: &str,
        server: Option<&str>,
        username: Option<&str>,
    ) -> Result<DockerConfig, Error> {
        if self.product() != "tcr" {
            let message = format!("{} has no registries with temporary passwords", self.product());
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let mut request = crate::tcr::Connection::from(self.connection.clone()).docker_config(registry);
        request = server.map_or(request.clone(), |server| request.server(server));
        request = username.map_or(request.clone(), |username| request.username(username));
        request.send().await
    }

    fn without_clusters(&self) -> Error {
        Error::new(ErrorKind::Unsupported, format!("{} has no Kubernetes API of clusters", self.product()))
    }
}
