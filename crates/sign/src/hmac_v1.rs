//! HmacSHA1 and HmacSHA256, the signatures "v1" of Tencent's APIs version 3. The signature is a parameter.

use crate::canonical::{query_len, sorted_by};
use crate::digest::{hmac_sha1, hmac_sha256, push_base64};
use crate::{Credentials, Request, Signed, Stage};

/// Parameter with the signature. It is not signed.
pub const SIGNATURE: &str = "Signature";

/// Digest of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
}

impl Algorithm {
    /// Returns the value of the parameter `SignatureMethod`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HmacSHA1",
            Self::HmacSha256 => "HmacSHA256",
        }
    }

    /// Returns the algorithm of a request: SHA-256 if it is named, SHA-1 in all other cases.
    pub fn requested(signature_method: Option<&str>) -> Self {
        if signature_method == Some(Self::HmacSha256.name()) { Self::HmacSha256 } else { Self::HmacSha1 }
    }
}

/// Signs a request by its plain parameters, sorted by name. They must include `SecretId`, `Timestamp`, `Nonce`,
/// `SignatureMethod` and for a temporary key `Token`. A parameter called [`SIGNATURE`] is left out.
pub fn sign(request: &Request<'_>, credentials: &Credentials<'_>, algorithm: Algorithm) -> Signed {
    /// Room for a question mark and the signature.
    const FIXED: usize = 48;
    let parameters = request.parameters.iter().filter(|(name, _)| *name != SIGNATURE).copied().collect();
    let parameters = sorted_by(parameters, |(left, _), (right, _)| left.cmp(right));
    let length = request.method.len() + request.host.len() + request.path.len() + query_len(request.parameters);
    let mut signed = Signed::with_capacity(length + FIXED);
    signed.add(Stage::StringToSign, |out| {
        for part in [request.method, request.host, request.path] {
            out.push_str(part);
        }
        // A question mark is there without parameters, too.
        if parameters.is_empty() {
            out.push('?');
        }
        for (at, (name, value)) in parameters.into_iter().enumerate() {
            for part in [if at == 0 { "?" } else { "&" }, name, "=", value] {
                out.push_str(part);
            }
        }
    });
    let (key, text) = (credentials.secret.as_bytes(), signed.string_to_sign().as_bytes());
    match algorithm {
        Algorithm::HmacSha1 => {
            let signature = hmac_sha1(key, text);
            signed.add(Stage::Signature, |out| push_base64(out, &signature));
        }
        Algorithm::HmacSha256 => {
            let signature = hmac_sha256(key, text);
            signed.add(Stage::Signature, |out| push_base64(out, &signature));
        }
    }
    signed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_sorted_by_name_and_plain() {
        let parameters = [("Ids.2", "b"), ("Ids.12", "a b"), ("Zone", "1"), ("Action", "集群&=")];
        let request = Request {
            method: "GET",
            host: "tke.example.com",
            path: "/",
            parameters: &parameters,
            ..Request::default()
        };
        let key = Credentials { secret: "planted-secret", ..Credentials::default() };
        let signed = sign(&request, &key, Algorithm::HmacSha256);
        assert_eq!(signed.string_to_sign(), "GETtke.example.com/?Action=集群&=&Ids.12=a b&Ids.2=b&Zone=1");
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
