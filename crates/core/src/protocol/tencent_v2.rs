//! Requests of Tencent's API 2.0: one path, and everything in one flat list of parameters, in the query
//! string of a GET request or the form of a POST request.
//!
//! The action has no version, lists count from 0, truth values are written `true` and `false`.

use super::tencent_query::{finish, nonce, write};
use super::{check_credentials, check_form_v2, seconds, token};
use crate::error::Error;
use crate::model::{Member, Model, Ref, flat};
use crate::product::{Call, Signing, Unsigned};
use crate::sign::tencent_hmac::{Algorithm, Request};
use crate::sign::tencent_v2::{self, PATH};
use bytes::Bytes;
use http::Method;

/// Writes the input's parameters; [`sign`] adds the common ones.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when they are larger than services take, or when a value is one
/// that the form cannot say, such as an empty list.
pub fn encode(call: &Call<'_>, method: Method) -> Result<Unsigned, Error> {
    if let Some(member) = empty_list(call.input) {
        return Err(Error::invalid_input(member.wire, "is required and must not be empty"));
    }
    let truth = |value| if value { "true" } else { "false" };
    let parameters = flat::flatten_as(call.input, flat::Form { truth, instead: "leave it out" })?;
    write(call, method, PATH, parameters, check_form_v2)
}

/// A list that is required and has nothing in it.
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
/// [`Credentials`](crate::ErrorKind::Credentials) when the credentials cannot sign,
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the request is larger than services take.
pub fn sign(
    unsigned: &Unsigned,
    signing: &Signing<'_>,
    algorithm: Algorithm,
    request_client: Option<&str>,
) -> Result<http::Request<Bytes>, Error> {
    check_credentials(signing.credentials)?;
    let credentials = signing.credentials;
    let timestamp = seconds(signing.time).to_string();
    let nonce = nonce(signing);
    // In the order of the vendor's client.
    let common = [
        ("Action", Some(unsigned.operation.name)),
        ("RequestClient", request_client),
        ("Region", unsigned.region.as_deref()),
        ("Token", token(credentials)),
        ("SecretId", Some(credentials.id())),
        ("Nonce", Some(nonce.as_str())),
        ("Timestamp", Some(timestamp.as_str())),
        ("SignatureMethod", Some(algorithm.name())),
    ];
    let sign = |request: &Request<'_>| tencent_v2::sign(request, credentials.secret().expose(), algorithm);
    finish(unsigned, &common, sign, check_form_v2)
}
