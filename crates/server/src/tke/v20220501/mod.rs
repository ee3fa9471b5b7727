//! The view that TKE (2022-05-01) gives of the world: native nodes, and all nodes of clusters.

mod clusters;
mod codes;
mod health;
mod instances;
mod machines;
mod offers;
mod pools;
mod spec;
mod spec_json;

use super::Answer;
use crate::input::Input;
use wharf_world::kernel::violation::{Outcome, Reason};

operations! {
    codes::refusal;
    "CreateHealthCheckPolicy" => health::create_health_check_policy,
    "CreateNodePool" => pools::create_node_pool,
    "DeleteClusterMachines" => machines::delete_cluster_machines,
    "DeleteHealthCheckPolicy" => health::delete_health_check_policy,
    "DeleteNodePool" => pools::delete_node_pool,
    "DescribeClusterInstances" => instances::describe_cluster_instances,
    "DescribeClusterMachines" => machines::describe_cluster_machines,
    "DescribeClusters" => clusters::describe_clusters,
    "DescribeGPUInfo" => offers::describe_gpu_info,
    "DescribeHealthCheckPolicies" => health::describe_health_check_policies,
    "DescribeHealthCheckPolicyBindings" => health::describe_health_check_policy_bindings,
    "DescribeHealthCheckTemplate" => health::describe_health_check_template,
    "DescribeNodePools" => pools::describe_node_pools,
    "DescribeNodePoolsElasticityStrength" => offers::describe_node_pools_elasticity_strength,
    "DescribeZoneInstanceConfigInfos" => offers::describe_zone_instance_config_infos,
    "DetachApplicationRole" => clusters::detach_application_role,
    "ModifyClusterMachine" => machines::modify_cluster_machine,
    "ModifyHealthCheckPolicy" => health::modify_health_check_policy,
    "ModifyNodePool" => pools::modify_node_pool,
    "RebootMachines" => machines::reboot_machines,
    "ScaleNodePool" => pools::scale_node_pool,
    "SetMachineLogin" => machines::set_machine_login,
    "StartMachines" => machines::start_machines,
    "StopMachines" => machines::stop_machines,
}

/// A filter of a list: one of the values must be right.
struct Filter<'a> {
    name: &'a str,
    values: Vec<String>,
}

impl Filter<'_> {
    /// The refusal of a filter that the operation does not have.
    fn unknown<T>(&self, what: &str) -> Outcome<T> {
        Err(Reason::Invalid.because(format!("Filters: {what} cannot be filtered by {}", self.name)))
    }

    /// Whether one of the values is that one.
    fn has(&self, value: &str) -> bool {
        self.values.iter().any(|wanted| wanted == value)
    }

    /// Whether one of the values is a part of that text.
    fn is_in(&self, text: &str) -> bool {
        self.values.iter().any(|part| text.contains(part))
    }

    /// Whether the tags pass a filter by tags; nothing if it is another filter.
    fn by_tags(&self, tags: &[(String, String)]) -> Option<bool> {
        let has = |key: &str, value: &str| tags.iter().any(|(k, v)| k == key && v == value);
        if let Some(key) = self.name.strip_prefix("tag:") {
            return Some(self.values.iter().any(|value| has(key, value)));
        }
        let pair = |text: &String| text.split_once(':').is_some_and(|(key, value)| has(key, value));
        self.name.eq_ignore_ascii_case("tags").then(|| self.values.iter().any(pair))
    }
}

/// The filters of a call. All of them must hold.
fn filters<'a>(input: Input<'a>, name: &str) -> Outcome<Vec<Filter<'a>>> {
    let read = |filter: Input<'a>| Ok(Filter { name: filter.required("Name")?, values: filter.texts("Values")? });
    input.structures(name)?.into_iter().map(read).collect()
}

/// The items for which all filters hold.
fn select<'a, T>(
    items: impl IntoIterator<Item = T>,
    filters: &[Filter<'a>],
    passes: impl Fn(&T, &Filter<'a>) -> Outcome<bool>,
) -> Outcome<Vec<T>> {
    let mut selected = Vec::new();
    for item in items {
        let mut all = true;
        for filter in filters {
            all &= passes(&item, filter)?;
        }
        if all {
            selected.push(item);
        }
    }
    Ok(selected)
}
