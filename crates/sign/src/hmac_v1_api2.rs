//! The signature of Tencent's API 2.0: HmacSHA1 or HmacSHA256 over the plain parameters, with two rules
//! that its successor dropped.
//!
//! - Underscores in the name of a parameter are signed as dots; the parameter is sent with its original name.
//! - In a POST request a value that starts with `@` is sent and not signed: the vendor's clients once sent files in
//!   this form, and all of them still leave such values out.

use crate::canonical::sorted_by;
use crate::hmac_v1::{self, Algorithm};
use crate::{Credentials, Request, Signed};
use std::borrow::Cow;

/// Path of every request, relative to the endpoint.
pub const PATH: &str = "/v2/index.php";

/// Signs a request. The string to sign contains the names with dots.
pub fn sign(request: &Request<'_>, credentials: &Credentials<'_>, algorithm: Algorithm) -> Signed {
    let is_signed = |value: &str| request.method != "POST" || !value.starts_with('@');
    let given = request.parameters.iter().filter(|(_, value)| is_signed(value));
    let named: Vec<(Cow<'_, str>, &str)> = given.map(|(name, value)| (dotted(name), *value)).collect();
    let borrowed = named.iter().map(|(name, value)| (name.as_ref(), *value)).collect();
    let mut parameters = sorted_by(borrowed, |(left, _), (right, _)| left.cmp(right));
    // If two names become equal the later one is used, as in the vendor's client.
    parameters.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        kept.1 = if same { later.1 } else { kept.1 };
        same
    });
    hmac_v1::sign(&Request { parameters: &parameters, ..*request }, credentials, algorithm)
}

/// Returns the name of a parameter as it is signed.
fn dotted(name: &str) -> Cow<'_, str> {
    if name.contains('_') { name.replace('_', ".").into() } else { name.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The document's example, its source string and its signature.
    #[test]
    fn the_signature_of_the_document() {
        let parameters = [
            ("Action", "DescribeInstances"),
            ("SecretId", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA"),
            ("Timestamp", "1465185768"),
            ("Nonce", "11886"),
            ("Region", "gz"),
            ("instanceIds.0", "ins-09dx96dg"),
            ("offset", "0"),
            ("limit", "20"),
        ];
        let (method, host) = ("GET", "cvm.api.qcloud.com");
        let request = Request { method, host, path: PATH, parameters: &parameters, ..Request::default() };
        let key = Credentials { secret: "Gu5t9xGARNpq86cd98joQYCN3Cozk1qA", ..Credentials::default() };
        let signed = sign(&request, &key, Algorithm::HmacSha1);
        assert_eq!(
            signed.string_to_sign(),
            "GETcvm.api.qcloud.com/v2/index.php?Action=DescribeInstances&Nonce=11886&Region=gz&\
             SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA&Timestamp=1465185768&instanceIds.0=ins-09dx96dg&\
             limit=20&offset=0"
        );
        assert_eq!(signed.signature(), "NSI3UqqD99b/UJb4tbG/xZpRW64=");
    }

    #[test]
    fn names_lose_their_underscores_before_they_are_sorted_and_values_keep_them() {
        let parameters = [("a_c", "x_y"), ("a.d", "@1"), ("a.b", ""), ("Zone", "a b&=集")];
        let (method, host) = ("GET", "ccr.example.com");
        let get = Request { method, host, path: PATH, parameters: &parameters, ..Request::default() };
        let key = Credentials { secret: "planted", ..Credentials::default() };
        let signed = |request: &Request<'_>| sign(request, &key, Algorithm::HmacSha256).string_to_sign().to_owned();
        assert_eq!(signed(&get), "GETccr.example.com/v2/index.php?Zone=a b&=集&a.b=&a.c=x_y&a.d=@1");
        let post = Request { method: "POST", ..get };
        assert_eq!(signed(&post), "POSTccr.example.com/v2/index.php?Zone=a b&=集&a.b=&a.c=x_y");
        let twice = [("a_b", "1"), ("a.b", "2")];
        assert_eq!(signed(&Request { parameters: &twice, ..get }), "GETccr.example.com/v2/index.php?a.b=2");
    }
}
