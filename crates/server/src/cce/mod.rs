//! The view that CCE (v3) gives of the world: resources, names and shapes of its wire, codes of its documents.

mod addons;
mod answer;
mod certificates;
mod clusters;
mod control_planes;
mod disk_layout;
mod disks;
mod input;
mod install;
mod jobs;
mod nodes;
mod placement;
mod pools;
mod refusals;
mod reinstall;
mod servers;
mod tasks;
#[cfg(test)]
mod tests;
mod volumes;

use crate::handler::Handlers;
use serde_json::Value;
use wharf_world::kernel::violation::Outcome;

/// What an operation comes to; `Null` stands for no body.
type Answer = Outcome<Value>;

/// Makes the table of operations: each reads its input, asks the world, and refuses with codes of its document.
macro_rules! operations {
    ($($name:literal => $operation:path,)*) => {
        /// The operations that have a world behind them, sorted by name.
        pub(crate) static HANDLERS: Handlers = &[$(($name, |world, context, input| {
            $operation(world, context, input).map_err(|fault| refusals::refusal($name, &fault))
        }),)*];
    };
}

operations! {
    "AddNodes" => tasks::add_nodes,
    "AwakeCluster" => clusters::awake_cluster,
    "CreateAddonInstance" => addons::create_addon_instance,
    "CreateCloudPV" => volumes::create_cloud_pv,
    "CreateCloudPVC" => volumes::create_cloud_pvc,
    "CreateCluster" => clusters::create_cluster,
    // The vendor's own client makes a certificate where the document reads one.
    "CreateKubernetesClusterCert" => certificates::get_cluster_cert,
    "CreateNode" => nodes::create_node,
    "CreateNodePool" => pools::create_node_pool,
    "DeleteAddonInstance" => addons::delete_addon_instance,
    "DeleteAllNodes" => nodes::delete_all_nodes,
    "DeleteCloudPV" => volumes::delete_cloud_pv,
    "DeleteCloudPVC" => volumes::delete_cloud_pvc,
    "DeleteCluster" => clusters::delete_cluster,
    "DeleteNode" => nodes::delete_node,
    "DeleteNodePool" => pools::delete_node_pool,
    "GetAddonInstance" => addons::get_addon_instance,
    "GetCluster" => clusters::get_cluster,
    "GetClusterCert" => certificates::get_cluster_cert,
    "GetJob" => jobs::get_job,
    "GetNode" => nodes::get_node,
    "GetNodePool" => pools::get_node_pool,
    "HibernateCluster" => clusters::hibernate_cluster,
    "ListAddonInstances" => addons::list_addon_instances,
    "ListAddonTemplates" => addons::list_addon_templates,
    "ListClusters" => clusters::list_clusters,
    "ListNodePools" => pools::list_node_pools,
    "ListNodes" => nodes::list_nodes,
    "MigrateNodes" => tasks::migrate_nodes,
    "RemoveNodes" => tasks::remove_nodes,
    "ResetNodes" => tasks::reset_nodes,
    "ShowQuotas" => clusters::show_quotas,
    "UpdateAddonInstance" => addons::update_addon_instance,
    "UpdateCluster" => clusters::update_cluster,
    "UpdateNode" => nodes::update_node,
    "UpdateNodePool" => pools::update_node_pool,
}
