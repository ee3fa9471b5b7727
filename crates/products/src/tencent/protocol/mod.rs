//! Protocols of Tencent's APIs.
//!
//! API 3.0 has one form of response (`v3_answer`) and two forms of request: `v3` for the signature TC3 (common
//! parameters in headers) and `v3_flat` for the signatures HmacSHA1 and HmacSHA256 (all parameters in one flat list).
//! API 2.0 is older and similar to the latter. It has its own rules of signing (`v2`) and its own form of response
//! (`v2_answer`).

#[cfg(feature = "testing")]
pub(crate) mod respond;
// Of CCS alone.
#[cfg(feature = "ccs")]
pub(crate) mod v2;
#[cfg(feature = "ccs")]
pub(crate) mod v2_answer;
pub(crate) mod v3;
pub(crate) mod v3_answer;
pub(crate) mod v3_flat;

use wharf_core::Error;
use wharf_core::protocol::check_size;

/// Values that a connection sends in all requests.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Common<'a> {
    /// Language of the messages (`zh-CN`, `en-US`).
    pub(crate) language: Option<&'a str>,
    /// Name of the calling program.
    pub(crate) request_client: Option<&'a str>,
}

/// Maximum bytes of the path and query of a GET request (documented: 32 KB).
pub const MAX_QUERY: usize = 32 * 1024;
/// Maximum bytes of a form in a POST request (documented: 1 MB).
pub const MAX_FORM: usize = 1024 * 1024;
/// Maximum bytes of a JSON document in a POST request (documented: 10 MB).
pub const MAX_JSON: usize = 10 * 1024 * 1024;

fn check_query(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_QUERY, "32 KB", "with the method GET; POST takes more")
}

fn check_form(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_FORM, "1 MB", "with the signatures HmacSHA1 and HmacSHA256; TC3-HMAC-SHA256 takes more")
}

#[cfg(feature = "ccs")]
fn check_form_v2(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_FORM, "1 MB", "in a form")
}

fn check_json(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_JSON, "10 MB", "with the signature TC3-HMAC-SHA256")
}
