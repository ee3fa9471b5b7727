// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Alibaba Cloud Security Token Service (STS), version 2015-04-01 of its API.

// What users see of it is named below.
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

/// The label of its host names.
pub const HOST: &str = "sts";

/// The description of the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: crate::alibaba::AlibabaSettings) -> Result<crate::alibaba::Alibaba, wharf_core::Error> {
    crate::alibaba::Alibaba::with_actions(NAME, HOST, CODES, settings)
}

/// Collects the settings of a connection to the product; `C` is the connection that it makes.
pub fn builder<C>() -> crate::Builder<crate::alibaba::AlibabaOptions, C> {
    crate::Builder::new(|settings| Ok(std::sync::Arc::new(product(settings)?)))
}
// end product
