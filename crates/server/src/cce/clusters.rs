//! Clusters: create, read, change, delete, put to sleep and wake; and the quota of them.

use super::Answer;
use super::answer::{go_time, list, resource};
use super::control_planes::{check_control_plane, default_mode};
use super::input::{Input, check_name, invalid};
use super::install::{INSTALL, addons_of};
use crate::handler::Context;
use serde_json::{Value, json};
use wharf_world::cce::Cce;
use wharf_world::cce::clusters::{CceCluster, NewCceCluster, Phase};
use wharf_world::cluster::nodes::State;
use wharf_world::cluster::{Cluster, PodNetwork};
use wharf_world::kernel::violation::Outcome;
use wharf_world::{Millis, Realm, World};

pub(super) fn create_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (metadata, spec) = (input.within("metadata")?, input.within("spec")?);
    let name = metadata.required("name")?;
    check_name("cluster", name, 4, 128)?;
    check_control_plane(spec, world.releases)?;
    let (host, container, extended) =
        (spec.within("hostNetwork")?, spec.within("containerNetwork")?, spec.within("extendParam")?);
    spec.one_of("category", &["CCE", "Turbo"])?;
    let kind = spec.one_of("type", &["VirtualMachine", "ARM64", "BareMetal"])?;
    let annotations = metadata.map("annotations")?;
    let new = NewCceCluster {
        name: name.to_owned(),
        description: spec.text("description")?.unwrap_or("").to_owned(),
        flavor: spec.required("flavor")?.to_owned(),
        version: spec.owned("version")?,
        arm: kind == Some("ARM64"),
        dual_stack: spec.flag("ipv6enable")?,
        spread: extended.text("clusterAZ")? == Some("multi_az"),
        network: host.required("vpc")?.to_owned(),
        subnet: host.required("subnet")?.to_owned(),
        pod_network: pod_network(container.required("mode")?)?,
        range: container.owned("cidr")?,
        service_range: spec.owned("kubernetesSvcIpRange")?,
        public_address: extended.owned("clusterExternalIP")?,
        labels: metadata.map("labels")?,
        order: spec.0.clone(),
        addons: addons_of(annotations.get(INSTALL).map(String::as_str))?,
    };
    let mut realm = world.cce(&context.account, &context.region);
    let (id, job) = realm.order_cluster(new)?;
    let mut answer = cluster_json(&realm, &id, Some(&job))?;
    if !annotations.is_empty() {
        answer["metadata"]["annotations"] = json!(annotations);
    }
    Ok(answer)
}

fn pod_network(mode: &str) -> Outcome<PodNetwork> {
    match mode {
        "overlay_l2" => Ok(PodNetwork::Overlay),
        "vpc-router" => Ok(PodNetwork::GlobalRoute),
        "eni" => Ok(PodNetwork::VpcCni),
        other => Err(invalid(format!("containerNetwork.mode is overlay_l2, vpc-router or eni, not {other}"))),
    }
}

pub(super) fn get_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let id = input.required("cluster_id")?;
    let mut answer = cluster_json(&realm, id, None)?;
    if input.text("detail")? == Some("true") {
        answer["metadata"]["annotations"] = details(realm.realm, id, realm.now)?;
    }
    // Callers that do not ask for it do not know this phase yet.
    if input.filled("errorStatus")?.is_none() && answer["status"]["phase"] == "Error" {
        answer["status"]["phase"] = json!("Deleting");
    }
    Ok(answer)
}

/// What a cluster has in all, as annotations.
fn details(realm: &Realm, id: &str, now: Millis) -> Answer {
    let (cluster, _) = realm.hosted(id)?;
    let active = cluster.nodes.iter().filter(|node| node.state == State::Running && node.leaving.is_none());
    let (cores, memory) =
        cluster.nodes.iter().fold((0, 0), |sum, node| (sum.0 + node.size.cores, sum.1 + node.size.memory));
    let installed = realm.cce.addons.iter().filter(|addon| addon.cluster == id);
    let installed: Vec<Value> = installed
        .map(|addon| {
            let status = super::addons::status_name(addon.phase(now));
            json!({"addonTemplateName": addon.template.name, "version": addon.version, "status": status})
        })
        .collect();
    Ok(json!({
        "totalNodesNumber": cluster.nodes.len().to_string(), "activeNodesNumber": active.count().to_string(),
        "totalNodesCPU": cores.to_string(), "totalNodesMemory": (memory * 1_024).to_string(),
        "installedAddonInstances": Value::from(installed).to_string(),
    }))
}

pub(super) fn list_clusters(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let status = input.one_of("status", &PHASES)?;
    let kind = input.one_of("type", &["VirtualMachine", "ARM64", "BareMetal"])?;
    let version = input.filled("version")?;
    let detail = input.text("detail")? == Some("true");
    let realm = world.cce(&context.account, &context.region);
    let mut items = Vec::new();
    for id in realm.realm.cce.clusters.iter().map(|hosted| &hosted.cluster) {
        let mut shown = cluster_json(&realm, id, None)?;
        let (spec, phase) = (&shown["spec"], &shown["status"]["phase"]);
        let wanted = status.is_none_or(|status| phase == status)
            && kind.is_none_or(|kind| spec["type"] == kind)
            && version.is_none_or(|version| spec["version"].as_str().is_some_and(|has| is_version(has, version)));
        if wanted {
            if detail {
                shown["metadata"]["annotations"] = details(realm.realm, id, realm.now)?;
            }
            items.push(shown);
        }
    }
    // The list is named like its items.
    Ok(list("Cluster", items))
}

/// The phases by which clusters can be listed.
const PHASES: [&str; 15] = [
    "Available",
    "Unavailable",
    "ScalingUp",
    "ScalingDown",
    "Creating",
    "Deleting",
    "Upgrading",
    "Resizing",
    "RollingBack",
    "RollbackFailed",
    "Hibernating",
    "Hibernation",
    "Awaking",
    "Empty",
    "Error",
];

/// Whether a version is that one, or a revision of it: `v1.19.10-r0` is `v1.19`.
fn is_version(has: &str, wanted: &str) -> bool {
    has.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

pub(super) fn update_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let id = input.required("cluster_id")?;
    realm.describe_hosted(id, input.within("spec")?.text("description")?)?;
    cluster_json(&realm, id, None)
}

pub(super) fn delete_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let id = input.required("cluster_id")?;
    let job = realm.drop_hosted(id)?;
    cluster_json(&realm, id, Some(&job))
}

pub(super) fn hibernate_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.cce(&context.account, &context.region).switch_hosted(input.required("cluster_id")?, false)?;
    Ok(Value::Null)
}

pub(super) fn awake_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.cce(&context.account, &context.region).switch_hosted(input.required("cluster_id")?, true)?;
    Ok(Value::Null)
}

pub(super) fn show_quotas(world: &mut World, context: &Context, _input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let (limit, used) = (realm.quotas.cce.clusters, realm.realm.cce.clusters.len());
    Ok(json!({"quotas": [{
        "quotaKey": "cluster", "quotaLimit": limit, "used": used, "unit": "count", "regionId": context.region,
    }]}))
}

pub(super) fn get_cluster_quota(world: &mut World, context: &Context, _input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let (limit, used) = (realm.quotas.cce.clusters, realm.realm.cce.clusters.len());
    Ok(json!({"quotas": {"resources": [{"type": "cluster", "quota": limit, "used": used, "unit": "count"}]}}))
}

/// A cluster as answers show it; with the identifier of the job that the call has started.
fn cluster_json(realm: &Cce<'_>, id: &str, job: Option<&str>) -> Answer {
    let (cluster, hosted) = realm.realm.hosted(id)?;
    let phase = realm.realm.phase(id, realm.now)?;
    let updated = Some(hosted.updated).filter(|updated| *updated <= realm.now).unwrap_or(cluster.created);
    let mut metadata = json!({
        "name": cluster.name, "uid": cluster.id, "creationTimestamp": go_time(cluster.created),
        "updateTimestamp": go_time(updated),
    });
    if !hosted.labels.is_empty() {
        metadata["labels"] = json!(hosted.labels);
    }
    let mut status = json!({"phase": phase_name(phase)});
    if let Some(job) = job {
        status["jobID"] = json!(job);
    }
    if let Some(trouble) = hosted.trouble.as_ref().filter(|_| matches!(phase, Phase::Unavailable | Phase::Error)) {
        status["reason"] = json!(if trouble.deleting { "DeletionFailed" } else { "CreationFailed" });
        status["message"] = json!(trouble.reason);
    }
    if phase != Phase::Creating && phase != Phase::Unavailable {
        status["endpoints"] = endpoints(hosted);
    }
    Ok(resource("Cluster", metadata, spec_json(cluster, hosted), status))
}

fn endpoints(hosted: &CceCluster) -> Value {
    let (inner, outer) = urls(hosted);
    let mut endpoints = vec![json!({"url": inner, "type": "Internal"})];
    endpoints.extend(outer.map(|url| json!({"url": url, "type": "External"})));
    endpoints.into()
}

/// The inner and the public address of the API server.
pub(super) fn urls(hosted: &CceCluster) -> (String, Option<String>) {
    let url = |address: &String| format!("https://{address}:5443");
    (url(&hosted.address), hosted.public_address.as_ref().map(url))
}

fn spec_json(cluster: &Cluster, hosted: &CceCluster) -> Value {
    let mut spec = hosted.order.clone();
    let range = |range: Option<wharf_world::infra::cidr::Cidr>| range.map(|range| range.to_string());
    let defaults = [
        ("category", json!("CCE")),
        ("type", json!("VirtualMachine")),
        ("billingMode", json!(0)),
        ("ipv6enable", json!(false)),
        ("authentication", json!({"mode": default_mode(&hosted.release), "authenticatingProxy": {}})),
        ("extendParam", json!({})),
    ];
    for (name, value) in defaults {
        spec.entry(name).or_insert(value);
    }
    spec.insert("version".to_owned(), json!(hosted.release));
    spec.insert("description".to_owned(), json!(cluster.description));
    spec.insert("kubernetesSvcIpRange".to_owned(), json!(range(cluster.service_range)));
    if let Some(Value::Object(network)) = spec.get_mut("containerNetwork") {
        network.insert("cidr".to_owned(), json!(range(cluster.range)));
    }
    Value::Object(spec)
}

pub(super) fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Creating => "Creating",
        Phase::Available => "Available",
        Phase::FallingAsleep => "Hibernating",
        Phase::Asleep => "Hibernation",
        Phase::Waking => "Awaking",
        Phase::Upgrading => "Upgrading",
        Phase::Resizing => "Resizing",
        Phase::Deleting => "Deleting",
        Phase::Unavailable => "Unavailable",
        Phase::Error => "Error",
    }
}
