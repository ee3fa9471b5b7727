//! Settings of Alibaba's products, in addition to those of every connection.

pub use crate::builder::generated::alibaba::AlibabaSettings;

use wharf_core::Error;
use wharf_core::host::{self, check_domain};

/// Root domain of the public cloud.
const PUBLIC_DOMAIN: &str = "aliyuncs.com";
/// Path of the gateway ASAPI on its host.
pub(super) const ASAPI_PATH: &str = "/asapi/v3";

/// Signature method of requests to products with resources. Requests to products with actions, such as the token
/// service, are always signed with HMAC-SHA1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SignatureMethod {
    /// HMAC-SHA1 in the form of APIs with resources (ROA), as described in the guide of the private cloud.
    #[default]
    RoaHmacSha1,
    /// ACS3-HMAC-SHA256, preferred by newer releases and by the public cloud.
    Acs3HmacSha256,
}

/// Additional parameters of the gateway ASAPI. The guide calls all of them mandatory, but its own examples leave them
/// out, so none is required here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Asapi {
    /// AccessKey ID of the product, as shown in the console (`x-ascm-product-ak`). Default: the caller's own key.
    pub product_ak: Option<String>,
    /// Role of the caller (`x-acs-roleid`).
    pub role_id: Option<String>,
}

impl Asapi {
    /// Creates parameters with nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the AccessKey ID of the product, as shown in the console. Default: the caller's own key.
    #[must_use]
    pub fn product_ak(mut self, id: impl Into<String>) -> Self {
        self.product_ak = Some(id.into());
        self
    }

    /// Sets the caller's role by its id.
    #[must_use]
    pub fn role_id(mut self, id: impl Into<String>) -> Self {
        self.role_id = Some(id.into());
        self
    }
}

impl AlibabaSettings {
    /// Checks the settings before they are used.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
    pub fn check(&self) -> Result<(), Error> {
        if let Some(domain) = &self.domain {
            check_domain(domain)?;
        }
        let asapi = self.asapi.as_ref();
        for (name, value) in [
            ("organization", self.organization.as_deref()),
            ("resource_group", self.resource_group.as_deref()),
            ("instance", self.instance.as_deref()),
            ("product_ak", asapi.and_then(|asapi| asapi.product_ak.as_deref())),
            ("role_id", asapi.and_then(|asapi| asapi.role_id.as_deref())),
        ] {
            if value.is_some_and(|value| !is_id(value)) {
                return Err(Error::configuration(name, "is no id: it is empty, too long, or has blanks or the like"));
            }
        }
        if self.resource_group.is_some() && self.organization.is_none() {
            return Err(Error::configuration("resource_group", "needs an organization: set that too"));
        }
        Ok(())
    }

    /// Returns true when requests carry the headers of a private cloud.
    pub(super) fn is_private(&self) -> bool {
        let said = self.domain.is_some() || self.organization.is_some() || self.instance.is_some();
        said || self.asapi.is_some()
    }

    /// Returns the host of a service (`cs`, `sts`).
    pub(super) fn host(&self, service: &str, region: Option<&str>) -> Result<String, Error> {
        let domain = self.domain.as_deref();
        let host = match (self.asapi.as_ref(), region, domain) {
            (Some(_), Some(region), Some(domain)) => format!("public.asapi.{region}.{domain}"),
            (Some(_), None, _) => {
                let reason = "is not set: give it to the connection's builder or to the call, or set the endpoint";
                return Err(Error::configuration("region", reason));
            }
            (Some(_), _, None) => {
                let reason = "is not set: the gateway ASAPI is below it; or set the endpoint";
                return Err(Error::configuration("domain", reason));
            }
            // The host name in the guide; the name without `vpc` is for callers outside the cloud.
            (None, Some(region), Some(domain)) if service == "sts" => format!("sts-vpc.{region}.{domain}"),
            (None, Some(region), _) => format!("{service}.{region}.{}", domain.unwrap_or(PUBLIC_DOMAIN)),
            (None, None, _) => format!("{service}.{}", domain.unwrap_or(PUBLIC_DOMAIN)),
        };
        Ok(host.to_ascii_lowercase())
    }
}

/// Returns true for an id of 1 to 256 visible ASCII characters.
fn is_id(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Checks the form of a region.
pub(super) fn check_region(region: &str) -> Result<(), Error> {
    host::check_region(region, "cn-hangzhou")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use wharf_core::ErrorKind;

    fn settings(change: impl FnOnce(&mut AlibabaSettings)) -> AlibabaSettings {
        let mut settings = AlibabaSettings::default();
        change(&mut settings);
        settings
    }

    #[test]
    fn hosts() {
        let public = settings(|_| {});
        let private = settings(|settings| settings.domain = Some("Inter.Env30.com".into()));
        let asapi = AlibabaSettings { asapi: Some(Asapi::new()), ..private.clone() };
        for (settings, service, region, expected) in [
            (&public, "cs", Some("cn-beijing"), "cs.cn-beijing.aliyuncs.com"),
            (&public, "cs", None, "cs.aliyuncs.com"),
            (&public, "sts", Some("cn-beijing"), "sts.cn-beijing.aliyuncs.com"),
            (&public, "sts", None, "sts.aliyuncs.com"),
            (&private, "cs", Some("cn-env30-d01"), "cs.cn-env30-d01.inter.env30.com"),
            (&private, "cs", None, "cs.inter.env30.com"),
            (&private, "sts", Some("cn-env30-d01"), "sts-vpc.cn-env30-d01.inter.env30.com"),
            (&asapi, "cs", Some("cn-env30-d01"), "public.asapi.cn-env30-d01.inter.env30.com"),
        ] {
            settings.check().unwrap();
            assert_eq!(settings.host(service, region).unwrap(), expected);
        }
        assert_eq!(asapi.host("cs", None).unwrap_err().field(), Some("region"));
        let homeless = AlibabaSettings { domain: None, ..asapi };
        assert_eq!(homeless.host("cs", Some("r")).unwrap_err().field(), Some("domain"));
    }

    #[test]
    fn wrong_settings_are_named() {
        for (name, wrong) in [
            ("domain", settings(|settings| settings.domain = Some("https://cloud.example.com".into()))),
            ("domain", settings(|settings| settings.domain = Some("a..b".into()))),
            ("organization", settings(|settings| settings.organization = Some(String::new()))),
            ("organization", settings(|settings| settings.organization = Some("1\r\nx: y".into()))),
            ("instance", settings(|settings| settings.instance = Some("é".into()))),
            ("resource_group", settings(|settings| settings.resource_group = Some("4".into()))),
            ("role_id", settings(|settings| settings.asapi = Some(Asapi::new().role_id("a b")))),
            ("product_ak", settings(|settings| settings.asapi = Some(Asapi::new().product_ak("")))),
        ] {
            let error = wrong.check().unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(name)));
        }
        let both = settings(|settings| {
            settings.organization = Some("1".into());
            settings.resource_group = Some("4".into());
        });
        both.check().unwrap();
    }
}
