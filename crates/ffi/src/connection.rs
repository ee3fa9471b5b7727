//! Connections.

use crate::boundary::{Json, free, guard, place, put, shared, text, with_threads};
use crate::engine::Engine;
use crate::error::wharf_error;
use crate::log;
use crate::result::wharf_result;
use std::ffi::{CString, c_char};
use std::ptr::null;
use std::sync::Arc;
use wharf::any;

/// A connection to a product: endpoint, credentials, pool, retries. Any number of threads may use it at once; what
/// it shares between them (pool, credentials, retry budget) is why one connection is better than many. The caller
/// owns it and frees it with `wharf_connection_free`; calls and pages that are begun go on.
#[derive(Debug)]
pub struct wharf_connection {
    connection: any::Connection,
    product: CString,
    // Last, so that it goes last.
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

/// Makes a connection to a product. Nothing is sent.
///
/// The options are one JSON object. All of them may be left out: credentials then come from where the vendor's own
/// tools find them (environment, profile file, role of the machine).
///
/// @code
/// {"region": "ap-guangzhou", "domain": "cloud.example.com", "endpoint": "https://tke.example.com",
///  "credentials": {"id": "...", "secret": "...", "token": "..."},
///  "root_certificate": "-----BEGIN CERTIFICATE-----...", "proxy": "http://proxy:3128", "no_proxy": true,
///  "connect_timeout": 10, "attempt_timeout": 30, "call_timeout": 300,
///  "retry": {"max_attempts": 3, "base_delay": 0.2, "throttled_delay": 1, "max_delay": 20},
///  "client_rate_limit": false, "max_response_bytes": 67108864, "user_agent": "my-program/1.0",
///  "pool_max_idle_per_host": 32, "pool_idle_timeout": 20, "resolve": {"host": "192.0.2.1:443"},
///  "danger_accept_plain_http": false, "danger_accept_invalid_certificates": false}
/// @endcode
///
/// Times are in seconds. Tencent's products take `signature_method` (`TC3-HMAC-SHA256`, `HmacSHA1`, `HmacSHA256`),
/// `http_method` (`POST`, `GET`), `language` and `request_client` too; Huawei's `project_id`, `iam_endpoint`,
/// `cluster_addressing` (`host`, `path`), `token`, and `password_login` (`{"user", "password", "account"}`);
/// Alibaba's `signature_method` (`HMAC-SHA1`, `ACS3-HMAC-SHA256`), `organization`, `resource_group`, `instance`,
/// `sts_endpoint`, `asapi` (`{"product_ak", "role_id"}`) and `assume_role` (`{"arn", "session_name", "duration",
/// "policy", "region"}`).
///
/// An option that does not exist or has a value of the wrong type is `WHARF_CONFIGURATION`, named by
/// `wharf_error_field`; a product that this library does not have is `WHARF_INVALID_INPUT`.
///
/// @param product name of the product (`WHARF_TKE`).
/// @param options JSON, or NULL for none.
/// @param connection where the connection goes.
/// @param error NULL, or where an error goes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_connection_new(
    product: *const c_char,
    options: *const c_char,
    connection: *mut *mut wharf_connection,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let name = text("product", product)?.to_owned();
        let options = Json::new("options", options)?;
        place("connection", connection)?;
        let engine = Engine::get()?;
        let made = engine.run(move || Ok(any::Connection::from_options(&name, &options.read()?)?));
        log::flush();
        let made = made?;
        let product = CString::new(made.product()).unwrap_or_default();
        put(connection, Box::new(wharf_connection { connection: made, product, engine }));
        Ok(wharf_result::WHARF_OK)
    })
}

/// Name of the product that a connection is to; NULL only for NULL. Belongs to the connection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_connection_product(connection: *const wharf_connection) -> *const c_char {
    guard(null(), || shared(connection).map_or(null(), |connection| connection.product.as_ptr()))
}

/// Frees a connection and sets the pointer to NULL. Does nothing for NULL, so that freeing twice is harmless.
///
/// With the last connection (and the last pages) the threads that run calls end; on a thread of the program this waits
/// for them, and so for callbacks that run at the moment. A callback may free the connection of its own call.
///
/// @param connection NULL, or the address of a pointer that is NULL or a connection which no other thread uses now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_connection_free(connection: *mut *mut wharf_connection) {
    free(connection);
}
