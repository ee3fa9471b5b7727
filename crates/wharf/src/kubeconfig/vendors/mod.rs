//! The operations of each product that return a kubeconfig.

#[cfg(feature = "ack")]
mod ack;
#[cfg(feature = "cce")]
mod cce;
#[cfg(feature = "tke")]
mod tke;

#[cfg(feature = "tke")]
pub(crate) use tke::is_public as is_public_tke;

use super::{Fetch, Kubeconfig, KubeconfigProvider, Side, Wanted};
use crate::Error;
#[cfg(any(feature = "tke", feature = "cce"))]
use crate::ErrorKind;
use wharf_core::model::Problem;

/// Returns the error of a kubeconfig in a response.
fn unreadable(problem: Problem) -> Error {
    Error::decode(problem.field, problem.reason)
}

/// Returns the error of a lifetime that a product cannot set.
#[cfg(any(feature = "tke", feature = "cce"))]
fn no_lifetime(product: &str, instead: &str) -> Error {
    let message = format!("valid_for is not supported by {product}: {instead}");
    Error::new(ErrorKind::Unsupported, message).with_field("valid_for")
}
