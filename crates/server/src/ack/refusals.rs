//! How the product refuses.

use crate::catalog::catalog;
use crate::refusal::Refusal;
use wharf_world::kernel::violation::{Reason, Violation};

const INVALID: &str = "InvalidParameter";
const MISSING: &str = "MissingParameter";
const STATE: &str = "ErrorClusterState";

/// The codes for a reason, the most telling first.
fn codes(reason: Reason) -> &'static [&'static str] {
    match reason {
        Reason::Missing => &[MISSING, INVALID],
        Reason::NoCluster => &["ErrorClusterNotFound"],
        Reason::NoPart => &["ErrorNodePoolNotFound", "ErrorTemplateNotFound", "AddonNotFound", INVALID],
        Reason::ClusterQuota => &["QuotaExceeded.Cluster"],
        Reason::NodeQuota => &["QuotaExceeded.Node", INVALID],
        Reason::PoolQuota => &["QuotaExceeded.NodePool"],
        Reason::InUse => &["ErrorClusterNameAlreadyExist", INVALID, STATE],
        Reason::Unavailable | Reason::Protected => &[STATE],
        _ => &[INVALID],
    }
}

/// The code of an operation for which none are documented: the most telling one, of what the operation is about.
fn of_public(operation: &str, reason: Reason, codes: &[&'static str]) -> &'static str {
    match reason {
        Reason::NoPart if operation.to_lowercase().contains("nodepool") => "ErrorNodePoolNotFound",
        Reason::NoPart if operation.contains("Addon") => "AddonNotFound",
        Reason::NoPart | Reason::InUse => INVALID,
        _ => codes.first().copied().unwrap_or(INVALID),
    }
}

/// The refusal of that operation: with the first code that its document lists.
pub(super) fn refusal(operation: &str, fault: &Violation) -> Refusal {
    let spec = catalog().product("ack").map(|product| product.spec());
    let documented = spec.and_then(|spec| spec.operation(operation)).map(|operation| operation.spec.errors.as_slice());
    let codes = codes(fault.reason);
    let listed = |code: &&&str| documented.is_some_and(|known| known.iter().any(|known| known == **code));
    let code = match documented {
        // The packages of the public cloud have no codes.
        Some([]) => of_public(operation, fault.reason, codes),
        _ => codes.iter().find(listed).or(codes.last()).copied().unwrap_or(INVALID),
    };
    // Not with a capital: a message may begin with the name of a parameter, which it has to name as it is written.
    Refusal::new(code, format!("{}.", fault.message))
}
