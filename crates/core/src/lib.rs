//! The parts of Wharf that are the same for every operation.
//!
//! The steps of a call:
//!
//! ```text
//! Request<Op> -> protocol (bytes once) -> sign -> transport -> classify -> retry? -> decode -> Output
//! ```
//!
//! This crate contains nothing specific to a cloud. A product is described by an implementation of [`product::Product`]
//! in the crate `wharf-products`; signatures are in the crate `wharf-sign`.

pub mod clock;
pub mod connection;
pub mod credentials;
pub mod error;
pub mod host;
pub mod intercept;
pub mod limit;
#[cfg(feature = "testing")]
pub mod mock;
pub mod model;
pub mod operation;
pub mod paginate;
pub mod product;
pub mod protocol;
pub mod request;
pub mod response;
pub mod retry;
#[doc(hidden)]
pub mod similar;
#[cfg(test)]
mod testing;
pub mod transport;
mod unlisted;
pub mod wait;

pub use connection::Connection;
pub use error::{Error, ErrorKind};
pub use operation::{Operation, Paginated};
pub use response::Response;

/// Result with this SDK's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
