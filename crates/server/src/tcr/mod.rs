//! The view that TCR gives of the world.

mod answer;
mod images;
mod input;
mod instances;
mod lifecycles;
mod namespaces;
mod refusals;
mod repositories;
mod triggers;
mod users;

#[cfg(test)]
mod tests;

pub(crate) use answer::readable_size;

use crate::context::Context;
use crate::handler::Handler;
use input::Input;
use serde_json::Value;
use wharf_world::registry;
use wharf_world::registry::RegistryError;

/// What an operation comes to before a refusal has got its code.
type Answered = Result<Value, RegistryError>;

/// A table of operations; each refusal gets the code that its operation uses.
macro_rules! handlers {
    ($($name:literal => $function:path,)*) => {
        &[$((
            $name,
            |world, context, parameters| {
                $function(&mut world.registry, context, &Input::new(parameters))
                    .map_err(|error| refusals::refusal($name, &error))
            },
        ),)*]
    };
}

/// The operations that have a world behind them, sorted by name.
pub static HANDLERS: &[(&str, Handler)] = handlers! {
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
};
