//! The view that TKE gives of the world: names and shapes of its wire, codes of its documents. It is that of version
//! 2018-05-25; [`v20220501`] is that of version 2022-05-01.

mod charts;
mod clusters;
pub(crate) mod codes;
mod endpoints;
mod equipment;
mod external_nodes;
mod groups;
mod launches;
mod logs;
mod machines;
mod node_pools;
mod nodes;
mod offers;
mod settings;
mod super_pods;
#[cfg(test)]
mod tests;
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
    "AddClusterInstances" => nodes::add_cluster_instances,
    "AddExistedInstances" => nodes::add_existed_instances,
    "AddNodeToNodePool" => node_pools::add_node_to_node_pool,
    "AddVpcCniSubnets" => groups::add_vpc_cni_subnets,
    "CheckClusterCIDR" => offers::check_cluster_cidr,
    "CheckIfLogCollectorExists" => logs::check_if_log_collector_exists,
    "CollectAllCore" => offers::collect_all_core,
    "CreateCluster" => clusters::create_cluster,
    "CreateClusterAsGroup" => groups::create_cluster_as_group,
    "CreateClusterEndpoint" => endpoints::create_cluster_endpoint,
    "CreateClusterInstances" => nodes::create_cluster_instances,
    "CreateClusterNodePool" => node_pools::create_cluster_node_pool,
    "CreateClusterVirtualNode" => virtual_nodes::create_cluster_virtual_node,
    "CreateClusterVirtualNodePool" => virtual_nodes::create_cluster_virtual_node_pool,
    "CreateExternalNodePool" => external_nodes::create_external_node_pool,
    "CreateLogCollector" => logs::create_log_collector,
    "DeleteCluster" => clusters::delete_cluster,
    "DeleteClusterAsGroups" => groups::delete_cluster_as_groups,
    "DeleteClusterInstances" => nodes::delete_cluster_instances,
    "DeleteClusterNodePool" => node_pools::delete_cluster_node_pool,
    "DeleteClusterVirtualNode" => virtual_nodes::delete_cluster_virtual_node,
    "DeleteClusterVirtualNodePool" => virtual_nodes::delete_cluster_virtual_node_pool,
    "DeleteExternalNode" => external_nodes::delete_external_node,
    "DeleteExternalNodePool" => external_nodes::delete_external_node_pool,
    "DeleteHelmChart" => charts::delete_helm_chart,
    "DeleteHelmChartVersion" => charts::delete_helm_chart_version,
    "DeleteLogCollector" => logs::delete_log_collector,
    "DescribeChartDownloadInfo" => charts::describe_chart_download_info,
    "DescribeClusterAsGroupOption" => groups::describe_cluster_as_group_option,
    "DescribeClusterAsGroups" => groups::describe_cluster_as_groups,
    "DescribeClusterEndpoint" => endpoints::describe_cluster_endpoint,
    "DescribeClusterEndpointStatus" => endpoints::describe_cluster_endpoint_status,
    "DescribeClusterInstanceIds" => nodes::describe_cluster_instance_ids,
    "DescribeClusterInstances" => nodes::describe_cluster_instances,
    "DescribeClusterKubeconfig" => endpoints::describe_cluster_kubeconfig,
    "DescribeClusterNodePoolDetail" => node_pools::describe_cluster_node_pool_detail,
    "DescribeClusterNodePools" => node_pools::describe_cluster_node_pools,
    "DescribeClusterSecurity" => endpoints::describe_cluster_security,
    "DescribeClusterServices" => endpoints::describe_cluster_services,
    "DescribeClusterVirtualNode" => virtual_nodes::describe_cluster_virtual_node,
    "DescribeClusterVirtualNodePools" => virtual_nodes::describe_cluster_virtual_node_pools,
    "DescribeClusters" => clusters::describe_clusters,
    "DescribeCosInfo" => charts::describe_cos_info,
    "DescribeExistedInstances" => nodes::describe_existed_instances,
    "DescribeExternalNode" => external_nodes::describe_external_node,
    "DescribeExternalNodePools" => external_nodes::describe_external_node_pools,
    "DescribeExternalNodeScript" => external_nodes::describe_external_node_script,
    "DescribeExternalNodeSupportConfig" => external_nodes::describe_external_node_support_config,
    "DescribeHelmChart" => charts::describe_helm_chart,
    "DescribeHelmChartDetail" => charts::describe_helm_chart_detail,
    "DescribeHelmChartVersion" => charts::describe_helm_chart_version,
    "DescribeImages" => offers::describe_images,
    "DescribePodChargeInfo" => super_pods::describe_pod_charge_info,
    "DescribePodDeductionRate" => super_pods::describe_pod_deduction_rate,
    "DescribePodsBySpec" => super_pods::describe_pods_by_spec,
    "DescribePostNodeResources" => super_pods::describe_post_node_resources,
    "DescribeQuota" => offers::describe_quota,
    "DescribeRegions" => offers::describe_regions,
    "DescribeVersions" => offers::describe_versions,
    "DisableClusterAudit" => logs::disable_cluster_audit,
    "DrainClusterNode" => nodes::drain_cluster_node,
    "DrainClusterVirtualNode" => virtual_nodes::drain_cluster_virtual_node,
    "DrainExternalNode" => external_nodes::drain_external_node,
    "EnableClusterAudit" => logs::enable_cluster_audit,
    "EnableExternalNodeSupport" => external_nodes::enable_external_node_support,
    "EnableLogCollector" => logs::enable_log_collector,
    "ForwardRequest" => endpoints::forward_request,
    "GetDashboardID" => logs::get_dashboard_id,
    "GetLogCollector" => logs::get_log_collector,
    "GetLogCollectorStatus" => logs::get_log_collector_status,
    "ListLogCollector" => logs::list_log_collector,
    "ModifyClusterAsGroupAttribute" => groups::modify_cluster_as_group_attribute,
    "ModifyClusterAsGroupOptionAttribute" => groups::modify_cluster_as_group_option_attribute,
    "ModifyClusterAttribute" => clusters::modify_cluster_attribute,
    "ModifyClusterNodePool" => node_pools::modify_cluster_node_pool,
    "ModifyClusterVirtualNodePool" => virtual_nodes::modify_cluster_virtual_node_pool,
    "ModifyExternalNodePool" => external_nodes::modify_external_node_pool,
    "ModifyNodePoolDesiredCapacityAboutAsg" => node_pools::modify_node_pool_desired_capacity_about_asg,
    "ModifyNodePoolInstanceTypes" => node_pools::modify_node_pool_instance_types,
    "QueryOverage" => offers::query_overage,
    "RemoveNodeFromNodePool" => node_pools::remove_node_from_node_pool,
    "SetNodePoolNodeProtection" => node_pools::set_node_pool_node_protection,
    "UpdateLogCollector" => logs::update_log_collector,
    "UploadHelmChart" => charts::upload_helm_chart,
}
