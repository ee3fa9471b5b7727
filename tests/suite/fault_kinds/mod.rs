//! The faults of the reference server, as every client meets them: ours typed, by name, in C and in Python, over the
//! socket and in process, and the vendors' own.
//!
//! [`table`] has the kinds and what each leads to, for all protocols.

mod by_name;
mod table;
mod typed;
mod vendors;

pub(crate) use by_name::cases;
