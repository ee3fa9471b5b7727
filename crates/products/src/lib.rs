//! What the service crates of a product share: its host names, protocol, signatures and error codes.

pub mod cce;
pub mod huawei;
pub mod tcr;
pub mod tencent;
pub mod tke;
