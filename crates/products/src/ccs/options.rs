//! Options of CCS.

use crate::builder::generated::ccs::default_settings;
use crate::builder::{Describe, Vendor};
use crate::tencent::TencentSettings;
use crate::tencent::options::complete;
use std::sync::Arc;
use wharf_core::Error;
use wharf_core::connection::Settings;
use wharf_core::product::Product;

/// The options of CCS in a [`Builder`](crate::Builder).
///
/// A region can be set by its short name (`gz`) or its long name (`ap-guangzhou`). Without one, the region of the
/// environment variable `TENCENTCLOUD_REGION` is used. The hosts in a private cloud are `<service>.api.<domain>`.
#[derive(Debug, Clone)]
pub struct CcsOptions {
    pub(crate) settings: TencentSettings,
}

impl Default for CcsOptions {
    fn default() -> Self {
        Self { settings: default_settings() }
    }
}

impl Vendor for CcsOptions {
    type Settings = TencentSettings;

    fn finish(self, describe: Describe<Self>, settings: &mut Settings) -> Result<Arc<dyn Product>, Error> {
        let product = describe(self.settings.clone())?;
        complete(settings, &self.settings)?;
        Ok(product)
    }
}
