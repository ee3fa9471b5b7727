//! The forms in which the parts of CCE write a refusal, and the codes that belong to a form.

use crate::refusal::Refusal;
use serde_json::{Value, json};

/// Codes of the documents.
pub(crate) const INVALID: &str = "CCE.01400001";
const FORBIDDEN: &str = "CCE.01403001";
pub(crate) const ADDON_BODY: &str = "SVCSTG.CCE-ADDONMGR.4000003";
/// What the gateway of the cloud says of an operation that does not exist.
pub(crate) const NO_SUCH_API: &str = "APIGW.0101";

/// The form in which a part of the product writes a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorForm {
    /// `error_code` and `error_msg`.
    Service,
    /// `code` and `message`, as the add-on manager has it, and the two fields that the vendor's own client reads.
    Addons,
    /// The `Status` of Kubernetes.
    Kubernetes,
    /// `error`, as the identity service has it.
    Identity,
}

impl ErrorForm {
    /// The form in which the operation refuses.
    pub(crate) fn of(operation: &str) -> Self {
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
    pub(crate) fn invalid(self, message: impl Into<String>) -> Refusal {
        let code = match self {
            Self::Service => INVALID,
            Self::Addons => ADDON_BODY,
            Self::Kubernetes | Self::Identity => "BadRequest",
        };
        Refusal::with_status(400, code, message)
    }

    /// The refusal of a caller who may not do that.
    pub(crate) fn forbidden(self, message: impl Into<String>) -> Refusal {
        let code = if self == Self::Kubernetes { "Forbidden" } else { FORBIDDEN };
        Refusal::with_status(403, code, message)
    }

    /// The body in that form.
    pub(crate) fn body(self, status: u16, code: &str, message: &str, request_id: &str) -> Value {
        match self {
            Self::Service => json!({"error_code": code, "error_msg": message, "request_id": request_id}),
            Self::Addons => json!({"code": code, "message": message, "error_code": code, "error_msg": message}),
            Self::Kubernetes => json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
                "reason": code, "code": status,
            }),
            Self::Identity => json!({"error": {"code": status, "message": message, "title": title(status)}}),
        }
    }
}

/// What HTTP calls a status.
fn title(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
