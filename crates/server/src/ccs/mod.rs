//! The view that CCS (API 2.0) gives of the world: names and shapes of its wire, codes of its documents.

mod answer;
mod clusters;
mod codes;
mod containers;
mod events;
mod images;
mod instances;
mod machines;
mod monitor;
mod namespaces;
mod nodes;
mod orders;
mod repositories;
mod services;
pub(crate) mod survey;
#[cfg(test)]
mod tests;
mod triggers;

use crate::handler::Handlers;
use codes::Refused;
use serde_json::Value;

/// What an operation comes to.
type Answer = Result<Value, Refused>;

/// Makes the table of operations: each reads its input, asks the world, and refuses with codes of the product.
macro_rules! operations {
    ($($name:literal => $operation:path,)*) => {
        /// The operations that have a world behind them, sorted by name.
        pub(crate) static HANDLERS: Handlers = &[$(($name, |world, context, input| {
            $operation(world, context, input).map_err(|refused| refused.0)
        }),)*];
    };
}

operations! {
    "AddClusterInstances" => nodes::add,
    "AddClusterInstancesFromExistedCvm" => nodes::add_existing,
    "AddUpdateServiceTrigger" => triggers::add,
    "BatchDeleteRepository" => repositories::delete,
    "BatchDeleteTag" => images::delete,
    "ChangePassword" => repositories::change_password,
    "CloseAutoDelStrategy" => images::close_strategy,
    "CreateCluster" => clusters::create,
    "CreateClusterNamespace" => namespaces::create,
    "CreateClusterService" => services::create,
    "CreateRepository" => repositories::create,
    "DeleteCluster" => clusters::delete,
    "DeleteClusterInstances" => nodes::delete,
    "DeleteClusterNamespace" => namespaces::delete,
    "DeleteClusterService" => services::delete,
    "DeleteInstances" => instances::delete,
    "DeleteUpdateServiceTrigger" => triggers::delete,
    "DescribeCluster" => clusters::describe,
    "DescribeClusterInstances" => nodes::describe,
    "DescribeClusterNameSpaces" => namespaces::describe,
    "DescribeClusterService" => services::describe,
    "DescribeClusterServiceInfo" => services::describe_one,
    "DescribeClusterTaskResult" => clusters::describe_task,
    "DescribeServiceEvent" => events::describe,
    "DescribeServiceInstance" => instances::describe,
    "DuplicateImage" => images::duplicate,
    "GetAutoDelStrategy" => images::strategy,
    "GetLimit" => repositories::limits,
    "GetMonitorData" => monitor::get,
    "GetRepositoryInfo" => repositories::describe_one,
    "GetTagList" => images::describe,
    "ListTrigger" => triggers::describe,
    "ModifyClusterNodeLabel" => nodes::label,
    "ModifyClusterService" => services::modify,
    "ModifyClusterServiceImage" => services::modify_image,
    "ModifyServiceDescription" => services::modify_description,
    "ModifyServiceReplicas" => services::modify_replicas,
    "ModifyUpdateServiceTrigger" => triggers::modify,
    "PauseClusterService" => services::pause,
    "RedeployClusterService" => services::redeploy,
    "RepositoryisExists" => repositories::exists,
    "ResumeClusterService" => services::resume,
    "RollBackClusterService" => services::roll_back,
    "SearchUserRepository" => repositories::search,
    "SetAutoDelStrategy" => images::set_strategy,
    "UpdateRepositoryDesc" => repositories::change_description,
    "UpdateRepositoryPublic" => repositories::change_access,
}
