//! Requests of Tencent's API 2.0: one path, and all parameters in one flat list, in the query string of a GET request
//! or the form of a POST request.
//!
//! The action has no version, lists count from 0, and booleans are written `true` and `false`.

use super::check_form_v2;
use super::v3_flat::{finish, nonce, write};
use bytes::Bytes;
use http::Method;
use wharf_core::Error;
use wharf_core::model::{Member, Model, Ref, flat};
use wharf_core::product::{EncodeInput, Signing, Unsigned};
use wharf_sign::Request;
use wharf_sign::hmac_v1::Algorithm;
use wharf_sign::hmac_v1_api2::{self, PATH};

/// Encodes the input's parameters; [`sign`] adds the common ones.
///
/// # Errors
/// [`InvalidInput`](wharf_core::ErrorKind::InvalidInput) when the request is larger than services accept, or has a
/// value that the form cannot represent, such as an empty list.
pub(crate) fn encode(call: &EncodeInput<'_>, method: Method) -> Result<Unsigned, Error> {
    if let Some(member) = empty_list(call.input) {
        return Err(Error::invalid_input(member.wire, "is required and must not be empty"));
    }
    let truth = |value| if value { "true" } else { "false" };
    let parameters = flat::flatten_as(call.input, flat::Form { truth, instead: "leave it out" })?;
    write(call, method, PATH, parameters, check_form_v2)
}

/// Returns a required list that is empty, if any.
fn empty_list(input: &dyn Model) -> Option<&'static Member> {
    let mut found = None;
    input.each(&mut |member, value| {
        if member.required && matches!(value, Ref::List(list) if list.is_empty()) {
            found = found.or(Some(member));
        }
    });
    found
}

/// Adds the common parameters and the signature.
///
/// # Errors
/// [`Credentials`](wharf_core::ErrorKind::Credentials) when the credentials cannot sign,
/// [`InvalidInput`](wharf_core::ErrorKind::InvalidInput) when the request is larger than services accept.
pub(crate) fn sign(
    unsigned: &Unsigned,
    signing: &Signing<'_>,
    algorithm: Algorithm,
    request_client: Option<&str>,
) -> Result<http::Request<Bytes>, Error> {
    let key = signing.key()?;
    let timestamp = signing.timestamp().to_string();
    let nonce = nonce(signing);
    // The order is that of the vendor's client.
    let common = [
        ("Action", Some(unsigned.operation.name)),
        ("RequestClient", request_client),
        ("Region", unsigned.region.as_deref()),
        ("Token", key.token),
        ("SecretId", Some(key.id)),
        ("Nonce", Some(nonce.as_str())),
        ("Timestamp", Some(timestamp.as_str())),
        ("SignatureMethod", Some(algorithm.name())),
    ];
    let sign = |request: &Request<'_>| hmac_v1_api2::sign(request, &key, algorithm);
    finish(unsigned, &common, sign, check_form_v2)
}
