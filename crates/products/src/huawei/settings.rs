//! Settings of Huawei's products, in addition to those of every connection.

pub use crate::builder::generated::huawei::HuaweiSettings;

use wharf_core::Error;
use wharf_core::host::{self, check_domain};
use wharf_core::product::Endpoint;

/// Root domain of the public cloud.
const PUBLIC_DOMAIN: &str = "myhuaweicloud.com";

/// The authentication of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Authentication {
    /// A signature with an access key (AK/SK), SDK-HMAC-SHA256.
    #[default]
    Signature,
    /// A token of the identity service, which the credentials hold.
    Token,
}

/// The place of the cluster's id in requests about storage and add-ons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ClusterAddressing {
    /// The host name, `<cluster>.cce.<region>.<domain>`, as documented. For an endpoint that is an IP address or
    /// `localhost`, the same as [`Path`](Self::Path).
    #[default]
    Host,
    /// The service's own host name, for networks whose DNS does not resolve the names of clusters. The cluster is named
    /// in the path, the query, the body or the header `X-Cluster-ID`, as in Huawei's own clients.
    Path,
}

impl HuaweiSettings {
    /// Checks the settings before they are used.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
    pub fn check(&self) -> Result<(), Error> {
        if let Some(domain) = &self.domain {
            check_domain(domain)?;
        }
        if let Some(project) = &self.project_id
            && !is_project(project)
        {
            let reason = format!("is {project:?}, which is no id: letters, digits, hyphens and underscores");
            return Err(Error::configuration("project_id", reason));
        }
        self.iam_endpoint().map(|_| ())
    }

    /// Returns the endpoint of the identity service, if it is set.
    pub(super) fn iam_endpoint(&self) -> Result<Option<Endpoint>, Error> {
        let Some(url) = &self.iam_endpoint else { return Ok(None) };
        let wrong = |error: Error| {
            let reason = error.message().strip_prefix("endpoint ").unwrap_or("is wrong").to_owned();
            Error::configuration("iam_endpoint", reason)
        };
        Endpoint::parse(url).map(Some).map_err(wrong)
    }

    /// Returns the host of a service: `<service>.<region>.<domain>` in the public cloud and in private ones.
    pub(super) fn host(&self, service: &str, region: &str) -> String {
        let domain = self.domain.as_deref().unwrap_or(PUBLIC_DOMAIN);
        format!("{service}.{region}.{domain}").to_ascii_lowercase()
    }
}

fn is_project(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// Checks the form of a region.
pub(super) fn check_region(region: &str) -> Result<(), Error> {
    host::check_region(region, "cn-north-1")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn hosts() {
        let host = |domain: Option<&str>, service: &str| {
            let settings = HuaweiSettings { domain: domain.map(str::to_owned), ..HuaweiSettings::default() };
            settings.check().unwrap();
            settings.host(service, "cn-north-1")
        };
        assert_eq!(host(None, "cce"), "cce.cn-north-1.myhuaweicloud.com");
        assert_eq!(host(None, "iam"), "iam.cn-north-1.myhuaweicloud.com");
        assert_eq!(host(Some("Cloud.Example.com"), "cce"), "cce.cn-north-1.cloud.example.com");
    }

    #[test]
    fn wrong_settings_are_named() {
        let field = |settings: HuaweiSettings| settings.check().unwrap_err().field().unwrap().to_owned();
        assert_eq!(field(HuaweiSettings { domain: Some("a..b".into()), ..Default::default() }), "domain");
        for project in ["", "a b", "a/b", "é", "a\r\nx: y"] {
            assert_eq!(field(HuaweiSettings { project_id: Some(project.into()), ..Default::default() }), "project_id");
        }
        for url in ["iam.example.com", "ftp://iam.example.com", "https://planted:secret@iam.example.com"] {
            let settings = HuaweiSettings { iam_endpoint: Some(url.into()), ..Default::default() };
            let error = settings.check().unwrap_err();
            assert_eq!(error.field(), Some("iam_endpoint"));
            assert!(!error.to_string().contains("planted"));
        }
    }
}
