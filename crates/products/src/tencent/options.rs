//! Options of Tencent's products.

use super::TencentSettings;
use super::credentials::{chain_over, named_profile, region_or_environment};
use crate::builder::{Describe, Vendor, credentials_from};
use std::sync::Arc;
use wharf_core::connection::Settings;
use wharf_core::product::Product;
use wharf_core::{Connection, Error};

/// A builder of a connection to a product of Tencent.
pub type Builder<C = Connection> = crate::Builder<TencentOptions, C>;

/// The options of Tencent in a [`Builder`](crate::Builder).
///
/// Without [`region`](crate::Builder::region), the region of the environment variable `TENCENTCLOUD_REGION` is used.
#[derive(Debug, Clone, Default)]
pub struct TencentOptions {
    pub(crate) settings: TencentSettings,
}

impl Vendor for TencentOptions {
    type Settings = TencentSettings;

    fn finish(self, describe: Describe<Self>, settings: &mut Settings) -> Result<Arc<dyn Product>, Error> {
        let product = describe(self.settings.clone())?;
        complete(settings, &self.settings)?;
        Ok(product)
    }
}

/// Completes the settings that the caller has not set.
pub(crate) fn complete(settings: &mut Settings, tencent: &TencentSettings) -> Result<(), Error> {
    settings.region = region_or_environment(settings.region.take())?;
    credentials_from(
        settings,
        |name, settings| named_profile(name, settings, tencent),
        |settings| chain_over(settings, tencent),
    );
    Ok(())
}
