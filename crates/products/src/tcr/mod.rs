// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent Container Registry (TCR), version 2019-09-24 of its API.

// The public items are re-exported below.
#[allow(unreachable_pub)]
mod generated;

pub use generated::codes::{ALIASES, CODES, ErrorCode};

/// Name of the product.
pub const NAME: &str = "tcr";

/// Version of the API.
pub const VERSION: &str = "2019-09-24";

/// Label of the product in host names.
pub const HOST: &str = "tcr";

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
