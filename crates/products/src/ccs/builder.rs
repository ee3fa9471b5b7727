//! How a connection to CCS is made.

use super::Ccs;
use crate::tencent::credentials::{chain_over, region_or_environment};
use crate::tencent::{HttpMethod, SignatureMethod, TencentSettings};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use wharf_core::connection::Settings;
use wharf_core::{Connection, Error};

/// Collects the settings of a connection to CCS in Tencent's public or a private cloud.
///
/// Without [`credentials`](Self::credentials) it uses [`default_chain`](crate::tencent::credentials::default_chain); without [`region`](Self::region)
/// the environment variable `TENCENTCLOUD_REGION`. A region may have its short name (`gz`) or its long one
/// (`ap-guangzhou`).
///
/// `C` is what [`build`](Self::build) gives.
#[must_use = "a builder does nothing until it is built"]
pub struct Builder<C = Connection> {
    settings: Settings,
    tencent: TencentSettings,
    makes: PhantomData<fn() -> C>,
}

impl<C> Default for Builder<C> {
    fn default() -> Self {
        let tencent = TencentSettings { signature_method: SignatureMethod::HmacSha1, ..TencentSettings::default() };
        Self { settings: Settings::default(), tencent, makes: PhantomData }
    }
}

impl<C> Builder<C> {
    /// The default settings.
    pub fn new() -> Self {
        Self::default()
    }

    wharf_core::connection_settings!();

    /// Sets the domain of a private cloud (`cloud.example.com`); its services are found below it, at
    /// `<service>.api.<domain>`.
    ///
    /// For a host name that does not follow the rule there is [`endpoint`](Self::endpoint), which then stands
    /// for all services.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.tencent.domain = Some(domain.into());
        self
    }

    /// Sets how requests are signed: HmacSHA1, which every release knows and which is the default, or
    /// HmacSHA256.
    pub fn signature_method(mut self, method: SignatureMethod) -> Self {
        self.tencent.signature_method = method;
        self
    }

    /// Sets how requests are sent. POST by default.
    pub fn http_method(mut self, method: HttpMethod) -> Self {
        self.tencent.http_method = method;
        self
    }

    /// Tells the service which program calls, as Tencent's own clients do besides the `User-Agent`.
    pub fn request_client(mut self, client: impl Into<String>) -> Self {
        self.tencent.request_client = Some(client.into());
        self
    }
}

impl<C: From<Connection>> Builder<C> {
    /// Makes the connection. Nothing is sent.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn build(self) -> Result<C, Error> {
        let product = Ccs::new(self.tencent.clone())?;
        let mut settings = self.settings;
        settings.region = region_or_environment(settings.region)?;
        if settings.credentials.is_none() {
            settings.credentials = Some(Arc::new(chain_over(&settings, &self.tencent)));
        }
        settings.connect(Arc::new(product)).map(C::from)
    }
}

impl<C> Clone for Builder<C> {
    fn clone(&self) -> Self {
        Self { settings: self.settings.clone(), tencent: self.tencent.clone(), makes: PhantomData }
    }
}

impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("settings", &self.settings)
            .field("tencent", &self.tencent)
            .finish_non_exhaustive()
    }
}
