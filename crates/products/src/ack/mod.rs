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

/// Known regions of the public cloud, sorted.
pub const REGIONS: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "cn-beijing",
    "cn-beijing-finance-1",
    "cn-chengdu",
    "cn-fuzhou",
    "cn-guangzhou",
    "cn-hangzhou",
    "cn-hangzhou-finance",
    "cn-heyuan",
    "cn-hongkong",
    "cn-huhehaote",
    "cn-nanjing",
    "cn-north-2-gov-1",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shanghai-finance-1",
    "cn-shenzhen",
    "cn-shenzhen-finance-1",
    "cn-wuhan-lr",
    "cn-wulanchabu",
    "cn-zhangjiakou",
    "eu-central-1",
    "eu-west-1",
    "me-central-1",
    "me-east-1",
    "us-east-1",
    "us-west-1",
];

/// Returns the product.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: crate::alibaba::AlibabaSettings) -> Result<crate::alibaba::Alibaba, wharf_core::Error> {
    Ok(crate::alibaba::Alibaba::with_resources(NAME, HOST, CODES, settings)?.with_regions(REGIONS))
}

/// Returns a builder of a connection to the product. `C` is the type of the connection.
pub fn builder<C>() -> crate::Builder<crate::alibaba::AlibabaOptions, C> {
    crate::Builder::new(|settings| Ok(std::sync::Arc::new(product(settings)?)))
}
// end product

mod pairs;
