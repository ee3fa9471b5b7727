//! All nodes of a cluster: those of the machine service, native ones, virtual ones.

use super::pools::advanced_json;
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
    External(&'a Node),
    Native(&'a Node, &'a NativeMachine),
    Super(&'a VirtualNode),
}

impl Listed<'_> {
    fn id(&self) -> &str {
        match self {
            Self::Regular(node) | Self::External(node) | Self::Native(node, _) => &node.machine,
            Self::Super(node) => &node.name,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Regular(_) => "Regular",
            Self::External(_) => "External",
            Self::Native(..) => "Native",
            Self::Super(_) => "Super",
        }
    }

    fn address(&self) -> &str {
        match self {
            Self::Regular(node) | Self::External(node) | Self::Native(node, _) => &node.ip,
            Self::Super(node) => &node.address,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Regular(node) | Self::External(node) | Self::Native(node, _) => &node.machine_name,
            Self::Super(node) => &node.name,
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Self::Regular(node) | Self::External(node) => state_name(node),
            Self::Native(node, machine) => instance_state(machine, Some(node)),
            Self::Super(node) if node.leaving => "deleting",
            Self::Super(node) if node.ready => "running",
            Self::Super(_) => "initializing",
        }
    }

    fn created(&self) -> u64 {
        match self {
            Self::Regular(node) | Self::External(node) | Self::Native(node, _) => node.created,
            Self::Super(node) => node.created,
        }
    }

    /// The pool, with its name.
    fn pool(&self, cluster: &Cluster) -> (String, String) {
        match self {
            Self::Regular(node) => {
                cluster.pool_of(node).map(|pool| (pool.id.clone(), pool.name.clone())).unwrap_or_default()
            }
            Self::External(node) => {
                let pool = node.external_pool.as_ref().and_then(|pool| cluster.tke().external.pools.get(pool));
                pool.map(|pool| (pool.id.clone(), pool.name.clone())).unwrap_or_default()
            }
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
            Self::Regular(node) | Self::External(node) | Self::Native(node, _) => node.cordoned,
            Self::Super(node) => node.cordoned || cluster.pools.get(&node.pool).is_some_and(|pool| pool.unschedulable),
        }
    }
}

pub(super) fn describe_cluster_instances(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let real = cluster.nodes.iter().map(|node| match cluster.native_machine(&node.machine) {
        Ok(machine) => Listed::Native(node, machine),
        Err(_) if node.external_pool.is_some() => Listed::External(node),
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
            Listed::Regular(node) | Listed::External(node) | Listed::Native(node, _) => {
                filter.values.iter().any(|term| has_labels(node, term))
            }
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
    let own = own_json(realm, cluster, node, tags);
    let part = |kind: &str| if node.kind() == kind { own.clone() } else { Value::Null };
    let (reason, role) = match node {
        Listed::Regular(node) | Listed::External(node) => {
            (if node.is_ready() { "=Ready:True".to_owned() } else { failed_reason(node) }, node.role)
        }
        Listed::Native(node, machine) => {
            let reason = match &node.outage {
                Some(outage) => format!("=Ready:{}", outage.message),
                None if node.is_ready() => "=".to_owned(),
                None => failed_reason(node),
            };
            (machine.failure.clone().unwrap_or(reason), node.role)
        }
        Listed::Super(_) => (String::new(), Role::Worker),
    };
    json!({
        "InstanceId": node.id(), "InstanceRole": if role == Role::Master { "MASTER_ETCD" } else { "WORKER" },
        "FailedReason": reason, "InstanceState": node.state(), "Unschedulable": node.cordoned(cluster),
        "CreatedTime": go(node.created()), "LanIP": node.address(), "NodePoolId": node.pool(cluster).0,
        "Native": part("Native"), "Regular": part("Regular"), "Super": part("Super"), "External": part("External"),
        "NodeType": node.kind(),
    })
}

/// The part of a node that only those of its kind have.
fn own_json(realm: &Tke<'_>, cluster: &Cluster, node: Listed<'_>, tags: bool) -> Value {
    match node {
        Listed::Regular(node) => regular_json(cluster, node, tags),
        Listed::External(node) => json!({
            "Name": node.name, "CPU": node.size.cores, "Memory": node.size.memory, "K8SVersion": cluster.release,
        }),
        Listed::Native(_, machine) => native_node_json(realm, cluster, machine, tags),
        Listed::Super(node) => super_json(cluster, node),
    }
}

fn regular_json(cluster: &Cluster, node: &Node, tags: bool) -> Value {
    let pool = cluster.pool_of(node);
    let (kind, version) = pool.map_or((cluster.runtime.as_str(), ""), |pool| (&pool.runtime.0, &pool.runtime.1));
    let mut shown = json!({
        "AutoscalingGroupId": node.group.as_deref().unwrap_or(""),
        "InstanceAdvancedSettings": advanced_json(cluster, &node.settings, kind, version),
    });
    if tags {
        let tags = pool.iter().flat_map(|pool| &pool.tags).map(|(key, value)| json!({"Key": key, "Value": value}));
        shown["Tags"] = tags.collect();
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
