//! What a request says of itself, before any of it is believed.

use super::super::{FORM, Pairs, Request, host, pairs};
use super::old;
use crate::catalog::{Catalog, Product};
use crate::journal::SignatureMethod;
use crate::refusal::Refusal;
use http::request::Parts;
use http::{Method, header};
use wharf_sign::hmac_v1::Algorithm;
use wharf_sign::{hmac_v1_api2, tc3};

/// Parameters of version-1 requests that belong to the gateway, not to the operation.
/// The last two are added by the vendor's own clients.
const COMMON: [&str; 11] = [
    "Action",
    "Version",
    "Region",
    "Timestamp",
    "Nonce",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Token",
    "Language",
    "RequestClient",
];

/// Whether a parameter of that name belongs to the gateway when the signature is one of the parameters.
pub(super) fn is_common(name: &str) -> bool {
    COMMON.contains(&name)
}

/// A request: its head, and its body once that is read.
#[derive(Debug)]
pub(super) struct Arrival<'a> {
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
    /// The parameters of a query or a form.
    pairs: &'a Pairs,
    /// Whether the signature is in a header (TC3) or among the parameters (v1).
    pub(super) in_header: bool,
    /// Whether it is a call of API 2.0.
    pub(super) old: bool,
}

impl<'a> Arrival<'a> {
    pub(super) fn of(request: Request<'a>) -> Self {
        let parts = request.parts;
        let old = old::is_old(parts, host(parts));
        let in_header =
            !old && (parts.headers.contains_key(header::AUTHORIZATION) || parts.headers.contains_key("x-tc-action"));
        let pairs = match parts.method {
            Method::GET => request.query(),
            _ if request.content_type() == FORM || old => request.form(),
            _ => Pairs::NONE,
        };
        Self { parts, body: request.body, pairs, in_header, old }
    }

    /// A header as text; empty if it is absent.
    pub(super) fn header(&self, name: &str) -> &'a str {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// One of the parameters that every call has; empty when it is not there.
    pub(super) fn common(&self, name: &str) -> &'a str {
        if self.in_header { self.header(&format!("x-tc-{}", name.to_ascii_lowercase())) } else { self.parameter(name) }
    }

    /// What the caller calls one of the parameters that every call has.
    pub(super) fn common_name(&self, name: &str) -> String {
        if self.in_header { format!("X-TC-{name}") } else { name.to_owned() }
    }

    /// The parameters of a query or a form, decoded, in their order; none when they cannot be decoded.
    pub(super) fn pairs(&self) -> &'a [(String, String)] {
        if self.pairs.garbled { &[] } else { &self.pairs.list }
    }

    /// A parameter of a query or form; empty when it is not there.
    pub(super) fn parameter(&self, name: &str) -> &'a str {
        if self.pairs.garbled { "" } else { self.pairs.get(name) }
    }

    /// The parameters that belong to the operation.
    pub(super) fn own_pairs(&self) -> Vec<(String, String)> {
        self.pairs().iter().filter(|(name, _)| !self.is_common(name)).cloned().collect()
    }

    /// Whether a parameter of a query or form belongs to the gateway.
    pub(super) fn is_common(&self, name: &str) -> bool {
        !self.in_header && is_common(name)
    }

    /// The host the caller named, with its port.
    pub(super) fn host(&self) -> &'a str {
        host(self.parts)
    }

    /// Paths that may be signed: the one that was sent, and the one that the documents name for all calls.
    pub(super) fn signable_paths(&self) -> [&'a str; 2] {
        [self.parts.uri.path(), if self.old { hmac_v1_api2::PATH } else { "/" }]
    }

    /// The kind of signature it carries.
    pub(super) fn signature_method(&self) -> SignatureMethod {
        if self.in_header {
            return SignatureMethod::Tc3;
        }
        match Algorithm::requested(Some(self.parameter("SignatureMethod"))) {
            Algorithm::HmacSha1 => SignatureMethod::HmacSha1,
            Algorithm::HmacSha256 => SignatureMethod::HmacSha256,
        }
    }

    /// The product it is for: by host, path, scope of the signature, or version of the API.
    pub(super) fn product(&self, catalog: &'static Catalog) -> Option<&'static Product> {
        if self.old {
            return old::product(catalog);
        }
        let label = self.host().split_once('.').map(|(label, _)| label);
        let prefix = self.parts.uri.path().trim_start_matches('/').split('/').next();
        let scope = tc3::parse(self.header("authorization")).ok().map(|authorization| authorization.service);
        let version = self.common("Version");
        [label, prefix, scope]
            .into_iter()
            .flatten()
            .find_map(|name| catalog.product_of_actions(name, version))
            .or_else(|| catalog.product_of_version(version))
    }

    /// Checks method, path, content type and size: what the documents call the protocol.
    pub(super) fn check_protocol(&self, catalog: &Catalog) -> Result<(), Refusal> {
        if self.old {
            old::check_protocol(self)?
        } else {
            self.check_new_protocol(catalog)?
        }
        if self.pairs.too_many {
            let message = format!("The request has more than {} parameters.", pairs::MOST);
            return Err(Refusal::new("InvalidParameter", message));
        }
        if self.pairs.garbled {
            return Err(Refusal::new("InvalidParameter", "The parameters are not encoded in UTF-8."));
        }
        Ok(())
    }

    fn check_new_protocol(&self, catalog: &Catalog) -> Result<(), Refusal> {
        let unsupported = |message: String| Err(Refusal::new("UnsupportedProtocol", message));
        let content_type = content_type(self.parts);
        match self.parts.method {
            Method::GET if self.in_header && content_type != FORM => {
                return unsupported(format!("A GET signed with TC3-HMAC-SHA256 has the content type {FORM}."));
            }
            Method::GET => {}
            Method::POST if self.in_header && content_type != JSON => {
                return unsupported(format!(
                    "A POST signed with TC3-HMAC-SHA256 has the content type {JSON}; `{content_type}` is not supported."
                ));
            }
            Method::POST if !self.in_header && content_type != FORM => {
                return unsupported(format!(
                    "A POST signed with HmacSHA1 or HmacSHA256 has the content type {FORM}; `{content_type}` is not supported."
                ));
            }
            Method::POST if self.parts.uri.query().is_some_and(|query| !query.is_empty()) => {
                return unsupported("The parameters of a POST belong into its body, not into the query.".to_owned());
            }
            Method::POST => {}
            ref other => return unsupported(format!("The method {other} is not supported, only GET and POST.")),
        }
        let path = self.parts.uri.path().trim_matches('/');
        if !path.is_empty() && catalog.product_of_actions(path, "").is_none() {
            return unsupported("The path is `/`, or names a product: `/tke/`.".to_owned());
        }
        Ok(())
    }
}

const JSON: &str = "application/json";

/// Bytes that a request of this form may have.
pub(super) fn size_limit(parts: &Parts) -> usize {
    match parts.method {
        Method::GET => 32 << 10,
        _ if is_form(parts) || old::is_old(parts, host(parts)) => 1 << 20,
        _ => 10 << 20,
    }
}

fn is_form(parts: &Parts) -> bool {
    content_type(parts) == FORM
}

/// The content type without its parameters, in lower case.
pub(super) fn content_type(parts: &Parts) -> String {
    let value = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
