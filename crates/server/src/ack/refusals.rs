//! How the product refuses.

use crate::catalog::catalog;
use crate::cce::RestRefusal;
use wharf_spec::Product;
use wharf_spec::file::ErrorKind;
use wharf_world::kernel::violation::{Reason, Violation};

pub(crate) const INVALID: &str = "InvalidParameter";
pub(crate) const MISSING: &str = "MissingParameter";
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

/// The refusal of that operation: with the first code that its document lists.
pub(super) fn refusal(operation: &str, fault: &Violation) -> RestRefusal {
    let spec = catalog().product("ack").map(|product| product.spec());
    let documented = spec.and_then(|spec| spec.operation(operation)).map(|operation| operation.spec.errors.as_slice());
    let codes = codes(fault.reason);
    let listed = |code: &&&str| documented.is_some_and(|known| known.iter().any(|known| known == **code));
    let code = codes.iter().find(listed).or(codes.last()).copied().unwrap_or(INVALID);
    let status = spec.map_or(400, |spec| status(spec, code));
    // Not with a capital: a message may begin with the name of a parameter, which it has to name as it is written.
    RestRefusal::new(status, code, format!("{}.", fault.message))
}

/// The status of a code: the one that the spec states, else the one that goes with its kind.
pub(crate) fn status(spec: &Product, code: &str) -> u16 {
    let Some(known) = spec.error(code) else { return 400 };
    known.spec.status.unwrap_or(match known.spec.kind {
        ErrorKind::NotFound => 404,
        ErrorKind::Conflict => 409,
        ErrorKind::Permission => 403,
        _ => 400,
    })
}
