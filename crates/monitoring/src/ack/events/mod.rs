// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Events, alerts and logs of the control plane.
//!
//! A part of Alibaba Cloud Container Service for Kubernetes (ACK).

mod generated;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
