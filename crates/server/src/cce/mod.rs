//! The view that CCE (v3) gives of the world: resources, names and shapes of its wire, codes of its documents.

mod addons;
mod answer;
mod certificates;
mod checks;
mod clusters;
mod configuration;
mod control_planes;
mod disk_layout;
mod disks;
mod input;
mod install;
mod jobs;
mod nodes;
mod placement;
mod pool_tasks;
mod pools;
mod refusals;
mod reinstall;
mod servers;
mod settings;
pub(crate) mod survey;
mod tasks;
#[cfg(test)]
mod tests;
mod upgrades;
mod volumes;
mod work_flows;

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
    "AddNodesToNodePool" => pool_tasks::add_nodes_to_node_pool,
    "AwakeCluster" => clusters::awake_cluster,
    "BatchCreateClusterTags" => settings::batch_create_cluster_tags,
    "BatchDeleteClusterTags" => settings::batch_delete_cluster_tags,
    "BatchSyncNodes" => pool_tasks::batch_sync_nodes,
    "ContinueUpgradeClusterTask" => upgrades::continue_upgrade_cluster_task,
    "CreateAddonInstance" => addons::create_addon_instance,
    "CreateCloudPV" => volumes::create_cloud_pv,
    "CreateCloudPVC" => volumes::create_cloud_pvc,
    "CreateCluster" => clusters::create_cluster,
    "CreateClusterMasterSnapshot" => upgrades::create_cluster_master_snapshot,
    "CreateKubernetesClusterCert" => certificates::get_cluster_cert,
    "CreateNode" => nodes::create_node,
    "CreateNodePool" => pools::create_node_pool,
    "CreatePostCheck" => checks::create_post_check,
    "CreatePreCheck" => checks::create_pre_check,
    "CreateUpgradeWorkFlow" => work_flows::create_upgrade_work_flow,
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
    "GetClusterQuota" => clusters::get_cluster_quota,
    "GetJob" => jobs::get_job,
    "GetNode" => nodes::get_node,
    "GetNodePool" => pools::get_node_pool,
    "GetResourceTags" => settings::get_resource_tags,
    "HibernateCluster" => clusters::hibernate_cluster,
    "InplaceMigrateNode" => pool_tasks::inplace_migrate_node,
    "ListAddonInstances" => addons::list_addon_instances,
    "ListAddonTemplates" => addons::list_addon_templates,
    "ListClusterMasterSnapshotTasks" => upgrades::list_cluster_master_snapshot_tasks,
    "ListClusterUpgradeFeatureGates" => upgrades::list_cluster_upgrade_feature_gates,
    "ListClusterUpgradePaths" => upgrades::list_cluster_upgrade_paths,
    "ListClusters" => clusters::list_clusters,
    "ListNodePools" => pools::list_node_pools,
    "ListNodes" => nodes::list_nodes,
    "ListPreCheckTasks" => checks::list_pre_check_tasks,
    "ListUpgradeClusterTasks" => upgrades::list_upgrade_cluster_tasks,
    "ListUpgradeWorkFlows" => work_flows::list_upgrade_work_flows,
    "LockNodepoolNodeScaleDown" => pool_tasks::lock_nodepool_node_scale_down,
    "MigrateNodes" => tasks::migrate_nodes,
    "MigrateToNodePool" => pool_tasks::migrate_to_node_pool,
    "PauseUpgradeClusterTask" => upgrades::pause_upgrade_cluster_task,
    "RemoveNodes" => tasks::remove_nodes,
    "ResetNodes" => tasks::reset_nodes,
    "ResizeCluster" => settings::resize_cluster,
    "RetryUpgradeClusterTask" => upgrades::retry_upgrade_cluster_task,
    "RevokeKubernetesClusterCert" => certificates::revoke_kubernetes_cluster_cert,
    "ScaleNodePool" => pool_tasks::scale_node_pool,
    "ShowClusterEndpoints" => settings::show_cluster_endpoints,
    "ShowClusterUpgradeInfo" => upgrades::show_cluster_upgrade_info,
    "ShowNodePoolConfigurationDetails" => configuration::show_node_pool_configuration_details,
    "ShowNodePoolConfigurations" => configuration::show_node_pool_configurations,
    "ShowPreCheck" => checks::show_pre_check,
    "ShowQuotas" => clusters::show_quotas,
    "ShowUpgradeClusterTask" => upgrades::show_upgrade_cluster_task,
    "ShowUpgradeWorkFlow" => work_flows::show_upgrade_work_flow,
    "ShowVersion" => settings::show_version,
    "SyncNode" => pool_tasks::sync_node,
    "UnlockNodepoolNodeScaleDown" => pool_tasks::unlock_nodepool_node_scale_down,
    "UpdateAddonInstance" => addons::update_addon_instance,
    "UpdateCluster" => clusters::update_cluster,
    "UpdateClusterEip" => settings::update_cluster_eip,
    "UpdateNode" => nodes::update_node,
    "UpdateNodePool" => pools::update_node_pool,
    "UpdateNodePoolConfiguration" => configuration::update_node_pool_configuration,
    "UpgradeCluster" => upgrades::upgrade_cluster,
    "UpgradeNodePool" => pool_tasks::upgrade_node_pool,
    "UpgradeWorkFlowUpdate" => work_flows::upgrade_work_flow_update,
}
