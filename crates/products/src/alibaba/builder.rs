//! How a connection to one of Alibaba's products is made.

use super::Alibaba;
use super::credentials::{AssumedRole, Role, chain_over, region_or_environment};
use super::settings::{AlibabaSettings, Gateway, Signature};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use wharf_core::connection::Settings;
use wharf_core::{Connection, Error};

/// Makes a product of its settings.
pub(crate) type Describe = fn(AlibabaSettings) -> Result<Alibaba, Error>;

/// Collects the settings of a connection to a product of Alibaba's public or private cloud.
///
/// Without [`credentials`](Self::credentials) it uses
/// [`default_chain`](super::credentials::default_chain); without [`region`](Self::region) the one in
/// `ALIBABA_CLOUD_REGION_ID`.
///
/// `C` is what [`build`](Self::build) gives.
#[must_use = "a builder does nothing until it is built"]
pub struct Builder<C = Connection> {
    describe: Describe,
    settings: Settings,
    alibaba: AlibabaSettings,
    roles: Vec<Role>,
    makes: PhantomData<fn() -> C>,
}

impl<C> Builder<C> {
    /// The default settings for a product that the function describes.
    pub(crate) fn new(describe: Describe) -> Self {
        let (settings, alibaba) = (Settings::default(), AlibabaSettings::default());
        Self { describe, settings, alibaba, roles: Vec::new(), makes: PhantomData }
    }

    wharf_core::connection_settings!();

    /// Sets the domain of a private cloud (`inter.cloud.example.com`); its services are found below it, at
    /// `<service>.<region>.<domain>`.
    ///
    /// For a host name that does not follow the rule there is [`endpoint`](Self::endpoint).
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.alibaba.domain = Some(domain.into());
        self
    }

    /// Sets the organization that calls are made for, by its id. That of the caller by default.
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.alibaba.organization = Some(id.into());
        self
    }

    /// Sets the resource set that calls are made for, by its id. It needs an
    /// [`organization`](Self::organization).
    pub fn resource_group(mut self, id: impl Into<String>) -> Self {
        self.alibaba.resource_group = Some(id.into());
        self
    }

    /// Sets the instance that calls are about, by its id, where the private cloud wants it said.
    pub fn instance(mut self, id: impl Into<String>) -> Self {
        self.alibaba.instance = Some(id.into());
        self
    }

    /// Sets how requests are signed. HMAC-SHA1 by default.
    pub fn signature(mut self, signature: Signature) -> Self {
        self.alibaba.signature = signature;
        self
    }

    /// Sets which gateway requests go through. POP by default.
    pub fn gateway(mut self, gateway: Gateway) -> Self {
        self.alibaba.gateway = gateway;
        self
    }

    /// Sets a full URL for the service that hands out temporary credentials. Without it, an
    /// [`endpoint`](Self::endpoint) stands for all services.
    pub fn sts_endpoint(mut self, url: impl Into<String>) -> Self {
        self.alibaba.sts_endpoint = Some(url.into());
        self
    }

    /// Assumes a role with the credentials, and calls with what it gives. Said again, the next role is assumed
    /// with what the one before gives.
    ///
    /// The temporary credentials are kept, renewed before they expire, and once more when a service refuses
    /// them.
    pub fn assume_role(mut self, role: Role) -> Self {
        self.roles.push(role);
        self
    }
}

impl<C: From<Connection>> Builder<C> {
    /// Makes the connection. Nothing is sent.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn build(self) -> Result<C, Error> {
        let mut settings = self.settings;
        settings.region = region_or_environment(settings.region)?;
        let product = (self.describe)(self.alibaba.clone())?;
        if settings.credentials.is_none() {
            settings.credentials = Some(Arc::new(chain_over(&settings, &self.alibaba)));
        }
        for role in self.roles {
            settings.credentials = Some(Arc::new(AssumedRole::new(role, settings.clone(), &self.alibaba)?));
        }
        settings.connect(Arc::new(product)).map(C::from)
    }
}

impl<C> Clone for Builder<C> {
    fn clone(&self) -> Self {
        Self {
            describe: self.describe,
            settings: self.settings.clone(),
            alibaba: self.alibaba.clone(),
            roles: self.roles.clone(),
            makes: PhantomData,
        }
    }
}

impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("settings", &self.settings)
            .field("alibaba", &self.alibaba)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}
