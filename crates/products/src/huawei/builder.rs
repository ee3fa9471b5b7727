//! How a connection to one of Huawei's products is made.

use super::Huawei;
use super::credentials::{
    IAM_ENDPOINT, PROJECT, chain_over, endpoint_from_environment, endpoint_variable, iam_endpoint_beside_credentials,
    iam_endpoint_from_environment, project_beside_credentials, project_from_environment,
};
use super::hosts::is_loopback;
use super::login::{IamToken, PasswordLogin, token_credentials};
use super::settings::{Authentication, ClusterAddressing, HuaweiSettings};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use wharf_core::connection::Settings;
use wharf_core::error::CodeMeta;
use wharf_core::model::Secret;
use wharf_core::{Connection, Error};

/// Collects the settings of a connection to a product of Huawei's public or private cloud.
///
/// It signs with an access key unless it is told to use a token. Without
/// [`credentials`](Self::credentials) it uses [`default_chain`](super::credentials::default_chain)(super::credentials::default_chain); without [`project_id`](Self::project_id)
/// the project that stands beside the credentials, in `HUAWEICLOUD_SDK_PROJECT_ID` or in the file.
///
/// `C` is what [`build`](Self::build) gives.
#[must_use = "a builder does nothing until it is built"]
pub struct Builder<C = Connection> {
    product: &'static str,
    codes: &'static [CodeMeta],
    settings: Settings,
    huawei: HuaweiSettings,
    login: Option<PasswordLogin>,
    makes: PhantomData<fn() -> C>,
}

impl<C> Builder<C> {
    /// The default settings for a product by its name in host names (`cce`), with the table of its error
    /// codes, sorted by code.
    pub fn new(product: &'static str, codes: &'static [CodeMeta]) -> Self {
        let (settings, huawei) = (Settings::default(), HuaweiSettings::default());
        Self { product, codes, settings, huawei, login: None, makes: PhantomData }
    }

    wharf_core::connection_settings!();

    /// Sets the project of calls that do not name another.
    pub fn project_id(mut self, id: impl Into<String>) -> Self {
        self.huawei.project_id = Some(id.into());
        self
    }

    /// Sets the domain of a private cloud (`cloud.example.com`); its services are found below it, at
    /// `<service>.<region>.<domain>`.
    ///
    /// For a host name that does not follow the rule there is [`endpoint`](Self::endpoint).
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.huawei.domain = Some(domain.into());
        self
    }

    /// Sets a full URL for the identity service. Without it, an [`endpoint`](Self::endpoint) stands for all
    /// services.
    pub fn iam_endpoint(mut self, url: impl Into<String>) -> Self {
        self.huawei.iam_endpoint = Some(url.into());
        self
    }

    /// Sets how requests about storage and add-ons name their cluster. In the host name by default.
    pub fn cluster_addressing(mut self, addressing: ClusterAddressing) -> Self {
        self.huawei.cluster_addressing = addressing;
        self
    }

    /// Logs in with a password and calls with the token that it gets, in the place of an access key.
    ///
    /// The token is kept, renewed before it ends, and once more when a service refuses it.
    pub fn password_login(mut self, login: PasswordLogin) -> Self {
        self.huawei.authentication = Authentication::Token;
        self.login = Some(login);
        self
    }

    /// Calls with a token that you have, in the place of an access key.
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.login = None;
        self.authentication(Authentication::Token).credentials(token_credentials(token))
    }

    /// Sets how requests say who calls, when the credentials are a provider of your own. A signature by
    /// default.
    pub fn authentication(mut self, authentication: Authentication) -> Self {
        self.huawei.authentication = authentication;
        self
    }
}

impl<C: From<Connection>> Builder<C> {
    /// Makes the connection. Nothing is sent.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn build(self) -> Result<C, Error> {
        let (mut settings, mut huawei) = (self.settings, self.huawei);
        let found = settings.credentials.is_none() && self.login.is_none();
        let given = (huawei.project_id.is_some(), huawei.iam_endpoint.is_some());
        huawei.project_id = huawei.project_id.or_else(|| project_beside_credentials(found));
        huawei.iam_endpoint = huawei.iam_endpoint.or_else(|| iam_endpoint_beside_credentials(found));
        let from_environment = |error: Error| match (error.field(), given) {
            (Some("project_id"), (false, _)) if project_from_environment().is_some() => error.with_variable(PROJECT),
            (Some("iam_endpoint"), (_, false)) if iam_endpoint_from_environment().is_some() => {
                error.with_variable(IAM_ENDPOINT)
            }
            _ => error,
        };
        let product = Huawei::new(self.product, self.codes, huawei.clone()).map_err(from_environment)?;
        check_plain_http(&product, &settings).map_err(from_environment)?;
        match self.login {
            Some(login) => settings.credentials = Some(Arc::new(IamToken::new(login, settings.clone(), &huawei)?)),
            None => {
                if settings.credentials.is_none() {
                    settings.credentials = Some(Arc::new(chain_over(&settings, &huawei)));
                }
            }
        }
        let region = settings.region.as_deref().filter(|_| settings.endpoint.is_none());
        let found = region.and_then(|region| endpoint_from_environment(self.product, region));
        let variable = found.is_some().then(|| endpoint_variable(self.product, region.unwrap_or_default()));
        settings.endpoint = settings.endpoint.or(found);
        settings.connect(Arc::new(product)).map(C::from).map_err(|error| match &variable {
            Some(name) if error.field() == Some("endpoint") => error.with_variable(name),
            _ => error,
        })
    }
}

/// What the connection checks of its own endpoint holds for the identity service's too.
fn check_plain_http(product: &Huawei, settings: &Settings) -> Result<(), Error> {
    let Some(endpoint) = product.iam_endpoint.as_ref().filter(|endpoint| endpoint.scheme == "http") else {
        return Ok(());
    };
    if settings.transport.is_some() || settings.danger_accept_plain_http || is_loopback(&endpoint.authority) {
        return Ok(());
    }
    let reason = "is http, which everybody on the way can read: use https, or say danger_accept_plain_http(true)";
    Err(Error::configuration("iam_endpoint", reason))
}

impl<C> Clone for Builder<C> {
    fn clone(&self) -> Self {
        Self {
            product: self.product,
            codes: self.codes,
            settings: self.settings.clone(),
            huawei: self.huawei.clone(),
            login: self.login.clone(),
            makes: PhantomData,
        }
    }
}

impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("product", &self.product)
            .field("settings", &self.settings)
            .field("huawei", &self.huawei)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}
