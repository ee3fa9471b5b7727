//! What Tencent's products have in common: API version 3, its signatures, its host names, its errors.

mod builder;
pub(crate) mod codes;
pub mod credentials;
pub(crate) mod settings;

pub use builder::Builder;
pub use settings::{HttpMethod, SignatureMethod, TencentSettings};

use bytes::Bytes;
use wharf_core::error::{CodeMeta, Error, ErrorKind};
use wharf_core::model::Model;
use wharf_core::operation::OperationMeta;
use wharf_core::product::{Answer, Call, Product, Signing, Unsigned};
use wharf_core::protocol::{TencentCommon, tencent_answer, tencent_query, tencent_v3};
use wharf_core::sign::tc3::KeyCache;

/// A product of Tencent's public or private cloud.
#[derive(Debug)]
pub struct Tencent {
    name: &'static str,
    codes: &'static [CodeMeta],
    settings: TencentSettings,
    keys: KeyCache,
}

impl Tencent {
    /// A product by its name in host names (`tke`), with the table of its error codes, sorted by code.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
    pub fn new(name: &'static str, codes: &'static [CodeMeta], settings: TencentSettings) -> Result<Self, Error> {
        settings.check()?;
        Ok(Self { name, codes, settings, keys: KeyCache::default() })
    }

    /// Its settings.
    pub fn settings(&self) -> &TencentSettings {
        &self.settings
    }

    fn common(&self) -> TencentCommon<'_> {
        TencentCommon {
            language: self.settings.language.as_deref(),
            request_client: self.settings.request_client.as_deref(),
        }
    }
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

    fn encode(&self, call: &Call<'_>) -> Result<Unsigned, Error> {
        let method = self.settings.http_method.into();
        match self.settings.signature_method.hmac() {
            None => tencent_v3::encode(call, method, self.common()),
            Some(_) => tencent_query::encode(call, method),
        }
    }

    fn sign(&self, unsigned: &Unsigned, signing: &Signing<'_>) -> Result<http::Request<Bytes>, Error> {
        match self.settings.signature_method.hmac() {
            None => tencent_v3::sign(unsigned, signing, self.name, &self.keys),
            Some(algorithm) => tencent_query::sign(unsigned, signing, algorithm, self.common()),
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
        tencent_answer::decode(response, output, &|code| self.code(code))
    }

    fn code(&self, code: &str) -> Option<&'static CodeMeta> {
        codes::find(self.codes, code)
    }

    fn is_clock_skew(&self, error: &Error) -> bool {
        error.code() == Some("AuthFailure.SignatureExpire")
    }

    fn is_stale_credentials(&self, error: &Error) -> bool {
        error.code().is_some_and(codes::is_stale_credentials)
    }
}
