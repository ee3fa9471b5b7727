//! Nodes: add, list, remove, drain.

use super::Answer;
use super::clusters::keeps_machines;
use super::equipment::{agents, renewal};
use super::machines::{check_login, filter, purchase};
use super::node_settings::{check_path, check_script, settings, settings_json};
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Map, Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::cluster::existing::{Joined, Refit, unusable};
use wharf_world::cluster::nodes::{Drain, Node, NodeSettings, Role, State};
use wharf_world::cluster::outages::Outage;
use wharf_world::infra::machines::Machine;
use wharf_world::infra::offers::find_image;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::PodRef;

/// Most machines that can be asked for by identifier.
const MOST_IDS: usize = 100;

pub(super) fn create_cluster_instances(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let cluster = input.required("ClusterId")?;
    realm.running_cluster(cluster)?;
    check_skipped(input, &["GlobalRouteCIDRCheck", "VpcCniCIDRCheck"])?;
    let purchase = purchase(&realm, &input.document("RunInstancePara")?)?;
    let settings = settings(input.within("InstanceAdvancedSettings")?)?;
    Ok(json!({"InstanceIdSet": realm.add_new_nodes(cluster, &purchase, &settings)?}))
}

pub(super) fn add_cluster_instances(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    let cluster = realm.running_cluster(id)?;
    let image = input.filled("OsName")?.map(|os| find_image(os, cluster.arm)).transpose()?;
    let purchase = purchase(&realm, &input.document("CvmRunInstances")?)?;
    let mut given = Map::new();
    for name in ["MountTarget", "DockerGraphPath", "UserScript"] {
        if let Some(first) = input.texts(name)?.into_iter().next() {
            given.insert(name.to_owned(), json!(first));
        }
    }
    let unschedulable = input.number("Unschedulable")?.unwrap_or(0);
    given.insert("Unschedulable".to_owned(), json!(unschedulable));
    check_script(Input(&given), "UserScript")?;
    for name in ["MountTarget", "DockerGraphPath"] {
        check_path(Input(&given), name)?;
    }
    let settings = NodeSettings { cordoned: unschedulable != 0, given, ..NodeSettings::default() };
    // The operating system of a cluster without nodes can still be chosen; later nodes get the cluster's.
    let image = image.filter(|_| realm.cluster(id).is_ok_and(|cluster| cluster.nodes.is_empty()));
    let before = realm.cluster(id).map(|cluster| (cluster.os.clone(), cluster.image.clone()))?;
    if let Some(image) = image {
        realm.cluster_mut(id)?.install((image.os.to_owned(), image.id.to_owned()));
    }
    let added = realm.add_new_nodes(id, &purchase, &settings);
    if added.is_err() {
        realm.cluster_mut(id)?.install(before);
    }
    Ok(json!({"InstanceIdSet": added?}))
}

/// The checks to skip. The number of nodes that the range of the cluster has blocks for always holds.
fn check_skipped(input: Input<'_>, known: &[&str]) -> Outcome<()> {
    for name in input.texts("SkipValidateOptions")? {
        if !known.contains(&name.as_str()) {
            return Err(Reason::Invalid.because(format!("SkipValidateOptions has {}, not {name}", known.join(", "))));
        }
        if name == "GlobalRouteCIDRCheck" {
            let message = "SkipValidateOptions GlobalRouteCIDRCheck: a node without a block of addresses cannot join";
            return Err(Reason::Unsupported.because(message));
        }
    }
    Ok(())
}

/// What existing machines get when they join.
fn refit(input: Input<'_>, arm: bool) -> Outcome<Refit> {
    if input.filled("NodeType")?.is_some() {
        return Err(Reason::Unsupported.because("NodeType: existing machines become ordinary nodes alone"));
    }
    let security_groups = input.texts("SecurityGroupIds")?;
    if security_groups.len() > 1 {
        return Err(Reason::Invalid.because("SecurityGroupIds takes a single group"));
    }
    let image = input.filled("ImageId")?.map(|image| find_image(image, arm)).transpose()?;
    Ok(Refit {
        agents: input.structure("EnhancedService")?.map(agents).transpose()?,
        security_groups,
        tags: input.pairs("Tags", "Key", "Value")?,
        renewal: renewal(input)?,
        os: image.map(|image| image.os.to_owned()),
    })
}

pub(super) fn add_existed_instances(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let cluster = input.required("ClusterId")?;
    check_skipped(input, &["GlobalRouteCIDRCheck", "VpcCniCIDRCheck"])?;
    check_login(input.within("LoginSettings")?)?;
    let refit = refit(input, realm.running_cluster(cluster)?.arm)?;
    let usual = settings(input.within("InstanceAdvancedSettings")?)?;
    let own = input.structures("InstanceAdvancedSettingsOverrides")?.into_iter().map(settings);
    let own = own.collect::<Outcome<Vec<NodeSettings>>>()?;
    let machines = input.texts("InstanceIds")?;
    if own.len() > machines.len() {
        return Err(
            Reason::Invalid.because("InstanceAdvancedSettingsOverrides has at most as many items as InstanceIds")
        );
    }
    let pool = pool_to_join(input)?;
    let mut result = Joined::default();
    let (alone, rest) = machines.split_at(own.len());
    let mut batches: Vec<(&[String], &NodeSettings)> = alone.chunks(1).zip(&own).collect();
    if !rest.is_empty() || machines.is_empty() {
        batches.push((rest, &usual));
    }
    for (batch, settings) in batches {
        let settings = NodeSettings { os: refit.os.clone(), ..settings.clone() };
        let host_name = input.filled("HostName")?;
        let joined = match pool {
            Some((pool, inherits)) => {
                realm.add_existing_to_pool(cluster, pool, batch, host_name, &settings, inherits)?
            }
            None => realm.add_existing_nodes(cluster, batch, host_name, &settings)?,
        };
        result.joined.extend(joined.joined);
        result.refused.extend(joined.refused);
        result.reasons.extend(joined.reasons);
    }
    realm.refit(&result.joined, &refit);
    Ok(json!({
        "FailedInstanceIds": result.refused, "SuccInstanceIds": result.joined, "TimeoutInstanceIds": [],
        "FailedReasons": result.reasons,
    }))
}

/// The pool that existing machines are to join, and whether they take its settings.
fn pool_to_join(input: Input<'_>) -> Outcome<Option<(&str, bool)>> {
    let option = input.within("NodePool")?;
    if !option.flag("AddToNodePool")? {
        return Ok(None);
    }
    Ok(Some((option.required("NodePoolId")?, option.flag("InheritConfigurationFromNodePool")?)))
}

pub(super) fn delete_cluster_instances(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    // Nothing is said about a missing mode; keeping the machines is what can be taken back.
    let keep = keeps_machines(input.filled("InstanceDeleteMode")?.unwrap_or("retain"))?;
    let machines = input.texts("InstanceIds")?;
    if machines.is_empty() {
        return Err(Reason::Invalid.because("InstanceIds must name at least one node"));
    }
    let mut realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    if let Some(name) = machines.iter().find(|name| keep && cluster.native_machine(name).is_ok()) {
        let message = format!("the machine of the native node {name} cannot be kept: InstanceDeleteMode is terminate");
        return Err(Reason::Unsupported.because(message));
    }
    let removal = realm.remove_nodes(input.required("ClusterId")?, &machines, keep, input.flag("ForceDelete")?)?;
    Ok(json!({
        "SuccInstanceIds": removal.removed, "FailedInstanceIds": removal.refused, "NotFoundInstanceIds": removal.unknown,
    }))
}

/// Whether a node has the role of that name.
fn has_role(node: &Node, name: &str) -> Outcome<bool> {
    match name {
        "ALL" => Ok(true),
        "WORKER" => Ok(node.role == Role::Worker),
        "MASTER_ETCD" | "MASTER" | "ETCD" => Ok(node.role == Role::Master),
        other => Err(Reason::Invalid.because(format!("InstanceRole {other} is not known"))),
    }
}

pub(super) fn state_name(node: &Node) -> &'static str {
    match node.state {
        _ if node.outage.as_ref().is_some_and(Outage::is_installation) => "initializing",
        State::Initializing => "initializing",
        State::Running if node.is_ready() => "running",
        State::Running | State::Failed => "failed",
    }
}

/// Whether the node came into its pool in the way of that name.
fn joined_by(node: &Node, in_pool: bool, way: &str) -> Outcome<bool> {
    match way {
        "ALL" => Ok(in_pool),
        "MANUALLY_ADDED" => Ok(in_pool && node.group.is_none()),
        "AUTOSCALING_ADDED" => Ok(in_pool && node.group.is_some()),
        other => Err(Reason::Invalid.because(format!("nodepool-instance-type {other} is not known"))),
    }
}

fn passes(cluster: &Cluster, node: &Node, filters: &[Input<'_>]) -> Outcome<bool> {
    let pool = cluster.pool_of(node);
    for filter in filters {
        let name = filter.required("Name")?;
        let mut passes = false;
        for value in filter.texts("Values")? {
            passes |= match name {
                "instance-id" => node.machine == value,
                "instance-state" => state_name(node) == value,
                "instance-role" => has_role(node, &value)?,
                "autoscaling-group-id" => node.group.as_deref() == Some(value.as_str()),
                "nodepool-id" => pool.is_some_and(|pool| pool.id == value),
                "nodepool-instance-type" => joined_by(node, pool.is_some(), &value)?,
                other => return Err(Reason::Invalid.because(format!("nodes cannot be filtered by {other}"))),
            };
        }
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The items for which the test holds; the first test that cannot be made ends it.
fn select<'a, T>(items: impl Iterator<Item = &'a T>, test: impl Fn(&T) -> Outcome<bool>) -> Outcome<Vec<&'a T>> {
    let mut selected = Vec::new();
    for item in items {
        if test(item)? {
            selected.push(item);
        }
    }
    Ok(selected)
}

pub(super) fn describe_cluster_instances(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let (ids, role) = (input.some_texts("InstanceIds")?, input.filled("InstanceRole")?.unwrap_or("ALL"));
    let filters = input.structures("Filters")?;
    let nodes = select(in_cloud(cluster), |node| {
        let named = ids.as_ref().is_none_or(|ids| ids.contains(&node.machine));
        Ok(named && has_role(node, role)? && passes(cluster, node, &filters)?)
    })?;
    let (total, nodes) = input.page()?.shown(nodes, |node| node_json(cluster, node));
    Ok(json!({"TotalCount": total, "InstanceSet": nodes}))
}

/// The nodes on machines of the cloud.
fn in_cloud(cluster: &Cluster) -> impl Iterator<Item = &Node> {
    cluster.nodes.iter().filter(|node| node.external_pool.is_none())
}

fn node_json(cluster: &Cluster, node: &Node) -> Value {
    let native = cluster.native_machine(&node.machine).ok().map(|machine| &machine.pool);
    let drain = match node.drain {
        Drain::Not => "",
        Drain::Draining => "draining",
        Drain::Drained => "drained",
    };
    json!({
        "InstanceId": node.machine, "InstanceRole": if node.role == Role::Master { "MASTER_ETCD" } else { "WORKER" },
        "FailedReason": failed_reason(node), "LanIP": node.ip,
        "NodePoolId": native.or(cluster.pool_of(node).map(|pool| &pool.id)).map_or("", String::as_str),
        "AutoscalingGroupId": node.group.as_deref().filter(|_| native.is_none()).unwrap_or(""),
        "InstanceState": state_name(node), "DrainStatus": drain,
        "InstanceAdvancedSettings": settings_json(&node.settings), "CreatedTime": iso(node.created),
    })
}

/// Why a node does not run.
pub(super) fn failed_reason(node: &Node) -> String {
    match (&node.outage, node.state) {
        (_, State::Initializing) => "=Ready:Installing".to_owned(),
        (Some(outage), _) if outage.is_installation() => "=Ready:Installing".to_owned(),
        (Some(outage), State::Failed) => outage.message.clone(),
        (Some(outage), _) => format!("=Ready:{}", outage.status()),
        (None, _) => String::new(),
    }
}

pub(super) fn describe_cluster_instance_ids(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let role = input.filled("InstanceRole")?.unwrap_or("WORKER");
    let (address, name) = (input.filled("VagueIpAddress")?, input.filled("VagueInstanceName")?);
    let (states, labels) = (input.some_texts("InstanceStates")?, input.text("Labels")?.unwrap_or(""));
    let nodes = select(in_cloud(cluster), |node| {
        let addresses = [Some(&node.ip), node.public_ip.as_ref()];
        let here = address.is_none_or(|part| addresses.into_iter().flatten().any(|there| there.contains(part)));
        let named = name.is_none_or(|part| node.machine_name.contains(part));
        let state = states.as_ref().is_none_or(|states| states.iter().any(|state| state == state_name(node)));
        Ok(has_role(node, role)? && here && named && state && has_labels(node, labels))
    })?;
    let (total, nodes) = input.page()?.of(nodes);
    let ids: Vec<&String> = nodes.into_iter().map(|node| &node.machine).collect();
    Ok(json!({"InstanceIdSet": ids, "TotalCount": total}))
}

/// Whether the node has all labels of `key=value,key`.
pub(super) fn has_labels(node: &Node, wanted: &str) -> bool {
    let mut wanted = wanted.split(',').map(str::trim).filter(|term| !term.is_empty());
    wanted.all(|term| match term.split_once('=') {
        Some((key, value)) => node.labels.get(key).is_some_and(|there| there == value),
        None => node.labels.contains_key(term),
    })
}

pub(super) fn describe_existed_instances(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let (cluster, ids) = (input.filled("ClusterId")?, input.some_texts("InstanceIds")?);
    let filters = input.structures("Filters")?;
    if ids.is_some() && (cluster.is_some() || !filters.is_empty()) {
        return Err(Reason::Invalid.because("InstanceIds excludes ClusterId and Filters"));
    }
    if ids.as_ref().is_some_and(|ids| ids.len() > MOST_IDS) {
        return Err(Reason::Invalid.because(format!("InstanceIds names at most {MOST_IDS} machines")));
    }
    if let Some(id) = ids.iter().flatten().find(|id| !realm.realm.machines.contains(id)) {
        return Err(Reason::NoMachine.because(format!("the machine {id} does not exist")));
    }
    let network = cluster.map(|id| realm.cluster(id).map(|cluster| cluster.network.clone())).transpose()?;
    for wanted in filters.iter().filter(|filter| filter.text("Name").ok().flatten() == Some("vpc-id")) {
        if let Some(network) =
            network.as_ref().filter(|network| !wanted.texts("Values").is_ok_and(|v| v.contains(network)))
        {
            return Err(Reason::Invalid.because(format!("the filter vpc-id must be {network}, the cluster's network")));
        }
    }
    let (address, name) = (input.filled("VagueIpAddress")?, input.filled("VagueInstanceName")?);
    let exact = input.some_texts("IpAddresses")?;
    let machines = select(realm.realm.machines.iter(), |machine| {
        let addresses = [Some(&machine.private_ip), machine.public_ip.as_ref()];
        let here = address.is_none_or(|part| addresses.into_iter().flatten().any(|there| there.contains(part)));
        let is_named = |all: &Vec<String>| addresses.into_iter().flatten().any(|there| all.contains(there));
        Ok(!machine.managed
            && network.as_ref().is_none_or(|network| *network == machine.network)
            && exact.as_ref().is_none_or(is_named)
            && ids.as_ref().is_none_or(|ids| ids.contains(&machine.id))
            && here
            && name.is_none_or(|part| machine.name.contains(part))
            && machine_passes(machine, &filters)?)
    })?;
    let group = |machine: &Machine| {
        let cluster = realm.cluster(machine.cluster.as_deref()?).ok()?;
        cluster.nodes.get(&machine.id)?.group.clone()
    };
    let (total, set) = input.page()?.shown(machines, |machine| {
        let mut shown = machine_json(machine, network.as_deref());
        shown["AutoscalingGroupId"] = json!(group(machine).unwrap_or_default());
        shown
    });
    Ok(json!({"ExistedInstanceSet": set, "TotalCount": total}))
}

fn machine_passes(machine: &Machine, filters: &[Input<'_>]) -> Outcome<bool> {
    for wanted in filters {
        let name = wanted.required("Name")?;
        let mut passes = false;
        for value in wanted.texts("Values")? {
            passes |= filter(machine, name, &value)
                .ok_or_else(|| Reason::Invalid.because(format!("machines cannot be filtered by {name}")))?;
        }
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

fn machine_json(machine: &Machine, network: Option<&str>) -> Value {
    let why_not = unusable(machine, network);
    let public: Vec<&String> = machine.public_ip.iter().collect();
    json!({
        "Usable": why_not.is_none(), "UnusableReason": why_not.unwrap_or_default(),
        "AlreadyInCluster": machine.cluster.as_deref().unwrap_or(""), "InstanceId": machine.id,
        "InstanceName": machine.name, "PrivateIpAddresses": [machine.private_ip], "PublicIpAddresses": public,
        "CreatedTime": iso(machine.created), "InstanceChargeType": super::machines::charge_name(machine.charge),
        "CPU": machine.size.cores, "Memory": machine.size.memory, "OsName": machine.os,
        "InstanceType": machine.instance_type, "IPv6Addresses": [],
    })
}

pub(super) fn drain_cluster_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (cluster, machine) = (input.required("ClusterId")?, input.required("InstanceId")?);
    if realm.cluster(cluster)?.external_nodes(None).any(|node| node.machine == machine) {
        return Err(Reason::NoPart.because(format!("the node {machine} is a registered one: see DrainExternalNode")));
    }
    let pods = realm.drain_node(cluster, machine, input.flag("DryRun")?)?;
    Ok(json!({"Pods": pods_json(&pods)}))
}

/// Pods as the wire has them.
pub(super) fn pods_json(pods: &[PodRef]) -> Value {
    let pods = pods.iter().map(|pod| json!({"Name": pod.name, "Namespace": pod.namespace, "NodeIp": pod.node_ip}));
    pods.collect()
}
