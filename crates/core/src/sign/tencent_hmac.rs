//! HmacSHA1 and HmacSHA256, the signatures "v1" of Tencent's APIs: the signature is a parameter.

use super::{hmac_sha1, hmac_sha256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// Which digest is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
}

impl Algorithm {
    /// The value of the parameter `SignatureMethod`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HmacSHA1",
            Self::HmacSha256 => "HmacSHA256",
        }
    }

    /// The algorithm that a request asks for: SHA-256 only by its name, SHA-1 in all other cases.
    pub fn requested(signature_method: Option<&str>) -> Self {
        if signature_method == Some(Self::HmacSha256.name()) { Self::HmacSha256 } else { Self::HmacSha1 }
    }
}

/// The parts of an HTTP request that are signed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Method in capitals.
    pub method: &'a str,
    /// Host, with its port if the request names one.
    pub host: &'a str,
    /// Path, encoded as it is sent.
    pub path: &'a str,
    /// All parameters but `Signature`, decoded, in any order.
    pub parameters: &'a [(&'a str, &'a str)],
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.host)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A signature and what it was made from, but the secret.
///
/// `Debug` leaves the signed string out, because parameters may hold what must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// Method, host, path and the sorted parameters with their plain values.
    pub string_to_sign: String,
    /// The signature in Base64.
    pub signature: String,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").finish_non_exhaustive()
    }
}

/// Signs a request.
pub fn sign(request: &Request<'_>, secret: &str, algorithm: Algorithm) -> Signed {
    let mut parameters = request.parameters.to_vec();
    parameters.sort_by_key(|(name, _)| *name);
    let parameters = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let string_to_sign = format!("{}{}{}?{parameters}", request.method, request.host, request.path);
    let signature = match algorithm {
        Algorithm::HmacSha1 => STANDARD.encode(hmac_sha1(secret.as_bytes(), string_to_sign.as_bytes())),
        Algorithm::HmacSha256 => STANDARD.encode(hmac_sha256(secret.as_bytes(), string_to_sign.as_bytes())),
    };
    Signed { string_to_sign, signature }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_sorted_by_name_and_plain() {
        let parameters = [("Ids.2", "b"), ("Ids.12", "a b"), ("Zone", "1"), ("Action", "集群&=")];
        let request = Request { method: "GET", host: "tke.example.com", path: "/", parameters: &parameters };
        let signed = sign(&request, "planted-secret", Algorithm::HmacSha256);
        assert_eq!(signed.string_to_sign, "GETtke.example.com/?Action=集群&=&Ids.12=a b&Ids.2=b&Zone=1");
        assert!(!format!("{request:?} {signed:?}").contains("planted-secret"));
    }

    #[test]
    fn the_algorithm_is_sha1_unless_asked_for() {
        assert_eq!(Algorithm::requested(Some("HmacSHA256")), Algorithm::HmacSha256);
        assert_eq!(Algorithm::requested(Some("HmacSHA1")), Algorithm::HmacSha1);
        assert_eq!(Algorithm::requested(None), Algorithm::HmacSha1);
        assert_eq!(Algorithm::requested(Some("other")), Algorithm::HmacSha1);
    }
}
