//! Registered nodes and their pools.

use super::Answer;
use super::machines::labels_json;
use super::node_settings::{check_script, settings, settings_json, taints, taints_json};
use super::virtual_nodes::life_state;
use crate::handler::Context;
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::nodes::{Node, State};
use wharf_world::cluster::{Cluster, PodNetwork};
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::external_nodes::{ExternalPool, ExternalPoolChange, ExternalStatus, NewExternalPool, Support};

pub(super) fn enable_external_node_support(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let config = input.within("ClusterExternalConfig")?;
    if config.filled("ClusterCIDR")?.is_some() {
        return Err(invalid("ClusterCIDR is not given for the NetworkType HostNetwork"));
    }
    let (network, subnet) = (config.required("NetworkType")?, config.required("SubnetId")?);
    realm.enable_external_nodes(input.required("ClusterId")?, network, subnet)?;
    Ok(json!({}))
}

/// The name of the network of registered nodes.
fn network_name(cluster: &Cluster) -> &'static str {
    if cluster.pod_network == PodNetwork::Overlay { "CiliumOverlay" } else { "HostNetwork" }
}

/// The range of the pods of registered nodes, if they have addresses of their own.
fn range(cluster: &Cluster) -> String {
    let range = cluster.range.filter(|_| cluster.pod_network == PodNetwork::Overlay);
    range.map(|range| range.to_string()).unwrap_or_default()
}

pub(super) fn describe_external_node_support_config(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let support = cluster.tke().external.support.as_ref();
    let enabled = cluster.takes_external_nodes();
    let status = match (enabled, support) {
        (true, _) => "Enabled",
        (false, Some(_)) => "Initializing",
        (false, None) => "Disabled",
    };
    let step = |support: &Support| {
        json!([{
            "Name": "EnableExternalNodeSupport", "StartAt": iso(support.started), "EndAt": support.done.map(iso),
            "Status": status, "Message": "",
        }])
    };
    let exists = enabled || support.is_some();
    Ok(json!({
        "ClusterCIDR": range(cluster), "NetworkType": if exists { network_name(cluster) } else { "" },
        "SubnetId": support.map_or("", |support| support.subnet.as_str()), "Enabled": enabled, "AS": "",
        "SwitchIP": "", "Status": status, "FailedReason": "",
        "Master": if enabled { cluster.external_master() } else { String::new() },
        "Proxy": support.map_or("", |support| support.proxy.as_str()), "Progress": support.map(step),
        "EnabledPublicConnect": false, "PublicConnectUrl": "", "PublicCustomDomain": "",
    }))
}

pub(super) fn create_external_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let mut settings = settings(input.within("InstanceAdvancedSettings")?)?;
    settings.labels.extend(input.pairs("Labels", "Name", "Value")?);
    settings.taints.extend(taints(input)?);
    let new = NewExternalPool {
        name: input.required("Name")?.to_owned(),
        runtime: input.required("ContainerRuntime")?.to_owned(),
        runtime_version: input.required("RuntimeVersion")?.to_owned(),
        settings,
        protected: input.flag("DeletionProtection")?,
        gpu: input.one_of("NodeType", &["CPU", "GPU"])? == Some("GPU"),
    };
    Ok(json!({"NodePoolId": realm.create_external_pool(input.required("ClusterId")?, new)?}))
}

pub(super) fn modify_external_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let given = |name: &str| input.0.get(name).is_some_and(|value| !value.is_null());
    check_script(input, "UserScript")?;
    let change = ExternalPoolChange {
        name: input.text("Name")?.map(str::to_owned),
        labels: given("Labels").then(|| input.pairs("Labels", "Name", "Value")).transpose()?,
        taints: given("Taints").then(|| taints(input)).transpose()?,
        protected: input.truth("DeletionProtection")?,
        script: input.text("UserScript")?.map(|script| json!(script)),
    };
    realm.change_external_pool(input.required("ClusterId")?, input.required("NodePoolId")?, change)?;
    Ok(json!({}))
}

pub(super) fn describe_external_node_pools(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let pools: Vec<Value> = cluster.tke().external.pools.iter().map(|pool| pool_json(cluster, pool)).collect();
    Ok(json!({"TotalCount": pools.len(), "NodePoolSet": pools}))
}

fn pool_json(cluster: &Cluster, pool: &ExternalPool) -> Value {
    json!({
        "NodePoolId": pool.id, "Name": pool.name, "LifeState": life_state(pool.state),
        "ClusterCIDR": range(cluster), "NetworkType": network_name(cluster),
        "RuntimeConfig": {"RuntimeType": pool.runtime.0, "RuntimeVersion": pool.runtime.1},
        "Labels": labels_json(&pool.settings.labels), "Taints": taints_json(&pool.settings.taints),
        "InstanceAdvancedSettings": settings_json(&pool.settings), "DeletionProtection": pool.protected,
        "NodeType": if pool.gpu { "GPU" } else { "CPU" },
    })
}

pub(super) fn delete_external_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let pools = input.texts("NodePoolIds")?;
    realm.delete_external_pools(input.required("ClusterId")?, &pools, input.flag("Force")?)?;
    Ok(json!({}))
}

/// Whether the text can stand in a command without quotes.
fn check_word(input: Input<'_>, name: &str) -> Outcome<()> {
    match input.filled(name)? {
        Some(word) if !word.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) => {
            Err(invalid(format!("{name} has letters, digits, hyphens, dots and underscores")))
        }
        _ => Ok(()),
    }
}

pub(super) fn describe_external_node_script(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (cluster, pool) = (input.required("ClusterId")?, input.required("NodePoolId")?);
    check_word(input, "Name")?;
    check_word(input, "Interface")?;
    let (name, interface) = (input.filled("Name")?, input.filled("Interface")?);
    let token = realm.external_script(cluster, pool, name)?;
    let script = format!("add2tkectl-{cluster}-{pool}");
    let network = if input.flag("Internal")? { "cos-internal" } else { "cos" };
    let region = &context.region;
    let link = format!("https://tke-external-node-{region}.{network}.{region}.tencentcos.cn/{script}");
    let options = [("-n", name), ("-i", interface)];
    let options: String = options.iter().filter_map(|(key, word)| Some(format!(" {key} {}", (*word)?))).collect();
    let command = format!(
        "wget --header=\"x-cos-token: {token}\" \"{link}\" -O {script} && chmod +x {script} && ./{script} install{options}"
    );
    Ok(json!({"Link": link, "Token": token, "Command": command}))
}

pub(super) fn describe_external_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let pool = input.filled("NodePoolId")?;
    if let Some(pool) = pool {
        cluster.external_pool(pool).map_err(|fault| invalid(fault.message))?;
    }
    let names = input.some_texts("Names")?;
    let wanted = |node: &&Node| {
        // A machine is seen once its kubelet has registered it.
        node.state == State::Running && names.as_ref().is_none_or(|names| names.contains(&node.name))
    };
    let nodes: Vec<Value> = cluster.external_nodes(pool).filter(wanted).map(node_json).collect();
    Ok(json!({"TotalCount": nodes.len(), "Nodes": nodes}))
}

fn node_json(node: &Node) -> Value {
    let status = ExternalStatus::of(node);
    let name = match status {
        ExternalStatus::Running => "Running",
        ExternalStatus::Failed => "Failed",
        ExternalStatus::Terminating => "Terminating",
        ExternalStatus::Draining => "Draining",
    };
    json!({
        "Name": node.name, "NodePoolId": node.external_pool, "IP": node.ip, "Location": node.zone, "Status": name,
        "CreatedTime": iso(node.created),
        "Reason": if status == ExternalStatus::Failed { "NodeStatusUnknown" } else { "" },
        "Unschedulable": node.cordoned,
    })
}

pub(super) fn drain_external_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.drain_external_node(input.required("ClusterId")?, input.required("Name")?)?;
    Ok(json!({}))
}

pub(super) fn delete_external_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (cluster, names) = (input.required("ClusterId")?, input.texts("Names")?);
    realm.delete_external_nodes(cluster, &names, input.flag("Force")?).map_err(|fault| match fault.reason {
        Reason::NoPart => invalid(fault.message),
        _ => fault,
    })?;
    Ok(json!({}))
}
