//! Pools of nodes: create, read, scale, change, delete.

use super::answer::{local, only, pairs};
use super::clusters::worker_role;
use super::values::{check_disk, check_login, check_name, check_taints, first, platform, tags};
use super::{Answer, Scene};
use crate::input::{Input, invalid};
use serde_json::{Map, Value, json};
use wharf_world::ack::AckCluster;
use wharf_world::ack::offers::ServerKind;
use wharf_world::ack::pools::{AckNodePool, CHANGE, NewPool, PoolChange, PoolParts, WorkerPoolPhase};
use wharf_world::ack::tasks::NewTask;
use wharf_world::cluster::nodes::{NodeSettings, REMOVAL};
use wharf_world::infra::machines::Charge;
use wharf_world::kernel::violation::Outcome;

/// The settings of a scaling group that its answers repeat; the others are used, or shown by other names.
const KEPT: [&str; 13] = [
    "data_disks",
    "image_id",
    "instance_charge_type",
    "instance_types",
    "internet_charge_type",
    "internet_max_bandwidth_out",
    "multi_az_policy",
    "platform",
    "scaling_policy",
    "system_disk_category",
    "system_disk_size",
    "tags",
    "vswitch_ids",
];
/// The stored settings of Kubernetes.
const CONFIG: [&str; 10] = [
    "cms_enabled",
    "cpu_policy",
    "labels",
    "node_name_mode",
    "overwrite_hostname",
    "runtime",
    "runtime_version",
    "taints",
    "unschedulable",
    "user_data",
];
const SCALING: [&str; 5] = ["enable", "max_instances", "min_instances", "type", "eip_bandwidth"];
const USUAL_IMAGE: &str = "aliyun_2_1903_x64_20G_alibase_20200904.vhd";

pub(super) fn create_cluster_node_pool(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let name = input.within("nodepool_info")?.required("name")?;
    check_name(name)?;
    let group = input.within("scaling_group")?;
    let types = group.texts("instance_types")?;
    let config = input.within("kubernetes_config")?;
    let count = input.number("count")?.unwrap_or(0);
    let scaling = check_scaling(input.within("auto_scaling")?)?;
    check_group(group)?;
    check_config(config)?;
    let id = input.required("ClusterId")?;
    let (cluster, dedicated) = scene.realm.realm.dedicated(scene.owner, id)?;
    if let Some(vpc) = group.filled("vpc_id")?.filter(|vpc| *vpc != cluster.network) {
        return Err(invalid(format!("scaling_group.vpc_id is {}, as that of the cluster, not {vpc}", cluster.network)));
    }
    let server = ServerKind {
        instance_type: first(&types, "scaling_group.instance_types")?.to_owned(),
        image: group.owned("image_id")?.unwrap_or_else(|| USUAL_IMAGE.to_owned()),
        platform: platform_of(group)?.unwrap_or_else(|| "AliyunLinux".to_owned()),
        charge: charge(group)?.unwrap_or_default(),
        public: group.number("internet_max_bandwidth_out")?.is_some_and(|bandwidth| bandwidth > 0),
        security_group: group.owned("security_group_id")?.unwrap_or_else(|| dedicated.security_group.clone()),
    };
    let wanted = usize::try_from(count).map_err(|_| invalid("count is at least 0"))?;
    let labels = tags(config.structures("labels")?, "labels")?;
    let new = NewPool {
        name: name.to_owned(),
        wanted: wanted.max(scaling.unwrap_or(0)),
        subnets: group.texts("vswitch_ids")?,
        server,
        settings: NodeSettings { labels, cordoned: config.flag("unschedulable")?, ..NodeSettings::default() },
        parts: parts(input)?,
    };
    let pool = scene.realm.create_worker_pool(scene.owner, id, new)?;
    let task = scene.realm.add_scaling_task(scene.owner, "nodepool_create", id, &pool);
    Ok(json!({"nodepool_id": pool, "task_id": task}))
}

fn parts(input: Input<'_>) -> Outcome<PoolParts> {
    let mut parts = PoolParts {
        scaling_group: only(input.within("scaling_group")?.0, &KEPT),
        kubernetes: only(input.within("kubernetes_config")?.0, &CONFIG),
        auto_scaling: only(input.within("auto_scaling")?.0, &SCALING),
        confidential: only(input.within("tee_config")?.0, &["tee_enable"]),
        nodes: Map::new(),
    };
    if input.within("scaling_group")?.filled("login_password")?.is_some() {
        parts.scaling_group.insert("login_password".to_owned(), json!("*****"));
    }
    Ok(parts)
}

fn charge(group: Input<'_>) -> Outcome<Option<Charge>> {
    let kind = group.one_of("instance_charge_type", &["PrePaid", "PostPaid"])?;
    Ok(kind.map(|kind| if kind == "PrePaid" { Charge::Prepaid } else { Charge::Hourly }))
}

/// The operating system, if one is named. One example of the document has `Linux`, which is not in its list.
fn platform_of(group: Input<'_>) -> Outcome<Option<String>> {
    match group.filled("platform")? {
        None => Ok(None),
        Some("Linux") => Ok(Some("AliyunLinux".to_owned())),
        Some(_) => platform(group).map(Some),
    }
}

fn check_group(group: Input<'_>) -> Outcome<()> {
    check_login(group, "login_password")?;
    check_disk(group, "system_disk_category")?;
    group.one_of("internet_charge_type", &["PayByTraffic", "PayByBandwidth"])?;
    group.one_of("scaling_policy", &["release", "recycle"])?;
    tags(group.structures("tags")?, "tags")?;
    let disks = group.structures("data_disks")?;
    if disks.len() > 10 {
        return Err(invalid(format!("there are at most 10 data_disks, not {}", disks.len())));
    }
    for disk in disks {
        check_disk(disk, "category")?;
        if disk.number("size")?.is_some_and(|size| !(40..=32_767).contains(&size)) {
            return Err(invalid("the size of a data disk is 40 to 32767 GiB"));
        }
    }
    let bandwidth = group.number("internet_max_bandwidth_out")?;
    if bandwidth.is_some_and(|bandwidth| !(0..=100).contains(&bandwidth)) {
        return Err(invalid("internet_max_bandwidth_out is at most 100"));
    }
    let size = group.number("system_disk_size")?;
    if size.is_some_and(|size| !(20..=500).contains(&size)) {
        return Err(invalid("system_disk_size is 20 to 500 GiB"));
    }
    Ok(())
}

fn check_config(config: Input<'_>) -> Outcome<()> {
    config.one_of("cpu_policy", &["static", "none"])?;
    config.one_of("runtime", &["containerd", "docker", "Sandboxed-Container.runv"])?;
    check_taints(config)
}

/// The smallest number of nodes, if the pool is to scale by itself.
fn check_scaling(scaling: Input<'_>) -> Outcome<Option<usize>> {
    if !scaling.flag("enable")? {
        return Ok(None);
    }
    scaling.one_of("type", &["cpu", "gpu", "gpushare", "spot"])?;
    let (least, most) = (scaling.number("min_instances")?.unwrap_or(0), scaling.number("max_instances")?);
    let most = most.ok_or_else(|| invalid("auto_scaling needs max_instances"))?;
    if least < 0 || most < least || most < 1 {
        return Err(invalid("auto_scaling takes 0 <= min_instances <= max_instances, and at least 1 for the latter"));
    }
    usize::try_from(least).map(Some).map_err(|_| invalid("min_instances is at least 0"))
}

pub(super) fn scale_cluster_node_pool(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let count = input.number("count")?.unwrap_or(0);
    let count = usize::try_from(count).ok().filter(|count| *count > 0).ok_or_else(|| invalid("count is at least 1"))?;
    let (cluster, pool) = (input.required("ClusterId")?, input.required("NodepoolId")?);
    scene.realm.scale_worker_pool(scene.owner, cluster, pool, count)?;
    let task = scene.realm.add_scaling_task(scene.owner, "nodepool_scaleout", cluster, pool);
    Ok(json!({"task_id": task}))
}

pub(super) fn modify_cluster_node_pool(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, id) = (input.required("ClusterId")?, input.required("NodepoolId")?);
    let (group, config) = (input.within("scaling_group")?, input.within("kubernetes_config")?);
    check_group(group)?;
    check_config(config)?;
    scene.realm.realm.dedicated(scene.owner, cluster)?;
    let pool = scene.realm.realm.worker_pool(cluster, id)?;
    let mut scaling = pool.parts.auto_scaling.clone();
    scaling.extend(only(input.within("auto_scaling")?.0, &SCALING));
    check_scaling(Input(&scaling))?;
    let mut server = pool.server().clone();
    let types = group.texts("instance_types")?;
    if let Some(kind) = types.first() {
        server.instance_type.clone_from(kind);
    }
    server.image = group.owned("image_id")?.unwrap_or(server.image);
    server.platform = platform_of(group)?.unwrap_or(server.platform);
    server.charge = charge(group)?.unwrap_or(server.charge);
    let labels = config.0.get("labels").map(|_| tags(config.structures("labels")?, "labels")).transpose()?;
    let change = PoolChange {
        subnets: Some(group.texts("vswitch_ids")?).filter(|subnets| !subnets.is_empty()),
        server: Some(server),
        labels,
        cordoned: config.truth("unschedulable")?,
        sync: input.flag("update_nodes")?,
        parts: parts(input)?,
    };
    scene.realm.change_worker_pool(scene.owner, cluster, id, change)?;
    let task = scene.realm.add_task(NewTask::of_pool(scene.owner, "nodepool_update", cluster, id).taking(CHANGE));
    Ok(json!({"nodepool_id": id, "task_id": task}))
}

pub(super) fn delete_cluster_nodepool(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let force = input.flag("force")?;
    let (cluster, pool) = (input.required("ClusterId")?, input.required("NodepoolId")?);
    scene.realm.drop_worker_pool(scene.owner, cluster, pool, force)?;
    let task = scene.realm.add_task(NewTask::of_pool(scene.owner, "nodepool_delete", cluster, pool).taking(REMOVAL));
    Ok(json!({"task_id": task}))
}

pub(super) fn describe_cluster_node_pools(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let (_, dedicated) = scene.realm.realm.dedicated(scene.owner, id)?;
    let name = input.filled("NodepoolName")?;
    let pools = scene.realm.realm.worker_pools_of(id).filter(|pool| name.is_none_or(|name| name == pool.name));
    let pools: Vec<Value> = pools.map(|pool| pool_json(scene, dedicated, pool)).collect();
    Ok(json!({"nodepools": pools}))
}

pub(super) fn describe_cluster_node_pool_detail(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let (_, dedicated) = scene.realm.realm.dedicated(scene.owner, id)?;
    let pool = scene.realm.realm.worker_pool(id, input.required("NodepoolId")?)?;
    Ok(pool_json(scene, dedicated, pool))
}

pub(super) fn phase_name(phase: WorkerPoolPhase) -> &'static str {
    match phase {
        WorkerPoolPhase::Active => "active",
        WorkerPoolPhase::Scaling => "scaling",
        WorkerPoolPhase::Removing => "removing",
        WorkerPoolPhase::Deleting => "deleting",
        WorkerPoolPhase::Updating => "updating",
    }
}

fn pool_json(scene: &Scene<'_>, dedicated: &AckCluster, pool: &AckNodePool) -> Value {
    let realm = &scene.realm;
    let counts = realm.realm.pool_counts(pool, realm.now);
    let state = phase_name(realm.realm.worker_pool_phase(pool, realm.now));
    json!({
        "nodepool_info": {
            "created": local(pool.created), "updated": local(pool.updated), "is_default": pool.first,
            "name": pool.name, "nodepool_id": pool.id, "region_id": scene.region,
            "resource_group_id": dedicated.resource_group, "type": "ess",
        },
        "status": {
            "state": state, "failed_nodes": counts.failed, "healthy_nodes": counts.serving,
            "initial_nodes": counts.initial, "offline_nodes": counts.offline, "removing_nodes": counts.removing,
            "serving_nodes": counts.serving, "total_nodes": counts.total(),
        },
        "scaling_group": group_json(dedicated, pool), "kubernetes_config": config_json(pool),
        "auto_scaling": with(&pool.parts.auto_scaling, &[("enable", json!(false))]),
        "tee_config": with(&pool.parts.confidential, &[("tee_enable", json!(false))]),
        "node_config": only(&pool.parts.nodes, &["kubelet_configuration", "node_os_config"]),
    })
}

/// The members, with others where they say nothing.
fn with(members: &Map<String, Value>, usual: &[(&str, Value)]) -> Map<String, Value> {
    let mut members = members.clone();
    for (name, value) in usual {
        members.entry(*name).or_insert_with(|| value.clone());
    }
    members
}

fn group_json(dedicated: &AckCluster, pool: &AckNodePool) -> Map<String, Value> {
    let server = pool.server();
    let charge = if server.charge == Charge::Prepaid { "PrePaid" } else { "PostPaid" };
    let usual = [
        ("data_disks", json!([])),
        ("instance_types", json!([server.instance_type])),
        ("internet_charge_type", json!("PayByTraffic")),
        ("internet_max_bandwidth_out", json!(0)),
        ("multi_az_policy", json!("BALANCE")),
        ("scaling_policy", json!("release")),
        ("system_disk_category", json!("cloud_efficiency")),
        ("system_disk_size", json!(120)),
        ("tags", pairs(&[])),
        ("vswitch_ids", json!([])),
    ];
    let mut group = with(&pool.parts.scaling_group, &usual);
    group.extend([
        ("image_id".to_owned(), json!(server.image)),
        ("platform".to_owned(), json!(server.platform)),
        ("instance_charge_type".to_owned(), json!(charge)),
        ("ram_policy".to_owned(), json!(worker_role(&dedicated.cluster))),
        ("scaling_group_id".to_owned(), json!(pool.group)),
        ("security_group_id".to_owned(), json!(server.security_group)),
    ]);
    group
}

fn config_json(pool: &AckNodePool) -> Map<String, Value> {
    let usual = [
        ("cms_enabled", json!(false)),
        ("cpu_policy", json!("none")),
        ("labels", json!([])),
        ("overwrite_hostname", json!(false)),
        ("runtime", json!("docker")),
        ("runtime_version", json!("19.03.15")),
        ("taints", json!([])),
        ("unschedulable", json!(false)),
        ("user_data", json!("")),
    ];
    with(&pool.parts.kubernetes, &usual)
}
