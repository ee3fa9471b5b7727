//! Conversion between JSON and structures, by two drivers that are compiled once.

mod decoding;
mod fill;
mod fit;
mod members;
mod number;
mod read;
mod stand_in;
mod string;
mod value;
mod way;
mod write;

pub use decoding::{Decoding, Step, Unknown};
#[cfg(feature = "serde")]
pub(crate) use read::read_from;
pub use read::{Mode, read, read_value, read_with};
pub use value::parse;
pub use write::{Style, to_string, value_to_string};
