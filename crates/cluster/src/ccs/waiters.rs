//! The progress of waiters.

pub use super::ServiceProgress;
