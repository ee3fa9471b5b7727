//! TKE, Tencent's Kubernetes engine, version 2018-05-25 of the API.

// What users see of it is named below.
#[allow(unreachable_pub)]
mod generated;

pub use generated::codes::{ALIASES, CODES, ErrorCode};
pub use generated::types;

use crate::tencent::{Builder, Tencent, TencentSettings};
use wharf_core::Error;

/// Name of the product, in host names and signatures.
pub const NAME: &str = "tke";

/// Version of the API.
pub const VERSION: &str = "2018-05-25";

/// The description of the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: TencentSettings) -> Result<Tencent, Error> {
    Tencent::new(NAME, CODES, settings)
}

/// Collects the settings of a connection to the product; `C` is the connection that it makes.
pub fn builder<C>() -> Builder<C> {
    Builder::new(NAME, CODES)
}
