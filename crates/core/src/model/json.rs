//! JSON to structures and back, by two drivers that are compiled once.

mod read;
mod write;

#[cfg(feature = "serde")]
pub(crate) use read::read_from;
pub use read::{Mode, read, read_value};
pub use write::{Style, to_string, value_to_string};
