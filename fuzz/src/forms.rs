//! Signed calls with any input: `<product> <version> <operation or method and path>`, then the input in JSON. The server
//! decodes forms, queries, flattened lists, JSON bodies.

use crate::parts::{runtime, server, split, word};
use serde_json::json;
use wharf::any::{self, Connection, Extras};

/// Sends a call to the server.
pub fn run(data: &[u8]) {
    let (head, body) = split(data);
    let (Ok(head), Ok(input)) = (std::str::from_utf8(head), serde_json::from_slice(body)) else { return };
    let (product, rest) = word(head);
    let (version, action) = word(rest);
    let server = server();
    let credentials = server.credentials();
    let mut extras = Extras::default();
    extras.transport = Some(server.transport());
    let options = json!({
        "region": server.region(), "endpoint": server.endpoint(), "retry": {"max_attempts": 1},
        "credentials": {"id": credentials.id(), "secret": credentials.secret().expose()},
    });
    if !any::products().any(|name| name == product) {
        return;
    }
    let connection = Connection::with_extras(product, &options, extras).expect("the options are right");
    if let Err(error) = runtime().block_on(connection.call_unlisted(version, action.trim(), input)) {
        assert_ne!(error.status(), Some(500), "{error}");
    }
}
