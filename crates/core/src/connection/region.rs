//! Regions that do not exist: an error that can be due to one names the region that was probably meant.

use super::Connection;
use crate::error::{Error, ErrorKind};
use crate::intercept::Call;
use crate::similar;

impl Connection {
    /// Adds that the public cloud has no region of that name, if the error can be due to it: the host is not found, or the
    /// service refuses the region.
    pub(super) fn explained(&self, error: Error, call: &Call<'_>) -> Error {
        let known = self.inner.product.regions();
        let Some(region) = call.region.filter(|region| !known.is_empty() && !known.contains(region)) else {
            return error;
        };
        let refused = error.code().is_some_and(|code| code.contains("Region"));
        let unreachable = error.kind() == ErrorKind::ConnectionFailed && self.inner.own_hosts;
        if !refused && !unreachable {
            return error;
        }
        let (shown, product) = (similar::shown(region), call.product());
        let unknown = format!("{shown:?} is no known region of {product} in the public cloud");
        error.with_hint(&similar::hint(region, &unknown, known.iter().copied()))
    }
}
