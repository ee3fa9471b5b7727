//! Node pools: create, read, change, delete.

use super::Answer;
use super::answer::{list, masked, resource};
use super::input::{Input, check_labels, check_name, check_taints, invalid};
use super::nodes::default_pool;
use super::placement::Purpose;
use super::servers::servers;
use crate::handler::Context;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use wharf_world::World;
use wharf_world::cce::Cce;
use wharf_world::cce::nodes::CceNodePhase;
use wharf_world::cce::pools::{NodePool, NodePoolChange, NodePoolPhase, POOL_LABEL};
use wharf_world::cce::upgrades::DEFAULT_POOL;
use wharf_world::kernel::violation::Outcome;

/// The one kind of nodes that pools are made of.
const KIND: &str = "vm";
/// Members that stay as they were when the pool was made.
const SETTLED: [&str; 3] = ["type", "nodeManagement", "faultDomain"];
const SETTLED_IN_TEMPLATE: [&str; 16] = [
    "flavor",
    "az",
    "os",
    "login",
    "rootVolume",
    "dataVolumes",
    "publicIP",
    "nodeNicSpec",
    "billingMode",
    "count",
    "userTags",
    "faultDomain",
    "extendParam",
    // A pool never shows these.
    "ecsGroupId",
    "dedicatedHostId",
    "offloadNode",
];

pub(super) fn create_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (metadata, spec) = (input.within("metadata")?, input.within("spec")?);
    let name = metadata.required("name")?;
    check_pool_name(name)?;
    spec.one_of("type", &[KIND])?;
    let cluster = input.required("cluster_id")?;
    let mut realm = world.cce(&context.account, &context.region);
    check_autoscaling(&realm, cluster, spec.within("autoscaling")?)?;
    let grouped = spec.within("nodeManagement")?.filled("serverGroupReference")?.is_some();
    if spec.filled("faultDomain")?.is_some() && !grouped {
        return Err(invalid("faultDomain needs a server group, in nodeManagement.serverGroupReference"));
    }
    let template = servers(spec.within("nodeTemplate")?, Purpose::Pool { grouped })?;
    let mut order = spec.0.clone();
    order.insert("nodeTemplate".to_owned(), Value::Object(masked(spec.within("nodeTemplate")?.0)));
    let id = realm.order_node_pool(cluster, name, wanted(spec)?, template, order)?;
    pool_json(&realm, cluster, &id)
}

fn wanted(spec: Input<'_>) -> Outcome<usize> {
    let count = spec.number("initialNodeCount")?.unwrap_or(0);
    usize::try_from(count).map_err(|_| invalid(format!("initialNodeCount is at least 0, not {count}")))
}

fn check_pool_name(name: &str) -> Outcome<()> {
    if name == DEFAULT_POOL {
        return Err(invalid(format!("no node pool can be called {DEFAULT_POOL}")));
    }
    check_name("node pool", name, 1, 50)
}

fn check_autoscaling(realm: &Cce<'_>, cluster: &str, scaling: Input<'_>) -> Outcome<()> {
    let limit = realm.realm.hosted(cluster)?.1.plane.nodes as i64;
    for name in ["minNodeCount", "maxNodeCount", "scaleDownCooldownTime"] {
        if scaling.number(name)?.is_some_and(|number| number < 0) {
            return Err(invalid(format!("autoscaling.{name} is not below 0")));
        }
    }
    let least = scaling.number("minNodeCount")?.unwrap_or(0);
    let most = scaling.number("maxNodeCount")?;
    if scaling.flag("enable")? && (least > limit || most.is_some_and(|most| most < least || most > limit)) {
        let message = format!("autoscaling takes 0 <= minNodeCount <= maxNodeCount <= {limit}, the cluster's limit");
        return Err(invalid(message));
    }
    Ok(())
}

/// Whether the values that an update cannot change are those of the pool.
fn check_settled(place: &str, given: Input<'_>, shown: &Value, settled: &[&str]) -> Outcome<()> {
    let is_blank = |value: &Value| value == "" || value == &json!({}) || value == &json!([]);
    let changed = |name: &&&str| {
        let value = given.0.get(**name).filter(|value| !value.is_null() && !is_blank(value));
        value.is_some_and(|value| *value != shown[**name])
    };
    match settled.iter().find(changed) {
        Some(name) => Err(invalid(format!("{place}.{name} of a node pool cannot be changed"))),
        None => Ok(()),
    }
}

pub(super) fn get_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    pool_json(&realm, input.required("cluster_id")?, input.required("nodepool_id")?)
}

pub(super) fn list_node_pools(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    realm.meet_members(cluster)?;
    let pools = realm.realm.cce.pools.iter().filter(|pool| pool.cluster == cluster);
    let mut items: Vec<Value> = pools.map(|pool| json_of(&realm, pool)).collect();
    if input.text("showDefaultNodePool")? == Some("true") {
        items.extend(default_pools(&realm, cluster));
    }
    Ok(list("List", items))
}

/// The nodes outside of all pools, by zone, flavor and operating system.
fn default_pools(realm: &Cce<'_>, cluster: &str) -> Vec<Value> {
    let mut kinds: BTreeMap<String, (Value, usize)> = BTreeMap::new();
    for member in realm.realm.members_of(cluster).filter(|member| member.pool.is_none()) {
        let Some(server) = realm.realm.server(member) else { continue };
        if realm.realm.member_phase(member, realm.now) == CceNodePhase::Leaving {
            continue;
        }
        let name = default_pool(server);
        let template = json!({
            "flavor": server.instance_type, "az": server.zone, "os": server.os, "login": {"userPassword": {}},
            "rootVolume": {}, "publicIP": {"eip": {"bandwidth": {}}}, "billingMode": 0,
        });
        kinds.entry(name).or_insert((template, 0)).1 += 1;
    }
    let pools = kinds.into_iter().map(|(name, (template, count))| {
        let metadata = json!({"name": name, "uid": name});
        let spec = json!({"nodeTemplate": template, "autoscaling": {}});
        resource("NodePool", metadata, spec, json!({"currentNode": count, "phase": ""}))
    });
    pools.collect()
}

pub(super) fn update_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let (cluster, id) = (input.required("cluster_id")?, input.required("nodepool_id")?);
    input.one_of("kind", &["NodePool"])?;
    input.one_of("apiVersion", &["v3"])?;
    let (spec, metadata) = (input.within("spec")?, input.within("metadata")?);
    let template = spec.within("nodeTemplate")?;
    let shown = pool_json(&realm, cluster, id)?;
    if let Some(name) = metadata.filled("name")? {
        check_pool_name(name)?;
        check_settled("metadata", metadata, &shown["metadata"], &["name"])?;
    }
    check_settled("spec", spec, &shown["spec"], &SETTLED)?;
    check_settled("spec.nodeTemplate", template, &shown["spec"]["nodeTemplate"], &SETTLED_IN_TEMPLATE)?;
    let mut scaling = Input(&realm.realm.node_pool(cluster, id)?.order).members("autoscaling")?;
    scaling.extend(spec.members("autoscaling")?);
    check_autoscaling(&realm, cluster, Input(&scaling))?;
    check_taints(template)?;
    let mut kube_labels = template.some_map("k8sTags")?;
    if let Some(labels) = &mut kube_labels {
        // It is shown with the others and belongs to the pool.
        labels.remove(POOL_LABEL);
        check_labels(labels)?;
    }
    let mut order = Map::new();
    for name in ["initialNodeCount", "autoscaling"] {
        order.extend(spec.0.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    let mut changed = template.0.clone();
    changed.retain(|name, _| matches!(name.as_str(), "k8sTags" | "taints"));
    order.insert("nodeTemplate".to_owned(), Value::Object(changed));
    realm.change_node_pool(cluster, id, NodePoolChange { wanted: wanted(spec)?, kube_labels, order })?;
    pool_json(&realm, cluster, id)
}

pub(super) fn delete_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let (cluster, id) = (input.required("cluster_id")?, input.required("nodepool_id")?);
    realm.drop_node_pool(cluster, id)?;
    pool_json(&realm, cluster, id)
}

fn pool_json(realm: &Cce<'_>, cluster: &str, id: &str) -> Answer {
    realm.realm.hosted(cluster)?;
    Ok(json_of(realm, realm.realm.node_pool(cluster, id)?))
}

pub(super) fn phase_name(phase: NodePoolPhase) -> &'static str {
    match phase {
        NodePoolPhase::Normal => "",
        NodePoolPhase::Synchronizing => "Synchronizing",
        NodePoolPhase::SoldOut => "SoldOut",
        NodePoolPhase::Error => "Error",
        NodePoolPhase::Deleting => "Deleting",
    }
}

fn json_of(realm: &Cce<'_>, pool: &NodePool) -> Value {
    let phase = phase_name(realm.realm.pool_phase(pool, realm.now));
    let size = realm.realm.pool_size(pool, realm.now);
    let counts = realm.realm.node_pool_counts(pool, realm.now);
    // All nodes are paid by their use.
    let by_use = |count: usize| json!({"postPaid": count, "prePaid": 0, "total": count});
    let mut status = json!({
        "currentNode": size, "phase": phase, "creatingNode": counts.creating, "deletingNode": counts.leaving,
        "activeNode": counts.active, "configurationSyncedNodeCount": counts.up_to_date,
        "scaleGroupStatuses": [{
            "name": "default", "phase": phase, "desiredNodeCount": pool.wanted, "activeNodeCount": counts.active,
            "existingNodeCount": by_use(size - counts.creating.min(size)), "upcomingNodeCount": by_use(counts.creating),
            "scaleDownDisabledNodeCount": counts.locked,
        }],
    });
    if let Some(job) = &pool.job {
        status["jobId"] = json!(job);
    }
    let mut spec = pool.order.clone();
    spec.insert("initialNodeCount".to_owned(), json!(pool.wanted));
    for (name, value) in [("type", json!(KIND)), ("autoscaling", json!({})), ("nodeManagement", json!({}))] {
        spec.entry(name).or_insert(value);
    }
    if let Some(Value::Object(template)) = spec.get_mut("nodeTemplate") {
        template.entry("billingMode").or_insert(json!(0));
        template.insert("k8sTags".to_owned(), json!(pool.kube_labels()));
    }
    resource("NodePool", json!({"name": pool.name, "uid": pool.id}), Value::Object(spec), status)
}
