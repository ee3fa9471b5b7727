//! Error codes and their kinds, including codes that no document lists.

use wharf_core::ErrorKind;
use wharf_core::error::CodeMeta;

/// Families of codes that the gateway of every product may return and that the products' tables do not list. Sorted.
const FAMILIES: &[CodeMeta] = &[
    family("EntityNotExist", ErrorKind::NotFound, "There is no such thing."),
    family("Forbidden", ErrorKind::PermissionDenied, "The caller may not do this."),
    family("IllegalTimestamp", ErrorKind::Credentials, "The request's time is too far off."),
    family("InactiveAccessKeyId", ErrorKind::Credentials, "The access key is switched off."),
    family("IncompleteSignature", ErrorKind::Credentials, "The signature is not what the gateway computes."),
    family("InternalError", ErrorKind::Service, "The service failed."),
    family("InvalidAccessKeyId", ErrorKind::Credentials, "There is no such access key, or it is switched off."),
    family("InvalidAccessKeySecret", ErrorKind::Credentials, "The secret of the access key is wrong."),
    family("InvalidAction", ErrorKind::Unsupported, "There is no such operation here."),
    family("InvalidApi", ErrorKind::Unsupported, "There is no such operation here."),
    family("InvalidDate", ErrorKind::Credentials, "The request's time is too far off."),
    family("InvalidParameter", ErrorKind::InvalidInput, "A parameter is wrong."),
    family("InvalidSecurityToken", ErrorKind::Credentials, "The session token is wrong or has expired."),
    family("InvalidTimeStamp", ErrorKind::Credentials, "The request's time is too far off."),
    family("InvalidVersion", ErrorKind::Unsupported, "There is no such version of the API."),
    family("MissingParameter", ErrorKind::InvalidInput, "A parameter is missing."),
    family("MissingSecurityToken", ErrorKind::Credentials, "A temporary key needs its session token."),
    family("NoPermission", ErrorKind::PermissionDenied, "The caller may not do this."),
    family("QuotaExceeded", ErrorKind::Quota, "A quota of the account is reached."),
    family("SecurityTokenExpired", ErrorKind::Credentials, "The session token has expired."),
    family("ServiceUnavailable", ErrorKind::Transient, "The service is not available at the moment."),
    family("SignatureDoesNotMatch", ErrorKind::Credentials, "The signature is not what the gateway computes."),
    family("SignatureNonceUsed", ErrorKind::Credentials, "A request with this nonce came before."),
    family("Throttling", ErrorKind::Throttled, "Too many calls."),
    family("UnsupportedHTTPMethod", ErrorKind::Unsupported, "The method is not one of this operation."),
];

const fn family(code: &'static str, kind: ErrorKind, doc: &'static str) -> CodeMeta {
    CodeMeta::new(code, kind, matches!(kind, ErrorKind::Transient | ErrorKind::Throttled), doc)
}

/// Returns the entry of a code: its own entry, or the entry of its family (the part before the first dot). A code that
/// no document lists counts as `NotFound` when its words say so, unless its family is about authentication or about
/// what the service offers.
pub(super) fn find(table: &'static [CodeMeta], code: &str) -> Option<&'static CodeMeta> {
    let family = family_of(code);
    exact(table, code).or_else(|| {
        let family = exact(table, family).or_else(|| exact(FAMILIES, family));
        match family.map(|entry| entry.kind) {
            Some(ErrorKind::Credentials | ErrorKind::PermissionDenied | ErrorKind::Unsupported) => family,
            _ => CodeMeta::not_found(code).or(family),
        }
    })
}

/// Returns true when the request was refused because of its time.
pub(super) fn is_clock_skew(code: &str) -> bool {
    matches!(family_of(code), "IllegalTimestamp" | "InvalidDate" | "InvalidTimeStamp")
}

/// Returns true when temporary credentials were refused and new ones may be accepted.
pub(super) fn is_stale_credentials(code: &str) -> bool {
    matches!(family_of(code), "InvalidSecurityToken" | "SecurityTokenExpired")
}

fn family_of(code: &str) -> &str {
    code.split('.').next().unwrap_or(code)
}

fn exact(table: &'static [CodeMeta], code: &str) -> Option<&'static CodeMeta> {
    let at = table.binary_search_by(|entry| entry.code.cmp(code)).ok()?;
    table.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    static TABLE: &[CodeMeta] = &[
        family("InvalidParameter", ErrorKind::InvalidInput, "Wrong."),
        family("InvalidParameter.ClusterNotFound", ErrorKind::NotFound, "No such cluster."),
        family("ServiceUnavailable", ErrorKind::Service, "The table comes first."),
    ];

    #[test]
    fn families_are_sorted() {
        assert!(FAMILIES.is_sorted_by_key(|entry| entry.code));
    }

    #[test]
    fn exactly_then_by_family() {
        let kind = |code: &str| find(TABLE, code).map(|entry| (entry.kind, entry.retryable));
        assert_eq!(kind("InvalidParameter.ClusterNotFound"), Some((ErrorKind::NotFound, false)));
        assert_eq!(kind("InvalidParameter.Foo"), Some((ErrorKind::InvalidInput, false)));
        assert_eq!(kind("ServiceUnavailable.X"), Some((ErrorKind::Service, false)));
        assert_eq!(kind("Throttling.User"), Some((ErrorKind::Throttled, true)));
        assert_eq!(kind("Throttling"), Some((ErrorKind::Throttled, true)));
        assert_eq!(kind("InvalidAccessKeyId.NotFound"), Some((ErrorKind::Credentials, false)));
        assert_eq!(kind("ErrorSomething"), None);
        for code in ["ErrorClusterNotFound", "Cluster.NotExist", "InvalidParameter.NodePoolNotFound"] {
            assert_eq!(kind(code), Some((ErrorKind::NotFound, false)), "{code}");
        }
        assert_eq!(kind("InvalidApi.NotFound").map(|(kind, _)| kind), Some(ErrorKind::Unsupported));
        assert_eq!(kind(""), None);
    }

    #[test]
    fn codes_that_another_attempt_may_cure() {
        assert!(is_clock_skew("InvalidTimeStamp.Expired") && is_clock_skew("IllegalTimestamp"));
        assert!(!is_clock_skew("SignatureDoesNotMatch") && !is_clock_skew(""));
        assert!(is_stale_credentials("InvalidSecurityToken.Expired") && is_stale_credentials("SecurityTokenExpired"));
        assert!(!is_stale_credentials("InvalidAccessKeyId.NotFound"));
    }
}
