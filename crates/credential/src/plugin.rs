//! The exchange with a Kubernetes client: `KUBERNETES_EXEC_INFO` and `ExecCredential`.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;
use wharf::kubeconfig::User;
use wharf::{Error, ErrorKind, Timestamp, any};

/// Versions of the interface, the newest first. They have the same fields here.
const VERSIONS: [&str; 2] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/// The cluster that credentials are for, and the connection to its cloud.
pub(crate) struct Request {
    pub(crate) product: &'static str,
    pub(crate) cluster: String,
    pub(crate) options: Value,
    pub(crate) lifetime: Option<Duration>,
}

impl Request {
    /// Returns a name for the cache, which differs for other requests.
    pub(crate) fn name(&self) -> String {
        let all = json!([self.product, self.cluster, self.options, self.lifetime.map(|it| it.as_secs())]);
        let digest = Sha256::digest(all.to_string());
        let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{hex}", self.product)
    }

    /// Fetches the kubeconfig and returns its user as the status of an `ExecCredential`.
    pub(crate) async fn fetch(&self) -> Result<Value, Error> {
        let connection = any::Connection::from_options(self.product, &self.options)?;
        let config = connection.kubeconfig(&self.cluster, None, self.lifetime).await?;
        let mut status = match config.user() {
            Some(User::Certificate { certificate, key }) => {
                json!({"clientCertificateData": certificate.expose(), "clientKeyData": key.expose()})
            }
            Some(User::Token(token)) => json!({"token": token.expose()}),
            _ => {
                let message = "the kubeconfig of the cluster has neither a client certificate nor a token";
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
        };
        if let Some(expires) = config.expires() {
            status["expirationTimestamp"] = Timestamp::from(expires).as_str().into();
        }
        Ok(status)
    }
}

/// Returns the version of the interface that the client requests.
pub(crate) fn version(info: Option<&str>) -> Result<String, String> {
    let Some(info) = info.filter(|info| !info.trim().is_empty()) else { return Ok(VERSIONS[0].to_owned()) };
    let info: Value = serde_json::from_str(info).map_err(|_| "KUBERNETES_EXEC_INFO is not JSON")?;
    let version = info["apiVersion"].as_str().unwrap_or_default();
    if !VERSIONS.contains(&version) {
        return Err(format!("the client requests the version {version:?}; supported are {}", VERSIONS.join(" and ")));
    }
    Ok(version.to_owned())
}

/// Returns the document that the program prints.
pub(crate) fn credential(version: &str, status: &Value) -> Value {
    json!({"apiVersion": version, "kind": "ExecCredential", "status": status})
}
