//! Protocols: encoding of inputs as requests, and decoding of responses to outputs.
//!
//! This module contains the parts that several clouds share. APIs with resources have fields in paths, queries, headers
//! and bodies: [`rest`], and [`rest_answer`] for the response. APIs with actions use [`form`], and [`envelope`] for
//! responses without the documented envelope. The parts of a single cloud are in `wharf-products`.

pub mod envelope;
mod foreign;
pub mod form;
mod refusal;
pub mod rest;
pub mod rest_answer;
mod seen;
#[cfg(feature = "xml")]
mod xml_error;

use crate::error::Error;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

/// Content type of a form.
pub const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
/// Content type of a JSON document.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Rejects a request of more than `most` bytes. `limit` is the same limit for people (`1 MB`), `why` the condition
/// under which it applies.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) with both numbers.
pub fn check_size(bytes: usize, most: usize, limit: &str, why: &str) -> Result<(), Error> {
    if bytes <= most {
        return Ok(());
    }
    Err(Error::invalid_input("request", format!("has {bytes} bytes, at most {limit} ({most} bytes) are allowed {why}")))
}

/// Returns a header value. `name` is the name of the setting, for the error.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) if a header cannot contain the value.
pub fn header(name: &'static str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| Error::configuration(name, "has characters that a header cannot carry"))
}

/// Returns a header value that is marked as sensitive.
///
/// # Errors
/// As [`header`].
pub fn secret_header(name: &'static str, value: &str) -> Result<HeaderValue, Error> {
    let mut value = header(name, value)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Adds the headers that a signature needs or consists of.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) naming the header that cannot contain its value.
pub fn add_headers(headers: &mut HeaderMap, added: Vec<wharf_sign::Header>) -> Result<(), Error> {
    for wharf_sign::Header { name, value, sensitive } in added {
        let mut value = header(name, &value)?;
        value.set_sensitive(sensitive);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(())
}

/// Returns the headers that need no signature.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) if a header cannot contain the user agent.
pub fn plain_headers(content_type: HeaderValue, user_agent: &str) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, content_type);
    if !user_agent.is_empty() {
        headers.insert(USER_AGENT, header("user agent", user_agent)?);
    }
    Ok(headers)
}
