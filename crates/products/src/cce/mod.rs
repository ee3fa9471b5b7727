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

/// Known regions of the public cloud, sorted.
pub const REGIONS: &[&str] = &[
    "ae-ad-1",
    "af-north-1",
    "af-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "cn-east-2",
    "cn-east-3",
    "cn-east-4",
    "cn-east-5",
    "cn-north-1",
    "cn-north-11",
    "cn-north-12",
    "cn-north-2",
    "cn-north-4",
    "cn-north-9",
    "cn-south-1",
    "cn-south-2",
    "cn-south-4",
    "cn-southwest-2",
    "eu-west-0",
    "eu-west-101",
    "la-north-2",
    "la-south-2",
    "me-east-1",
    "my-kualalumpur-1",
    "na-mexico-1",
    "ru-moscow-1",
    "ru-northwest-2",
    "sa-brazil-1",
    "tr-west-1",
];

/// Returns the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: crate::huawei::HuaweiSettings) -> Result<crate::huawei::Huawei, wharf_core::Error> {
    Ok(crate::huawei::Huawei::new(NAME, CODES, settings)?.with_regions(REGIONS))
}

/// Returns a builder of a connection to the product. `C` is the type of the connection.
pub fn builder<C>() -> crate::Builder<crate::huawei::HuaweiOptions, C> {
    crate::Builder::new(|settings| Ok(std::sync::Arc::new(product(settings)?)))
}
// end product

mod flavors;
