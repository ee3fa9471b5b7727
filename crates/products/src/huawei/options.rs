//! Options of Huawei's products.

use super::credentials::{
    IAM_ENDPOINT, PROJECT, Profile, chain_over, endpoint_from_environment, endpoint_variable,
    iam_endpoint_beside_credentials, iam_endpoint_from_environment, named_profile, project_beside_credentials,
    project_from_environment,
};
use super::login::{IamToken, PasswordLogin, token_credentials};
use super::settings::{Authentication, HuaweiSettings};
use crate::builder::{Describe, Vendor, conflict, credentials_from};
use std::sync::Arc;
use wharf_core::connection::Settings;
use wharf_core::model::Secret;
use wharf_core::product::{Endpoint, Product};
use wharf_core::{Connection, Error};

/// A builder of a connection to a product of Huawei.
pub type Builder<C = Connection> = crate::Builder<HuaweiOptions, C>;

/// The options of Huawei in a [`Builder`](crate::Builder).
///
/// Calls are signed with an access key unless a token or a login is set. Without
/// [`project_id`](crate::Builder::project_id), the project of the same source as the credentials is used: that in
/// `HUAWEICLOUD_SDK_PROJECT_ID` or in the file.
#[derive(Debug, Clone, Default)]
pub struct HuaweiOptions {
    pub(crate) settings: HuaweiSettings,
    login: Option<PasswordLogin>,
    token: Option<Secret>,
}

impl HuaweiOptions {
    pub(crate) fn set_password_login(&mut self, login: PasswordLogin) {
        (self.login, self.token) = (Some(login), None);
    }

    pub(crate) fn set_token(&mut self, token: Secret) {
        (self.login, self.token) = (None, Some(token));
    }

    fn check(&self, settings: &Settings) -> Result<(), Error> {
        if settings.profile.is_none() {
            return Ok(());
        }
        match (&self.login, &self.token) {
            (Some(_), _) => Err(conflict("password_login", "profile")),
            (_, Some(_)) => Err(conflict("token", "profile")),
            _ => Ok(()),
        }
    }
}

impl Vendor for HuaweiOptions {
    type Settings = HuaweiSettings;

    fn finish(self, describe: Describe<Self>, settings: &mut Settings) -> Result<Arc<dyn Product>, Error> {
        self.check(settings)?;
        let Self { settings: mut huawei, login, token } = self;
        let found = settings.credentials.is_none() && login.is_none() && token.is_none();
        let given = (huawei.project_id.is_some(), huawei.iam_endpoint.is_some());
        huawei.project_id = huawei.project_id.or_else(|| project_of(settings.profile.as_deref(), found));
        huawei.iam_endpoint = huawei.iam_endpoint.or_else(|| iam_endpoint_of(settings.profile.as_deref(), found));
        if login.is_some() || token.is_some() {
            huawei.authentication = Authentication::Token;
        }
        let from_environment = |error: Error| match (error.field(), given) {
            (Some("project_id"), (false, _)) if project_from_environment().is_some() => error.with_variable(PROJECT),
            (Some("iam_endpoint"), (_, false)) if iam_endpoint_from_environment().is_some() => {
                error.with_variable(IAM_ENDPOINT)
            }
            _ => error,
        };
        let product = describe(huawei.clone()).map_err(from_environment)?;
        if let Some(endpoint) = huawei.iam_endpoint()? {
            settings.check_plain_http("iam_endpoint", &endpoint).map_err(from_environment)?;
        }
        if let Some(token) = token {
            settings.credentials = Some(Arc::new(token_credentials(token)));
        }
        if let Some(login) = login {
            settings.credentials = Some(Arc::new(IamToken::new(login, settings.clone(), &huawei)?));
        }
        credentials_from(
            settings,
            |name, settings| named_profile(name, settings, &huawei),
            |settings| chain_over(settings, &huawei),
        );
        endpoint_of(product.name(), settings)?;
        Ok(product)
    }
}

/// Sets the endpoint of the region from the environment if the caller has not set one.
fn endpoint_of(product: &str, settings: &mut Settings) -> Result<(), Error> {
    let region = settings.region.clone().filter(|_| settings.endpoint.is_none());
    let found = region.and_then(|region| Some((endpoint_from_environment(product, &region)?, region)));
    if let Some((url, region)) = found {
        let variable = |error: Error| error.with_variable(&endpoint_variable(product, &region));
        let endpoint = Endpoint::parse(&url).map_err(variable)?;
        settings.check_plain_http("endpoint", &endpoint).map_err(variable)?;
        settings.endpoint = Some(url);
    }
    Ok(())
}

/// Returns the URL of the identity service that belongs to the credentials, in the same order as [`project_of`].
fn iam_endpoint_of(profile: Option<&str>, found: bool) -> Option<String> {
    let named = profile.and_then(|name| Profile::named(name).iam_endpoint().ok().flatten());
    named.or_else(|| iam_endpoint_beside_credentials(found && profile.is_none()))
}

/// Returns the project that belongs to the credentials: that of the named profile, or that at the source where the
/// chain has found credentials.
fn project_of(profile: Option<&str>, found: bool) -> Option<String> {
    let named = profile.and_then(|name| Profile::named(name).project_id().ok().flatten());
    named.or_else(|| project_beside_credentials(found && profile.is_none()))
}
