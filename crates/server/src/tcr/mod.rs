//! The view that TCR gives of the world.

mod answer;
mod enterprise;
mod images;
mod instances;
mod lifecycles;
mod namespaces;
mod refusals;
mod repositories;
mod triggers;
mod users;

#[cfg(test)]
mod tests;

use crate::handler::{Context, Handlers};
use crate::input::Input;
use refusals::Refused;
use serde_json::Value;
use wharf_world::registry;

/// What an operation comes to.
type Answer = Result<Value, Refused>;

/// Makes the table of operations: each reads its input, asks the registries, and refuses with codes of its document.
macro_rules! operations {
    ($($name:literal => $operation:path,)*) => {
        /// The operations that have a world behind them, sorted by name.
        pub(crate) static HANDLERS: Handlers = &[$(($name, |world, context, input| {
            $operation(&mut world.registry, context, input).map_err(|refused| refusals::refusal($name, &refused))
        }),)*];
    };
}

operations! {
    "BatchDeleteImagePersonal" => images::delete_several,
    "BatchDeleteRepositoryPersonal" => repositories::delete_several,
    "CreateApplicationTriggerPersonal" => triggers::create,
    "CreateImageLifecyclePersonal" => lifecycles::create,
    "CreateImmutableTagRules" => enterprise::immutable::create,
    "CreateInstance" => instances::create,
    "CreateInstanceToken" => instances::create_token,
    "CreateNamespace" => enterprise::namespaces::create,
    "CreateNamespacePersonal" => namespaces::create,
    "CreateRepository" => enterprise::repositories::create,
    "CreateRepositoryPersonal" => repositories::create,
    "CreateServiceAccount" => enterprise::service_accounts::create,
    "CreateTagRetentionExecution" => enterprise::retention::execute,
    "CreateTagRetentionRule" => enterprise::retention::create,
    "CreateUserPersonal" => users::create,
    "CreateWebhookTrigger" => enterprise::webhooks::create,
    "DeleteApplicationTriggerPersonal" => triggers::delete,
    "DeleteImage" => enterprise::images::delete,
    "DeleteImageLifecycleGlobalPersonal" => lifecycles::delete_global,
    "DeleteImageLifecyclePersonal" => lifecycles::delete,
    "DeleteImagePersonal" => images::delete,
    "DeleteImmutableTagRules" => enterprise::immutable::delete,
    "DeleteInstance" => instances::delete,
    "DeleteInstanceToken" => enterprise::tokens::delete,
    "DeleteNamespace" => enterprise::namespaces::delete,
    "DeleteNamespacePersonal" => namespaces::delete,
    "DeleteReplicationRule" => enterprise::replication::delete,
    "DeleteRepository" => enterprise::repositories::delete,
    "DeleteRepositoryPersonal" => repositories::delete,
    "DeleteRepositoryTags" => enterprise::images::delete_tags,
    "DeleteServiceAccount" => enterprise::service_accounts::delete,
    "DeleteTagRetentionRule" => enterprise::retention::delete,
    "DeleteWebhookTrigger" => enterprise::webhooks::delete,
    "DescribeApplicationTriggerLogPersonal" => triggers::describe_log,
    "DescribeApplicationTriggerPersonal" => triggers::describe,
    "DescribeFavorRepositoryPersonal" => repositories::describe_favorites,
    "DescribeImageFilterPersonal" => images::describe_same,
    "DescribeImageLifecycleGlobalPersonal" => lifecycles::describe_global,
    "DescribeImageLifecyclePersonal" => lifecycles::describe,
    "DescribeImageManifests" => enterprise::images::describe_manifests,
    "DescribeImagePersonal" => images::describe,
    "DescribeImages" => enterprise::images::describe,
    "DescribeImmutableTagRules" => enterprise::immutable::describe,
    "DescribeInstanceStatus" => instances::describe_status,
    "DescribeInstanceToken" => enterprise::tokens::describe,
    "DescribeInstances" => instances::describe,
    "DescribeNamespacePersonal" => namespaces::describe,
    "DescribeNamespaces" => enterprise::namespaces::describe,
    "DescribeReplicationExecutions" => enterprise::replication::describe_executions,
    "DescribeReplicationPolicies" => enterprise::replication::describe,
    "DescribeReplicationTasks" => enterprise::replication::describe_tasks,
    "DescribeRepositories" => enterprise::repositories::describe,
    "DescribeRepositoryFilterPersonal" => repositories::search,
    "DescribeRepositoryOwnerPersonal" => repositories::describe_own,
    "DescribeRepositoryPersonal" => repositories::describe,
    "DescribeServiceAccounts" => enterprise::service_accounts::describe,
    "DescribeTagRetentionExecution" => enterprise::retention::describe_executions,
    "DescribeTagRetentionExecutionTask" => enterprise::retention::describe_tasks,
    "DescribeTagRetentionRules" => enterprise::retention::describe,
    "DescribeUserQuotaPersonal" => users::describe_quota,
    "DescribeWebhookTrigger" => enterprise::webhooks::describe,
    "DescribeWebhookTriggerLog" => enterprise::webhooks::describe_log,
    "DuplicateImage" => enterprise::images::duplicate,
    "DuplicateImagePersonal" => images::duplicate,
    "ManageImageLifecycleGlobalPersonal" => lifecycles::manage_global,
    "ManageReplication" => enterprise::replication::create,
    "ModifyApplicationTriggerPersonal" => triggers::modify,
    "ModifyImmutableTagRules" => enterprise::immutable::modify,
    "ModifyInstanceToken" => enterprise::tokens::modify,
    "ModifyNamespace" => enterprise::namespaces::modify,
    "ModifyReplication" => enterprise::replication::modify,
    "ModifyRepository" => enterprise::repositories::modify,
    "ModifyRepositoryAccessPersonal" => repositories::modify_access,
    "ModifyRepositoryInfoPersonal" => repositories::modify_info,
    "ModifyServiceAccount" => enterprise::service_accounts::modify,
    "ModifyServiceAccountPassword" => enterprise::service_accounts::modify_password,
    "ModifyTagRetentionRule" => enterprise::retention::modify,
    "ModifyUserPasswordPersonal" => users::modify_password,
    "ModifyWebhookTrigger" => enterprise::webhooks::modify,
    "ValidateNamespaceExistPersonal" => namespaces::validate,
    "ValidateRepositoryExistPersonal" => repositories::validate,
}
