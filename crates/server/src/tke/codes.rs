//! The code with which each operation refuses.

use crate::catalog::catalog;
use crate::refusal::Refusal;
use wharf_world::kernel::violation::{Reason, Violation};

/// The refusal of that operation: the first code for the reason that its document lists. The last code of every
/// reason is one that all operations share.
pub(super) fn refusal(operation: &str, fault: &Violation) -> Refusal {
    let codes = codes(fault.reason);
    let spec = catalog().product("tke").and_then(|product| product.operation(operation));
    let listed =
        |code: &&&str| spec.is_some_and(|operation| operation.spec.errors.iter().any(|listed| listed == **code));
    let code = codes.iter().find(listed).or(codes.last()).copied().unwrap_or("InternalError");
    Refusal::new(code, format!("{}.", upper_first(&fault.message)))
}

/// The codes for a reason, the most telling first.
fn codes(reason: Reason) -> &'static [&'static str] {
    match reason {
        Reason::Invalid => &["InvalidParameter.Param", "InvalidParameter"],
        Reason::Missing => &["MissingParameter"],
        Reason::NoCluster => &["InvalidParameter.ClusterNotFound", "InternalError.ClusterNotFound", "ResourceNotFound"],
        Reason::NoPart => &["ResourceNotFound"],
        Reason::NoMachine => &["InternalError.CvmNotFound", "ResourceNotFound"],
        Reason::NoNetwork => &["InternalError.VpcRecodrNotFound", "ResourceNotFound"],
        Reason::NoSubnet => &["InternalError.VpcCommon", "ResourceNotFound"],
        Reason::NoImage => &["InternalError.OsNotSupport", "InternalError.ImageIdNotFound", "InvalidParameter"],
        Reason::RangeUnreadable => &["InvalidParameter.CIDRInvalid", "InternalError.CidrInvali", "InvalidParameter"],
        Reason::RangeNotPrivate => &[
            "InvalidParameter.InvalidPrivateNetworkCIDR",
            "InternalError.InvalidPrivateNetworkCidr",
            "InvalidParameter",
        ],
        Reason::RangeSize => {
            &["InvalidParameter.CIDRMaskSizeOutOfRange", "InternalError.CidrMaskSizeOutOfRange", "InvalidParameter"]
        }
        Reason::RangeOfCluster => &["InternalError.CidrConflictWithOtherCluster", "InvalidParameter"],
        Reason::RangeOfNetwork => &["InternalError.CidrConflictWithVpcCidr", "InvalidParameter"],
        Reason::RangeOfGlobalRoute => &["InternalError.CidrConflictWithVpcGlobalRoute", "InvalidParameter"],
        Reason::ClusterQuota => &["InternalError.QuotaMaxClsLimit", "LimitExceeded"],
        Reason::NodeQuota => &["InternalError.QuotaMaxNodLimit", "LimitExceeded"],
        Reason::PoolQuota => &["LimitExceeded"],
        Reason::Machine => &["InternalError.CvmCommon", "FailedOperation"],
        Reason::Scaling => &["InvalidParameter.AsCommonError", "InternalError.AsCommon", "InvalidParameter"],
        Reason::Masters => &["InvalidParameter"],
        Reason::InUse => &["ResourceInUse"],
        Reason::Unavailable => &["ResourceUnavailable"],
        Reason::Protected => &["FailedOperation"],
        Reason::Unsupported => &["UnsupportedOperation"],
        Reason::Rehearsed => &["DryRunOperation"],
    }
}

/// The text with a capital at its beginning.
pub(crate) fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes that every operation may answer.
    const PUBLIC: [&str; 10] = [
        "DryRunOperation",
        "FailedOperation",
        "InternalError",
        "InvalidParameter",
        "LimitExceeded",
        "MissingParameter",
        "ResourceInUse",
        "ResourceNotFound",
        "ResourceUnavailable",
        "UnsupportedOperation",
    ];

    #[test]
    fn the_last_code_of_every_reason_is_public() {
        use Reason as R;
        let reasons = [
            R::Invalid,
            R::Missing,
            R::NoCluster,
            R::NoPart,
            R::NoMachine,
            R::NoNetwork,
            R::NoSubnet,
            R::NoImage,
            R::RangeUnreadable,
            R::RangeNotPrivate,
            R::RangeSize,
            R::RangeOfCluster,
            R::RangeOfNetwork,
            R::RangeOfGlobalRoute,
            R::ClusterQuota,
            R::NodeQuota,
            R::PoolQuota,
            R::Protected,
            R::Machine,
            R::Scaling,
            R::Masters,
            R::InUse,
            R::Unavailable,
            R::Unsupported,
            R::Rehearsed,
        ];
        for reason in reasons {
            assert!(codes(reason).last().is_some_and(|code| PUBLIC.contains(code)), "{reason:?}");
        }
    }

    #[test]
    fn an_operation_answers_the_code_its_document_lists() {
        let gone = Reason::NoCluster.because("the cluster cls-1 does not exist");
        assert_eq!(refusal("DescribeClusterInstances", &gone).code, "InvalidParameter.ClusterNotFound");
        assert_eq!(refusal("ModifyClusterAsGroupOptionAttribute", &gone).code, "InternalError.ClusterNotFound");
        assert_eq!(refusal("DeleteCluster", &gone).code, "ResourceNotFound");
        assert_eq!(refusal("DeleteCluster", &gone).message, "The cluster cls-1 does not exist.");
    }
}
