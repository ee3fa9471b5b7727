//! The code with which each operation refuses.

use crate::catalog::catalog;
use crate::refusal::Refusal;
use crate::tke::codes::first_listed;
use wharf_world::kernel::violation::{Reason, Violation};

/// The refusal of that operation, with the first code for the reason that its document lists.
pub(super) fn refusal(operation: &str, fault: &Violation) -> Refusal {
    let product = catalog().version_or_default("tke", "2022-05-01");
    first_listed(product.and_then(|product| product.operation(operation)), codes(fault.reason), fault)
}

/// The codes for a reason, the most telling first. The last one is one that all operations share.
fn codes(reason: Reason) -> &'static [&'static str] {
    match reason {
        Reason::Missing => &["MissingParameter"],
        Reason::NoCluster => {
            &["ResourceNotFound.ClusterNotFound", "InvalidParameter.ClusterNotFound", "ResourceNotFound"]
        }
        Reason::NoPart | Reason::NoMachine | Reason::NoNetwork | Reason::NoSubnet => &["ResourceNotFound"],
        Reason::ClusterQuota | Reason::NodeQuota | Reason::PoolQuota => &["LimitExceeded"],
        Reason::Protected => &["OperationDenied", "FailedOperation"],
        Reason::InUse => &["ResourceInUse", "FailedOperation"],
        Reason::Unavailable => &["ResourceUnavailable.ClusterState", "OperationDenied", "FailedOperation"],
        Reason::Unsupported => &["UnsupportedOperation"],
        _ => &["InvalidParameter.Param", "InvalidParameter", "InvalidParameterValue", "InvalidParameter"],
    }
}
