//! A panic on demand, for the tests of the boundary.

use crate::boundary::{boundary, needed};
use crate::connection::wharf_connection;
use crate::error::wharf_error;
use crate::result::wharf_result;
use crate::task::{self, Tell};

/// Panics on this thread, or in a task of the connection. Only in builds for tests.
///
/// @param connection NULL to panic on this thread, or the connection in whose task to panic.
/// @param error NULL, or receives the error.
#[cfg(feature = "test-panic")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_test_panic(
    connection: *const wharf_connection,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        #[allow(clippy::panic, reason = "what it is for")]
        let explode = || panic!("asked to");
        if connection.is_null() {
            return explode();
        }
        let connection = needed("connection", connection)?;
        task::wait_for(connection.engine(), None, |_: Tell<()>| async move { explode() }, |()| ())
    })
}
