//! How the product refuses: statuses, codes, and the forms in which its parts write them.

use serde_json::{Value, json};
use std::borrow::Cow;
use wharf_world::kernel::violation::{Reason, Violation};

/// A refusal on its way to the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status} {code}: {message}")]
pub struct RestRefusal {
    /// HTTP status.
    pub status: u16,
    /// The code on the wire.
    pub code: Cow<'static, str>,
    /// What happened, for people. Never holds a secret.
    pub message: String,
}

/// The form in which a part of the product writes a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorForm {
    /// `error_code` and `error_msg`.
    Service,
    /// `code` and `message`, as the add-on manager has it, and the two fields that the vendor's own client reads.
    Addons,
    /// The `Status` of Kubernetes.
    Kubernetes,
    /// `error`, as the identity service has it.
    Identity,
}

/// Codes of the documents.
pub(crate) const INVALID: &str = "CCE.01400001";
const NO_SUBNET: &str = "CCE.01400002";
const RANGE_CONFLICT: &str = "CCE.01400005";
const CLUSTER_QUOTA: &str = "CCE.01400007";
const SERVER_QUOTA: &str = "CCE.01400008";
pub(crate) const FORBIDDEN: &str = "CCE.01403001";
pub(crate) const NOT_FOUND: &str = "CCE.01404001";
const CONFLICT: &str = "CCE.01409001";
pub(crate) const ADDON_BODY: &str = "SVCSTG.CCE-ADDONMGR.4000003";
const ADDON_UNSUPPORTED: &str = "SVCSTG.CCE-ADDONMGR.4030302";
const ADDON_NOT_FOUND: &str = "SVCSTG.CCE-ADDONMGR.4040204";
/// What the gateway of the cloud says of a call that there is not.
pub(crate) const NO_SUCH_API: &str = "APIGW.0101";

impl RestRefusal {
    /// A refusal with that status and code.
    pub fn new(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }

    /// The body in that form.
    pub fn body(&self, form: ErrorForm, request_id: &str) -> Value {
        let Self { status, code, message } = self;
        match form {
            ErrorForm::Service => json!({"error_code": code, "error_msg": message, "request_id": request_id}),
            ErrorForm::Addons => {
                json!({"code": code, "message": message, "error_code": code, "error_msg": message})
            }
            ErrorForm::Kubernetes => json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
                "reason": code, "code": status,
            }),
            ErrorForm::Identity => json!({"error": {"code": status, "message": message, "title": title(*status)}}),
        }
    }
}

/// What HTTP calls a status.
pub(crate) fn title(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}

impl ErrorForm {
    /// The form in which the operation refuses.
    pub fn of(operation: &str) -> Self {
        if operation.starts_with("IAM") {
            Self::Identity
        } else if operation.contains("Addon") {
            Self::Addons
        } else if operation.contains("CloudPV") {
            Self::Kubernetes
        } else {
            Self::Service
        }
    }

    /// The refusal of parameters that are missing, mistyped or out of their range.
    pub(crate) fn invalid(self, message: impl Into<String>) -> RestRefusal {
        let code = match self {
            Self::Service => INVALID,
            Self::Addons => ADDON_BODY,
            Self::Kubernetes | Self::Identity => "BadRequest",
        };
        RestRefusal::new(400, code, message)
    }
}

/// The refusal of that operation.
pub(super) fn refusal(operation: &str, fault: &Violation) -> RestRefusal {
    let (status, code) = match ErrorForm::of(operation) {
        ErrorForm::Addons => of_addons(operation, fault.reason),
        ErrorForm::Kubernetes => of_kubernetes(fault.reason),
        ErrorForm::Service | ErrorForm::Identity => of_service(fault.reason),
    };
    // Not with a capital: a message may begin with the name of a parameter, which it has to name as it is written.
    RestRefusal::new(status, code, format!("{}.", fault.message))
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
