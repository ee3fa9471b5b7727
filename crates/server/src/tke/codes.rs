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

/// What Helm refuses.
const MARKET: &str = "FailedOperation.MarketReleaseOperation";

/// The codes for a reason, the most telling first.
fn codes(reason: Reason) -> &'static [&'static str] {
    match reason {
        Reason::Invalid => &["InvalidParameter.Param", "InvalidParameter"],
        Reason::Missing => &["MissingParameter"],
        Reason::NoCluster => &[
            "InvalidParameter.ClusterNotFound",
            "InternalError.ClusterNotFound",
            "ResourceNotFound.ClusterNotFound",
            "FailedOperation.ClusterNotFound",
            "FailedOperation.GetClusterFailed",
            "ResourceNotFound",
        ],
        Reason::NoPart => &[
            MARKET,
            "FailedOperation.KubernetesResourceNotFound",
            "FailedOperation.RecordNotFound",
            "InternalError.DbRecordNotFound",
            "ResourceNotFound.NotFound",
            "ResourceNotFound",
        ],
        Reason::NoMachine => &["InternalError.CvmNotFound", "ResourceNotFound"],
        Reason::NoNetwork => {
            &["InternalError.VpcRecodrNotFound", "FailedOperation.VpcRecodrNotFound", "ResourceNotFound"]
        }
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
        Reason::RangeOfCluster => &[
            "InvalidParameter.CidrConflictWithOtherCluster",
            "InternalError.CidrConflictWithOtherCluster",
            "InvalidParameter",
        ],
        Reason::RangeOfNetwork => {
            &["InvalidParameter.CidrConflictWithVpcCidr", "InternalError.CidrConflictWithVpcCidr", "InvalidParameter"]
        }
        Reason::RangeOfGlobalRoute => &[
            "InvalidParameter.CidrConflictWithVpcGlobalRoute",
            "InternalError.CidrConflictWithVpcGlobalRoute",
            "InvalidParameter",
        ],
        Reason::RangeOfRoute => &[
            "InvalidParameter.CidrConflictWithOtherRoute",
            "InternalError.CidrConflictWithOtherRoute",
            "InvalidParameter",
        ],
        Reason::OutOfTable => &["InvalidParameter.CidrOutOfRouteTable", "InvalidParameter"],
        Reason::GatewayTaken => &["InvalidParameter.GatewayAlreadyAssociatedCidr", "InvalidParameter"],
        Reason::NoRouteTable => {
            &["ResourceNotFound.RouteTableNotFound", "InternalError.RouteTableNotFound", "ResourceNotFound"]
        }
        Reason::Exists => &["ResourceInUse.ResourceExistAlready", "ResourceInUse"],
        Reason::NotEmpty => &["InvalidParameter.RouteTableNotEmpty", "InvalidParameter"],
        Reason::RouteQuota => &["InternalError.QuotaMaxRtLimit", "LimitExceeded"],
        Reason::Unsuitable => &[
            "UnsupportedOperation.ClusterNotSuitAddClusterCIDR",
            "UnsupportedOperation.ClusterNotSuitEnableVPCCNI",
            "UnsupportedOperation",
        ],
        Reason::NotRemovable => &["FailedOperation.DisableVPCCNIFailed", "FailedOperation"],
        Reason::ClusterQuota => &["InternalError.QuotaMaxClsLimit", "LimitExceeded"],
        Reason::NodeQuota => &["InternalError.QuotaMaxNodLimit", "LimitExceeded.QuotaMaxNodLimit", "LimitExceeded"],
        Reason::PoolQuota => &["InvalidParameterValue.LimitExceeded", "LimitExceeded"],
        Reason::Quota => &["LimitExceeded"],
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
            "FailedOperation.KubernetesResourceExisted",
            MARKET,
            "ResourceUnavailable.NodePoolStateNotNormal",
            "UnsupportedOperation.AlreadyEnabled",
            "ResourceInUse.ExistRunningPod",
            "ResourceInUse",
        ],
        Reason::Unavailable => &[
            MARKET,
            "ResourceUnavailable.ClusterState",
            "FailedOperation.ClusterState",
            "ResourceUnavailable.ClusterInAbnormalStat",
            "ResourceUnavailable",
        ],
        Reason::Forbidden => &["UnauthorizedOperation.CamNoAuth", "UnauthorizedOperation"],
        Reason::NodeVersions => &["FailedOperation.ClusterUpgradeNodeVersion", "FailedOperation"],
        Reason::NoTask => &["FailedOperation.TaskNotFound", "InternalError.TaskNotFound", "ResourceNotFound"],
        Reason::NoRecord => &[
            "FailedOperation.DbRecordNotFound",
            "FailedOperation.RecordNotFound",
            "InternalError.DbRecordNotFound",
            "ResourceNotFound.NotFound",
            "ResourceNotFound",
        ],
        Reason::TaskRunning => &["FailedOperation.TaskAlreadyRunning", "ResourceInUse"],
        Reason::NotNow => &["FailedOperation.OperationForbidden", "FailedOperation"],
        Reason::Denied => &["OperationDenied", "UnsupportedOperation"],
        Reason::TaskState => &["FailedOperation.TaskLifeStateError", "ResourceUnavailable"],
        Reason::Protected => &["FailedOperation.SwitchClusterEndpoint", "FailedOperation"],
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
