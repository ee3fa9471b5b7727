//! Connections.

use crate::boundary::{Failure, Json, Outcome, free, guard, place, put, shared, text, with_threads};
use crate::credentials::{provider, release, wharf_credentials_callback};
use crate::engine::Engine;
use crate::error::wharf_error;
use crate::log;
use crate::result::wharf_result;
use crate::task::{UserData, wharf_finalizer};
use std::ffi::{CString, c_char, c_void};
use std::ptr::null;
use std::sync::Arc;
use wharf::any::{self, Extras};

/// A connection to a product: endpoint, credentials, connection pool, retries. Any number of threads may use it at
/// once. Use one connection for many calls: they share its pool, credentials and retry budget. The caller owns it and
/// frees it with `wharf_connection_free`; calls and pages that are already started continue.
#[derive(Debug)]
pub struct wharf_connection {
    connection: any::Connection,
    product: CString,
    // Last, so that it is dropped last.
    engine: Arc<Engine>,
}

impl wharf_connection {
    pub(crate) fn any(&self) -> any::Connection {
        self.connection.clone()
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }
}

/// Creates a connection to a product. Nothing is sent.
///
/// The options are one JSON object; `wharf/options.h` has their names, values and defaults. All of them are optional.
/// Without `credentials`, credentials come from the sources of the vendor's own tools (environment, profile file, role
/// of the machine).
///
/// @code
/// {"region": "ap-guangzhou", "domain": "cloud.example.com", "call_timeout": 60,
///  "credentials": {"id": "...", "secret": "...", "token": "..."}}
/// @endcode
///
/// An unknown option, or one whose value has the wrong type, is `WHARF_CONFIGURATION`, and `wharf_error_field` names
/// it. A product that this library does not have is `WHARF_INVALID_INPUT`.
///
/// @param product name of the product (`WHARF_TKE`).
/// @param options JSON, or NULL for no options.
/// @param connection receives the connection.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_connection_new(
    product: *const c_char,
    options: *const c_char,
    connection: *mut *mut wharf_connection,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || make(product, options, Extras::default(), connection))
}

/// Creates a connection as `wharf_connection_new` does. Its credentials come from a callback of the program instead of
/// the options. The callback is kept until the connection, and every call that was started over it, has ended.
///
/// @param product name of the product (`WHARF_TKE`).
/// @param options JSON, or NULL for no options.
/// @param callback provides the credentials; must not be NULL.
/// @param user_data passed to the callback and the finalizer.
/// @param finalizer NULL, or called when `user_data` is no longer needed.
/// @param connection receives the connection.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_connection_new_with_credentials(
    product: *const c_char,
    options: *const c_char,
    callback: wharf_credentials_callback,
    user_data: *mut c_void,
    finalizer: wharf_finalizer,
    connection: *mut *mut wharf_connection,
    error: *mut *mut wharf_error,
) -> wharf_result {
    let user_data = UserData::new(user_data, finalizer);
    with_threads(error, || {
        let callback = callback.ok_or_else(|| Failure::null("callback"))?;
        let provider = provider(callback, user_data);
        let mut extras = Extras::default();
        extras.credentials = Some(provider.clone());
        let made = make(product, options, extras, connection);
        release(provider);
        made
    })
}

fn make(
    product: *const c_char,
    options: *const c_char,
    extras: Extras,
    connection: *mut *mut wharf_connection,
) -> Outcome<wharf_result> {
    let name = text("product", product)?.to_owned();
    let options = Json::new("options", options)?;
    place("connection", connection)?;
    let engine = Engine::get()?;
    let made = engine.run(move || Ok(any::Connection::with_extras(&name, &options.read()?, extras)?));
    log::flush();
    let made = made?;
    let product = CString::new(made.product()).unwrap_or_default();
    put(connection, Box::new(wharf_connection { connection: made, product, engine }));
    Ok(wharf_result::WHARF_OK)
}

/// Returns the name of the connection's product, or NULL for NULL. Belongs to the connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_connection_product(connection: *const wharf_connection) -> *const c_char {
    guard(null(), || shared(connection).map_or(null(), |connection| connection.product.as_ptr()))
}

/// Frees a connection and sets the pointer to NULL. Does nothing for NULL, so freeing twice is harmless.
///
/// Freeing the last connection (and the last pages) ends the threads that run calls. On a thread of the program this
/// function waits for them, and therefore for running callbacks. A callback may free the connection of its own call.
///
/// @param connection NULL, or the address of a pointer that is NULL or a connection that no other thread uses now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_connection_free(connection: *mut *mut wharf_connection) {
    free(connection);
}
