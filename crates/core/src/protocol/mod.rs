//! Protocols: how an operation's input becomes a request, and a response its output.
//!
//! Here is what several clouds share. APIs with resources have fields in paths, queries, headers and bodies: [`rest`],
//! and [`rest_answer`] for the response. For APIs with actions there are [`form`], and [`envelope`] for responses
//! without the envelope that the API documents. What one cloud alone does is beside that cloud in `wharf-products`.

pub mod envelope;
mod foreign;
pub mod form;
mod refusal;
pub mod rest;
pub mod rest_answer;
mod seen;
mod xml_error;

use crate::error::Error;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

/// The content type of a form.
pub const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
/// The content type of a JSON document.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Refuses a request of more than `most` bytes. `limit` is the same for people (`1 MB`), `why` says when it holds.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) with both numbers.
pub fn check_size(bytes: usize, most: usize, limit: &str, why: &str) -> Result<(), Error> {
    if bytes <= most {
        return Ok(());
    }
    Err(Error::invalid_input("request", format!("has {bytes} bytes, at most {limit} ({most} bytes) are allowed {why}")))
}

/// Makes a header's value. `name` is that of the setting for an error.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) when a header cannot carry the value.
pub fn header(name: &'static str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| Error::configuration(name, "has characters that a header cannot carry"))
}

/// Makes a header's value that nobody prints.
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
/// [`Configuration`](crate::ErrorKind::Configuration) naming the one that a header cannot carry.
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
/// [`Configuration`](crate::ErrorKind::Configuration) when a header cannot carry the user agent.
pub fn plain_headers(content_type: HeaderValue, user_agent: &str) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, content_type);
    if !user_agent.is_empty() {
        headers.insert(USER_AGENT, header("user agent", user_agent)?);
    }
    Ok(headers)
}
