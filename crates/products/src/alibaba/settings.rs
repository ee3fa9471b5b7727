//! What can be set for Alibaba's products beyond what every connection has.

pub use crate::builder::generated::alibaba::AlibabaSettings;

use wharf_core::Error;
use wharf_core::host::{self, check_domain};

/// Root domain of the public cloud.
const PUBLIC_DOMAIN: &str = "aliyuncs.com";
/// Where the gateway ASAPI takes calls, below its host.
pub(super) const ASAPI_PATH: &str = "/asapi/v3";

/// How requests of products with resources are signed. Calls of actions, such as those of the service that
/// hands out temporary credentials, are always signed with HMAC-SHA1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SignatureMethod {
    /// HMAC-SHA1 in the form of APIs with resources (ROA): what the guide of the private cloud describes.
    #[default]
    RoaHmacSha1,
    /// ACS3-HMAC-SHA256: what newer releases and the public cloud prefer.
    Acs3HmacSha256,
}

/// What the gateway ASAPI wants to know besides. The guide calls all of it mandatory, and its own examples
/// leave it out, so nothing is insisted on here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Asapi {
    /// The key of the product that the console shows (`x-ascm-product-ak`); the caller's own key unless it is set.
    pub product_ak: Option<String>,
    /// The caller's role (`x-acs-roleid`).
    pub role_id: Option<String>,
}

impl Asapi {
    /// Nothing is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the key of the product that the console shows.
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
    /// Checks the settings before anything is made of them.
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

    /// Whether requests say for whom they are made, as private clouds want it.
    pub(super) fn is_private(&self) -> bool {
        let said = self.domain.is_some() || self.organization.is_some() || self.instance.is_some();
        said || self.asapi.is_some()
    }

    /// The host of a service (`cs`, `sts`).
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
            // As the guide writes it; the plain name is for callers outside.
            (None, Some(region), Some(domain)) if service == "sts" => format!("sts-vpc.{region}.{domain}"),
            (None, Some(region), _) => format!("{service}.{region}.{}", domain.unwrap_or(PUBLIC_DOMAIN)),
            (None, None, _) => format!("{service}.{}", domain.unwrap_or(PUBLIC_DOMAIN)),
        };
        Ok(host.to_ascii_lowercase())
    }
}

/// What a header can carry and no console would refuse.
fn is_id(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Checks a region's form.
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
