//! Options of Alibaba's products.

use super::credentials::{AssumedRole, Role, chain_over, named_profile, region_or_environment};
use super::settings::AlibabaSettings;
use crate::builder::{Describe, Vendor, credentials_from};
use std::sync::Arc;
use wharf_core::connection::Settings;
use wharf_core::product::Product;
use wharf_core::{Connection, Error};

/// A builder of a connection to a product of Alibaba.
pub type Builder<C = Connection> = crate::Builder<AlibabaOptions, C>;

/// The options of Alibaba in a [`Builder`](crate::Builder).
///
/// Without [`region`](crate::Builder::region), the region of the environment variable `ALIBABA_CLOUD_REGION_ID` is
/// used.
#[derive(Debug, Clone, Default)]
pub struct AlibabaOptions {
    pub(crate) settings: AlibabaSettings,
    /// Roles in their order; each is assumed with the credentials of the previous one.
    roles: Vec<Role>,
}

impl AlibabaOptions {
    pub(crate) fn set_assume_role(&mut self, role: Role) {
        self.roles.push(role);
    }
}

impl Vendor for AlibabaOptions {
    type Settings = AlibabaSettings;

    fn finish(self, describe: Describe<Self>, settings: &mut Settings) -> Result<Arc<dyn Product>, Error> {
        let alibaba = self.settings;
        settings.region = region_or_environment(settings.region.take())?;
        let product = describe(alibaba.clone())?;
        credentials_from(
            settings,
            |name, settings| named_profile(name, settings, &alibaba),
            |settings| chain_over(settings, &alibaba),
        );
        for role in self.roles {
            settings.credentials = Some(Arc::new(AssumedRole::new(role, settings.clone(), &alibaba)?));
        }
        Ok(product)
    }
}
