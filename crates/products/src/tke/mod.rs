// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent Kubernetes Engine (TKE), version 2018-05-25 of its API.

// The public items are re-exported below.
#[allow(unreachable_pub)]
mod generated;
#[cfg(feature = "tke-public")]
pub mod v20220501;

pub use generated::codes::{ALIASES, CODES, ErrorCode};
pub use generated::types;

/// Name of the product.
pub const NAME: &str = "tke";

/// Version of the API.
pub const VERSION: &str = "2018-05-25";

/// Label of the product in host names.
pub const HOST: &str = "tke";

/// Known regions of the public cloud, sorted.
pub const REGIONS: &[&str] = &[
    "ap-bangkok",
    "ap-beijing",
    "ap-chengdu",
    "ap-chongqing",
    "ap-guangzhou",
    "ap-hongkong",
    "ap-jakarta",
    "ap-mumbai",
    "ap-nanjing",
    "ap-seoul",
    "ap-shanghai",
    "ap-shanghai-fsi",
    "ap-shenzhen-fsi",
    "ap-singapore",
    "ap-tokyo",
    "eu-frankfurt",
    "eu-moscow",
    "na-ashburn",
    "na-siliconvalley",
    "na-toronto",
    "sa-saopaulo",
];

/// Returns the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: crate::tencent::TencentSettings) -> Result<crate::tencent::Tencent, wharf_core::Error> {
    Ok(crate::tencent::Tencent::new(NAME, CODES, settings)?.with_regions(REGIONS))
}

/// Returns a builder of a connection to the product. `C` is the type of the connection.
pub fn builder<C>() -> crate::Builder<crate::tencent::TencentOptions, C> {
    crate::Builder::new(|settings| Ok(std::sync::Arc::new(product(settings)?)))
}
// end product
