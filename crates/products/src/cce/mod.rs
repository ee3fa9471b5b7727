//! CCE, Huawei's Kubernetes engine, version v3 of the API.

mod flavors;
// What users see of it is named below.
#[allow(unreachable_pub)]
mod generated;

pub use generated::codes::{CODES, ErrorCode};
pub use generated::types;

use crate::huawei::{Builder, Huawei, HuaweiSettings};
use wharf_core::Error;

/// Name of the product, in host names.
pub const NAME: &str = "cce";

/// Version of the API.
pub const VERSION: &str = "v3";

/// The description of the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: HuaweiSettings) -> Result<Huawei, Error> {
    Huawei::new(NAME, CODES, settings)
}

/// Collects the settings of a connection to the product; `C` is the connection that it makes.
pub fn builder<C>() -> Builder<C> {
    Builder::new(NAME, CODES)
}
