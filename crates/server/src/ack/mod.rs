//! The view that ACK (2015-12-15) gives of the world: resources, names and shapes of its wire, codes of its documents.

mod addon_instances;
mod addons;
mod answer;
mod auto_repair;
mod clusters;
mod creation;
mod governance;
mod logs;
mod node_tasks;
mod nodes;
mod permissions;
mod policies;
mod pools;
mod protection;
mod refusals;
pub(crate) mod survey;
mod tags;
mod tasks;
mod templates;
#[cfg(test)]
mod tests;
mod upgrades;
mod values;
mod versions;
mod vulnerabilities;

use crate::handler::{Context, Handlers};
use serde_json::Value;
use wharf_world::ack::Ack;
use wharf_world::ack::tenancy::Owner;
use wharf_world::kernel::violation::Outcome;

/// What an operation comes to.
type Answer = Outcome<Value>;

/// What an operation acts on: what the account has in the region, and on whose behalf.
struct Scene<'a> {
    realm: Ack<'a>,
    owner: &'a Owner,
    region: &'a str,
    context: &'a Context,
}

/// Makes the table of operations: each reads its input, asks the world, and refuses with codes of its document.
macro_rules! operations {
    ($($name:literal => $operation:path,)*) => {
        /// The operations that have a world behind them, sorted by name.
        pub(crate) static HANDLERS: Handlers = &[$(($name, |world, context, input| {
            let mut realm = world.ack(&context.account, &context.region);
            realm.meet_seeds();
            let mut scene = Scene { realm, owner: &context.owner, region: &context.region, context };
            $operation(&mut scene, input).map_err(|fault| refusals::refusal($name, &fault))
        }),)*];
    };
}

operations! {
    "AttachInstances" => nodes::attach_instances,
    "AttachInstancesToNodePool" => node_tasks::attach_instances_to_node_pool,
    "CancelClusterUpgrade" => upgrades::cancel_cluster_upgrade,
    "CancelTask" => tasks::cancel_task,
    "CleanUserPermissions" => permissions::clean_user_permissions,
    "CreateAutoRepairPolicy" => auto_repair::create_auto_repair_policy,
    "CreateCluster" => creation::create_cluster,
    "CreateClusterNodePool" => pools::create_cluster_node_pool,
    "CreateTemplate" => templates::create_template,
    "DeleteAutoRepairPolicy" => auto_repair::delete_auto_repair_policy,
    "DeleteCluster" => clusters::delete_cluster,
    "DeleteClusterNodepool" => pools::delete_cluster_nodepool,
    "DeleteClusterNodes" => node_tasks::delete_cluster_nodes,
    "DeletePolicyInstance" => policies::delete_policy_instance,
    "DeleteTemplate" => templates::delete_template,
    "DeployPolicyInstance" => policies::deploy_policy_instance,
    "DescribeAddon" => addon_instances::describe_addon,
    "DescribeAddons" => addons::describe_addons,
    "DescribeAutoRepairPolicy" => auto_repair::describe_auto_repair_policy,
    "DescribeClusterAddonInstance" => addon_instances::describe_cluster_addon_instance,
    "DescribeClusterAddonsUpgradeStatus" => addons::describe_cluster_addons_upgrade_status,
    "DescribeClusterAddonsVersion" => addons::describe_cluster_addons_version,
    "DescribeClusterAttachScripts" => nodes::describe_cluster_attach_scripts,
    "DescribeClusterDetail" => clusters::describe_cluster_detail,
    "DescribeClusterLogs" => logs::describe_cluster_logs,
    "DescribeClusterNamespaces" => clusters::describe_cluster_namespaces,
    "DescribeClusterNodePoolDetail" => pools::describe_cluster_node_pool_detail,
    "DescribeClusterNodePools" => pools::describe_cluster_node_pools,
    "DescribeClusterNodes" => nodes::describe_cluster_nodes,
    "DescribeClusterResources" => logs::describe_cluster_resources,
    "DescribeClusterTasks" => tasks::describe_cluster_tasks,
    "DescribeClusterUserKubeconfig" => clusters::describe_cluster_user_kubeconfig,
    "DescribeClusterVuls" => vulnerabilities::describe_cluster_vuls,
    "DescribeClustersV1" => clusters::describe_clusters_v1,
    "DescribeExternalAgent" => clusters::describe_external_agent,
    "DescribeKubernetesVersionMetadata" => versions::describe_kubernetes_version_metadata,
    "DescribeNodePoolVuls" => vulnerabilities::describe_node_pool_vuls,
    "DescribePolicies" => policies::describe_policies,
    "DescribePolicyDetails" => policies::describe_policy_details,
    "DescribePolicyGovernanceInCluster" => governance::describe_policy_governance_in_cluster,
    "DescribePolicyInstances" => policies::describe_policy_instances,
    "DescribePolicyInstancesStatus" => governance::describe_policy_instances_status,
    "DescribeResourcesDeleteProtection" => protection::describe_resources_delete_protection,
    "DescribeTaskInfo" => tasks::describe_task_info,
    "DescribeTemplateAttribute" => templates::describe_template_attribute,
    "DescribeTemplates" => templates::describe_templates,
    "DescribeUserPermission" => permissions::describe_user_permission,
    "DescribeUserQuota" => versions::describe_user_quota,
    "FixNodePoolVuls" => vulnerabilities::fix_node_pool_vuls,
    "GetClusterAddonInstance" => addon_instances::get_cluster_addon_instance,
    "GetUpgradeStatus" => upgrades::get_upgrade_status,
    "GrantPermissions" => permissions::grant_permissions,
    "InstallClusterAddons" => addons::install_cluster_addons,
    "ListAddons" => addon_instances::list_addons,
    "ListAutoRepairPolicies" => auto_repair::list_auto_repair_policies,
    "ListClusterAddonInstances" => addon_instances::list_cluster_addon_instances,
    "ListTagResources" => tags::list_tag_resources,
    "ModifyAutoRepairPolicy" => auto_repair::modify_auto_repair_policy,
    "ModifyCluster" => clusters::modify_cluster,
    "ModifyClusterAddon" => addon_instances::modify_cluster_addon,
    "ModifyClusterNodePool" => pools::modify_cluster_node_pool,
    "ModifyClusterTags" => clusters::modify_cluster_tags,
    "ModifyNodePoolNodeConfig" => node_tasks::modify_node_pool_node_config,
    "ModifyPolicyInstance" => policies::modify_policy_instance,
    "PauseClusterUpgrade" => upgrades::pause_cluster_upgrade,
    "PauseTask" => tasks::pause_task,
    "RemoveClusterNodes" => nodes::remove_cluster_nodes,
    "RemoveNodePoolNodes" => node_tasks::remove_node_pool_nodes,
    "RepairClusterNodePool" => node_tasks::repair_cluster_node_pool,
    "ResumeTask" => tasks::resume_task,
    "ResumeUpgradeCluster" => upgrades::resume_upgrade_cluster,
    "ScaleClusterNodePool" => pools::scale_cluster_node_pool,
    "ScanClusterVuls" => vulnerabilities::scan_cluster_vuls,
    "SyncClusterNodePool" => node_tasks::sync_cluster_node_pool,
    "TagResources" => tags::tag_resources,
    "UnInstallClusterAddons" => addons::un_install_cluster_addons,
    "UntagResources" => tags::untag_resources,
    "UpdateResourcesDeleteProtection" => protection::update_resources_delete_protection,
    "UpdateTemplate" => templates::update_template,
    "UpdateUserPermissions" => permissions::update_user_permissions,
    "UpgradeCluster" => upgrades::upgrade_cluster,
    "UpgradeClusterAddons" => addons::upgrade_cluster_addons,
    "UpgradeClusterNodepool" => node_tasks::upgrade_cluster_nodepool,
}
