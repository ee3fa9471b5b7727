//! Huawei's identity and access management: actions and resources of CCE.

use super::{Call, Demand, Permissions, Resource, Vendor, authorize, texts};
use crate::gateway::ErrorForm;
use crate::refusal::Refusal;

const SERVICE: &[&str] = &["cce"];

/// The actions of operations that the list of the document leaves out (cce:8496). Those of clusters, pools and add-ons
/// are the public ones (web:support.huaweicloud.com/usermanual-cce/cce_10_0187.html), the others are made as these are:
/// the kind of the resource and what is done with it. The parts of an upgrade have its action, as those of the other kind
/// of clusters have (web:support.huaweicloud.com/intl/en-us/api-cce-autopilot/CreateAutopilotPreCheck.html).
const MORE: [(&str, &str); 35] = [
    ("AddNodes", "cce:node:create"),
    ("AddNodesToNodePool", "cce:node:create"),
    ("AwakeCluster", "cce:cluster:start"),
    ("ContinueUpgradeClusterTask", "cce:cluster:upgrade"),
    ("CreateAddonInstance", "cce:addonInstance:create"),
    ("CreateClusterMasterSnapshot", "cce:cluster:upgrade"),
    ("CreateNodePool", "cce:nodepool:create"),
    ("CreatePostCheck", "cce:cluster:upgrade"),
    ("CreatePreCheck", "cce:cluster:upgrade"),
    ("CreateUpgradeWorkFlow", "cce:cluster:upgrade"),
    ("DeleteAddonInstance", "cce:addonInstance:delete"),
    ("DeleteAllNodes", "cce:node:delete"),
    ("DeleteNodePool", "cce:nodepool:delete"),
    ("GetAddonInstance", "cce:addonInstance:get"),
    ("GetClusterCert", "cce:cluster:get"),
    ("GetNodePool", "cce:nodepool:get"),
    ("HibernateCluster", "cce:cluster:stop"),
    ("InplaceMigrateNode", "cce:node:migrate"),
    ("ListAddonInstances", "cce:addonInstance:list"),
    ("ListAddonTemplates", "cce:addonTemplate:list"),
    ("MigrateNodes", "cce:node:migrate"),
    ("MigrateToNodePool", "cce:nodepool:update"),
    ("PauseUpgradeClusterTask", "cce:cluster:upgrade"),
    ("RemoveNodes", "cce:node:remove"),
    ("ResetNodes", "cce:node:reset"),
    ("RetryUpgradeClusterTask", "cce:cluster:upgrade"),
    ("ScaleNodePool", "cce:nodepool:update"),
    ("ShowNodePoolConfigurationDetails", "cce:nodepool:get"),
    ("ShowNodePoolConfigurations", "cce:nodepool:get"),
    ("ShowQuotas", "cce:quota:get"),
    ("UpdateAddonInstance", "cce:addonInstance:update"),
    ("UpdateNodePool", "cce:nodepool:update"),
    ("UpdateNodePoolConfiguration", "cce:nodepool:update"),
    ("UpgradeNodePool", "cce:nodepool:update"),
    ("UpgradeWorkFlowUpdate", "cce:cluster:upgrade"),
];

/// Refuses what a sub-account may not do: 403 `CCE.01403001`, in the form that the operation's refusals have.
/// The operations of the identity service itself need no permission.
pub(super) fn check(caller: &Permissions, call: Call<'_>) -> Result<(), Refusal> {
    let form = ErrorForm::of(call.operation);
    if form == ErrorForm::Identity {
        return Ok(());
    }
    authorize(caller, Vendor::Huawei, &demand(call)).map_err(|forbidden| form.forbidden(forbidden.to_string()))
}

/// The action of an operation that neither list has: the kind of the resource and what is done with it, from the
/// operation's name.
fn formed(operation: &str) -> String {
    let end = operation.char_indices().skip(1).find(|(_, letter)| letter.is_ascii_uppercase());
    let (verb, thing) = operation.split_at(end.map_or(operation.len(), |(at, _)| at));
    let mut letters = thing.chars();
    let first: String = letters.next().map(|first| first.to_ascii_lowercase()).into_iter().collect();
    let verb = verb.to_lowercase();
    let verb = if verb == "show" { "get" } else { &verb };
    format!("cce:{first}{}:{verb}", letters.as_str())
}

fn demand(call: Call<'_>) -> Demand {
    let more =
        || MORE.iter().find(|(operation, _)| *operation == call.operation).map(|(_, action)| (*action).to_owned());
    let action = call.spec.permission.clone().or_else(more);
    let action = action.unwrap_or_else(|| formed(call.operation));
    let names = ["cluster_id", "target_cluster_id", "clusterID"];
    let mut clusters: Vec<&str> = names.iter().flat_map(|name| texts(call.parameters, name)).collect();
    // An add-on names the cluster in its specification.
    let specified = call.parameters.get("spec").and_then(|spec| spec.get("clusterID")).and_then(|id| id.as_str());
    clusters.extend(specified.filter(|id| !id.is_empty() && call.operation.contains("Addon")));
    let of = |path: String| Resource {
        services: SERVICE,
        region: call.region.to_owned(),
        account: call.account.to_owned(),
        path,
    };
    let resources = clusters.into_iter().map(|id| of(format!("cluster:{id}"))).collect();
    Demand::new(vec![action], resources, of("*".to_owned()))
}
