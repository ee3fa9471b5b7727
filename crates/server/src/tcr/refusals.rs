//! The code with which each operation refuses.

use crate::refusal::Refusal;
use wharf_world::kernel::violation::{Reason, Violation};
use wharf_world::registry::{Quota, RegistryError};

/// Why an operation is refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// A parameter is not right.
    Parameter(Violation),
    /// The registry refuses.
    Registry(RegistryError),
}

impl From<Violation> for Refused {
    fn from(fault: Violation) -> Self {
        Self::Parameter(fault)
    }
}

impl From<RegistryError> for Refused {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

/// The refusal of that operation. Documents list codes per operation: where they have no code of their own for a
/// rule there, the nearest that they list, or else the public code, stands for it.
pub(super) fn refusal(operation: &str, refused: &Refused) -> Refusal {
    match refused {
        Refused::Parameter(fault) if fault.reason == Reason::Missing => {
            Refusal::new(missing(operation), fault.message.clone())
        }
        Refused::Parameter(fault) if fault.reason == Reason::Unsupported => {
            Refusal::new("UnsupportedOperation", fault.message.clone())
        }
        Refused::Parameter(fault) => Refusal::new(invalid(operation), fault.message.clone()),
        Refused::Registry(error) => Refusal::new(code(operation, error), error.to_string()),
    }
}

fn missing(operation: &str) -> &'static str {
    match operation {
        "CreateUserPersonal" => "MissingParameter.MissingParameter",
        _ => "MissingParameter",
    }
}

fn invalid(operation: &str) -> &'static str {
    match operation {
        // The operations of the personal edition list the code with a value, the others do not.
        personal if personal.ends_with("Personal") => "InvalidParameterValue",
        "CreateInstanceToken" | "DescribeInstanceStatus" => "InvalidParameterValue",
        "CreateWebhookTrigger" | "DescribeWebhookTriggerLog" => "InvalidParameter.ErrorTcrInvalidParameter",
        _ => "InvalidParameter",
    }
}

fn code(operation: &str, error: &RegistryError) -> &'static str {
    use RegistryError as E;
    match error {
        E::Missing(_) => missing(operation),
        E::Invalid(..) => invalid(operation),
        E::NoUser(_) => match operation {
            "ManageImageLifecycleGlobalPersonal" => "ResourceNotFound",
            _ => "ResourceNotFound.ErrNoUser",
        },
        E::UserExists(_) => "InvalidParameter.ErrUserExist",
        E::NamespaceExists(_) => "InvalidParameter.ErrNamespaceExist",
        E::NamespaceReserved(_) => "InvalidParameter.ErrNamespaceReserved",
        E::NoNamespace(_) => "ResourceNotFound.ErrNoNamespace",
        E::ForeignNamespace(_) => "InternalError.ErrUnauthorized",
        E::RepositoryExists(_) => "InvalidParameter.ErrRepoExist",
        E::NoRepository(_) => match operation {
            "BatchDeleteRepositoryPersonal" | "DescribeImageLifecyclePersonal" | "DuplicateImagePersonal" => {
                "ResourceNotFound"
            }
            _ => "ResourceNotFound.ErrNoRepo",
        },
        E::ForeignRepository(_) => match operation {
            "ModifyRepositoryAccessPersonal" | "ModifyRepositoryInfoPersonal" | "ValidateRepositoryExistPersonal" => {
                "InvalidParameter.ErrNSMisMatch"
            }
            "BatchDeleteImagePersonal"
            | "CreateApplicationTriggerPersonal"
            | "DeleteImageLifecyclePersonal"
            | "DescribeApplicationTriggerLogPersonal"
            | "DescribeRepositoryPersonal"
            | "ModifyApplicationTriggerPersonal" => "ResourceNotFound.ErrNoRepo",
            "DescribeImageLifecyclePersonal" => "UnauthorizedOperation",
            _ => "InternalError.ErrUnauthorized",
        },
        E::ForeignDestination(_) | E::NamespaceMismatch(_) => "InvalidParameter.ErrNSMisMatch",
        E::NoTag(..) => match operation {
            "DuplicateImagePersonal" => "ResourceNotFound.ErrNoTag",
            _ => "ResourceNotFound",
        },
        E::TriggerExists(_) => match operation {
            "CreateApplicationTriggerPersonal" => "InvalidParameter.ErrTriggerExist",
            _ => "ResourceInUse",
        },
        E::NoTrigger(_) => match operation {
            "DeleteApplicationTriggerPersonal" => "ResourceNotFound.ErrNoTrigger",
            _ => "ResourceNotFound",
        },
        E::OverQuota(Quota::Namespaces, _) => "LimitExceeded.ErrNamespaceMaxLimit",
        E::OverQuota(Quota::Triggers, _) => "LimitExceeded.ErrTriggerMaxLimit",
        E::OverQuota(Quota::Instances, _) => "InternalError.ErrorOverLimit",
        E::OverQuota(Quota::Repositories | Quota::Tags, _) => "LimitExceeded",
        E::NoInstance(_) => "ResourceNotFound",
        E::InstanceExists(_) => "InternalError.ErrorConflict",
        E::InstanceNotRunning(..) => "UnsupportedOperation",
        E::NotFound(..) => match operation {
            "DeleteServiceAccount" | "ModifyServiceAccount" | "ModifyServiceAccountPassword" => "InvalidParameter",
            _ => "ResourceNotFound",
        },
        E::Exists(..) => match operation {
            "CreateServiceAccount" => "OperationDenied",
            "CreateTagRetentionRule" => "InternalError.ErrConflict",
            "CreateWebhookTrigger" | "ModifyWebhookTrigger" => "InvalidParameter.ErrorTcrInvalidParameter",
            _ => "InternalError.ErrorTcrResourceConflict",
        },
        E::Precondition(_) => match operation {
            "DeleteNamespace" | "DeleteRepositoryTags" | "DuplicateImage" => "FailedOperation.PreconditionFailed",
            _ => "OperationDenied",
        },
        E::EditionLimit(..) => match operation {
            "CreateServiceAccount" => "OperationDenied.QuotaOverLimit",
            _ => "LimitExceeded",
        },
    }
}
