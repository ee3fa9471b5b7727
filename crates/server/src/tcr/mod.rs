//! The view that TCR gives of the world.

mod answer;
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
    "CreateInstance" => instances::create,
    "CreateInstanceToken" => instances::create_token,
    "CreateNamespacePersonal" => namespaces::create,
    "CreateRepositoryPersonal" => repositories::create,
    "CreateUserPersonal" => users::create,
    "DeleteApplicationTriggerPersonal" => triggers::delete,
    "DeleteImageLifecycleGlobalPersonal" => lifecycles::delete_global,
    "DeleteImageLifecyclePersonal" => lifecycles::delete,
    "DeleteImagePersonal" => images::delete,
    "DeleteNamespacePersonal" => namespaces::delete,
    "DeleteRepositoryPersonal" => repositories::delete,
    "DescribeApplicationTriggerLogPersonal" => triggers::describe_log,
    "DescribeApplicationTriggerPersonal" => triggers::describe,
    "DescribeFavorRepositoryPersonal" => repositories::describe_favorites,
    "DescribeImageFilterPersonal" => images::describe_same,
    "DescribeImageLifecycleGlobalPersonal" => lifecycles::describe_global,
    "DescribeImageLifecyclePersonal" => lifecycles::describe,
    "DescribeImagePersonal" => images::describe,
    "DescribeInstanceStatus" => instances::describe_status,
    "DescribeInstances" => instances::describe,
    "DescribeNamespacePersonal" => namespaces::describe,
    "DescribeRepositoryFilterPersonal" => repositories::search,
    "DescribeRepositoryOwnerPersonal" => repositories::describe_own,
    "DescribeRepositoryPersonal" => repositories::describe,
    "DescribeUserQuotaPersonal" => users::describe_quota,
    "DuplicateImagePersonal" => images::duplicate,
    "ManageImageLifecycleGlobalPersonal" => lifecycles::manage_global,
    "ModifyApplicationTriggerPersonal" => triggers::modify,
    "ModifyRepositoryAccessPersonal" => repositories::modify_access,
    "ModifyRepositoryInfoPersonal" => repositories::modify_info,
    "ModifyUserPasswordPersonal" => users::modify_password,
    "ValidateNamespaceExistPersonal" => namespaces::validate,
    "ValidateRepositoryExistPersonal" => repositories::validate,
}
