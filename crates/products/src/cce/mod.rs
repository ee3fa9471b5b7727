// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Huawei Cloud Container Engine (CCE), version v3 of its API.

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
pub const NAME: &str = "cce";

/// Version of the API.
pub const VERSION: &str = "v3";

/// Label of the product in host names.
pub const HOST: &str = "cce";

/// Returns the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: crate::huawei::HuaweiSettings) -> Result<crate::huawei::Huawei, wharf_core::Error> {
    crate::huawei::Huawei::new(NAME, CODES, settings)
}

/// Returns a builder of a connection to the product. `C` is the type of the connection.
pub fn builder<C>() -> crate::Builder<crate::huawei::HuaweiOptions, C> {
    crate::Builder::new(|settings| Ok(std::sync::Arc::new(product(settings)?)))
}
// end product

mod flavors;
