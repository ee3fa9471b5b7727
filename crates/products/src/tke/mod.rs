// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent Kubernetes Engine (TKE), version 2018-05-25 of its API.

// What users see of it is named below.
#[allow(unreachable_pub)]
mod generated;

pub use generated::codes::{ALIASES, CODES, ErrorCode};
pub use generated::types;

/// Name of the product.
pub const NAME: &str = "tke";

/// Version of the API.
pub const VERSION: &str = "2018-05-25";

/// The label of its host names.
pub const HOST: &str = "tke";

/// The description of the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: crate::tencent::TencentSettings) -> Result<crate::tencent::Tencent, wharf_core::Error> {
    crate::tencent::Tencent::new(NAME, CODES, settings)
}

/// Collects the settings of a connection to the product; `C` is the connection that it makes.
pub fn builder<C>() -> crate::Builder<crate::tencent::TencentOptions, C> {
    crate::Builder::new(|settings| Ok(std::sync::Arc::new(product(settings)?)))
}
// end product
