//! Headers that a program adds to requests.

use crate::error::Error;
use crate::model::Secret;
use crate::product::Product;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, EXPECT,
    HOST, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Headers of HTTP itself, of every signature, or with a setting of their own.
const RESERVED: [HeaderName; 17] = [
    ACCEPT,
    DATE,
    HeaderName::from_static("content-md5"),
    ACCEPT_ENCODING,
    AUTHORIZATION,
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    EXPECT,
    HOST,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    USER_AGENT,
];

/// Setting that errors name.
const SETTING: &str = "headers";

/// Reads and checks the headers of a connection. Values are secrets, because gateways accept keys in headers.
pub(super) fn read(headers: &[(String, Secret)], product: &dyn Product) -> Result<HeaderMap, Error> {
    let mut read = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let wrong = |reason: &str| Error::configuration(SETTING, format!("has {name:?}, {reason}"));
        let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("which is no name of a header"))?;
        let value = HeaderValue::from_str(value.expose());
        let mut value = value.map_err(|_| wrong("whose value is not printable ASCII"))?;
        value.set_sensitive(true);
        if is_reserved(&parsed, product) {
            return Err(owned(&parsed));
        }
        read.append(parsed, value);
    }
    Ok(read)
}

/// Adds headers to a signed request. They are not signed: every signature lists what it covers.
pub(super) fn add(to: &mut HeaderMap, extra: &HeaderMap, product: &dyn Product) -> Result<(), Error> {
    if let Some(name) = extra.keys().find(|name| to.contains_key(*name) || is_reserved(name, product)) {
        return Err(owned(name));
    }
    for (name, value) in extra {
        to.append(name, value.clone());
    }
    Ok(())
}

fn is_reserved(name: &HeaderName, product: &dyn Product) -> bool {
    RESERVED.contains(name) || product.owns_header(name)
}

fn owned(name: &HeaderName) -> Error {
    Error::configuration(SETTING, format!("has {:?}, which the protocol or another setting sets", name.as_str()))
}
