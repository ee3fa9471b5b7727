//! The view that TKE (2018-05-25) gives of the world: names and shapes of its wire, codes of its documents.

mod arguments;
mod charts;
mod clusters;
pub(crate) mod codes;
mod endpoints;
mod groups;
mod levels;
mod logs;
mod machines;
mod maintenance;
mod networks;
mod nodes;
mod offers;
mod settings;
mod status;
#[cfg(test)]
mod tests;
mod upgrades;
mod virtual_nodes;

use crate::handler::Handlers;
use serde_json::Value;
use wharf_world::kernel::violation::Outcome;

/// What an operation comes to.
type Answer = Outcome<Value>;

/// Makes the table of operations: each reads its input, asks the world, and refuses with codes of its document.
macro_rules! operations {
    ($($name:literal => $operation:path,)*) => {
        /// The operations that have a world behind them, sorted by name.
        pub(crate) static HANDLERS: Handlers = &[$(($name, |world, context, input| {
            $operation(world, context, input).map_err(|fault| codes::refusal($name, &fault))
        }),)*];
    };
}

operations! {
    "AddClusterCIDR" => networks::add_cluster_cidr,
    "AddClusterInstances" => nodes::add_cluster_instances,
    "AddExistedInstances" => nodes::add_existed_instances,
    "AddVpcCniSubnets" => groups::add_vpc_cni_subnets,
    "CancelUpgradePlan" => upgrades::cancel_upgrade_plan,
    "CheckClusterCIDR" => offers::check_cluster_cidr,
    "CheckIfLogCollectorExists" => logs::check_if_log_collector_exists,
    "CheckInstancesUpgradeAble" => upgrades::check_instances_upgrade_able,
    "CollectAllCore" => offers::collect_all_core,
    "CreateCluster" => clusters::create_cluster,
    "CreateClusterAsGroup" => groups::create_cluster_as_group,
    "CreateClusterEndpoint" => endpoints::create_cluster_endpoint,
    "CreateClusterInstances" => nodes::create_cluster_instances,
    "CreateClusterMaintenanceWindowAndExclusions" => maintenance::create_cluster_window,
    "CreateClusterRoute" => networks::create_cluster_route,
    "CreateClusterRouteTable" => networks::create_cluster_route_table,
    "CreateClusterVirtualNode" => virtual_nodes::create_cluster_virtual_node,
    "CreateClusterVirtualNodePool" => virtual_nodes::create_cluster_virtual_node_pool,
    "CreateGlobalMaintenanceWindowAndExclusions" => maintenance::create_global_window,
    "CreateLogCollector" => logs::create_log_collector,
    "CreateRollOutSequence" => maintenance::create_roll_out_sequence,
    "DeleteCluster" => clusters::delete_cluster,
    "DeleteClusterAsGroups" => groups::delete_cluster_as_groups,
    "DeleteClusterInstances" => nodes::delete_cluster_instances,
    "DeleteClusterMaintenanceWindowAndExclusion" => maintenance::delete_cluster_window,
    "DeleteClusterRoute" => networks::delete_cluster_route,
    "DeleteClusterRouteTable" => networks::delete_cluster_route_table,
    "DeleteClusterVirtualNode" => virtual_nodes::delete_cluster_virtual_node,
    "DeleteClusterVirtualNodePool" => virtual_nodes::delete_cluster_virtual_node_pool,
    "DeleteGlobalMaintenanceWindowAndExclusion" => maintenance::delete_global_window,
    "DeleteHelmChart" => charts::delete_helm_chart,
    "DeleteHelmChartVersion" => charts::delete_helm_chart_version,
    "DeleteLogCollector" => logs::delete_log_collector,
    "DeleteRollOutSequence" => maintenance::delete_roll_out_sequence,
    "DescribeAvailableClusterVersion" => upgrades::describe_available_cluster_version,
    "DescribeBatchModifyTagsStatus" => settings::describe_batch_modify_tags_status,
    "DescribeChartDownloadInfo" => charts::describe_chart_download_info,
    "DescribeClusterAsGroupOption" => groups::describe_cluster_as_group_option,
    "DescribeClusterAsGroups" => groups::describe_cluster_as_groups,
    "DescribeClusterAvailableExtraArgs" => arguments::describe_cluster_available_extra_args,
    "DescribeClusterEndpoint" => endpoints::describe_cluster_endpoint,
    "DescribeClusterEndpointStatus" => endpoints::describe_cluster_endpoint_status,
    "DescribeClusterExtraArgs" => arguments::describe_cluster_extra_args,
    "DescribeClusterInstanceIds" => nodes::describe_cluster_instance_ids,
    "DescribeClusterInstances" => nodes::describe_cluster_instances,
    "DescribeClusterKubeconfig" => endpoints::describe_cluster_kubeconfig,
    "DescribeClusterLevelAttribute" => levels::describe_cluster_level_attribute,
    "DescribeClusterLevelChangeRecords" => levels::describe_cluster_level_change_records,
    "DescribeClusterMaintenanceWindowAndExclusions" => maintenance::describe_cluster_windows,
    "DescribeClusterRollOutSequenceTags" => maintenance::describe_cluster_roll_out_sequence_tags,
    "DescribeClusterRouteTables" => networks::describe_cluster_route_tables,
    "DescribeClusterRoutes" => networks::describe_cluster_routes,
    "DescribeClusterSchedulerPolicy" => settings::describe_cluster_scheduler_policy,
    "DescribeClusterSecurity" => endpoints::describe_cluster_security,
    "DescribeClusterServices" => endpoints::describe_cluster_services,
    "DescribeClusterStatus" => status::describe_cluster_status,
    "DescribeClusterVirtualNode" => virtual_nodes::describe_cluster_virtual_node,
    "DescribeClusterVirtualNodePools" => virtual_nodes::describe_cluster_virtual_node_pools,
    "DescribeClusters" => clusters::describe_clusters,
    "DescribeCosInfo" => charts::describe_cos_info,
    "DescribeEnableVpcCniProgress" => networks::describe_enable_vpc_cni_progress,
    "DescribeEncryptionStatus" => status::describe_encryption_status,
    "DescribeExistedInstances" => nodes::describe_existed_instances,
    "DescribeGlobalMaintenanceWindowAndExclusions" => maintenance::describe_global_windows,
    "DescribeHelmChart" => charts::describe_helm_chart,
    "DescribeHelmChartDetail" => charts::describe_helm_chart_detail,
    "DescribeHelmChartVersion" => charts::describe_helm_chart_version,
    "DescribeIPAMD" => networks::describe_ipamd,
    "DescribeImages" => offers::describe_images,
    "DescribeMasterComponent" => settings::describe_master_component,
    "DescribeOSImages" => settings::describe_os_images,
    "DescribeQuota" => offers::describe_quota,
    "DescribeRegions" => offers::describe_regions,
    "DescribeResourceUsage" => levels::describe_resource_usage,
    "DescribeRollOutSequences" => maintenance::describe_roll_out_sequences,
    "DescribeRouteTableConflicts" => networks::describe_route_table_conflicts,
    "DescribeSupportedRuntime" => settings::describe_supported_runtime,
    "DescribeTasks" => upgrades::describe_tasks,
    "DescribeUpgradeTaskDetail" => upgrades::describe_upgrade_task_detail,
    "DescribeUpgradeTasks" => upgrades::describe_upgrade_tasks,
    "DescribeVersions" => offers::describe_versions,
    "DescribeVpcCniPodLimits" => networks::describe_vpc_cni_pod_limits,
    "DisableClusterAudit" => logs::disable_cluster_audit,
    "DisableClusterDeletionProtection" => status::disable_cluster_deletion_protection,
    "DisableEncryptionProtection" => status::disable_encryption_protection,
    "DisableVpcCniNetworkType" => networks::disable_vpc_cni_network_type,
    "DrainClusterNode" => nodes::drain_cluster_node,
    "DrainClusterVirtualNode" => virtual_nodes::drain_cluster_virtual_node,
    "EnableClusterAudit" => logs::enable_cluster_audit,
    "EnableClusterDeletionProtection" => status::enable_cluster_deletion_protection,
    "EnableEncryptionProtection" => status::enable_encryption_protection,
    "EnableLogCollector" => logs::enable_log_collector,
    "EnableVpcCniNetworkType" => networks::enable_vpc_cni_network_type,
    "ForwardRequest" => endpoints::forward_request,
    "GetClusterLevelPrice" => levels::get_cluster_level_price,
    "GetDashboardID" => logs::get_dashboard_id,
    "GetLogCollector" => logs::get_log_collector,
    "GetLogCollectorStatus" => logs::get_log_collector_status,
    "GetUpgradeInstanceProgress" => upgrades::get_upgrade_instance_progress,
    "ListLogCollector" => logs::list_log_collector,
    "ModifyClusterAsGroupAttribute" => groups::modify_cluster_as_group_attribute,
    "ModifyClusterAsGroupOptionAttribute" => groups::modify_cluster_as_group_option_attribute,
    "ModifyClusterAttribute" => clusters::modify_cluster_attribute,
    "ModifyClusterExtraArgs" => arguments::modify_cluster_extra_args,
    "ModifyClusterExtraArgsTaskState" => arguments::modify_cluster_extra_args_task_state,
    "ModifyClusterImage" => settings::modify_cluster_image,
    "ModifyClusterMaintenanceWindowAndExclusions" => maintenance::modify_cluster_window,
    "ModifyClusterRollOutSequenceTags" => maintenance::modify_cluster_roll_out_sequence_tags,
    "ModifyClusterRuntimeConfig" => settings::modify_cluster_runtime_config,
    "ModifyClusterSchedulerPolicy" => settings::modify_cluster_scheduler_policy,
    "ModifyClusterTags" => settings::modify_cluster_tags,
    "ModifyClusterVirtualNodePool" => virtual_nodes::modify_cluster_virtual_node_pool,
    "ModifyGlobalMaintenanceWindowAndExclusions" => maintenance::modify_global_window,
    "ModifyMasterComponent" => settings::modify_master_component,
    "ModifyRollOutSequence" => maintenance::modify_roll_out_sequence,
    "QueryOverage" => offers::query_overage,
    "ScaleInClusterMaster" => settings::scale_in_cluster_master,
    "ScaleOutClusterMaster" => settings::scale_out_cluster_master,
    "UpdateClusterVersion" => upgrades::update_cluster_version,
    "UpdateLogCollector" => logs::update_log_collector,
    "UpgradeClusterInstances" => upgrades::upgrade_cluster_instances,
    "UploadHelmChart" => charts::upload_helm_chart,
}
