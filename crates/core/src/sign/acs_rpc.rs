//! HMAC-SHA1 of Alibaba's APIs with actions (RPC): the signature is a parameter.

use super::hmac_sha1;
use super::sdk_hmac_sha256::{canonical_query, encode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use zeroize::Zeroizing;

/// Name of the algorithm, the value of the parameter `SignatureMethod`.
pub const ALGORITHM: &str = "HMAC-SHA1";
/// Version of the signature, the value of the parameter `SignatureVersion`.
pub const VERSION: &str = "1.0";
/// The parameter that holds the signature, and is not signed itself.
pub const SIGNATURE: &str = "Signature";
/// The parameter that states the time, in the form that [`date`](super::acs3::date) writes.
pub const TIMESTAMP: &str = "Timestamp";

/// The parts of an HTTP request that are signed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Method in capitals.
    pub method: &'a str,
    /// All parameters, those of the query and those of a form, decoded, in any order.
    /// One called [`SIGNATURE`] is left out.
    pub parameters: &'a [(&'a str, &'a str)],
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

/// A signature and what it was made from, but the secret.
///
/// `Debug` leaves out what is signed, because parameters may hold what must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The parameters, sorted and encoded.
    pub canonical_query: String,
    /// Method, path, and those parameters encoded once more.
    pub string_to_sign: String,
    /// The signature in Base64.
    pub signature: String,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").finish_non_exhaustive()
    }
}

/// Signs a request with the secret of an access key.
pub fn sign(request: &Request<'_>, secret: &str) -> Signed {
    let parameters: Vec<(&str, &str)> =
        request.parameters.iter().filter(|(name, _)| *name != SIGNATURE).copied().collect();
    let canonical_query = canonical_query(&parameters);
    let string_to_sign = format!("{}&%2F&{}", request.method, encode(&canonical_query));
    // The key is the secret with an ampersand after it.
    let mut key = Zeroizing::new(String::with_capacity(secret.len() + 1));
    key.push_str(secret);
    key.push('&');
    let signature = STANDARD.encode(hmac_sha1(key.as_bytes(), string_to_sign.as_bytes()));
    Signed { canonical_query, string_to_sign, signature }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The worked example of Alibaba's public documentation of the RPC signature.
    #[test]
    fn the_documented_example() {
        let parameters = [
            ("Timestamp", "2016-02-23T12:46:24Z"),
            ("Format", "XML"),
            ("AccessKeyId", "testid"),
            ("Action", "DescribeRegions"),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureNonce", "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"),
            ("Version", "2014-05-26"),
            ("SignatureVersion", "1.0"),
        ];
        let signed = sign(&Request { method: "GET", parameters: &parameters }, "testsecret");
        assert_eq!(signed.signature, "OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
        let mut again = parameters.to_vec();
        again.push(("Signature", "another"));
        assert_eq!(sign(&Request { method: "GET", parameters: &again }, "testsecret"), signed);
    }

    #[test]
    fn parameters_are_encoded_twice() {
        let request = Request { method: "POST", parameters: &[("b", "值 ~*/+"), ("a", "")] };
        let signed = sign(&request, "planted-secret");
        assert_eq!(signed.canonical_query, "a=&b=%E5%80%BC%20~%2A%2F%2B");
        assert_eq!(signed.string_to_sign, "POST&%2F&a%3D%26b%3D%25E5%2580%25BC%2520~%252A%252F%252B");
        assert!(!format!("{request:?} {signed:?}").contains("planted"));
    }
}
