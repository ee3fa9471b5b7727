//! The view that ACK (2015-12-15) gives of the world: resources, names and shapes of its wire, codes of its documents.

mod addons;
mod answer;
mod clusters;
mod creation;
mod logs;
mod nodes;
mod pools;
mod refusals;
mod templates;
#[cfg(test)]
mod tests;
mod upgrades;
mod values;
mod versions;

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
    "CancelClusterUpgrade" => upgrades::cancel_cluster_upgrade,
    "CreateCluster" => creation::create_cluster,
    "CreateClusterNodePool" => pools::create_cluster_node_pool,
    "CreateTemplate" => templates::create_template,
    "DeleteCluster" => clusters::delete_cluster,
    "DeleteClusterNodepool" => pools::delete_cluster_nodepool,
    "DeleteTemplate" => templates::delete_template,
    "DescribeAddons" => addons::describe_addons,
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
    "DescribeClusterUserKubeconfig" => clusters::describe_cluster_user_kubeconfig,
    "DescribeClustersV1" => clusters::describe_clusters_v1,
    "DescribeExternalAgent" => clusters::describe_external_agent,
    "DescribeKubernetesVersionMetadata" => versions::describe_kubernetes_version_metadata,
    "DescribeTemplateAttribute" => templates::describe_template_attribute,
    "DescribeTemplates" => templates::describe_templates,
    "DescribeUserQuota" => versions::describe_user_quota,
    "GetUpgradeStatus" => upgrades::get_upgrade_status,
    "InstallClusterAddons" => addons::install_cluster_addons,
    "ModifyCluster" => clusters::modify_cluster,
    "ModifyClusterNodePool" => pools::modify_cluster_node_pool,
    "ModifyClusterTags" => clusters::modify_cluster_tags,
    "PauseClusterUpgrade" => upgrades::pause_cluster_upgrade,
    "RemoveClusterNodes" => nodes::remove_cluster_nodes,
    "ResumeUpgradeCluster" => upgrades::resume_upgrade_cluster,
    "ScaleClusterNodePool" => pools::scale_cluster_node_pool,
    "UnInstallClusterAddons" => addons::un_install_cluster_addons,
    "UpdateTemplate" => templates::update_template,
    "UpgradeCluster" => upgrades::upgrade_cluster,
    "UpgradeClusterAddons" => addons::upgrade_cluster_addons,
}
