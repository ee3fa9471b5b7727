//! The parts that Alibaba's products share: resources or actions, three signatures, two gateways, errors.

mod codes;
pub mod credentials;
mod options;
mod protocol;
mod settings;

pub use credentials::{AssumedRole, Role};
pub use options::{AlibabaOptions, Builder};
pub use settings::{AlibabaSettings, Asapi, SignatureMethod};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use protocol::{actions, resources};
use settings::ASAPI_PATH;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use wharf_core::error::{CodeMeta, Error, ErrorKind};
use wharf_core::model::json::Style;
use wharf_core::model::{Model, Timestamp};
use wharf_core::operation::OperationMeta;
use wharf_core::product::{Answer, Body, EncodeInput, Product, Signing, Unsigned};
use wharf_core::protocol::{FORM, JSON, rest, rest_answer};

const JSON_BODY: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const VERSION: HeaderName = HeaderName::from_static("x-acs-version");
const ACTION: HeaderName = HeaderName::from_static("x-acs-action");
/// Region for the signature HMAC-SHA1, sent in a header and in the query.
const SIGNED_REGION: HeaderName = HeaderName::from_static("x-acs-region-id");
const REGION: &str = "RegionId";
/// Region for a private cloud.
const PRIVATE_REGION: HeaderName = HeaderName::from_static("x-acs-regionid");
const ORGANIZATION: HeaderName = HeaderName::from_static("x-acs-organizationid");
const RESOURCE_GROUP: HeaderName = HeaderName::from_static("x-acs-resourcegroupid");
const INSTANCE: HeaderName = HeaderName::from_static("x-acs-instanceid");
const ROLE: HeaderName = HeaderName::from_static("x-acs-roleid");
const PRODUCT_AK: HeaderName = HeaderName::from_static("x-ascm-product-ak");
const PRODUCT_NAME: HeaderName = HeaderName::from_static("x-ascm-product-name");
const PRODUCT_VERSION: HeaderName = HeaderName::from_static("x-ascm-product-version");
const REQUEST_ID_HEADERS: &[&str] = &["x-acs-request-id"];
const RETRY_AFTER_MILLIS: &str = "x-acs-retry-after";

/// Counter that keeps nonces unique even if the random part repeats.
static REQUESTS: AtomicU64 = AtomicU64::new(0);

/// A product of Alibaba's public or private cloud.
#[derive(Debug)]
pub struct Alibaba {
    name: &'static str,
    service: &'static str,
    form: Form,
    codes: &'static [CodeMeta],
    settings: AlibabaSettings,
    regions: &'static [&'static str],
}

/// The form of a product's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Resources (ROA), each with its own path.
    Resources,
    /// Actions (RPC), with the name of the action as a parameter.
    Actions,
}

impl Alibaba {
    /// Creates a product with resources (ROA) from its name, its label in host names (`cs`) and the table of its error
    /// codes, sorted by code.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
    pub fn with_resources(
        name: &'static str,
        service: &'static str,
        codes: &'static [CodeMeta],
        settings: AlibabaSettings,
    ) -> Result<Self, Error> {
        settings.check()?;
        Ok(Self { name, service, form: Form::Resources, codes, settings, regions: &[] })
    }

    /// Creates a product with actions (RPC) from the same arguments as [`with_resources`](Self::with_resources).
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong, such as `asapi`,
    /// which products with actions do not support.
    pub fn with_actions(
        name: &'static str,
        service: &'static str,
        codes: &'static [CodeMeta],
        settings: AlibabaSettings,
    ) -> Result<Self, Error> {
        settings.check()?;
        if settings.asapi.is_some() {
            return Err(Error::configuration(
                "asapi",
                format!("cannot be used: {name} is documented for the gateway POP alone"),
            ));
        }
        Ok(Self { name, service, form: Form::Actions, codes, settings, regions: &[] })
    }

    /// Sets the known regions of the public cloud.
    #[must_use]
    pub fn with_regions(mut self, regions: &'static [&'static str]) -> Self {
        self.regions = regions;
        self
    }

    /// Returns the settings.
    pub fn settings(&self) -> &AlibabaSettings {
        &self.settings
    }

    /// Signs a request with a nonce, which must differ in every request.
    ///
    /// # Errors
    /// [`Credentials`](wharf_core::ErrorKind::Credentials) when the credentials cannot sign.
    pub fn sign_with_nonce(
        &self,
        unsigned: &Unsigned,
        signing: &Signing<'_>,
        nonce: &str,
    ) -> Result<http::Request<Bytes>, Error> {
        match (self.form, self.settings.signature_method) {
            (Form::Actions, _) => actions::sign(unsigned, signing, nonce),
            (Form::Resources, SignatureMethod::RoaHmacSha1) => resources::sign_roa(unsigned, signing, nonce),
            (Form::Resources, SignatureMethod::Acs3HmacSha256) => resources::sign_acs3(unsigned, signing, nonce),
        }
    }

    /// Encodes what all requests about resources share. Header order is not significant.
    fn encode_resource(&self, call: &EncodeInput<'_>) -> Result<Unsigned, Error> {
        let mut unsigned = rest::encode_as(call, &rest::Rules::default(), Style::Compact)?;
        let headers = &mut unsigned.headers;
        match &unsigned.body {
            Body::Empty => headers.remove(CONTENT_TYPE),
            _ => headers.insert(CONTENT_TYPE, JSON_BODY),
        };
        headers.insert(ACCEPT, JSON);
        headers.insert(VERSION, HeaderValue::from_static(call.operation.version));
        // An unlisted operation can be called with only a method and a path.
        if call.operation.name != call.operation.method {
            headers.insert(ACTION, HeaderValue::from_static(call.operation.name));
        }
        let said = unsigned.query.iter().any(|(name, _)| name == REGION);
        if let Some(region) =
            call.region.filter(|_| !said && self.settings.signature_method == SignatureMethod::RoaHmacSha1)
        {
            insert(headers, SIGNED_REGION, "region", region)?;
            unsigned.query.push((REGION.to_owned(), region.to_owned()));
        }
        if let Some(asapi) = self.settings.asapi.as_ref() {
            for endpoint in [&mut unsigned.endpoint, &mut unsigned.signed] {
                if !endpoint.base_path.ends_with(ASAPI_PATH) {
                    endpoint.base_path.push_str(ASAPI_PATH);
                }
            }
            unsigned.path.insert_str(0, "/roa");
            insert(&mut unsigned.headers, PRODUCT_NAME, "product", self.service)?;
            unsigned.headers.insert(PRODUCT_VERSION, HeaderValue::from_static(call.operation.version));
            for (name, setting, value) in
                [(PRODUCT_AK, "product_ak", &asapi.product_ak), (ROLE, "role_id", &asapi.role_id)]
            {
                if let Some(value) = value {
                    insert(&mut unsigned.headers, name, setting, value)?;
                }
            }
        }
        Ok(unsigned)
    }

    /// Adds the headers that name region, organization, resource group and instance.
    fn say_for_whom(&self, region: Option<&str>, headers: &mut HeaderMap) -> Result<(), Error> {
        if !self.settings.is_private() {
            return Ok(());
        }
        for (name, setting, value) in [
            (PRIVATE_REGION, "region", region),
            (ORGANIZATION, "organization", self.settings.organization.as_deref()),
            (RESOURCE_GROUP, "resource_group", self.settings.resource_group.as_deref()),
            (INSTANCE, "instance", self.settings.instance.as_deref()),
        ] {
            if let Some(value) = value {
                insert(headers, name, setting, value)?;
            }
        }
        Ok(())
    }
}

/// Returns the request without a signature, in the form of Alibaba's own clients: the input is a form.
fn without_signature(unsigned: &Unsigned, time: SystemTime) -> Result<http::Request<Bytes>, Error> {
    let mut unsigned = unsigned.clone();
    let is_common = |(name, _): &(String, String)| matches!(name.as_str(), "Action" | "Version" | "Format");
    let (common, mut input): (Vec<_>, Vec<_>) = std::mem::take(&mut unsigned.query).into_iter().partition(is_common);
    input.retain(|(name, _)| name != REGION);
    unsigned.query = common;
    unsigned.query.push(("Timestamp".to_owned(), Timestamp::from(time).to_string()));
    unsigned.body = Body::Form(input);
    unsigned.headers.insert(CONTENT_TYPE, FORM);
    unsigned.without_signature()
}

fn insert(headers: &mut HeaderMap, name: HeaderName, setting: &str, value: &str) -> Result<(), Error> {
    let wrong = |_| Error::configuration(setting, "has characters that a header cannot carry");
    headers.insert(name, HeaderValue::from_str(value).map_err(wrong)?);
    Ok(())
}

impl Product for Alibaba {
    fn name(&self) -> &'static str {
        self.name
    }

    fn host(&self, _: &OperationMeta, region: Option<&str>) -> Result<String, Error> {
        self.settings.host(self.service, region)
    }

    fn check_region(&self, region: &str) -> Result<(), Error> {
        settings::check_region(region)
    }

    fn encode(&self, call: &EncodeInput<'_>) -> Result<Unsigned, Error> {
        let mut unsigned = match self.form {
            Form::Resources => self.encode_resource(call)?,
            Form::Actions => actions::encode(call)?,
        };
        self.say_for_whom(call.region, &mut unsigned.headers)?;
        Ok(unsigned)
    }

    fn without_signature(&self, unsigned: &Unsigned, time: SystemTime) -> Result<http::Request<Bytes>, Error> {
        without_signature(unsigned, time)
    }

    fn sign(&self, unsigned: &Unsigned, signing: &Signing<'_>) -> Result<http::Request<Bytes>, Error> {
        let count = REQUESTS.fetch_add(1, Ordering::Relaxed);
        let nonce = format!("{:016x}{count:016x}", signing.nonce);
        if self.settings.asapi.as_ref().is_some_and(|asapi| asapi.product_ak.is_none()) {
            let mut unsigned = unsigned.clone();
            insert(&mut unsigned.headers, PRODUCT_AK, "credentials", signing.credentials.id())?;
            return self.sign_with_nonce(&unsigned, signing, &nonce);
        }
        self.sign_with_nonce(unsigned, signing, &nonce)
    }

    fn presignable(&self, unsigned: Unsigned) -> Result<Unsigned, Error> {
        let unsupported = |reason: &str| Err(Error::new(ErrorKind::Unsupported, reason));
        match self.form {
            Form::Resources => unsupported("the signature travels in headers, which no URL can carry"),
            Form::Actions if self.settings.is_private() => {
                unsupported("region and organization of a private cloud travel in headers, which no URL can carry")
            }
            Form::Actions => Ok(unsigned.into_query()),
        }
    }

    fn has_paths(&self) -> bool {
        self.form == Form::Resources
    }

    fn decode(&self, response: &http::Response<Bytes>, output: &mut dyn Model) -> Result<Answer, Error> {
        let reading = rest_answer::Reading {
            request_id_headers: REQUEST_ID_HEADERS,
            retry_after_header: Some(RETRY_AFTER_MILLIS),
            output_headers: &[],
            meaning: &|code| self.code(code),
        };
        rest_answer::decode(response, output, &reading)
    }

    #[cfg(feature = "testing")]
    fn respond(&self, reply: &wharf_core::mock::Reply<'_>) -> http::Response<Bytes> {
        let refusal = |code: &str, message: &str| serde_json::json!({"code": code, "message": message});
        let kind = |code: &str| self.code(code).map(|meta| meta.kind);
        wharf_core::mock::respond(reply, "x-acs-request-id", "Throttling.User", &kind, &refusal)
    }

    fn code(&self, code: &str) -> Option<&'static CodeMeta> {
        codes::find(self.codes, code)
    }

    fn owns_header(&self, name: &HeaderName) -> bool {
        name.as_str().starts_with("x-acs-")
    }

    fn regions(&self) -> &'static [&'static str] {
        self.regions
    }

    fn is_clock_skew(&self, error: &Error) -> bool {
        error.code().is_some_and(codes::is_clock_skew)
    }

    fn is_stale_credentials(&self, error: &Error) -> bool {
        error.code().is_some_and(codes::is_stale_credentials)
    }
}
