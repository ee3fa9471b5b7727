// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Alibaba Cloud Security Token Service (STS), version 2015-04-01 of its API.

// The public items are re-exported below.
#[allow(unreachable_pub)]
mod generated;

pub use generated::client::Client;
pub use generated::codes::{CODES, ErrorCode};
pub use generated::operations;
pub use generated::table::OPERATIONS;
pub use generated::types;

wharf_core::request_type!();

/// Name of the product.
pub const NAME: &str = "sts";

/// Version of the API.
pub const VERSION: &str = "2015-04-01";

/// Label of the product in host names.
pub const HOST: &str = "sts";

/// Returns the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: crate::alibaba::AlibabaSettings) -> Result<crate::alibaba::Alibaba, wharf_core::Error> {
    crate::alibaba::Alibaba::with_actions(NAME, HOST, CODES, settings)
}

/// Returns a builder of a connection to the product. `C` is the type of the connection.
pub fn builder<C>() -> crate::Builder<crate::alibaba::AlibabaOptions, C> {
    crate::Builder::new(|settings| Ok(std::sync::Arc::new(product(settings)?)))
}
// end product
