//! What the benches share.

pub mod canned;
pub mod derived;
pub mod parts;
pub mod peers;
pub mod process;
pub mod work;
