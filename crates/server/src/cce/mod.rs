//! The view that CCE (v3) gives of the world: resources, names and shapes of its wire, codes of its documents.

mod addons;
pub(crate) mod answer;
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
pub(crate) mod refusals;
mod reinstall;
mod servers;
mod tasks;
#[cfg(test)]
mod tests;
mod volumes;

use crate::context::Context;
use input::Input;
pub use refusals::{ErrorForm, RestRefusal};
use serde_json::{Map, Value};
use std::fmt;
use wharf_world::World;
use wharf_world::kernel::violation::Outcome;

/// One operation: changes or reads the world and gives the answer.
///
/// The parameters are the members of path, query, headers and body by their names on the wire. The gateway has
/// already checked who calls, and the parameters' presence, types and ranges.
pub type RestHandler = fn(&mut World, &Context, &Map<String, Value>) -> Result<RestAnswer, RestRefusal>;

/// The answer to a call that succeeds. `Debug` does not show the body, nor the values of headers.
#[derive(Clone, PartialEq)]
pub struct RestAnswer {
    /// HTTP status.
    pub status: u16,
    /// Headers that belong to the answer.
    pub headers: Vec<(&'static str, String)>,
    /// The body, if there is one.
    pub body: Option<Value>,
}

impl fmt::Debug for RestAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("RestAnswer").field("status", &self.status).field("headers", &headers).finish_non_exhaustive()
    }
}

/// What an operation comes to; `Null` stands for no body.
type Answer = Outcome<Value>;

/// Makes the table of operations: each reads its input, asks the world, and refuses with codes of its document.
macro_rules! operations {
    ($($name:literal $status:literal => $operation:path,)*) => {
        /// The operations that have a world behind them, sorted by name.
        pub static HANDLERS: &[(&str, RestHandler)] = &[$(($name, |world, context, parameters| {
            match $operation(world, context, Input(parameters)) {
                Ok(body) => {
                    let body = Some(body).filter(|body| !body.is_null());
                    Ok(RestAnswer { status: $status, headers: Vec::new(), body })
                }
                Err(fault) => Err(refusals::refusal($name, &fault)),
            }
        }),)*];
    };
}

operations! {
    "AddNodes" 200 => tasks::add_nodes,
    "AwakeCluster" 200 => clusters::awake_cluster,
    "CreateAddonInstance" 200 => addons::create_addon_instance,
    "CreateCloudPV" 201 => volumes::create_cloud_pv,
    "CreateCloudPVC" 201 => volumes::create_cloud_pvc,
    "CreateCluster" 201 => clusters::create_cluster,
    "CreateNode" 201 => nodes::create_node,
    "CreateNodePool" 201 => pools::create_node_pool,
    "DeleteAddonInstance" 200 => addons::delete_addon_instance,
    "DeleteAllNodes" 201 => nodes::delete_all_nodes,
    "DeleteCloudPV" 200 => volumes::delete_cloud_pv,
    "DeleteCloudPVC" 200 => volumes::delete_cloud_pvc,
    "DeleteCluster" 200 => clusters::delete_cluster,
    "DeleteNode" 200 => nodes::delete_node,
    "DeleteNodePool" 200 => pools::delete_node_pool,
    "GetAddonInstance" 200 => addons::get_addon_instance,
    "GetCluster" 200 => clusters::get_cluster,
    "GetClusterCert" 200 => certificates::get_cluster_cert,
    "GetJob" 200 => jobs::get_job,
    "GetNode" 200 => nodes::get_node,
    "GetNodePool" 200 => pools::get_node_pool,
    "HibernateCluster" 200 => clusters::hibernate_cluster,
    "ListAddonInstances" 200 => addons::list_addon_instances,
    "ListAddonTemplates" 200 => addons::list_addon_templates,
    "ListClusters" 200 => clusters::list_clusters,
    "ListNodePools" 200 => pools::list_node_pools,
    "ListNodes" 200 => nodes::list_nodes,
    "MigrateNodes" 200 => tasks::migrate_nodes,
    "RemoveNodes" 200 => tasks::remove_nodes,
    "ResetNodes" 200 => tasks::reset_nodes,
    "ShowQuotas" 200 => clusters::show_quotas,
    "UpdateAddonInstance" 200 => addons::update_addon_instance,
    "UpdateCluster" 200 => clusters::update_cluster,
    "UpdateNode" 200 => nodes::update_node,
    "UpdateNodePool" 200 => pools::update_node_pool,
}
