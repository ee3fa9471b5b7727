//! The codes with which the product refuses. Only the monitor documents codes of its own; for all others the
//! public ones of the API stand.

use crate::refusal::Refusal;
use wharf_world::kernel::violation::{Reason, Violation};
use wharf_world::registry::RegistryError;

pub(super) const INVALID: &str = "InvalidParameter";
pub(super) const NOT_IN_CLUSTER: &str = "KubeResourceNotFound";
pub(super) const NOT_FOUND: &str = "5000";
pub(super) const FAILED: &str = "5100";
pub(super) const NOT_SOLD: &str = "5200";
pub(super) const UNSUPPORTED: &str = "6100";

/// A refusal of this product.
#[derive(Debug)]
pub(super) struct Refused(pub(super) Refusal);

impl Refused {
    pub(super) fn new(code: &'static str, message: impl AsRef<str>) -> Self {
        // Not with a capital: a message may begin with the name of a parameter, which it has to name as it is written.
        Self(Refusal::new(code, format!("{}.", message.as_ref())))
    }
}

impl From<Violation> for Refused {
    fn from(fault: Violation) -> Self {
        let code = match fault.reason {
            Reason::Invalid
            | Reason::Missing
            | Reason::NoImage
            | Reason::RangeUnreadable
            | Reason::RangeNotPrivate
            | Reason::RangeSize
            | Reason::RangeOfCluster
            | Reason::RangeOfNetwork
            | Reason::RangeOfGlobalRoute
            | Reason::RangeOfRoute
            | Reason::OutOfTable
            | Reason::GatewayTaken
            | Reason::Exists
            | Reason::NotEmpty
            | Reason::Masters => INVALID,
            Reason::NoCluster | Reason::NoMachine | Reason::NoNetwork | Reason::NoSubnet => NOT_FOUND,
            Reason::NoPart => NOT_IN_CLUSTER,
            Reason::ClusterQuota | Reason::RouteQuota | Reason::NodeQuota | Reason::PoolQuota => NOT_SOLD,
            Reason::Quota | Reason::Machine => NOT_SOLD,
            Reason::InUse | Reason::Unavailable | Reason::Scaling | Reason::Protected | Reason::Forbidden => FAILED,
            Reason::NodeVersions | Reason::TaskRunning | Reason::TaskState | Reason::NotNow => FAILED,
            Reason::NoTask | Reason::NoRecord | Reason::NoRouteTable => NOT_FOUND,
            Reason::Unsupported | Reason::Unsuitable | Reason::NotRemovable | Reason::Denied | Reason::Rehearsed => {
                UNSUPPORTED
            }
        };
        Self::new(code, &fault.message)
    }
}

impl From<RegistryError> for Refused {
    fn from(error: RegistryError) -> Self {
        use RegistryError as E;
        let code = match &error {
            E::Missing(_) | E::Invalid(..) => INVALID,
            // What belongs to others is not there.
            E::NoUser(_)
            | E::NoNamespace(_)
            | E::ForeignNamespace(_)
            | E::NoRepository(_)
            | E::ForeignRepository(_)
            | E::ForeignDestination(_)
            | E::NamespaceMismatch(_)
            | E::NoTag(..)
            | E::NoTrigger(_)
            | E::NoInstance(_) => NOT_FOUND,
            _ => FAILED,
        };
        let message = match &error {
            E::Missing(field) => format!("{} must be given", own_name(field)),
            E::Invalid(field, why) => format!("{} {why}", own_name(field)),
            other => other.to_string(),
        };
        Self::new(code, message)
    }
}

/// The name of a field of the registry in this product.
fn own_name(field: &'static str) -> &'static str {
    match field {
        "RepoName" | "Namespace" => "reponame",
        "SrcImage" => "src_image",
        "DestImage" => "dest_image",
        "InvokeExpr" => "invokeExpr",
        "InvokeMethod" => "invokeMethod",
        "Password" => "password",
        "Val" => "val",
        other => other,
    }
}
