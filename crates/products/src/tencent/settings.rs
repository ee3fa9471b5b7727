//! Settings of Tencent's products, in addition to those of every connection.

pub use crate::builder::generated::tencent::TencentSettings;

use wharf_core::Error;
use wharf_core::host::{self, check_domain};
use wharf_sign::hmac_v1::Algorithm;

/// Root domain of the public cloud.
const PUBLIC_DOMAIN: &str = "tencentcloudapi.com";

/// The signature method of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SignatureMethod {
    /// TC3-HMAC-SHA256, the recommended method.
    #[default]
    Tc3HmacSha256,
    /// HmacSHA1.
    HmacSha1,
    /// HmacSHA256.
    HmacSha256,
}

impl SignatureMethod {
    pub(super) fn hmac(self) -> Option<Algorithm> {
        match self {
            Self::Tc3HmacSha256 => None,
            Self::HmacSha1 => Some(Algorithm::HmacSha1),
            Self::HmacSha256 => Some(Algorithm::HmacSha256),
        }
    }
}

/// The HTTP method of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum HttpMethod {
    /// POST, with the input in the body: up to 10 MB with TC3-HMAC-SHA256, 1 MB with the other signatures.
    #[default]
    Post,
    /// GET, with the input in the query string: up to 32 KB.
    Get,
}

impl From<HttpMethod> for http::Method {
    fn from(method: HttpMethod) -> Self {
        match method {
            HttpMethod::Post => Self::POST,
            HttpMethod::Get => Self::GET,
        }
    }
}

impl TencentSettings {
    /// Checks the settings before they are used.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
    pub fn check(&self) -> Result<(), Error> {
        if let Some(domain) = &self.domain {
            check_domain(domain)?;
        }
        if let Some(language) = &self.language {
            check_word("language", language, |byte| byte == b'-', "a language such as en-US")?;
        }
        if let Some(client) = &self.request_client {
            let allowed = |byte| b"-_,;. /".contains(&byte);
            check_word("request client", client, allowed, "letters, digits and -_,;./")?;
        }
        Ok(())
    }

    /// Returns the host of a product.
    ///
    /// A private cloud's products are at `<product>.api3.<domain>`, as every operation of the TCE document states
    /// (`tke.api3.finance.cloud.tencent.com`). Those of the public cloud, including its regional and internal domains,
    /// are directly below the domain: `tke.tencentcloudapi.com`. A domain that begins with `api3.` is used
    /// unchanged.
    pub(super) fn host(&self, product: &str) -> String {
        let domain = self.domain.as_deref().unwrap_or(PUBLIC_DOMAIN).to_ascii_lowercase();
        let complete = domain.split('.').any(|label| label == "tencentcloudapi") || domain.starts_with("api3.");
        if complete { format!("{product}.{domain}") } else { format!("{product}.api3.{domain}") }
    }
}

/// Checks the form of a region.
pub(crate) fn check_region(region: &str) -> Result<(), Error> {
    host::check_region(region, "ap-guangzhou")
}

fn check_word(setting: &str, text: &str, also: impl Fn(u8) -> bool, form: &str) -> Result<(), Error> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || also(byte);
    if (1..=128).contains(&text.len()) && text.trim() == text && text.bytes().all(fits) {
        return Ok(());
    }
    Err(Error::configuration(setting, format!("is {text:?}; allowed is {form}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn hosts() {
        let host = |domain: Option<&str>| {
            let settings = TencentSettings { domain: domain.map(str::to_owned), ..TencentSettings::default() };
            settings.check().unwrap();
            settings.host("tke")
        };
        assert_eq!(host(None), "tke.tencentcloudapi.com");
        assert_eq!(host(Some("finance.cloud.tencent.com")), "tke.api3.finance.cloud.tencent.com");
        assert_eq!(host(Some("api3.Cloud.Example.com")), "tke.api3.cloud.example.com");
        assert_eq!(host(Some("internal.tencentcloudapi.com")), "tke.internal.tencentcloudapi.com");
        assert_eq!(host(Some("ap-guangzhou.tencentcloudapi.com")), "tke.ap-guangzhou.tencentcloudapi.com");
    }

    #[test]
    fn wrong_settings_are_named() {
        let field = |settings: TencentSettings| settings.check().unwrap_err().field().unwrap().to_owned();
        assert_eq!(field(TencentSettings { domain: Some("https://a.b".into()), ..Default::default() }), "domain");
        for language in ["", "en US", "en\n"] {
            assert_eq!(field(TencentSettings { language: Some(language.into()), ..Default::default() }), "language");
        }
        for client in ["", " a", "a\nb", "集"] {
            let settings = TencentSettings { request_client: Some(client.into()), ..Default::default() };
            assert_eq!(field(settings), "request client");
        }
        TencentSettings {
            language: Some("en-US".into()),
            request_client: Some("SDK_PYTHON_3.1.195; my-tool".into()),
            ..Default::default()
        }
        .check()
        .unwrap();
    }
}
