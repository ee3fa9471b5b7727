// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Alibaba Cloud Container Service for Kubernetes (ACK), version 2015-12-15 of its API.

// The public items are re-exported below.
#[allow(unreachable_pub)]
mod generated;

pub use generated::codes::{CODES, ErrorCode};
pub use generated::types;

/// Name of the product.
pub const NAME: &str = "ack";

/// Version of the API.
pub const VERSION: &str = "2015-12-15";

/// Label of the product in host names.
pub const HOST: &str = "cs";

/// Returns the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: crate::alibaba::AlibabaSettings) -> Result<crate::alibaba::Alibaba, wharf_core::Error> {
    crate::alibaba::Alibaba::with_resources(NAME, HOST, CODES, settings)
}

/// Returns a builder of a connection to the product. `C` is the type of the connection.
pub fn builder<C>() -> crate::Builder<crate::alibaba::AlibabaOptions, C> {
    crate::Builder::new(|settings| Ok(std::sync::Arc::new(product(settings)?)))
}
// end product

mod pairs;
