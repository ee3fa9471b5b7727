//! ACK, Alibaba's Kubernetes engine, version 2015-12-15 of the API.

// What users see of it is named below.
#[allow(unreachable_pub)]
mod generated;
mod pairs;

pub use generated::codes::{CODES, ErrorCode};
pub use generated::types;

use crate::alibaba::{Alibaba, AlibabaSettings, Builder};
use wharf_core::Error;

/// Name of the product.
pub const NAME: &str = "ack";

/// Version of the API.
pub const VERSION: &str = "2015-12-15";

/// The description of the product. In host names it is called `cs`.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: AlibabaSettings) -> Result<Alibaba, Error> {
    Alibaba::with_resources(NAME, "cs", CODES, settings)
}

/// Collects the settings of a connection to the product; `C` is the connection that it makes.
pub fn builder<C>() -> Builder<C> {
    Builder::new(product)
}
