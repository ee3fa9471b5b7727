//! The parts that the service crates of a product share: host names, protocol, signatures and error codes.

pub mod alibaba;
mod builder;
pub mod huawei;
pub mod tencent;

// begin products: written by `cargo codegen` from specs/*/product.json; do not edit
pub mod ack;
pub mod cce;
pub mod ccs;
pub mod sts;
pub mod tcr;
pub mod tke;
// end products

pub use builder::{Builder, Describe, Vendor};
