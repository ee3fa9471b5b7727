//! How the product refuses: statuses and codes.

use crate::gateway::{ADDON_BODY, INVALID};
pub(super) use crate::gateway::{ErrorForm, NO_SUCH_API};
use crate::refusal::Refusal;
use wharf_world::kernel::violation::{Reason, Violation};

const NO_SUBNET: &str = "CCE.01400002";
const RANGE_CONFLICT: &str = "CCE.01400005";
const CLUSTER_QUOTA: &str = "CCE.01400007";
const SERVER_QUOTA: &str = "CCE.01400008";
pub(super) const NOT_FOUND: &str = "CCE.01404001";
const CONFLICT: &str = "CCE.01409001";
const ADDON_UNSUPPORTED: &str = "SVCSTG.CCE-ADDONMGR.4030302";
const ADDON_NOT_FOUND: &str = "SVCSTG.CCE-ADDONMGR.4040204";

/// The refusal of that operation.
pub(super) fn refusal(operation: &str, fault: &Violation) -> Refusal {
    let (status, code) = match ErrorForm::of(operation) {
        ErrorForm::Addons => of_addons(operation, fault.reason),
        ErrorForm::Kubernetes => of_kubernetes(fault.reason),
        ErrorForm::Service | ErrorForm::Identity => of_service(fault.reason),
    };
    // Not with a capital: a message may begin with the name of a parameter, which it has to name as it is written.
    Refusal::with_status(status, code, format!("{}.", fault.message))
}

fn of_service(reason: Reason) -> (u16, &'static str) {
    match reason {
        Reason::NoCluster | Reason::NoPart | Reason::NoMachine => (404, NOT_FOUND),
        Reason::NoNetwork | Reason::NoSubnet => (400, NO_SUBNET),
        Reason::RangeOfCluster | Reason::RangeOfNetwork | Reason::RangeOfGlobalRoute => (400, RANGE_CONFLICT),
        Reason::ClusterQuota => (400, CLUSTER_QUOTA),
        Reason::NodeQuota => (400, SERVER_QUOTA),
        Reason::InUse | Reason::Unavailable => (409, CONFLICT),
        // The operation is gone from the API, which is known to the gateway of the cloud alone.
        Reason::Unsupported => (405, NO_SUCH_API),
        _ => (400, INVALID),
    }
}

fn of_addons(operation: &str, reason: Reason) -> (u16, &'static str) {
    match reason {
        Reason::NoCluster => (404, NOT_FOUND),
        // The deletion alone refers to the table of codes, which has this one with the status 400.
        Reason::NoPart if operation == "DeleteAddonInstance" => (400, ADDON_NOT_FOUND),
        Reason::NoPart => (404, ADDON_NOT_FOUND),
        Reason::Unsupported => (400, ADDON_UNSUPPORTED),
        Reason::InUse | Reason::Unavailable => (409, CONFLICT),
        _ => (400, ADDON_BODY),
    }
}

fn of_kubernetes(reason: Reason) -> (u16, &'static str) {
    match reason {
        Reason::NoCluster | Reason::NoPart => (404, "NotFound"),
        Reason::InUse => (409, "AlreadyExists"),
        Reason::Unavailable => (409, "Conflict"),
        Reason::Missing => (400, "BadRequest"),
        _ => (422, "Invalid"),
    }
}
