//! The parts that Tencent's products share: API version 3, its signatures, its host names, its errors.

pub(crate) mod codes;
pub mod credentials;
pub(crate) mod options;
pub mod protocol;
pub(crate) mod settings;

pub use options::{Builder, TencentOptions};
pub use settings::{HttpMethod, SignatureMethod, TencentSettings};

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use protocol::{Common, v3, v3_answer, v3_flat};
use std::time::SystemTime;
use wharf_core::error::{CodeMeta, Error, ErrorKind};
use wharf_core::model::Model;
use wharf_core::operation::OperationMeta;
use wharf_core::product::{Answer, EncodeInput, Product, Signing, Unsigned};
use wharf_sign::tc3::KeyCache;

/// A product of Tencent's public or private cloud.
#[derive(Debug)]
pub struct Tencent {
    name: &'static str,
    codes: &'static [CodeMeta],
    settings: TencentSettings,
    regions: &'static [&'static str],
    keys: KeyCache,
}

impl Tencent {
    /// Creates a product from its name in host names (`tke`) and the table of its error codes, sorted by code.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
    pub fn new(name: &'static str, codes: &'static [CodeMeta], settings: TencentSettings) -> Result<Self, Error> {
        settings.check()?;
        Ok(Self { name, codes, settings, regions: &[], keys: KeyCache::default() })
    }

    /// Sets the known regions of the public cloud.
    #[must_use]
    pub fn with_regions(mut self, regions: &'static [&'static str]) -> Self {
        self.regions = regions;
        self
    }

    /// Returns the settings.
    pub fn settings(&self) -> &TencentSettings {
        &self.settings
    }

    fn common(&self) -> Common<'_> {
        Common { language: self.settings.language.as_deref(), request_client: self.settings.request_client.as_deref() }
    }
}

/// Returns the request without a signature, in the form of Tencent's own clients.
fn without_signature(unsigned: &Unsigned, time: SystemTime) -> Result<http::Request<Bytes>, Error> {
    let mut unsigned = unsigned.clone();
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    unsigned.headers.insert(AUTHORIZATION, HeaderValue::from_static("SKIP"));
    unsigned.headers.insert("x-tc-timestamp", seconds.into());
    unsigned.without_signature()
}

impl Product for Tencent {
    fn name(&self) -> &'static str {
        self.name
    }

    fn host(&self, _: &OperationMeta, _: Option<&str>) -> Result<String, Error> {
        Ok(self.settings.host(self.name))
    }

    fn check_region(&self, region: &str) -> Result<(), Error> {
        settings::check_region(region)
    }

    fn encode(&self, call: &EncodeInput<'_>) -> Result<Unsigned, Error> {
        let method = self.settings.http_method.into();
        match self.settings.signature_method.hmac() {
            None => v3::encode(call, method, self.common()),
            Some(_) => v3_flat::encode(call, method),
        }
    }

    fn without_signature(&self, unsigned: &Unsigned, time: SystemTime) -> Result<http::Request<Bytes>, Error> {
        without_signature(unsigned, time)
    }

    fn sign(&self, unsigned: &Unsigned, signing: &Signing<'_>) -> Result<http::Request<Bytes>, Error> {
        match self.settings.signature_method.hmac() {
            None => v3::sign(unsigned, signing, self.name, &self.keys),
            Some(algorithm) => v3_flat::sign(unsigned, signing, algorithm, self.common()),
        }
    }

    fn presignable(&self, unsigned: Unsigned) -> Result<Unsigned, Error> {
        match self.settings.signature_method.hmac() {
            Some(_) => Ok(unsigned.into_query()),
            None => {
                let reason = "TC3-HMAC-SHA256 signs headers, which no URL can carry: set HmacSHA256 or HmacSHA1";
                Err(Error::new(ErrorKind::Unsupported, reason))
            }
        }
    }

    fn decode(&self, response: &http::Response<Bytes>, output: &mut dyn Model) -> Result<Answer, Error> {
        v3_answer::decode(response, output, &|code| self.code(code))
    }

    #[cfg(feature = "testing")]
    fn respond(&self, reply: &wharf_core::mock::Reply<'_>) -> http::Response<Bytes> {
        protocol::respond::v3(reply)
    }

    fn code(&self, code: &str) -> Option<&'static CodeMeta> {
        codes::find(self.codes, code)
    }

    fn owns_header(&self, name: &HeaderName) -> bool {
        name.as_str().starts_with("x-tc-")
    }

    fn regions(&self) -> &'static [&'static str] {
        self.regions
    }

    fn is_clock_skew(&self, error: &Error) -> bool {
        error.code() == Some("AuthFailure.SignatureExpire")
    }

    fn is_stale_credentials(&self, error: &Error) -> bool {
        error.code().is_some_and(codes::is_stale_credentials)
    }
}
