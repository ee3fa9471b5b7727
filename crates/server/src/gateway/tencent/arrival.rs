//! The parts of a request, before any of them is checked.

use super::super::{Pairs, Request, host, pairs, parameters, shown, text};
use super::missing;
use crate::catalog::Product;
use crate::doctor::Hide;
use crate::journal::{Entry, SignatureMethod};
use crate::refusal::Refusal;
use http::request::Parts;
use wharf_sign::hmac_v1::{Algorithm, SIGNATURE};
use wharf_sign::{Authorization, tc3};

/// The content type of bodies that are not forms.
pub(super) const JSON: &str = "application/json";

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
    request: Request<'a>,
    /// The parameters of a query or a form.
    pairs: &'a Pairs,
    /// Whether the signature is in a header (TC3) or among the parameters (v1).
    pub(super) in_header: bool,
}

impl<'a> Arrival<'a> {
    pub(super) fn new(request: Request<'a>, pairs: Option<&'a Pairs>, in_header: bool) -> Self {
        let pairs = pairs.unwrap_or(Pairs::NONE);
        Self { parts: request.parts, body: request.body, request, pairs, in_header }
    }

    /// A header as text; empty if it is absent.
    pub(super) fn header(&self, name: &str) -> &'a str {
        text(self.parts, name)
    }

    /// The content type without its parameters, in lower case.
    pub(super) fn content_type(&self) -> String {
        self.request.content_type()
    }

    /// One of the parameters that every call has; empty if it is not there.
    pub(super) fn common(&self, name: &str) -> &'a str {
        if self.in_header { self.header(&format!("x-tc-{}", name.to_ascii_lowercase())) } else { self.parameter(name) }
    }

    /// What the caller calls one of the parameters that every call has.
    pub(super) fn common_name(&self, name: &str) -> String {
        if self.in_header { format!("X-TC-{name}") } else { name.to_owned() }
    }

    /// Refuses a request without one of the parameters that every call has.
    pub(super) fn require(&self, names: &[&str]) -> Result<(), Refusal> {
        match names.iter().find(|name| self.common(name).is_empty()) {
            Some(name) => Err(missing(&self.common_name(name))),
            None => Ok(()),
        }
    }

    /// The parameters of a query or a form, decoded, in their order; none if they cannot be decoded.
    pub(super) fn pairs(&self) -> &'a [(String, String)] {
        if self.pairs.garbled { &[] } else { &self.pairs.list }
    }

    /// A parameter of a query or form; empty if it is not there.
    pub(super) fn parameter(&self, name: &str) -> &'a str {
        if self.pairs.garbled { "" } else { self.pairs.get(name) }
    }

    /// The parameters that belong to the operation.
    pub(super) fn own_pairs(&self) -> Vec<(String, String)> {
        self.pairs().iter().filter(|(name, _)| self.in_header || !is_common(name)).cloned().collect()
    }

    /// Refuses parameters that are too many or cannot be read.
    pub(super) fn check_pairs(&self) -> Result<(), Refusal> {
        if self.pairs.too_many {
            let message = format!("The request has more than {} parameters.", pairs::MOST);
            return Err(Refusal::new("InvalidParameter", message));
        }
        if self.pairs.garbled {
            return Err(Refusal::new("InvalidParameter", "The parameters are not encoded in UTF-8."));
        }
        Ok(())
    }

    /// The host the caller named, with its port.
    pub(super) fn host(&self) -> &'a str {
        host(self.parts)
    }

    /// Which parameters must not be shown: sensitive ones, those that no operation has, and what proves who calls.
    pub(super) fn hide(&self, product: Option<&'static Product>) -> Hide {
        let (action, in_header) = (self.common("Action").to_owned(), self.in_header);
        Box::new(move |name| {
            let operation = || Some((product?, product?.operation(&action)?));
            let hidden = || {
                operation()
                    .and_then(|(product, operation)| parameters::hidden(product.spec(), &operation.spec.input, name))
            };
            match name {
                "Token" | SIGNATURE => true,
                _ if !in_header && is_common(name) => false,
                _ => hidden().unwrap_or(true),
            }
        })
    }

    /// The identifier of the key that it names.
    fn key(&self) -> Option<&'a str> {
        let id = if self.in_header {
            tc3::parse(self.header("authorization")).map_or("", |authorization| authorization.id)
        } else {
            self.parameter("SecretId")
        };
        Some(id).filter(|id| !id.is_empty())
    }

    /// The kind of signature it carries.
    fn signature_method(&self) -> SignatureMethod {
        if self.in_header {
            return SignatureMethod::Tc3;
        }
        match Algorithm::requested(Some(self.parameter("SignatureMethod"))) {
            Algorithm::HmacSha1 => SignatureMethod::HmacSha1,
            Algorithm::HmacSha256 => SignatureMethod::HmacSha256,
        }
    }

    /// Notes the unchecked parts of the request, but for the product.
    pub(super) fn identify(&self, entry: &mut Entry) {
        entry.operation = self.common("Action").to_owned();
        entry.region = self.common("Region").to_owned();
        entry.signature_method = self.signature_method();
        entry.caller = self.key().map(str::to_owned);
        entry.headers = self.shown_headers();
    }

    /// The headers that a test may want to see.
    fn shown_headers(&self) -> Vec<(String, String)> {
        const PLAIN: [&str; 10] = [
            "content-length",
            "content-type",
            "user-agent",
            "x-tc-action",
            "x-tc-content-sha256",
            "x-tc-language",
            "x-tc-region",
            "x-tc-requestclient",
            "x-tc-timestamp",
            "x-tc-version",
        ];
        let authorization = tc3::parse(self.header("authorization")).ok();
        let authorization = authorization.map(|Authorization { id, date, service, signed_headers, .. }| {
            format!("TC3-HMAC-SHA256 Credential={id}/{date}/{service}/tc3_request, SignedHeaders={signed_headers}")
        });
        shown(self.parts, authorization, &PLAIN)
    }
}
