//! What the service crates of a product share: its host names, protocol, signatures and error codes.

pub mod ack;
pub mod alibaba;
pub mod cce;
pub mod ccs;
pub mod huawei;
pub mod sts;
pub mod tcr;
pub mod tencent;
pub mod tke;

wharf_core::request_type!();
