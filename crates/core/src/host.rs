//! Rules for names in hosts.

use crate::error::Error;

/// Maximum length of a domain in bytes. It leaves room for the labels that products put before it.
const MAX_DOMAIN: usize = 180;

/// Returns whether a text is one label of a host name: letters, digits and hyphens, 63 at most.
pub fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Checks that a region is a valid label of a host name. `example` is a region of the cloud, for the error.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) naming `region`.
pub fn check_region(region: &str, example: &str) -> Result<(), Error> {
    if is_label(region) {
        return Ok(());
    }
    let reason = format!("is {region:?}, which is no region: letters, digits and hyphens as in {example}");
    Err(Error::configuration("region", reason))
}

/// Checks the domain of a private cloud: labels separated by dots.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) naming `domain`.
pub fn check_domain(domain: &str) -> Result<(), Error> {
    if domain.len() <= MAX_DOMAIN && domain.split('.').all(is_label) {
        return Ok(());
    }
    let hint = if domain.contains(':') { "; for a URL or a port set the endpoint" } else { "" };
    Err(Error::configuration("domain", format!("is {domain:?}, which is no domain such as cloud.example.com{hint}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn regions() {
        let longest = "a".repeat(63);
        for region in ["ap-guangzhou", "cn-north-1", "chongqing", "R1", "region0", &longest] {
            check_region(region, "r-1").unwrap();
        }
        let long = "a".repeat(64);
        for region in
            ["", " ", "cn north", "r;drop", "cn-north-1\n", "-cn", "cn-", "cn.north", "cn/north", "広州", &long]
        {
            let error = check_region(region, "r-1").unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("region")), "{region:?}");
            assert!(error.message().ends_with("as in r-1"));
        }
    }

    #[test]
    fn domains() {
        for domain in ["cloud.example.com", "Cloud.Example.COM", "internal", "a-b.c1"] {
            check_domain(domain).unwrap();
        }
        let long = vec!["abcdefgh"; 21].join(".");
        for domain in ["", "https://cloud.example.com", "cloud.example.com:8443", "a..b", "-a.b", "a b.c", &long] {
            let error = check_domain(domain).unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("domain")), "{domain:?}");
            assert_eq!(error.message().contains("set the endpoint"), domain.contains(':'), "{domain:?}");
        }
    }
}
