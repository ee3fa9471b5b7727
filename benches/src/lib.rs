//! What the benches share.

pub mod process;
