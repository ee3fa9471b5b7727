// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent Kubernetes Engine (TKE), version 2022-05-01 of its API.

// The public items are re-exported below.
#[allow(unreachable_pub)]
mod generated;

pub use generated::codes::{CODES, ErrorCode};
pub use generated::types;

/// Version of the API.
pub const VERSION: &str = "2022-05-01";
// end product
