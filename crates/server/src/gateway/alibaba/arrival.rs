//! The parts of a request, before any of them is checked.

use super::super::pairs::names_any;
use super::super::{FORM, Pairs, Request, host, text};
use crate::catalog::{Catalog, Product};
use crate::journal::SignatureMethod;
use crate::refusal::Refusal;
use http::header;
use http::request::Parts;
use wharf_sign::{acs_roa, acs3};
use wharf_world::ack::tenancy::Owner;

/// The words of the two products.
pub(super) const ACK: &str = "ack";
pub(super) const STS: &str = "sts";
/// What paths begin with at the gateway for older versions.
const ASAPI: &str = "/asapi/v3";
const ROA: &str = "/roa";
/// The headers that this gateway requires additionally. The document calls organization, resource set and role mandatory,
/// too, and says elsewhere what is meant when they are not given.
const ASAPI_HEADERS: [(&str, &str); 4] = [
    ("x-ascm-product-ak", ""),
    ("x-ascm-product-name", "cs"),
    ("x-ascm-product-version", "2015-12-15"),
    ("x-acs-regionid", ""),
];

/// A request: its head, and its body once that is read.
#[derive(Debug)]
pub(super) struct Arrival<'a> {
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
    request: Request<'a>,
    /// The body is a form.
    is_form: bool,
    /// The key is named among the parameters.
    names_key: bool,
}

/// Whether the request is for one of Alibaba's products: by host, path, headers, or how it says who calls. Of a form
/// whose parameters are all in the body only that tells.
pub(crate) fn speaks(request: Request<'_>) -> bool {
    let parts = request.parts;
    let mut labels = host(parts).split('.');
    let (label, next) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    if matches!(label, "cs" | "cs-vpc" | "sts" | "sts-vpc") || next == "asapi" {
        return true;
    }
    let authorization = text(parts, header::AUTHORIZATION.as_str());
    if authorization.starts_with("acs ") || authorization.starts_with("ACS3-") {
        return true;
    }
    let own = |name: &header::HeaderName| name.as_str().starts_with("x-acs-");
    let path = parts.uri.path();
    parts.headers.keys().any(own)
        || path.starts_with(ASAPI)
        || path.starts_with("/roa/")
        || names_any(parts.uri.query().unwrap_or_default().as_bytes(), &OF_ACTIONS)
        || is_form(request)
}

/// Parameters that only calls of Alibaba's actions have.
const OF_ACTIONS: [&str; 3] = ["AccessKeyId", "SignatureNonce", "SignatureVersion"];

/// Whether the body is a form that is signed as Alibaba's are.
fn is_form(request: Request<'_>) -> bool {
    has_form(request) && names_any(request.body, &OF_ACTIONS)
}

fn has_form(request: Request<'_>) -> bool {
    !request.body.is_empty()
        && text(request.parts, header::CONTENT_TYPE.as_str()).to_ascii_lowercase().starts_with(FORM)
}

impl<'a> Arrival<'a> {
    pub(super) fn of(request: Request<'a>) -> Self {
        let query = request.parts.uri.query().unwrap_or_default().as_bytes();
        let names_key = names_any(query, &OF_ACTIONS) || is_form(request);
        Self { parts: request.parts, body: request.body, request, is_form: has_form(request), names_key }
    }

    /// The query, decoded, in its order.
    pub(super) fn query(&self) -> &'a [(String, String)] {
        &self.request.query().list
    }

    /// The body, if it is a form: taken apart when it is first asked for.
    pub(super) fn form(&self) -> &'a [(String, String)] {
        &self.form_pairs().list
    }

    fn form_pairs(&self) -> &'a Pairs {
        if self.is_form { self.request.form() } else { Pairs::NONE }
    }

    /// Whether the body is a form with parameters.
    pub(super) fn is_form(&self) -> bool {
        self.is_form
    }

    /// Whether there are more parameters than a form may have.
    pub(super) fn has_too_many(&self) -> bool {
        self.request.query().too_many || self.form_pairs().too_many
    }

    /// A header as text; empty if it is absent.
    pub(super) fn header(&self, name: &str) -> &'a str {
        text(self.parts, name)
    }

    /// A parameter of the query or of the form; empty when it is not there.
    pub(super) fn parameter(&self, name: &str) -> &'a str {
        let find = |pairs: &'a [(String, String)]| pairs.iter().find(|(known, _)| known == name);
        find(self.query()).or_else(|| find(self.form())).map_or("", |(_, value)| value)
    }

    /// The kind of signature it carries.
    pub(super) fn signature_method(&self) -> SignatureMethod {
        let authorization = self.header(header::AUTHORIZATION.as_str());
        if authorization.starts_with("acs ") {
            SignatureMethod::AcsRoa
        } else if authorization.starts_with(acs3::ALGORITHM) {
            SignatureMethod::Acs3
        } else if self.names_key {
            SignatureMethod::AcsRpc
        } else {
            SignatureMethod::None
        }
    }

    /// The identifier of the key that it names.
    pub(super) fn key(&self) -> Option<String> {
        let authorization = self.header(header::AUTHORIZATION.as_str());
        let id = match self.signature_method() {
            SignatureMethod::AcsRoa => acs_roa::parse(authorization).map_or("", |parts| parts.id),
            SignatureMethod::Acs3 => acs3::parse(authorization).map_or("", |parts| parts.id),
            _ => self.parameter("AccessKeyId"),
        };
        Some(id.to_owned()).filter(|id| !id.is_empty())
    }

    /// The product it is for: by host, by path, by version.
    pub(super) fn product(&self, catalog: &'static Catalog) -> Option<&'static Product> {
        let label = host(self.parts).split('.').next().unwrap_or_default();
        let name = match label {
            "cs" | "cs-vpc" => ACK,
            "sts" | "sts-vpc" => STS,
            _ if matches!(self.path().trim_end_matches('/'), "") => STS,
            _ => ACK,
        };
        catalog.version_or_default(name, self.version())
    }

    /// The path without what the gateways put before it.
    pub(super) fn path(&self) -> &'a str {
        let path = self.parts.uri.path();
        let path = path.strip_prefix(ASAPI).unwrap_or(path);
        let rest = path.strip_prefix(ROA).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        rest.unwrap_or(path)
    }

    /// The paths that a client can sign: the one that was sent, and the same without the gateways' prefixes.
    pub(super) fn signable_paths(&self) -> Vec<&'a str> {
        let sent = self.parts.uri.path();
        let behind = sent.strip_prefix(ASAPI).unwrap_or(sent);
        let mut paths = vec![sent, behind, self.path()];
        paths.dedup();
        paths
    }

    /// The region that it names in a header or in the query.
    pub(super) fn region(&self) -> String {
        let headers = ["x-acs-regionid", "x-acs-region-id"].map(|name| self.header(name));
        let given = headers.into_iter().chain([self.parameter("RegionId")]).find(|region| !region.is_empty());
        given.unwrap_or_default().to_owned()
    }

    /// What may be a region in the name of its host: `cn-beijing` in `cs.cn-beijing.example.com`.
    pub(super) fn region_of_host(&self) -> &'a str {
        let mut labels = host(self.parts).split('.');
        match labels.next() {
            Some("cs" | "cs-vpc" | "sts" | "sts-vpc") => labels.next().unwrap_or_default(),
            _ => "",
        }
    }

    /// The action that it names.
    pub(super) fn action(&self) -> &'a str {
        match self.parameter("Action") {
            "" => self.header("x-acs-action"),
            action => action,
        }
    }

    /// The version of the API that it is for.
    pub(super) fn version(&self) -> &'a str {
        match self.parameter("Version") {
            "" => self.header("x-acs-version"),
            version => version,
        }
    }

    /// Whether the answer is to be JSON: XML is what callers get who do not ask for it.
    pub(super) fn wants_json(&self) -> bool {
        match self.parameter("Format") {
            "" => self.header(header::ACCEPT.as_str()).to_ascii_lowercase().contains("json"),
            format => format.eq_ignore_ascii_case("json"),
        }
    }

    /// Under which organization and resource set it is made.
    pub(super) fn owner(&self) -> Result<Owner, Refusal> {
        let (organization, group) = (self.header("x-acs-organizationid"), self.header("x-acs-resourcegroupid"));
        match (organization, group) {
            ("", "") => Ok(Owner::default()),
            ("", _) => Err(missing("x-acs-organizationid", "OrganizationId")),
            (organization, group) => Ok(Owner {
                organization: organization.to_owned(),
                group: Some(group.to_owned()).filter(|group| !group.is_empty()),
            }),
        }
    }

    /// Whether it comes by the gateway for older versions.
    pub(super) fn by_asapi(&self) -> bool {
        self.path().len() != self.parts.uri.path().len()
    }

    /// Checks the headers that this gateway requires additionally.
    pub(super) fn check_gateway(&self) -> Result<(), Refusal> {
        for (name, due) in ASAPI_HEADERS.into_iter().filter(|_| self.by_asapi()) {
            match self.header(name) {
                "" => return Err(missing(name, &camel(name))),
                given if !due.is_empty() && given != due => {
                    let message = format!("The header {name} is {due} for this product, not {given}.");
                    return Err(Refusal::with_status(400, "InvalidParameter", message));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The refusal of a call without one of the parameters that all calls have.
pub(super) fn missing(parameter: &str, name: &str) -> Refusal {
    let code = format!("Missing{name}");
    Refusal::with_status(400, code, format!("{parameter} is mandatory for this action."))
}

/// A header's name as a part of a code: `ProductName` of `x-ascm-product-name`.
fn camel(name: &str) -> String {
    let words = name
        .split('-')
        .skip(2)
        .map(|word| word.get(..1).unwrap_or_default().to_uppercase() + word.get(1..).unwrap_or_default());
    words.collect()
}

#[cfg(test)]
mod tests;
