//! Clusters: create, list, change, delete.

use super::Answer;
use super::machines::{check_login, purchase, settings};
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Map, Value, json};
use wharf_world::World;
use wharf_world::cluster::nodes::Role;
use wharf_world::cluster::{Cluster, Kind, NewCluster, NewNodes, PodNetwork, Source, Status};
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::Tke;

pub(super) fn create_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let planned = super::addons::planned(input)?;
    let mut realm = world.tke(&context.account, &context.region);
    let (ranges, basic) = (input.within("ClusterCIDRSettings")?, input.within("ClusterBasicSettings")?);
    let advanced = input.within("ClusterAdvancedSettings")?;
    let mut tags = Vec::new();
    for specification in basic.structures("TagSpecification")? {
        tags.extend(specification.pairs("Tags", "Key", "Value")?);
    }
    let new = NewCluster {
        name: basic.text("ClusterName")?.unwrap_or("").to_owned(),
        description: basic.text("ClusterDescription")?.unwrap_or("").to_owned(),
        version: basic.owned("ClusterVersion")?,
        os: basic.owned("ClusterOs")?,
        independent: is_independent(input.text("ClusterType")?.unwrap_or(""))?,
        arm: input.text("ClusterArch")?.is_some_and(|arch| arch.eq_ignore_ascii_case("arm")),
        network: basic.owned("VpcId")?,
        range: ranges.owned("ClusterCIDR")?,
        service_range: ranges.owned("ServiceCIDR")?,
        ignores_conflicts: ranges.flag("IgnoreClusterCIDRConflict")?,
        max_pods: ranges.count("MaxNodePodNum")?,
        max_services: ranges.count("MaxClusterServiceNum")?,
        ipvs: advanced.flag("IPVS")?,
        autoscaling: advanced.flag("AsEnabled")?,
        pod_network: pod_network(advanced.filled("NetworkType")?.unwrap_or("GR"))?,
        pod_subnets: ranges.texts("EniSubnetIds")?,
        runtime: runtime(advanced.filled("ContainerRuntime")?)?.unwrap_or("docker").to_owned(),
        host_names: names_by_host(advanced.filled("NodeNameType")?)?,
        dual_stack: advanced.text("IsDualStack")?.is_some_and(|text| text.eq_ignore_ascii_case("true")),
        project: basic.number("ProjectId")?.unwrap_or(0),
        tags,
        arguments: advanced.0.get("ExtraArgs").cloned().unwrap_or_default(),
        nodes: new_nodes(&realm, input)?,
    };
    let id = realm.create_cluster(new)?;
    realm.set_creator(&id, context.user())?;
    realm.plan_addons(&id, planned)?;
    Ok(json!({"ClusterId": id}))
}

fn is_independent(kind: &str) -> Outcome<bool> {
    match kind {
        "INDEPENDENT_CLUSTER" => Ok(true),
        "MANAGED_CLUSTER" => Ok(false),
        other => {
            Err(Reason::Invalid.because(format!("ClusterType is MANAGED_CLUSTER or INDEPENDENT_CLUSTER, not {other}")))
        }
    }
}

pub(super) fn pod_network(name: &str) -> Outcome<PodNetwork> {
    match name {
        "GR" => Ok(PodNetwork::GlobalRoute),
        "VPC-CNI" => Ok(PodNetwork::VpcCni),
        "CiliumOverlay" => Ok(PodNetwork::Overlay),
        other => Err(Reason::Invalid.because(format!("NetworkType is GR, VPC-CNI or CiliumOverlay, not {other}"))),
    }
}

fn runtime(name: Option<&str>) -> Outcome<Option<&str>> {
    match name {
        None | Some("docker" | "containerd") => Ok(name),
        Some(other) => {
            Err(Reason::Invalid.because(format!("the container runtime is docker or containerd, not {other}")))
        }
    }
}

fn names_by_host(name: Option<&str>) -> Outcome<bool> {
    match name.unwrap_or("lan-ip") {
        "hostname" => Ok(true),
        "lan-ip" => Ok(false),
        other => Err(Reason::Invalid.because(format!("NodeNameType is lan-ip or hostname, not {other}"))),
    }
}

fn role(name: &str) -> Outcome<Role> {
    match name {
        "MASTER_ETCD" => Ok(Role::Master),
        "WORKER" => Ok(Role::Worker),
        other => Err(Reason::Invalid.because(format!("NodeRole is MASTER_ETCD or WORKER, not {other}"))),
    }
}

/// The nodes that come with the cluster: new machines and existing ones.
fn new_nodes(realm: &Tke<'_>, input: Input<'_>) -> Outcome<Vec<NewNodes>> {
    let common = settings(input.within("InstanceAdvancedSettings")?)?;
    let mut nodes = Vec::new();
    for group in input.structures("RunInstancesForNode")? {
        let role = role(group.required("NodeRole")?)?;
        for para in group.documents("RunInstancesPara")? {
            let source = Source::Purchase(purchase(realm, &para)?);
            nodes.push(NewNodes { role, source, settings: common.clone() });
        }
    }
    for group in input.structures("ExistedInstancesForNode")? {
        let role = role(group.required("NodeRole")?)?;
        let para = group.within("ExistedInstancesPara")?;
        check_login(Input(&para.document("LoginSettings").unwrap_or_default()))?;
        let own = para.structure("InstanceAdvancedSettings")?.map(settings).transpose()?;
        let source = Source::Existing { machines: para.texts("InstanceIds")?, host_name: para.owned("HostName")? };
        nodes.push(NewNodes { role, source, settings: own.unwrap_or_else(|| common.clone()) });
    }
    Ok(nodes)
}

pub(super) fn delete_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let keep = keeps_machines(input.text("InstanceDeleteMode")?.unwrap_or(""))?;
    let mut realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    realm.check_deletion(id)?;
    realm.delete_cluster(id, keep)?;
    Ok(json!({}))
}

/// Reads `InstanceDeleteMode`.
pub(super) fn keeps_machines(mode: &str) -> Outcome<bool> {
    match mode {
        "terminate" => Ok(false),
        "retain" => Ok(true),
        other => Err(Reason::Invalid.because(format!("InstanceDeleteMode is terminate or retain, not {other}"))),
    }
}

pub(super) fn describe_clusters(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let ids = input.some_texts("ClusterIds")?;
    let names = cluster_names(input)?;
    let wanted = |cluster: &&Cluster| {
        ids.as_ref().is_none_or(|ids| ids.contains(&cluster.id))
            && names.as_ref().is_none_or(|names| names.contains(&cluster.name))
    };
    let (total, clusters) = input.page()?.of(realm.clusters().filter(wanted));
    Ok(json!({"TotalCount": total, "Clusters": clusters.into_iter().map(cluster_json).collect::<Vec<_>>()}))
}

/// The names of the filter; only a single one, on the name, is possible.
fn cluster_names(input: Input<'_>) -> Outcome<Option<Vec<String>>> {
    let filters = input.structures("Filters")?;
    match filters.as_slice() {
        [] => Ok(None),
        [filter] if filter.text("Name")? == Some("ClusterName") => Ok(Some(filter.texts("Values")?)),
        _ => Err(Reason::Invalid.because("clusters can be filtered by ClusterName only, with a single filter")),
    }
}

fn cluster_json(cluster: &Cluster) -> Value {
    let tags: Vec<Value> = cluster.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    let tags = if tags.is_empty() { json!([]) } else { json!([{"ResourceType": "cluster", "Tags": tags}]) };
    let status = match cluster.status() {
        Status::Creating => "Creating",
        Status::Running => "Running",
        Status::Scaling => "Scaling",
        Status::Deleting => "Deleting",
    };
    let kind = if cluster.kind == Kind::Managed { "MANAGED_CLUSTER" } else { "INDEPENDENT_CLUSTER" };
    json!({
        "ClusterId": cluster.id, "ClusterName": cluster.name, "ClusterDescription": cluster.description,
        "ClusterVersion": cluster.version, "ClusterOs": cluster.os, "ClusterType": kind,
        "ClusterNetworkSettings": {
            "ClusterCIDR": cluster.range.map(|range| range.to_string()).unwrap_or_default(),
            "IgnoreClusterCIDRConflict": cluster.ignores_conflicts, "MaxNodePodNum": cluster.max_pods,
            "MaxClusterServiceNum": cluster.max_services, "Ipvs": cluster.ipvs, "VpcId": cluster.network, "Cni": true,
            "SubnetIds": cluster.pod_subnets,
        },
        "ClusterNodeNum": cluster.count(Role::Worker), "ProjectId": cluster.project, "TagSpecification": tags,
        "ClusterStatus": status, "Property": property(cluster),
        "ClusterMaterNodeNum": cluster.count(Role::Master), "ImageId": cluster.image,
        "OsCustomizeType": if cluster.customized_image { "DOCKER_CUSTOMIZE" } else { "GENERAL" },
        "ContainerRuntime": cluster.runtime, "CreatedTime": iso(cluster.created),
        "ClusterArch": if cluster.arm { "ARM" } else { "X86" }, "DirectAccess": null, "ClusterOsAlias": cluster.os,
        "IsDualStack": cluster.dual_stack.to_string(), "Ipv6ServiceCidr": null,
    })
}

/// Further properties, as JSON in a string.
fn property(cluster: &Cluster) -> String {
    let network = match cluster.pod_network {
        PodNetwork::GlobalRoute => "GR",
        PodNetwork::VpcCni => "VPC-CNI",
        PodNetwork::Overlay => "CiliumOverlay",
    };
    let mut property = Map::new();
    property.insert("NodeNameType".into(), json!(if cluster.host_names { "hostname" } else { "lan-ip" }));
    property.insert("NetworkType".into(), json!(network));
    if !cluster.arguments.is_null() {
        property.insert("ExtraArgs".into(), cluster.arguments.clone());
    }
    Value::Object(property).to_string()
}

pub(super) fn modify_cluster_attribute(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let cluster = realm.change_cluster(
        input.required("ClusterId")?,
        input.text("ClusterName")?,
        input.text("ClusterDesc")?,
        runtime(input.filled("ClusterRunTime")?)?,
    )?;
    Ok(json!({
        "ProjectId": cluster.project, "ClusterName": cluster.name, "ClusterDesc": cluster.description,
    }))
}
