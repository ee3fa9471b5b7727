//! The parts that Huawei's products share: resources under paths, two methods of authentication, host names, errors.

pub mod credentials;
mod hosts;
mod login;
mod node_password;
mod options;
mod protocol;
mod settings;

pub use login::{IamToken, PasswordLogin, Scope, token_credentials};
pub use node_password::NodePassword;
pub use options::{Builder, HuaweiOptions};
pub use settings::{Authentication, ClusterAddressing, HuaweiSettings};

use bytes::Bytes;
use hosts::HostKind;
use http::header::{HeaderName, HeaderValue};
use wharf_core::error::{CodeMeta, Error, ErrorKind};
use wharf_core::model::{In, Model};
use wharf_core::operation::OperationMeta;
use wharf_core::product::{Answer, EncodeInput, Endpoint, Product, Signing, Unsigned};
use wharf_core::protocol::{rest, rest_answer};

/// Path field that the connection fills in.
const PROJECT: &str = "project_id";
/// Maximum bytes of a signed body (documented: 12 MB).
const MAX_SIGNED_BODY: usize = 12 << 20;
const TOO_LARGE: &str = "with an access key; a token takes more";
const TOKEN_HEADER: &str = "x-auth-token";
const PROJECT_HEADER: HeaderName = HeaderName::from_static("x-project-id");
/// Headers with the request id; that of the services comes first.
const REQUEST_ID_HEADERS: &[&str] = &["x-request-id", "x-iam-trace-id"];
const OUTPUT_HEADERS: &[&str] = &[login::SUBJECT_TOKEN];

/// A product of Huawei's public or private cloud.
#[derive(Debug)]
pub struct Huawei {
    name: &'static str,
    codes: &'static [CodeMeta],
    settings: HuaweiSettings,
    iam_endpoint: Option<Endpoint>,
    regions: &'static [&'static str],
}

impl Huawei {
    /// Creates a product from its name in host names (`cce`) and the table of its error codes, sorted by code.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) naming the setting that is wrong.
    pub fn new(name: &'static str, codes: &'static [CodeMeta], settings: HuaweiSettings) -> Result<Self, Error> {
        settings.check()?;
        let iam_endpoint = settings.iam_endpoint()?;
        Ok(Self { name, codes, settings, iam_endpoint, regions: &[] })
    }

    /// Sets the known regions of the public cloud.
    #[must_use]
    pub fn with_regions(mut self, regions: &'static [&'static str]) -> Self {
        self.regions = regions;
        self
    }

    /// Returns the settings.
    pub fn settings(&self) -> &HuaweiSettings {
        &self.settings
    }

    fn uses_token(&self) -> bool {
        self.settings.authentication == Authentication::Token
    }

    /// Adds the header that names the project of the key, as Huawei's own clients do.
    fn name_project(&self, input: &dyn Model, unsigned: &mut Unsigned) -> Result<(), Error> {
        let given = hosts::text_at(input, &[PROJECT], |place| place == In::Path);
        let Some(project) = given.or(self.settings.project_id.as_deref()) else { return Ok(()) };
        let value = HeaderValue::from_str(project)
            .map_err(|_| Error::invalid_input(PROJECT, "has characters that no project's id has"))?;
        unsigned.headers.insert(PROJECT_HEADER, value);
        Ok(())
    }
}

impl Product for Huawei {
    fn name(&self) -> &'static str {
        self.name
    }

    fn host(&self, operation: &OperationMeta, region: Option<&str>) -> Result<String, Error> {
        let service = match HostKind::of(operation) {
            HostKind::Iam => "iam",
            HostKind::Service | HostKind::Cluster => self.name,
        };
        let reason = "is not set: give it to the connection's builder or to the call, or set the endpoint";
        let region = region.ok_or_else(|| Error::configuration("region", reason))?;
        Ok(self.settings.host(service, region))
    }

    fn check_region(&self, region: &str) -> Result<(), Error> {
        settings::check_region(region)
    }

    fn encode(&self, call: &EncodeInput<'_>) -> Result<Unsigned, Error> {
        let known = [(PROJECT, self.settings.project_id.as_deref())];
        let max_body = (!self.uses_token()).then_some((MAX_SIGNED_BODY, TOO_LARGE));
        let mut unsigned = rest::encode(call, &rest::Rules { known: &known, max_body })?;
        let kind = HostKind::of(call.operation);
        match kind {
            HostKind::Iam => {
                if let Some(endpoint) = &self.iam_endpoint {
                    (unsigned.endpoint, unsigned.signed) = (endpoint.clone(), endpoint.clone());
                }
            }
            HostKind::Cluster => hosts::address(call.input, self.settings.cluster_addressing, &mut unsigned)?,
            HostKind::Service => {}
        }
        if kind != HostKind::Iam && !self.uses_token() {
            self.name_project(call.input, &mut unsigned)?;
        }
        Ok(unsigned)
    }

    fn sign(&self, unsigned: &Unsigned, signing: &Signing<'_>) -> Result<http::Request<Bytes>, Error> {
        match self.settings.authentication {
            Authentication::Signature => protocol::sign(unsigned, signing),
            Authentication::Token => rest::sign_token(unsigned, signing, TOKEN_HEADER),
        }
    }

    fn has_paths(&self) -> bool {
        true
    }

    fn decode(&self, response: &http::Response<Bytes>, output: &mut dyn Model) -> Result<Answer, Error> {
        let reading = rest_answer::Reading {
            request_id_headers: REQUEST_ID_HEADERS,
            retry_after_header: None,
            output_headers: OUTPUT_HEADERS,
            // Gateways return some codes with several statuses: a 5xx status means that the caller is not at fault.
            meaning: &|code| {
                let ours = response.status().is_server_error();
                self.code(code).filter(|meta| !(ours && meta.kind == ErrorKind::InvalidInput))
            },
        };
        rest_answer::decode(response, output, &reading)
    }

    #[cfg(feature = "testing")]
    fn respond(&self, reply: &wharf_core::mock::Reply<'_>) -> http::Response<Bytes> {
        let refusal = |code: &str, message: &str| serde_json::json!({"error_code": code, "error_msg": message});
        let kind = |code: &str| self.code(code).map(|meta| meta.kind);
        wharf_core::mock::respond(reply, "x-request-id", "APIGW.0308", &kind, &refusal)
    }

    fn code(&self, code: &str) -> Option<&'static CodeMeta> {
        // Gateways of older releases use a shortened prefix.
        let code = match code.strip_prefix("APIG.") {
            Some(number) => format!("APIGW.{number}"),
            None => code.to_owned(),
        };
        let at = self.codes.binary_search_by(|entry| entry.code.cmp(&code)).ok()?;
        self.codes.get(at)
    }

    /// Detects a wrong time by the message, because all failures of keys and tokens share one code.
    fn owns_header(&self, name: &HeaderName) -> bool {
        name.as_str().starts_with("x-sdk-")
            || matches!(
                name.as_str(),
                "x-auth-token" | "x-subject-token" | "x-security-token" | "x-project-id" | "x-domain-id"
            )
    }

    fn regions(&self) -> &'static [&'static str] {
        self.regions
    }

    fn is_clock_skew(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::Credentials && error.message().contains("signature expired")
    }

    /// Returns true for a refused token or temporary key, which may be withdrawn before its expiry. A temporary key
    /// shares its code with all other refusals. A key without a token stays refused, and five refusals lock it.
    fn is_stale_credentials(&self, error: &Error) -> bool {
        error.status() == Some(401) && (self.uses_token() || error.kind() == ErrorKind::Credentials)
    }
}
