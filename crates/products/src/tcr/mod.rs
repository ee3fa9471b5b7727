// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent Container Registry (TCR), version 2019-09-24 of its API.

// What users see of it is named below.
#[allow(unreachable_pub)]
mod generated;

pub use generated::codes::{ALIASES, CODES, ErrorCode};

/// Name of the product.
pub const NAME: &str = "tcr";

/// Version of the API.
pub const VERSION: &str = "2019-09-24";

/// The label of its host names.
pub const HOST: &str = "tcr";

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
