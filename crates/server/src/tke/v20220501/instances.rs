//! All nodes of a cluster: those of the machine service, native ones, virtual ones.

use super::spec_json::{instance_state, native_node_json};
use super::{Answer, Filter, filters, select};
use crate::handler::Context;
use crate::input::{Input, invalid};
use crate::tke::nodes::{failed_reason, has_labels, state_name};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::cluster::nodes::{Node, Role};
use wharf_world::kernel::time::{go, local};
use wharf_world::kernel::violation::Outcome;
use wharf_world::kubernetes::virtual_nodes::VirtualNode;
use wharf_world::tke::Tke;
use wharf_world::tke::native::NativeMachine;

/// A node of any kind.
#[derive(Clone, Copy)]
enum Listed<'a> {
    Regular(&'a Node),
    Native(&'a Node, &'a NativeMachine),
    Super(&'a VirtualNode),
}

impl Listed<'_> {
    fn id(&self) -> &str {
        match self {
            Self::Regular(node) | Self::Native(node, _) => &node.machine,
            Self::Super(node) => &node.name,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Regular(_) => "Regular",
            Self::Native(..) => "Native",
            Self::Super(_) => "Super",
        }
    }

    fn address(&self) -> &str {
        match self {
            Self::Regular(node) | Self::Native(node, _) => &node.ip,
            Self::Super(node) => &node.address,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Regular(node) | Self::Native(node, _) => &node.machine_name,
            Self::Super(node) => &node.name,
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Self::Regular(node) => state_name(node),
            Self::Native(node, machine) => instance_state(machine, Some(node)),
            Self::Super(node) if node.leaving => "deleting",
            Self::Super(node) if node.ready => "running",
            Self::Super(_) => "initializing",
        }
    }

    fn created(&self) -> u64 {
        match self {
            Self::Regular(node) | Self::Native(node, _) => node.created,
            Self::Super(node) => node.created,
        }
    }

    /// The pool, with its name.
    fn pool(&self, cluster: &Cluster) -> (String, String) {
        match self {
            Self::Regular(_) => (String::new(), String::new()),
            Self::Native(_, machine) => {
                let name = cluster.native_pool(&machine.pool).map(|pool| pool.name.clone());
                (machine.pool.clone(), name.unwrap_or_default())
            }
            Self::Super(node) => {
                (node.pool.clone(), cluster.pools.get(&node.pool).map(|pool| pool.name.clone()).unwrap_or_default())
            }
        }
    }

    fn cordoned(&self, cluster: &Cluster) -> bool {
        match self {
            Self::Regular(node) | Self::Native(node, _) => node.cordoned,
            Self::Super(node) => node.cordoned || cluster.pools.get(&node.pool).is_some_and(|pool| pool.unschedulable),
        }
    }
}

pub(super) fn describe_cluster_instances(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let real = cluster.nodes.iter().map(|node| match cluster.native_machine(&node.machine) {
        Ok(machine) => Listed::Native(node, machine),
        Err(_) => Listed::Regular(node),
    });
    let nodes = real.chain(cluster.virtual_nodes.iter().map(Listed::Super));
    let passes = |node: &Listed<'_>, filter: &Filter<'_>| passes(cluster, *node, filter);
    let mut nodes = select(nodes, &filters(input, "Filters")?, passes)?;
    sort(&mut nodes, input.within("SortBy")?)?;
    let tags = input.flag("NeedTags")?;
    let (total, nodes) = input.page_of_some()?.of(nodes);
    let nodes: Vec<Value> = nodes.into_iter().map(|node| instance_json(&realm, cluster, node, tags)).collect();
    Ok(json!({"TotalCount": total, "InstanceSet": nodes, "Errors": []}))
}

fn passes(cluster: &Cluster, node: Listed<'_>, filter: &Filter<'_>) -> Outcome<bool> {
    Ok(match filter.name {
        "InstanceIds" => filter.has(node.id()),
        "InstanceType" => filter.has(node.kind()),
        "VagueIpAddress" => filter.is_in(node.address()),
        "VagueInstanceName" => filter.is_in(node.name()),
        "InstanceStates" => filter.has(node.state()),
        "Unschedulable" => filter.has(if node.cordoned(cluster) { "true" } else { "false" }),
        "NodePoolIds" => filter.has(&node.pool(cluster).0),
        "NodePoolNames" => filter.has(&node.pool(cluster).1),
        "Labels" => match node {
            Listed::Regular(node) | Listed::Native(node, _) => filter.values.iter().any(|term| has_labels(node, term)),
            Listed::Super(node) => {
                let labels = cluster.pools.get(&node.pool).map(|pool| pool.labels.clone()).unwrap_or_default();
                labels.iter().any(|(key, value)| filter.has(key) || filter.has(&format!("{key}={value}")))
            }
        },
        _ => return filter.unknown("nodes"),
    })
}

/// Sorts the nodes, if that is asked for.
fn sort(nodes: &mut [Listed<'_>], by: Input<'_>) -> Outcome<()> {
    let descending = by.one_of("OrderType", &["asc", "desc"])? == Some("desc");
    match by.filled("FieldName")? {
        None => return Ok(()),
        Some("CreatedTime") => nodes.sort_by_key(Listed::created),
        Some("InstanceId") => nodes.sort_by(|one, other| one.id().cmp(other.id())),
        Some(other) => return Err(invalid(format!("SortBy.FieldName is CreatedTime or InstanceId, not {other}"))),
    }
    if descending {
        nodes.reverse();
    }
    Ok(())
}

fn instance_json(realm: &Tke<'_>, cluster: &Cluster, node: Listed<'_>, tags: bool) -> Value {
    let (regular, native, of_super, reason, role) = match node {
        Listed::Regular(node) => {
            let reason = if node.is_ready() { "=Ready:True".to_owned() } else { failed_reason(node) };
            (regular_json(cluster, node, tags), Value::Null, Value::Null, reason, node.role)
        }
        Listed::Native(node, machine) => {
            let reason = if node.is_ready() { "=".to_owned() } else { failed_reason(node) };
            let reason = machine.failure.clone().unwrap_or(reason);
            (Value::Null, native_node_json(realm, cluster, machine, tags), Value::Null, reason, node.role)
        }
        Listed::Super(node) => (Value::Null, Value::Null, super_json(cluster, node), String::new(), Role::Worker),
    };
    json!({
        "InstanceId": node.id(), "InstanceRole": if role == Role::Master { "MASTER_ETCD" } else { "WORKER" },
        "FailedReason": reason, "InstanceState": node.state(), "Unschedulable": node.cordoned(cluster),
        "CreatedTime": go(node.created()), "LanIP": node.address(), "NodePoolId": node.pool(cluster).0,
        "Native": native, "Regular": regular, "Super": of_super, "External": null, "NodeType": node.kind(),
    })
}

fn regular_json(cluster: &Cluster, node: &Node, tags: bool) -> Value {
    let given = Input(&node.settings.given);
    let script = |name: &str| given.text(name).ok().flatten().unwrap_or("");
    let pods = given.number("DesiredPodNumber").ok().flatten().unwrap_or(cluster.max_pods as i64);
    let kubelet = given.within("ExtraArgs").and_then(|args| args.texts("Kubelet")).unwrap_or_default();
    let mut shown = json!({
        "AutoscalingGroupId": node.group.as_deref().unwrap_or(""),
        "InstanceAdvancedSettings": {
            "DesiredPodNumber": pods, "PreStartUserScript": script("PreStartUserScript"),
            "UserScript": script("UserScript"), "ExtraArgs": {"Kubelet": kubelet},
            "RuntimeConfig": {"RuntimeType": cluster.runtime, "RuntimeVersion": null, "RuntimeRootDir": null},
        },
    });
    if tags {
        shown["Tags"] = json!([]);
    }
    shown
}

fn super_json(cluster: &Cluster, node: &VirtualNode) -> Value {
    let pods = cluster.kubernetes.pods.iter();
    let here = pods.filter(|pod| pod.node.as_deref() == Some(&node.name) && pod.finished.is_none());
    let (cpu, memory) = here.fold((0, 0), |sum, pod| (sum.0 + pod.request.cpu, sum.1 + pod.request.memory));
    json!({
        "Name": node.name, "NodeName": node.name, "Zone": node.zone, "VpcId": cluster.network,
        "SubnetId": node.subnet, "UsedCPU": cpu as f64 / 1_000.0, "UsedMemory": memory as f64 / f64::from(1 << 30),
        "ActiveAt": local(node.created), "AutoRenewFlag": null, "ResourceType": null, "CPU": null, "Memory": null,
        "ExpireAt": null, "MaxCPUScheduledPod": null, "InstanceAttribute": null,
    })
}
