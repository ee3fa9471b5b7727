//! The builder of connections to products, shared by all vendors. Its setters are generated from `specs/options.json`.

pub(crate) mod generated;
#[cfg(feature = "testing")]
mod mock;
#[cfg(all(test, feature = "tke"))]
mod tests;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use wharf_core::connection::Settings;
use wharf_core::credentials::ProvideCredentials;
use wharf_core::product::Product;
use wharf_core::{Connection, Error};

/// The options of a vendor, in addition to those that every vendor has.
pub trait Vendor: Clone + Default + fmt::Debug {
    /// Settings from which a product is created.
    type Settings;

    /// Completes the settings, for example with credentials, and returns the product.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is missing or wrong.
    fn finish(self, describe: Describe<Self>, settings: &mut Settings) -> Result<Arc<dyn Product>, Error>;
}

/// A function that creates a product from a vendor's settings.
pub type Describe<V> = fn(<V as Vendor>::Settings) -> Result<Arc<dyn Product>, Error>;

/// A builder of a connection to a product, in a public or a private cloud.
///
/// Without credentials, the vendor's default chain is used. Without a region or a project, those of the environment or
/// of the credentials are used.
///
/// `V` has the options of the vendor, and `C` is the connection that [`build`](Self::build) returns.
#[must_use = "a builder does nothing until it is built"]
pub struct Builder<V: Vendor, C = Connection> {
    describe: Describe<V>,
    settings: Settings,
    vendor: V,
    makes: PhantomData<fn() -> C>,
}

impl<V: Vendor, C> Builder<V, C> {
    /// Creates a builder with the default settings of the product that `describe` returns.
    pub(crate) fn new(describe: Describe<V>) -> Self {
        Self { describe, settings: Settings::default(), vendor: V::default(), makes: PhantomData }
    }
}

impl<V: Vendor, C: From<Connection>> Builder<V, C> {
    /// Builds the connection. Nothing is sent.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn build(self) -> Result<C, Error> {
        let mut settings = self.settings;
        if let Some(profile) = &settings.profile {
            if profile.trim().is_empty() {
                return Err(Error::configuration("profile", "is empty"));
            }
            if settings.credentials.is_some() {
                return Err(conflict("profile", "credentials"));
            }
        }
        let product = self.vendor.finish(self.describe, &mut settings)?;
        settings.connect(product).map(C::from)
    }
}

/// Returns an error about two options that exclude each other.
pub(crate) fn conflict(second: &str, first: &str) -> Error {
    Error::configuration(second, format!("cannot stand beside {first}: give one of them"))
}

/// Sets the source of credentials if the caller has not: the named profile, or the chain.
pub(crate) fn credentials_from<P, D>(
    settings: &mut Settings,
    profile: impl FnOnce(&str, &Settings) -> P,
    default_chain: impl FnOnce(&Settings) -> D,
) where
    P: ProvideCredentials + 'static,
    D: ProvideCredentials + 'static,
{
    if settings.credentials.is_none() {
        let found: Arc<dyn ProvideCredentials> = match &settings.profile {
            Some(name) => Arc::new(profile(name, settings)),
            None => Arc::new(default_chain(settings)),
        };
        settings.credentials = Some(found);
    }
}

impl<V: Vendor, C> Clone for Builder<V, C> {
    fn clone(&self) -> Self {
        Self {
            describe: self.describe,
            settings: self.settings.clone(),
            vendor: self.vendor.clone(),
            makes: PhantomData,
        }
    }
}

impl<V: Vendor, C> fmt::Debug for Builder<V, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("settings", &self.settings)
            .field("vendor", &self.vendor)
            .finish_non_exhaustive()
    }
}
