//! Error codes and their kinds, including codes that no document lists.

use wharf_core::ErrorKind;
use wharf_core::error::CodeMeta;

/// Families of codes that the gateway of every product may return and that the products' tables do not list. Sorted.
const FAMILIES: &[CodeMeta] = &[
    family("ActionOffline", ErrorKind::Unsupported, "The operation is no longer offered."),
    family("AuthFailure", ErrorKind::Credentials, "The signature or the credentials are refused."),
    family("InternalServerError", ErrorKind::Service, "The service failed."),
    family("InvalidRequest", ErrorKind::InvalidInput, "The request has a form that the gateway cannot read."),
    family("IpInBlacklist", ErrorKind::PermissionDenied, "Calls from this address are forbidden."),
    family("IpNotInWhitelist", ErrorKind::PermissionDenied, "Calls from this address are not allowed."),
    family("NoSuchProduct", ErrorKind::Unsupported, "There is no such product here."),
    family("OperationDenied", ErrorKind::Conflict, "The state of the thing does not allow this now."),
    family("RegionError", ErrorKind::Unsupported, "There is no such region here."),
    family("RequestSizeLimitExceeded", ErrorKind::InvalidInput, "The request is too large."),
    family("ResponseSizeLimitExceeded", ErrorKind::InvalidInput, "The answer would be too large: ask for less."),
    family("ServiceUnavailable", ErrorKind::Transient, "The service is not available at the moment."),
];

const fn family(code: &'static str, kind: ErrorKind, doc: &'static str) -> CodeMeta {
    CodeMeta::new(code, kind, matches!(kind, ErrorKind::Transient), doc)
}

/// Returns the entry of a code: its own entry, or the entry of its family (the part before the first dot). A code that
/// no document lists counts as `NotFound` when its words say so, unless its family is about authentication or about
/// what the service offers.
pub(crate) fn find(table: &'static [CodeMeta], code: &str) -> Option<&'static CodeMeta> {
    let family = code.split('.').next().unwrap_or(code);
    exact(table, code).or_else(|| {
        let family = exact(table, family).or_else(|| exact(FAMILIES, family));
        match family.map(|entry| entry.kind) {
            Some(ErrorKind::Credentials | ErrorKind::PermissionDenied | ErrorKind::Unsupported) => family,
            _ => CodeMeta::not_found(code).or(family),
        }
    })
}

/// Returns true when a temporary key was refused and a new one may be accepted: its token is invalid, or the key is
/// unknown because it has expired.
pub(crate) fn is_stale_credentials(code: &str) -> bool {
    let Some(reason) = code.strip_prefix("AuthFailure.") else { return false };
    reason.contains("Token") || matches!(reason, "SecretIdNotFound" | "InvalidSecretId")
}

fn exact(table: &'static [CodeMeta], code: &str) -> Option<&'static CodeMeta> {
    let at = table.binary_search_by(|entry| entry.code.cmp(code)).ok()?;
    table.get(at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    static TABLE: &[CodeMeta] = &[
        family("AuthFailure.SignatureExpire", ErrorKind::Credentials, "Too old."),
        family("InvalidParameter", ErrorKind::InvalidInput, "Wrong."),
        family("InvalidParameter.ClusterNotFound", ErrorKind::NotFound, "No such cluster."),
        family("ServiceUnavailable", ErrorKind::Service, "The table comes first."),
    ];

    #[test]
    fn families_are_sorted() {
        assert!(FAMILIES.is_sorted_by_key(|entry| entry.code));
    }

    #[test]
    fn codes_that_another_key_may_cure() {
        for code in ["TokenFailure", "TokenExpired", "SecretIdNotFound", "InvalidSecretId"] {
            assert!(is_stale_credentials(&format!("AuthFailure.{code}")), "{code}");
        }
        for code in ["AuthFailure.SignatureFailure", "AuthFailure.UnauthorizedOperation", "FailedOperation.Token", ""] {
            assert!(!is_stale_credentials(code), "{code}");
        }
    }

    #[test]
    fn exactly_then_by_family() {
        let kind = |code: &str| find(TABLE, code).map(|entry| entry.kind);
        assert_eq!(kind("InvalidParameter.ClusterNotFound"), Some(ErrorKind::NotFound));
        assert_eq!(kind("InvalidParameter.Foo"), Some(ErrorKind::InvalidInput));
        assert_eq!(kind("InvalidParameter.ClusterNotFound.Deeper"), Some(ErrorKind::InvalidInput));
        assert_eq!(kind("InvalidParameter"), Some(ErrorKind::InvalidInput));
        assert_eq!(kind("AuthFailure.New"), Some(ErrorKind::Credentials));
        assert_eq!(kind("ServiceUnavailable.X"), Some(ErrorKind::Service));
        assert!(find(&[], "ServiceUnavailable").unwrap().retryable);
        assert_eq!(kind("InvalidParameterX"), None);
        for code in
            ["FailedOperation.ClusterNotFound", "InternalServerError.VpcRecodrNotFound", "InvalidParameter.ErrNotExist"]
        {
            assert_eq!(kind(code), Some(ErrorKind::NotFound), "{code}");
        }
        assert_eq!(kind("AuthFailure.SecretIdNotFound"), Some(ErrorKind::Credentials));
        assert_eq!(kind(""), None);
    }
}
