//! The code with which each operation refuses.

use crate::catalog::{Operation, catalog};
use crate::refusal::Refusal;
use wharf_world::kernel::violation::{Reason, Violation};

/// The refusal of that operation: the first code for the reason that its document lists. The last code of every
/// reason is one that all operations share.
pub(super) fn refusal(operation: &str, fault: &Violation) -> Refusal {
    let spec = catalog().product("tke").and_then(|product| product.operation(operation));
    first_listed(spec, codes(fault.reason), fault)
}

/// The refusal of an operation with the first of the codes that its document lists, or else with the last one.
pub(super) fn first_listed(spec: Option<Operation>, codes: &[&'static str], fault: &Violation) -> Refusal {
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
        Reason::NoCluster => &[
            "InvalidParameter.ClusterNotFound",
            "InternalError.ClusterNotFound",
            "ResourceNotFound.ClusterNotFound",
            "ResourceNotFound",
        ],
        Reason::NoPart => &[
            "FailedOperation.RecordNotFound",
            "InternalError.DbRecordNotFound",
            "ResourceNotFound.NotFound",
            "ResourceNotFound",
        ],
        Reason::NoMachine => &["InternalError.CvmNotFound", "ResourceNotFound"],
        Reason::NoNetwork => &["InternalError.VpcRecodrNotFound", "ResourceNotFound"],
        Reason::NoSubnet => &["InternalError.VpcCommon", "InvalidParameter.SubnetInvalidError", "ResourceNotFound"],
        Reason::NoImage => &[
            "InternalError.OsNotSupport",
            "InternalError.ImageIdNotFound",
            "InvalidParameter.OsNotSupport",
            "InvalidParameterValue.ImageNotFound",
            "InvalidParameter",
        ],
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
        Reason::NodeQuota => &["InternalError.QuotaMaxNodLimit", "LimitExceeded.QuotaMaxNodLimit", "LimitExceeded"],
        Reason::PoolQuota => &["InvalidParameterValue.LimitExceeded", "LimitExceeded"],
        Reason::Machine => &["InternalError.CvmCommon", "FailedOperation.CvmCommon", "FailedOperation"],
        Reason::Scaling => &[
            "InvalidParameterValue.Size",
            "InvalidParameter.AsCommonError",
            "FailedOperation.AsCommon",
            "InternalError.AsCommon",
            "InvalidParameter.Param",
            "InvalidParameter",
        ],
        Reason::Masters => &["InvalidParameter"],
        Reason::InUse => &[
            "ResourceUnavailable.NodePoolStateNotNormal",
            "UnsupportedOperation.AlreadyEnabled",
            "ResourceInUse.ExistRunningPod",
            "ResourceInUse",
        ],
        Reason::Unavailable => &["ResourceUnavailable.ClusterState", "ResourceUnavailable"],
        Reason::Protected => &["FailedOperation"],
        Reason::Unsupported => &["UnsupportedOperation.UnsupportedNetworkType", "UnsupportedOperation"],
        Reason::Rehearsed => &["DryRunOperation"],
    }
}

/// The text with a capital at its beginning.
pub(crate) fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
