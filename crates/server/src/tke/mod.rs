//! The view that TKE (2018-05-25) gives of the world: names and shapes of its wire, codes of its documents.

mod access;
mod addons;
mod backups;
mod charts;
mod clusters;
pub(crate) mod codes;
mod endpoints;
mod groups;
mod image_caches;
mod inspection;
mod log_configs;
mod logs;
mod machines;
mod nodes;
mod offers;
mod policies;
mod releases;
#[cfg(test)]
mod tests;
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
    "AcquireClusterAdminRole" => access::acquire_cluster_admin_role,
    "AddClusterInstances" => nodes::add_cluster_instances,
    "AddExistedInstances" => nodes::add_existed_instances,
    "AddVpcCniSubnets" => groups::add_vpc_cni_subnets,
    "CancelClusterRelease" => releases::cancel_cluster_release,
    "CheckClusterCIDR" => offers::check_cluster_cidr,
    "CheckIfLogCollectorExists" => logs::check_if_log_collector_exists,
    "CollectAllCore" => offers::collect_all_core,
    "CreateBackupStorageLocation" => backups::create_backup_storage_location,
    "CreateCLSLogConfig" => log_configs::create_cls_log_config,
    "CreateCluster" => clusters::create_cluster,
    "CreateClusterAsGroup" => groups::create_cluster_as_group,
    "CreateClusterEndpoint" => endpoints::create_cluster_endpoint,
    "CreateClusterEndpointVip" => endpoints::create_cluster_endpoint_vip,
    "CreateClusterInstances" => nodes::create_cluster_instances,
    "CreateClusterRelease" => releases::create_cluster_release,
    "CreateClusterVirtualNode" => virtual_nodes::create_cluster_virtual_node,
    "CreateClusterVirtualNodePool" => virtual_nodes::create_cluster_virtual_node_pool,
    "CreateImageCache" => image_caches::create_image_cache,
    "CreateLogCollector" => logs::create_log_collector,
    "DeleteAddon" => addons::delete_addon,
    "DeleteBackupStorageLocation" => backups::delete_backup_storage_location,
    "DeleteCluster" => clusters::delete_cluster,
    "DeleteClusterAsGroups" => groups::delete_cluster_as_groups,
    "DeleteClusterEndpoint" => endpoints::delete_cluster_endpoint,
    "DeleteClusterEndpointVip" => endpoints::delete_cluster_endpoint_vip,
    "DeleteClusterInstances" => nodes::delete_cluster_instances,
    "DeleteClusterVirtualNode" => virtual_nodes::delete_cluster_virtual_node,
    "DeleteClusterVirtualNodePool" => virtual_nodes::delete_cluster_virtual_node_pool,
    "DeleteHelmChart" => charts::delete_helm_chart,
    "DeleteHelmChartVersion" => charts::delete_helm_chart_version,
    "DeleteImageCaches" => image_caches::delete_image_caches,
    "DeleteLogCollector" => logs::delete_log_collector,
    "DeleteLogConfigs" => log_configs::delete_log_configs,
    "DeleteUserPermissions" => access::delete_user_permissions,
    "DescribeAddon" => addons::describe_addon,
    "DescribeAddonValues" => addons::describe_addon_values,
    "DescribeBackupStorageLocations" => backups::describe_backup_storage_locations,
    "DescribeChartDownloadInfo" => charts::describe_chart_download_info,
    "DescribeClusterAsGroupOption" => groups::describe_cluster_as_group_option,
    "DescribeClusterAsGroups" => groups::describe_cluster_as_groups,
    "DescribeClusterAuthenticationOptions" => access::describe_cluster_authentication_options,
    "DescribeClusterCommonNames" => access::describe_cluster_common_names,
    "DescribeClusterControllers" => access::describe_cluster_controllers,
    "DescribeClusterEndpoint" => endpoints::describe_cluster_endpoint,
    "DescribeClusterEndpointStatus" => endpoints::describe_cluster_endpoint_status,
    "DescribeClusterEndpointVipStatus" => endpoints::describe_cluster_endpoint_vip_status,
    "DescribeClusterEndpoints" => endpoints::describe_cluster_endpoints,
    "DescribeClusterInspectionResultsOverview" => inspection::describe_cluster_inspection_results_overview,
    "DescribeClusterInstanceIds" => nodes::describe_cluster_instance_ids,
    "DescribeClusterInstances" => nodes::describe_cluster_instances,
    "DescribeClusterKubeconfig" => endpoints::describe_cluster_kubeconfig,
    "DescribeClusterPendingReleases" => releases::describe_cluster_pending_releases,
    "DescribeClusterReleaseDetails" => releases::describe_cluster_release_details,
    "DescribeClusterReleaseHistory" => releases::describe_cluster_release_history,
    "DescribeClusterReleases" => releases::describe_cluster_releases,
    "DescribeClusterSecurity" => endpoints::describe_cluster_security,
    "DescribeClusterServices" => endpoints::describe_cluster_services,
    "DescribeClusterVirtualNode" => virtual_nodes::describe_cluster_virtual_node,
    "DescribeClusterVirtualNodePools" => virtual_nodes::describe_cluster_virtual_node_pools,
    "DescribeClusters" => clusters::describe_clusters,
    "DescribeControlPlaneLogs" => log_configs::describe_control_plane_logs,
    "DescribeCosInfo" => charts::describe_cos_info,
    "DescribeExistedInstances" => nodes::describe_existed_instances,
    "DescribeHelmChart" => charts::describe_helm_chart,
    "DescribeHelmChartDetail" => charts::describe_helm_chart_detail,
    "DescribeHelmChartVersion" => charts::describe_helm_chart_version,
    "DescribeImageCaches" => image_caches::describe_image_caches,
    "DescribeImages" => offers::describe_images,
    "DescribeLogConfigs" => log_configs::describe_log_configs,
    "DescribeLogSwitches" => log_configs::describe_log_switches,
    "DescribeOpenPolicyList" => policies::describe_open_policy_list,
    "DescribeQuota" => offers::describe_quota,
    "DescribeRegions" => offers::describe_regions,
    "DescribeUserPermissions" => access::describe_user_permissions,
    "DescribeVersions" => offers::describe_versions,
    "DisableClusterAudit" => logs::disable_cluster_audit,
    "DisableControlPlaneLogs" => log_configs::disable_control_plane_logs,
    "DisableEventPersistence" => log_configs::disable_event_persistence,
    "DrainClusterNode" => nodes::drain_cluster_node,
    "DrainClusterVirtualNode" => virtual_nodes::drain_cluster_virtual_node,
    "EnableClusterAudit" => logs::enable_cluster_audit,
    "EnableControlPlaneLogs" => log_configs::enable_control_plane_logs,
    "EnableEventPersistence" => log_configs::enable_event_persistence,
    "EnableLogCollector" => logs::enable_log_collector,
    "ForwardRequest" => endpoints::forward_request,
    "GetDashboardID" => logs::get_dashboard_id,
    "GetLogCollector" => logs::get_log_collector,
    "GetLogCollectorStatus" => logs::get_log_collector_status,
    "GetMostSuitableImageCache" => image_caches::get_most_suitable_image_cache,
    "GetTkeAppChartList" => addons::get_tke_app_chart_list,
    "GrantUserPermissions" => access::grant_user_permissions,
    "InstallAddon" => addons::install_addon,
    "InstallLogAgent" => log_configs::install_log_agent,
    "ListClusterInspectionResults" => inspection::list_cluster_inspection_results,
    "ListClusterInspectionResultsItems" => inspection::list_cluster_inspection_results_items,
    "ListLogCollector" => logs::list_log_collector,
    "ModifyClusterAsGroupAttribute" => groups::modify_cluster_as_group_attribute,
    "ModifyClusterAsGroupOptionAttribute" => groups::modify_cluster_as_group_option_attribute,
    "ModifyClusterAttribute" => clusters::modify_cluster_attribute,
    "ModifyClusterAuthenticationOptions" => access::modify_cluster_authentication_options,
    "ModifyClusterEndpointSP" => endpoints::modify_cluster_endpoint_sp,
    "ModifyClusterVirtualNodePool" => virtual_nodes::modify_cluster_virtual_node_pool,
    "ModifyLogConfig" => log_configs::modify_log_config,
    "ModifyOpenPolicyList" => policies::modify_open_policy_list,
    "QueryOverage" => offers::query_overage,
    "RollbackClusterRelease" => releases::rollback_cluster_release,
    "RotateClusterToken" => access::rotate_cluster_token,
    "SwitchClusterEndpoint" => endpoints::switch_cluster_endpoint,
    "UninstallClusterRelease" => releases::uninstall_cluster_release,
    "UninstallLogAgent" => log_configs::uninstall_log_agent,
    "UpdateAddon" => addons::update_addon,
    "UpdateClusterKubeconfig" => access::update_cluster_kubeconfig,
    "UpdateImageCache" => image_caches::update_image_cache,
    "UpdateLogCollector" => logs::update_log_collector,
    "UpgradeClusterRelease" => releases::upgrade_cluster_release,
    "UploadHelmChart" => charts::upload_helm_chart,
}
