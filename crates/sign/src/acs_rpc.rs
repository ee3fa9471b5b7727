//! HMAC-SHA1 of Alibaba's APIs with actions (RPC): the signature is a parameter.

use crate::canonical::{push_sorted_query, push_sorted_query_encoded, query_len, sorted};
use crate::digest::{hmac_sha1, push_base64};
use crate::{Credentials, Request, Signed, Stage, acs3};
use zeroize::Zeroizing;

/// Name of the algorithm, the value of the parameter `SignatureMethod`.
pub const ALGORITHM: &str = "HMAC-SHA1";
/// Version of the signature, the value of the parameter `SignatureVersion`.
pub const VERSION: &str = "1.0";
/// Parameter with the signature. It is not signed.
pub const SIGNATURE: &str = "Signature";
/// Parameter with the token of a temporary key.
pub const TOKEN: &str = "SecurityToken";
/// Parameter with the time, in the format that [`date`](crate::acs3::date) writes.
pub const TIMESTAMP: &str = "Timestamp";

/// Returns the parameters with time, nonce, key and token, which must be signed. `nonce` must differ in every request.
pub fn parameters(credentials: &Credentials<'_>, timestamp: i64, nonce: &str) -> Vec<(&'static str, String)> {
    let timestamp = acs3::date(timestamp);
    let mut parameters = vec![
        (TIMESTAMP, timestamp.as_str()),
        ("SignatureMethod", ALGORITHM),
        // The vendor's clients send it, and it is signed.
        ("SignatureType", ""),
        ("SignatureVersion", VERSION),
        ("SignatureNonce", nonce),
        ("AccessKeyId", credentials.id),
    ];
    parameters.extend(credentials.token.map(|token| (TOKEN, token)));
    parameters.into_iter().map(owned).collect()
}

fn owned((name, value): (&'static str, &str)) -> (&'static str, String) {
    (name, value.to_owned())
}

/// Signs a request. A parameter called [`SIGNATURE`] is left out.
pub fn sign(request: &Request<'_>, credentials: &Credentials<'_>) -> Signed {
    /// Room for the method, the signature and a few escapes.
    const FIXED: usize = 64;
    let signed: Vec<(&str, &str)> = request.parameters.iter().filter(|(name, _)| *name != SIGNATURE).copied().collect();
    let length = query_len(&signed);
    // Escapes are escaped once more, and the query is there twice.
    let mut stages = Signed::with_capacity(2 * length + length / 2 + FIXED);
    let signed = sorted(signed);
    stages.add(Stage::CanonicalQuery, |out| push_sorted_query(out, &signed));
    stages.add(Stage::StringToSign, |out| {
        for part in [request.method, "&%2F&"] {
            out.push_str(part);
        }
        push_sorted_query_encoded(out, &signed);
    });
    // The key is the secret with an ampersand after it.
    let mut key = Zeroizing::new(String::with_capacity(credentials.secret.len() + 1));
    key.push_str(credentials.secret);
    key.push('&');
    let signature = hmac_sha1(key.as_bytes(), stages.string_to_sign().as_bytes());
    stages.add(Stage::Signature, |out| push_base64(out, &signature));
    stages
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
        let key = Credentials { id: "testid", secret: "testsecret", token: None };
        let get = Request { method: "GET", parameters: &parameters, ..Request::default() };
        let signed = sign(&get, &key);
        assert_eq!(signed.signature(), "OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
        let mut again = parameters.to_vec();
        again.push(("Signature", "another"));
        assert_eq!(sign(&Request { parameters: &again, ..get }, &key), signed);
    }

    #[test]
    fn what_is_added() {
        let key = Credentials { id: "AK", secret: "planted-secret", token: Some("t") };
        let added = parameters(&key, 1_456_231_584, "n");
        assert_eq!(added[0], (TIMESTAMP, "2016-02-23T12:46:24Z".to_owned()));
        assert_eq!(added[4..], [("SignatureNonce", "n"), ("AccessKeyId", "AK"), ("SecurityToken", "t")].map(owned));
        assert_eq!(parameters(&Credentials { token: None, ..key }, 0, "n").len(), added.len() - 1);
    }

    #[test]
    fn parameters_are_encoded_twice() {
        let request = Request { method: "POST", parameters: &[("b", "值 ~*/+"), ("a", "")], ..Request::default() };
        let signed = sign(&request, &Credentials { secret: "planted-secret", ..Credentials::default() });
        assert_eq!(signed.canonical_query(), "a=&b=%E5%80%BC%20~%2A%2F%2B");
        assert_eq!(signed.string_to_sign(), "POST&%2F&a%3D%26b%3D%25E5%2580%25BC%2520~%252A%252F%252B");
        assert!(!format!("{request:?} {signed:?}").contains("planted"));
    }
}
