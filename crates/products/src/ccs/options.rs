//! What users can set for CCS.

use crate::builder::generated::ccs::default_settings;
use crate::builder::{Describe, Vendor};
use crate::tencent::TencentSettings;
use crate::tencent::options::complete;
use std::sync::Arc;
use wharf_core::Error;
use wharf_core::connection::Settings;
use wharf_core::product::Product;

/// The part of a [`Builder`](crate::Builder) that CCS has.
///
/// A region may have its short name (`gz`) or its long one (`ap-guangzhou`). Without one it uses the environment
/// variable `TENCENTCLOUD_REGION`. The hosts in a private cloud are `<service>.api.<domain>`.
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
