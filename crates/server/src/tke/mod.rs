//! The view that TKE gives of the world: names and shapes of its wire, codes of its documents. It is that of version
//! 2018-05-25; [`v20220501`] is that of version 2022-05-01.

mod access;
mod addons;
mod arguments;
mod backups;
mod charts;
mod clusters;
pub(crate) mod codes;
mod endpoints;
mod equipment;
mod external_nodes;
mod groups;
mod image_caches;
mod inspection;
mod launches;
mod levels;
mod log_configs;
mod logs;
mod machines;
mod maintenance;
mod networks;
mod node_pools;
mod node_settings;
mod nodes;
mod offers;
mod policies;
mod releases;
mod settings;
mod status;
mod super_pods;
pub(crate) mod survey;
#[cfg(test)]
mod tests;
mod upgrades;
mod virtual_nodes;

use serde_json::Value;
use wharf_world::kernel::violation::Outcome;

/// What an operation comes to.
type Answer = Outcome<Value>;

/// Makes the table of operations: each reads its input, asks the world, and refuses with codes of its document.
macro_rules! operations {
    ($refusal:path; $($name:literal => $operation:path,)*) => {
        /// The operations that have a world behind them, sorted by name.
        pub(crate) static HANDLERS: $crate::handler::Handlers = &[$(($name, |world, context, input| {
            $operation(world, context, input).map_err(|fault| $refusal($name, &fault))
        }),)*];
    };
}

// Below the macro, which it uses.
pub(crate) mod v20220501;

operations! {
    codes::refusal;
    "AcquireClusterAdminRole" => access::acquire_cluster_admin_role,
    "AddClusterCIDR" => networks::add_cluster_cidr,
    "AddClusterInstances" => nodes::add_cluster_instances,
    "AddExistedInstances" => nodes::add_existed_instances,
    "AddNodeToNodePool" => node_pools::add_node_to_node_pool,
    "AddVpcCniSubnets" => groups::add_vpc_cni_subnets,
    "CancelClusterRelease" => releases::cancel_cluster_release,
    "CancelUpgradePlan" => upgrades::cancel_upgrade_plan,
    "CheckClusterCIDR" => offers::check_cluster_cidr,
    "CheckIfLogCollectorExists" => logs::check_if_log_collector_exists,
    "CheckInstancesUpgradeAble" => upgrades::check_instances_upgrade_able,
    "CollectAllCore" => offers::collect_all_core,
    "CreateBackupStorageLocation" => backups::create_backup_storage_location,
    "CreateCLSLogConfig" => log_configs::create_cls_log_config,
    "CreateCluster" => clusters::create_cluster,
    "CreateClusterAsGroup" => groups::create_cluster_as_group,
    "CreateClusterEndpoint" => endpoints::create_cluster_endpoint,
    "CreateClusterEndpointVip" => endpoints::create_cluster_endpoint_vip,
    "CreateClusterInstances" => nodes::create_cluster_instances,
    "CreateClusterMaintenanceWindowAndExclusions" => maintenance::create_cluster_window,
    "CreateClusterNodePool" => node_pools::create_cluster_node_pool,
    "CreateClusterRelease" => releases::create_cluster_release,
    "CreateClusterRoute" => networks::create_cluster_route,
    "CreateClusterRouteTable" => networks::create_cluster_route_table,
    "CreateClusterVirtualNode" => virtual_nodes::create_cluster_virtual_node,
    "CreateClusterVirtualNodePool" => virtual_nodes::create_cluster_virtual_node_pool,
    "CreateExternalNodePool" => external_nodes::create_external_node_pool,
    "CreateGlobalMaintenanceWindowAndExclusions" => maintenance::create_global_window,
    "CreateImageCache" => image_caches::create_image_cache,
    "CreateLogCollector" => logs::create_log_collector,
    "CreateRollOutSequence" => maintenance::create_roll_out_sequence,
    "DeleteAddon" => addons::delete_addon,
    "DeleteBackupStorageLocation" => backups::delete_backup_storage_location,
    "DeleteCluster" => clusters::delete_cluster,
    "DeleteClusterAsGroups" => groups::delete_cluster_as_groups,
    "DeleteClusterEndpoint" => endpoints::delete_cluster_endpoint,
    "DeleteClusterEndpointVip" => endpoints::delete_cluster_endpoint_vip,
    "DeleteClusterInstances" => nodes::delete_cluster_instances,
    "DeleteClusterMaintenanceWindowAndExclusion" => maintenance::delete_cluster_window,
    "DeleteClusterNodePool" => node_pools::delete_cluster_node_pool,
    "DeleteClusterRoute" => networks::delete_cluster_route,
    "DeleteClusterRouteTable" => networks::delete_cluster_route_table,
    "DeleteClusterVirtualNode" => virtual_nodes::delete_cluster_virtual_node,
    "DeleteClusterVirtualNodePool" => virtual_nodes::delete_cluster_virtual_node_pool,
    "DeleteExternalNode" => external_nodes::delete_external_node,
    "DeleteExternalNodePool" => external_nodes::delete_external_node_pool,
    "DeleteGlobalMaintenanceWindowAndExclusion" => maintenance::delete_global_window,
    "DeleteHelmChart" => charts::delete_helm_chart,
    "DeleteHelmChartVersion" => charts::delete_helm_chart_version,
    "DeleteImageCaches" => image_caches::delete_image_caches,
    "DeleteLogCollector" => logs::delete_log_collector,
    "DeleteLogConfigs" => log_configs::delete_log_configs,
    "DeleteRollOutSequence" => maintenance::delete_roll_out_sequence,
    "DeleteUserPermissions" => access::delete_user_permissions,
    "DescribeAddon" => addons::describe_addon,
    "DescribeAddonValues" => addons::describe_addon_values,
    "DescribeAvailableClusterVersion" => upgrades::describe_available_cluster_version,
    "DescribeBackupStorageLocations" => backups::describe_backup_storage_locations,
    "DescribeBatchModifyTagsStatus" => settings::describe_batch_modify_tags_status,
    "DescribeChartDownloadInfo" => charts::describe_chart_download_info,
    "DescribeClusterAsGroupOption" => groups::describe_cluster_as_group_option,
    "DescribeClusterAsGroups" => groups::describe_cluster_as_groups,
    "DescribeClusterAuthenticationOptions" => access::describe_cluster_authentication_options,
    "DescribeClusterAvailableExtraArgs" => arguments::describe_cluster_available_extra_args,
    "DescribeClusterCommonNames" => access::describe_cluster_common_names,
    "DescribeClusterControllers" => access::describe_cluster_controllers,
    "DescribeClusterEndpoint" => endpoints::describe_cluster_endpoint,
    "DescribeClusterEndpointStatus" => endpoints::describe_cluster_endpoint_status,
    "DescribeClusterEndpointVipStatus" => endpoints::describe_cluster_endpoint_vip_status,
    "DescribeClusterEndpoints" => endpoints::describe_cluster_endpoints,
    "DescribeClusterExtraArgs" => arguments::describe_cluster_extra_args,
    "DescribeClusterInspectionResultsOverview" => inspection::describe_cluster_inspection_results_overview,
    "DescribeClusterInstanceIds" => nodes::describe_cluster_instance_ids,
    "DescribeClusterInstances" => nodes::describe_cluster_instances,
    "DescribeClusterKubeconfig" => endpoints::describe_cluster_kubeconfig,
    "DescribeClusterLevelAttribute" => levels::describe_cluster_level_attribute,
    "DescribeClusterLevelChangeRecords" => levels::describe_cluster_level_change_records,
    "DescribeClusterMaintenanceWindowAndExclusions" => maintenance::describe_cluster_windows,
    "DescribeClusterNodePoolDetail" => node_pools::describe_cluster_node_pool_detail,
    "DescribeClusterNodePools" => node_pools::describe_cluster_node_pools,
    "DescribeClusterPendingReleases" => releases::describe_cluster_pending_releases,
    "DescribeClusterReleaseDetails" => releases::describe_cluster_release_details,
    "DescribeClusterReleaseHistory" => releases::describe_cluster_release_history,
    "DescribeClusterReleases" => releases::describe_cluster_releases,
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
    "DescribeControlPlaneLogs" => log_configs::describe_control_plane_logs,
    "DescribeCosInfo" => charts::describe_cos_info,
    "DescribeEnableVpcCniProgress" => networks::describe_enable_vpc_cni_progress,
    "DescribeEncryptionStatus" => status::describe_encryption_status,
    "DescribeExistedInstances" => nodes::describe_existed_instances,
    "DescribeExternalNode" => external_nodes::describe_external_node,
    "DescribeExternalNodePools" => external_nodes::describe_external_node_pools,
    "DescribeExternalNodeScript" => external_nodes::describe_external_node_script,
    "DescribeExternalNodeSupportConfig" => external_nodes::describe_external_node_support_config,
    "DescribeGlobalMaintenanceWindowAndExclusions" => maintenance::describe_global_windows,
    "DescribeHelmChart" => charts::describe_helm_chart,
    "DescribeHelmChartDetail" => charts::describe_helm_chart_detail,
    "DescribeHelmChartVersion" => charts::describe_helm_chart_version,
    "DescribeIPAMD" => networks::describe_ipamd,
    "DescribeImageCaches" => image_caches::describe_image_caches,
    "DescribeImages" => offers::describe_images,
    "DescribeLogConfigs" => log_configs::describe_log_configs,
    "DescribeLogSwitches" => log_configs::describe_log_switches,
    "DescribeMasterComponent" => settings::describe_master_component,
    "DescribeOSImages" => settings::describe_os_images,
    "DescribeOpenPolicyList" => policies::describe_open_policy_list,
    "DescribePodChargeInfo" => super_pods::describe_pod_charge_info,
    "DescribePodDeductionRate" => super_pods::describe_pod_deduction_rate,
    "DescribePodsBySpec" => super_pods::describe_pods_by_spec,
    "DescribePostNodeResources" => super_pods::describe_post_node_resources,
    "DescribeQuota" => offers::describe_quota,
    "DescribeRegions" => offers::describe_regions,
    "DescribeResourceUsage" => levels::describe_resource_usage,
    "DescribeRollOutSequences" => maintenance::describe_roll_out_sequences,
    "DescribeRouteTableConflicts" => networks::describe_route_table_conflicts,
    "DescribeSupportedRuntime" => settings::describe_supported_runtime,
    "DescribeTasks" => upgrades::describe_tasks,
    "DescribeUpgradeTaskDetail" => upgrades::describe_upgrade_task_detail,
    "DescribeUpgradeTasks" => upgrades::describe_upgrade_tasks,
    "DescribeUserPermissions" => access::describe_user_permissions,
    "DescribeVersions" => offers::describe_versions,
    "DescribeVpcCniPodLimits" => networks::describe_vpc_cni_pod_limits,
    "DisableClusterAudit" => logs::disable_cluster_audit,
    "DisableClusterDeletionProtection" => status::disable_cluster_deletion_protection,
    "DisableControlPlaneLogs" => log_configs::disable_control_plane_logs,
    "DisableEncryptionProtection" => status::disable_encryption_protection,
    "DisableEventPersistence" => log_configs::disable_event_persistence,
    "DisableVpcCniNetworkType" => networks::disable_vpc_cni_network_type,
    "DrainClusterNode" => nodes::drain_cluster_node,
    "DrainClusterVirtualNode" => virtual_nodes::drain_cluster_virtual_node,
    "DrainExternalNode" => external_nodes::drain_external_node,
    "EnableClusterAudit" => logs::enable_cluster_audit,
    "EnableClusterDeletionProtection" => status::enable_cluster_deletion_protection,
    "EnableControlPlaneLogs" => log_configs::enable_control_plane_logs,
    "EnableEncryptionProtection" => status::enable_encryption_protection,
    "EnableEventPersistence" => log_configs::enable_event_persistence,
    "EnableExternalNodeSupport" => external_nodes::enable_external_node_support,
    "EnableLogCollector" => logs::enable_log_collector,
    "EnableVpcCniNetworkType" => networks::enable_vpc_cni_network_type,
    "ForwardRequest" => endpoints::forward_request,
    "GetClusterLevelPrice" => levels::get_cluster_level_price,
    "GetDashboardID" => logs::get_dashboard_id,
    "GetLogCollector" => logs::get_log_collector,
    "GetLogCollectorStatus" => logs::get_log_collector_status,
    "GetMostSuitableImageCache" => image_caches::get_most_suitable_image_cache,
    "GetTkeAppChartList" => addons::get_tke_app_chart_list,
    "GetUpgradeInstanceProgress" => upgrades::get_upgrade_instance_progress,
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
    "ModifyClusterExtraArgs" => arguments::modify_cluster_extra_args,
    "ModifyClusterExtraArgsTaskState" => arguments::modify_cluster_extra_args_task_state,
    "ModifyClusterImage" => settings::modify_cluster_image,
    "ModifyClusterMaintenanceWindowAndExclusions" => maintenance::modify_cluster_window,
    "ModifyClusterNodePool" => node_pools::modify_cluster_node_pool,
    "ModifyClusterRollOutSequenceTags" => maintenance::modify_cluster_roll_out_sequence_tags,
    "ModifyClusterRuntimeConfig" => settings::modify_cluster_runtime_config,
    "ModifyClusterSchedulerPolicy" => settings::modify_cluster_scheduler_policy,
    "ModifyClusterTags" => settings::modify_cluster_tags,
    "ModifyClusterVirtualNodePool" => virtual_nodes::modify_cluster_virtual_node_pool,
    "ModifyExternalNodePool" => external_nodes::modify_external_node_pool,
    "ModifyGlobalMaintenanceWindowAndExclusions" => maintenance::modify_global_window,
    "ModifyLogConfig" => log_configs::modify_log_config,
    "ModifyMasterComponent" => settings::modify_master_component,
    "ModifyNodePoolDesiredCapacityAboutAsg" => node_pools::modify_node_pool_desired_capacity_about_asg,
    "ModifyNodePoolInstanceTypes" => node_pools::modify_node_pool_instance_types,
    "ModifyOpenPolicyList" => policies::modify_open_policy_list,
    "ModifyRollOutSequence" => maintenance::modify_roll_out_sequence,
    "QueryOverage" => offers::query_overage,
    "RemoveNodeFromNodePool" => node_pools::remove_node_from_node_pool,
    "RollbackClusterRelease" => releases::rollback_cluster_release,
    "RotateClusterToken" => access::rotate_cluster_token,
    "ScaleInClusterMaster" => settings::scale_in_cluster_master,
    "ScaleOutClusterMaster" => settings::scale_out_cluster_master,
    "SetNodePoolNodeProtection" => node_pools::set_node_pool_node_protection,
    "SwitchClusterEndpoint" => endpoints::switch_cluster_endpoint,
    "UninstallClusterRelease" => releases::uninstall_cluster_release,
    "UninstallLogAgent" => log_configs::uninstall_log_agent,
    "UpdateAddon" => addons::update_addon,
    "UpdateClusterKubeconfig" => access::update_cluster_kubeconfig,
    "UpdateClusterVersion" => upgrades::update_cluster_version,
    "UpdateImageCache" => image_caches::update_image_cache,
    "UpdateLogCollector" => logs::update_log_collector,
    "UpgradeClusterInstances" => upgrades::upgrade_cluster_instances,
    "UpgradeClusterRelease" => releases::upgrade_cluster_release,
    "UploadHelmChart" => charts::upload_helm_chart,
}
