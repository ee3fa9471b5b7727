//! Credentials from an agent on the node of a pod.
//!
//! Variables, request and response are those of `PodIdentityCredentialProvider` in
//! `huaweicloudsdkcore/auth/provider.py` and `PodIdentityAccessor` in `huaweicloudsdkcore/auth/internal.py` of
//! huaweicloud/huaweicloud-sdk-python-v3.

use super::KEY;
use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Credentials, Exchange, ProvideCredentials, Variables, read_token};
use wharf_core::{Error, ErrorKind};

const URI: &str = "HC_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN_FILE: &str = "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// A provider that requests temporary credentials from the agent on the node of a pod, on each request for credentials.
///
/// The URL is in `HC_CONTAINER_CREDENTIALS_FULL_URI`. The token for the agent is in the file that
/// `HC_CONTAINER_AUTHORIZATION_TOKEN_FILE` names. If one of the variables is set, both are required. Without TLS, the
/// host of the URL must be a loopback or link-local address.
#[derive(Debug, Clone, Default)]
pub struct PodIdentity {
    settings: Settings,
    variables: Variables,
}

impl PodIdentity {
    /// Creates a provider for the values of the variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the transport settings of the requests.
    #[must_use]
    pub fn over(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Sets the function that looks up variables, instead of the environment of the process.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables::new(lookup);
        self
    }
}

#[async_trait]
impl ProvideCredentials for PodIdentity {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let unset = |name: &str, beside: &str| Error::configuration(name, format!("is not set, and {beside} is"));
        let (url, file) = match (self.variables.get(URI), self.variables.get(TOKEN_FILE)) {
            (Some(url), Some(file)) => (url, file),
            (Some(_), None) => return Err(unset(TOKEN_FILE, URI)),
            (None, Some(_)) => return Err(unset(URI, TOKEN_FILE)),
            (None, None) => {
                return Err(Error::new(ErrorKind::Credentials, format!("{URI} or {TOKEN_FILE} is not set")));
            }
        };
        let exchange = Exchange::new(&self.settings, URI, &url)?;
        let token = read_token(TOKEN_FILE, &file).await?;
        let body = Some(("application/json", Bytes::from_static(b"{}")));
        let response = exchange.send(Method::POST, Some(token.expose()), body).await?;
        KEY.read(&response).map_err(|reason| exchange.failed(&reason))
    }
}
