//! The parts that the service crates of a product share: host names, protocol, signatures and error codes.

#[cfg(feature = "_alibaba")]
pub mod alibaba;
mod builder;
#[cfg(feature = "_huawei")]
pub mod huawei;
#[cfg(feature = "_tencent")]
pub mod tencent;

// begin products: written by `cargo codegen` from specs/*/product.json; do not edit
#[cfg(feature = "ack")]
pub mod ack;
#[cfg(feature = "cce")]
pub mod cce;
#[cfg(feature = "ccs")]
pub mod ccs;
#[cfg(feature = "ack")]
pub mod sts;
#[cfg(feature = "tcr")]
pub mod tcr;
#[cfg(feature = "tke")]
pub mod tke;
// end products

pub use builder::{Builder, Describe, Vendor};
