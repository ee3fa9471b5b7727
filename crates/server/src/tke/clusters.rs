//! Clusters: create, list, change, delete.

use super::Answer;
use super::arguments::{arguments, arguments_json};
use super::equipment::agents;
use super::machines::{check_login, purchase};
use super::node_settings::settings;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Map, Value, json};
use wharf_world::World;
use wharf_world::cluster::existing::Refit;
use wharf_world::cluster::nodes::Role;
use wharf_world::cluster::{Cluster, Kind, NewCluster, NewNodes, PodNetwork, Source, Status};
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::Tke;
use wharf_world::tke::audit::Audit;
use wharf_world::tke::runtimes::version;
use wharf_world::tke::status::State;

pub(super) fn create_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let planned = super::addons::planned(input)?;
    let mut realm = world.tke(&context.account, &context.region);
    let (ranges, basic) = (input.within("ClusterCIDRSettings")?, input.within("ClusterBasicSettings")?);
    let advanced = input.within("ClusterAdvancedSettings")?;
    input.refuse(&["CdcId", "DisableAddons"])?;
    advanced.refuse(&UNSUPPORTED)?;
    advanced.one_of("KubeProxyMode", &["iptables", "ipvs"])?;
    let mut tags = Vec::new();
    for specification in basic.structures("TagSpecification")? {
        tags.extend(specification.pairs("Tags", "Key", "Value")?);
    }
    let releases = realm.releases.named(basic.filled("ClusterVersion")?);
    let new = NewCluster {
        name: basic.text("ClusterName")?.unwrap_or("").to_owned(),
        description: basic.text("ClusterDescription")?.unwrap_or("").to_owned(),
        version: basic.owned("ClusterVersion")?,
        os: basic.owned("ClusterOs")?,
        independent: is_independent(input.text("ClusterType")?.unwrap_or(""))?,
        arm: is_arm(input.filled("ClusterArch")?)?,
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
        runtime: runtime(advanced.filled("ContainerRuntime")?)?.unwrap_or(releases.default_runtime()).to_owned(),
        host_names: names_by_host(advanced.filled("NodeNameType")?)?,
        dual_stack: advanced.text("IsDualStack")?.is_some_and(|text| text.eq_ignore_ascii_case("true")),
        project: basic.number("ProjectId")?.unwrap_or(0),
        tags,
        nodes: new_nodes(&realm, input)?,
    };
    let kind = if new.independent { Kind::Independent } else { Kind::Managed };
    let (level, grows) = super::levels::level(basic)?;
    Tke::check_level(level, grows, kind)?;
    let arguments = arguments(advanced.within("ExtraArgs")?)?;
    arguments.check(new.version.as_deref().unwrap_or(releases.default_version()), kind)?;
    let protected = advanced.flag("DeletionProtection")?;
    let runtime_version = version(&new.runtime, advanced.filled("RuntimeVersion")?)?;
    let id = realm.create_cluster(new)?;
    realm.set_creator(&id, context.user())?;
    realm.set_first_level(&id, level, grows.unwrap_or(false));
    let cluster = realm.cluster_mut(&id)?;
    cluster.runtime_version = runtime_version.to_owned();
    let parts = cluster.tke_mut();
    parts.options = options(advanced);
    (parts.arguments, parts.protected) = (arguments, protected);
    if advanced.flag("AuditEnabled")? {
        let (log_set, topic) = (advanced.filled("AuditLogsetId")?, advanced.filled("AuditLogTopicId")?);
        parts.audit = Some(Audit::new(&id, log_set, topic)?);
    }
    realm.plan_addons(&id, planned)?;
    Ok(json!({"ClusterId": id}))
}

/// Attributes of clusters with other networks, and those of etcd, which no simulated cluster has.
const UNSUPPORTED: [&str; 5] =
    ["BasePodNumber", "CiliumMode", "DataPlaneV2", "EnableCustomizedPodCIDR", "EtcdOverrideConfigs"];

fn is_arm(architecture: Option<&str>) -> Outcome<bool> {
    match architecture.map(str::to_ascii_lowercase).as_deref() {
        None | Some("x86") => Ok(false),
        Some("arm") => Ok(true),
        Some(other) => Err(Reason::Invalid.because(format!("ClusterArch is x86 or arm, not {other}"))),
    }
}

pub(super) fn is_independent(kind: &str) -> Outcome<bool> {
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
pub(super) fn new_nodes(realm: &Tke<'_>, input: Input<'_>) -> Outcome<Vec<NewNodes>> {
    let common = settings(input.within("InstanceAdvancedSettings")?)?;
    let mut nodes = Vec::new();
    for group in input.structures("RunInstancesForNode")? {
        let role = role(group.required("NodeRole")?)?;
        let overrides = group.structures("InstanceAdvancedSettingsOverrides")?;
        for (place, para) in group.documents("RunInstancesPara")?.into_iter().enumerate() {
            let source = Source::Purchase(Box::new(purchase(realm, &para)?));
            let mut settings = common.clone();
            // Of the settings of one purchase the parameters of the kubelet alone have an effect.
            if let Some(own) = overrides.get(place).map(|own| self::settings(*own)).transpose()? {
                settings.given.extend(own.given.into_iter().filter(|(name, _)| name == "ExtraArgs"));
            }
            nodes.push(NewNodes { role, source, settings });
        }
    }
    mount_disks(input, &mut nodes)?;
    for group in input.structures("ExistedInstancesForNode")? {
        let role = role(group.required("NodeRole")?)?;
        let para = group.within("ExistedInstancesPara")?;
        check_login(Input(&para.document("LoginSettings").unwrap_or_default()))?;
        let own = group.structure("InstanceAdvancedSettingsOverride")?;
        let own = own.or(para.structure("InstanceAdvancedSettings")?).map(settings).transpose()?;
        let service = para.document("EnhancedService")?;
        let refit = Refit {
            agents: Some(agents(Input(&service))?).filter(|_| !service.is_empty()),
            security_groups: para.texts("SecurityGroupIds")?,
            ..Refit::default()
        };
        let (machines, host_name) = (para.texts("InstanceIds")?, para.owned("HostName")?);
        let source = Source::Existing { machines, host_name, refit };
        nodes.push(NewNodes { role, source, settings: own.unwrap_or_else(|| common.clone()) });
    }
    Ok(nodes)
}

/// Sets the data disks of nodes by the types of their machines, as `InstanceDataDiskMountSettings` says.
fn mount_disks(input: Input<'_>, nodes: &mut [NewNodes]) -> Outcome<()> {
    for mounts in input.structures("InstanceDataDiskMountSettings")? {
        let own = settings(mounts)?;
        let (kind, zone) = (mounts.required("InstanceType")?, mounts.filled("Zone")?);
        for node in nodes.iter_mut() {
            let Source::Purchase(purchase) = &node.source else { continue };
            let is_here = zone.is_none_or(|zone| purchase.zone.as_deref().is_none_or(|own| own == zone));
            if let Some(disks) = own.given.get("DataDisks").filter(|_| purchase.machine_type() == kind && is_here) {
                node.settings.given.insert("DataDisks".to_owned(), disks.clone());
            }
        }
    }
    Ok(())
}

pub(super) fn delete_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let keep = keeps_machines(input.text("InstanceDeleteMode")?.unwrap_or(""))?;
    world.tke(&context.account, &context.region).delete_cluster_unless_kept(input.required("ClusterId")?, keep)?;
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

/// Tags as the wire has them, of a kind of resources.
pub(super) fn tags_json(kind: &str, tags: &[(String, String)]) -> Value {
    let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    if tags.is_empty() { json!([]) } else { json!([{"ResourceType": kind, "Tags": tags}]) }
}

/// The type of a cluster.
pub(super) fn type_name(cluster: &Cluster) -> &'static str {
    if cluster.kind == Kind::Managed { "MANAGED_CLUSTER" } else { "INDEPENDENT_CLUSTER" }
}

fn cluster_json(cluster: &Cluster) -> Value {
    let mut shown = json!({
        "ClusterId": cluster.id, "ClusterName": cluster.name, "ClusterDescription": cluster.description,
        "ClusterVersion": cluster.version, "ClusterOs": cluster.os,
        "ClusterType": type_name(cluster),
        "ClusterNetworkSettings": {
            "ClusterCIDR": cluster.range.map(|range| range.to_string()).unwrap_or_default(),
            "IgnoreClusterCIDRConflict": cluster.ignores_conflicts, "MaxNodePodNum": cluster.max_pods,
            "MaxClusterServiceNum": cluster.max_services, "Ipvs": cluster.ipvs, "VpcId": cluster.network, "Cni": true,
            "SubnetIds": cluster.pod_subnets,
        },
        "ClusterNodeNum": cluster.count(Role::Worker), "ProjectId": cluster.project,
        "TagSpecification": tags_json("cluster", &cluster.tags),
        "ClusterStatus": state_name(cluster), "Property": property(cluster),
        "ClusterMaterNodeNum": cluster.count(Role::Master), "ImageId": cluster.image,
        "OsCustomizeType": if cluster.customized_image { "DOCKER_CUSTOMIZE" } else { "GENERAL" },
        "ContainerRuntime": cluster.runtime, "CreatedTime": iso(cluster.created),
        "ClusterArch": if cluster.arm { "ARM" } else { "X86" }, "DirectAccess": null, "ClusterOsAlias": cluster.os,
        "IsDualStack": cluster.dual_stack.to_string(), "Ipv6ServiceCidr": null,
        "DeletionProtection": cluster.tke().protected, "ClusterLevel": cluster.level().unwrap_or(""),
        "AutoUpgradeClusterLevel": cluster.tke().level.grows, "RuntimeVersion": cluster.runtime_version,
        "EnableExternalNode": cluster.takes_external_nodes(),
    });
    show_options(cluster, &mut shown);
    shown
}

/// Attributes of a cluster that are kept and shown, and act on nothing in this world.
const OPTIONS: [&str; 3] = ["QGPUShareEnable", "IsHighAvailability", "SecurityModeConfig"];

/// Those of the attributes that are given.
fn options(input: Input<'_>) -> Map<String, Value> {
    let given = OPTIONS.iter().filter_map(|name| Some((*name, input.0.get(*name)?)));
    given.filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

/// Adds the attributes that were given to an answer.
fn show_options(cluster: &Cluster, answer: &mut Value) {
    if let Some(answer) = answer.as_object_mut() {
        answer.extend(cluster.tke().options.clone());
    }
}

/// The name of a cluster's state.
pub(super) fn state_name(cluster: &Cluster) -> &'static str {
    match cluster.state() {
        State::Common(Status::Creating) => "Creating",
        State::Common(Status::Running) => "Running",
        State::Common(Status::Scaling) => "Scaling",
        State::Common(Status::Deleting) => "Deleting",
        State::Upgrading => "Upgrading",
        State::ArgumentsChanging => "RuntimeUpgrading",
        State::NodesUpgrading => "NodeUpgrading",
        State::Paused => "Pause",
        State::LevelChanging => "ClusterLevelUpgrading",
        State::MastersScaling => "MasterScaling",
    }
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
    let arguments = &cluster.tke().arguments;
    if !arguments.0.is_empty() {
        property.insert("ExtraArgs".into(), arguments_json(arguments));
    }
    Value::Object(property).to_string()
}

pub(super) fn modify_cluster_attribute(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    let (level, grows) = super::levels::level(input)?;
    let (name, runtime) = (input.text("ClusterName")?, runtime(input.filled("ClusterRunTime")?)?);
    let project = input.number("ProjectId")?;
    let names = input.within("ClusterProperty")?.filled("NodeNameType")?.map(|name| names_by_host(Some(name)));
    let names = names.transpose()?;
    realm.check_level_change(id, level, grows)?;
    let cluster = realm.change_cluster(id, name, input.text("ClusterDesc")?, None)?;
    let mut answer = json!({"ClusterName": cluster.name, "ClusterDesc": cluster.description});
    if let Some(runtime) = runtime {
        realm.set_runtime(id, None, runtime, None)?;
    }
    realm.change_level(id, level, grows)?;
    let cluster = realm.cluster_mut(id)?;
    cluster.project = project.unwrap_or(cluster.project);
    cluster.host_names = names.unwrap_or(cluster.host_names);
    cluster.tke_mut().options.extend(options(input));
    answer["ProjectId"] = json!(cluster.project);
    answer["ClusterProperty"] = json!({"NodeNameType": if cluster.host_names { "hostname" } else { "lan-ip" }});
    show_options(cluster, &mut answer);
    if let Some(level) = cluster.level() {
        answer["ClusterLevel"] = json!(level);
        answer["AutoUpgradeClusterLevel"] = json!({"IsAutoUpgrade": cluster.tke().level.grows});
    }
    Ok(answer)
}
