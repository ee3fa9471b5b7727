//! STS, which hands out temporary credentials of roles in Alibaba's clouds, version 2015-04-01 of the API.

// What users see of it is named below.
#[allow(unreachable_pub)]
mod generated;

pub use generated::client::Client;
pub use generated::codes::{CODES, ErrorCode};
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

use crate::alibaba::{Alibaba, AlibabaSettings, Builder};
use wharf_core::Error;

/// Name of the product.
pub const NAME: &str = "sts";

/// Version of the API.
pub const VERSION: &str = "2015-04-01";

/// The description of the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: AlibabaSettings) -> Result<Alibaba, Error> {
    Alibaba::with_actions(NAME, "sts", CODES, settings)
}

/// Collects the settings of a connection to the product; `C` is the connection that it makes.
pub fn builder<C>() -> Builder<C> {
    Builder::new(product)
}
