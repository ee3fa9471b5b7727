//! How Tencent's APIs are called.
//!
//! API 3.0 has one form of response (`v3_answer`) and two of request: `v3` for the signature TC3 (common parameters
//! in headers) and `v3_flat` for the signatures HmacSHA1 and HmacSHA256 (everything in one flat list of parameters).
//! API 2.0 is older and like the latter, with rules of its own for what is signed and another form of response: `v2`
//! and `v2_answer`.

pub(crate) mod v2;
pub(crate) mod v2_answer;
pub(crate) mod v3;
pub(crate) mod v3_answer;
pub(crate) mod v3_flat;

use wharf_core::Error;
use wharf_core::protocol::check_size;

/// What a connection says in all its requests.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Common<'a> {
    /// Language of the messages (`zh-CN`, `en-US`).
    pub(crate) language: Option<&'a str>,
    /// Which program calls.
    pub(crate) request_client: Option<&'a str>,
}

/// Bytes of the path and query of a GET request (documented: 32 KB).
pub const MAX_QUERY: usize = 32 * 1024;
/// Bytes of a form in a POST request (documented: 1 MB).
pub const MAX_FORM: usize = 1024 * 1024;
/// Bytes of a JSON document in a POST request (documented: 10 MB).
pub const MAX_JSON: usize = 10 * 1024 * 1024;

fn check_query(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_QUERY, "32 KB", "with the method GET; POST takes more")
}

fn check_form(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_FORM, "1 MB", "with the signatures HmacSHA1 and HmacSHA256; TC3-HMAC-SHA256 takes more")
}

fn check_form_v2(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_FORM, "1 MB", "in a form")
}

fn check_json(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_JSON, "10 MB", "with the signature TC3-HMAC-SHA256")
}
