//! The operations of each product that return a kubeconfig.

#[cfg(feature = "ack")]
mod ack;
#[cfg(feature = "cce")]
mod cce;
#[cfg(feature = "tke")]
mod tke;

use super::{Fetch, Kubeconfig, KubeconfigProvider, Side, Wanted};
use crate::{Error, ErrorKind};
use wharf_core::model::Problem;

/// Returns the error of a kubeconfig in a response.
fn unreadable(problem: Problem) -> Error {
    Error::decode(problem.field, problem.reason)
}

/// Returns the error of a lifetime that a product cannot set.
#[allow(dead_code)]
fn no_lifetime(product: &str, instead: &str) -> Error {
    let message = format!("valid_for is not supported by {product}: {instead}");
    Error::new(ErrorKind::Unsupported, message).with_field("valid_for")
}
