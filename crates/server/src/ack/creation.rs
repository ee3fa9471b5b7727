//! The creation of a cluster: what may be said and what it means.

use super::values::{check_disk, check_login, check_name, check_taints, first, platform, tags};
use super::{Answer, Scene};
use crate::input::{Input, invalid};
use serde_json::{Map, Value, json};
use wharf_world::ack::NewAckCluster;
use wharf_world::ack::addons::{COMPONENTS, NewComponent};
use wharf_world::ack::offers::ServerKind;
use wharf_world::ack::pools::PoolParts;
use wharf_world::cluster::nodes::NodeSettings;
use wharf_world::infra::machines::Charge;
use wharf_world::kernel::violation::{Outcome, Reason};

/// Masters of a cluster whose control plane is the account's own.
const MASTERS: i64 = 3;
/// The server type of masters and workers if the request names none.
const USUAL_TYPE: &str = "ecs.c5.xlarge";
const USUAL_IMAGE: &str = "aliyun_2_1903_x64_20G_alibase_20200904.vhd";
/// What the system disk of a worker may be, the usual one first.
const WORKER_DISKS: [&str; 2] = ["cloud_ssd", "cloud_efficiency"];
const USUAL_DISK_SIZE: i64 = 120;
/// How many bits of an address tell the node, and those that can be asked for.
const USUAL_MASK: u32 = 26;
const MASKS: std::ops::RangeInclusive<u32> = 24..=28;

pub(super) fn create_cluster(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let name = input.required("name")?;
    check_name(name)?;
    if let Some(region) = input.filled("region_id")?.filter(|region| *region != scene.region) {
        return Err(invalid(format!("region_id is {}, where the call was sent to, not {region}", scene.region)));
    }
    let new = new_cluster(input, name)?;
    let cluster = scene.realm.create_dedicated(scene.owner, new)?;
    let task = scene.realm.add_creation_task(scene.owner, &cluster);
    Ok(json!({"cluster_id": cluster, "task_id": task}))
}

fn new_cluster(input: Input<'_>, name: &str) -> Outcome<NewAckCluster> {
    let kind = input.one_of("cluster_type", &["Kubernetes", "ManagedKubernetes"])?.unwrap_or("Kubernetes");
    let managed = kind == "ManagedKubernetes";
    check_values(input)?;
    let network = input.required("vpcid")?.to_owned();
    let workers = count(input, "num_of_nodes", 0)?;
    let masters = input.number("master_count")?.unwrap_or(MASTERS);
    if masters != MASTERS && !managed {
        return Err(invalid(format!("master_count is {MASTERS}, not {masters}")));
    }
    let worker_subnets = input.texts("worker_vswitch_ids")?;
    let worker_types = input.texts("worker_instance_types")?;
    if workers > 0 {
        first(&worker_types, "worker_instance_types")?;
        first(&worker_subnets, "worker_vswitch_ids")?;
    }
    let given = input.texts("master_vswitch_ids")?;
    let master_subnets = if given.is_empty() { worker_subnets.clone() } else { given };
    first(&master_subnets, "master_vswitch_ids, or worker_vswitch_ids,")?;
    let master_types = input.texts("master_instance_types")?;
    let pod_subnets = input.texts("pod_vswitch_ids")?;
    let pod_range = input.owned("container_cidr")?;
    if pod_range.is_none() && pod_subnets.is_empty() {
        return Err(
            Reason::Missing.because("container_cidr, for Flannel, or pod_vswitch_ids, for Terway, must be given")
        );
    }
    let worker = ServerKind {
        instance_type: worker_types.first().cloned().unwrap_or_else(|| USUAL_TYPE.to_owned()),
        image: input.owned("image_id")?.unwrap_or_else(|| USUAL_IMAGE.to_owned()),
        platform: platform(input)?,
        charge: Charge::Hourly,
        public: false,
        // One is made for the cluster when none is named.
        security_group: input.owned("security_group_id")?.unwrap_or_default(),
    };
    let master_type = master_types.first().cloned().unwrap_or_else(|| USUAL_TYPE.to_owned());
    Ok(NewAckCluster {
        name: name.to_owned(),
        managed,
        profile: input.one_of("profile", &["Default", "Edge"])?.unwrap_or("Default").to_owned(),
        release: input.owned("kubernetes_version")?,
        network,
        masters: if managed { 0 } else { MASTERS as usize },
        master_subnets,
        master: ServerKind { instance_type: master_type, ..worker.clone() },
        workers,
        parts: first_pool(input, &worker, &worker_subnets)?,
        worker_subnets,
        worker,
        existing: input.texts("instances")?,
        settings: NodeSettings::default(),
        pod_range: pod_range.filter(|_| pod_subnets.is_empty()),
        pod_subnets,
        service_range: input.owned("service_cidr")?,
        pods: 1 << (32 - mask(input)?),
        proxy_mode: input.one_of("proxy_mode", &["iptables", "ipvs"])?.unwrap_or("ipvs").to_owned(),
        runtime: runtime(input.within("runtime")?)?,
        public: input.flag("endpoint_public_access")?,
        gateway: input.truth("snat_entry")?.unwrap_or(true),
        // By the document, and by the vendor's client, true means that it is rolled back: the name says the opposite.
        rolls_back: input.truth("disable_rollback")?.unwrap_or(true),
        authority: authority(input)?,
        protected: input.flag("deletion_protection")?,
        tags: tags(input.structures("tags")?, "tags")?,
        resource_group: input.owned("resource_group_id")?.unwrap_or_else(|| "rg-acfmwharf0000".to_owned()),
        components: components(input)?,
    })
}

/// Values that are checked and have no consequence in this world.
fn check_values(input: Input<'_>) -> Outcome<()> {
    check_login(input, "login_password")?;
    check_taints(input)?;
    input.one_of("os_type", &["Windows", "Linux"])?;
    input.one_of("cpu_policy", &["static", "none"])?;
    check_disk(input, "master_system_disk_category")?;
    input.one_of("worker_system_disk_category", &WORKER_DISKS)?;
    for disk in input.structures("worker_data_disks")? {
        check_disk(disk, "category")?;
    }
    if input.number("timeout_mins")?.is_some_and(|minutes| minutes < 1) {
        return Err(invalid("timeout_mins is at least 1"));
    }
    if let Some(range) = input.filled("node_port_range")? {
        let ports = range.split_once(['~', '-']).and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        if !ports.is_some_and(|(from, to): (u32, u32)| 30_000 <= from && from < to && to <= 65_535) {
            return Err(invalid("node_port_range lies in 30000~65535"));
        }
    }
    if let Some(domain) = input.filled("cluster_domain")? {
        let label = |label: &str| {
            (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if !domain.split('.').all(label) {
            return Err(invalid("cluster_domain is made of labels with at most 63 letters, digits and hyphens"));
        }
    }
    Ok(())
}

/// The certificates of an authority that the caller gives, without their key.
fn authority(input: Input<'_>) -> Outcome<Option<String>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let Some(text) = input.filled("user_ca")? else { return Ok(None) };
    let blocks = text.split(BEGIN).skip(1).filter_map(|block| block.split_once(END));
    let certificates: String = blocks.map(|(block, _)| format!("{BEGIN}{block}{END}\n")).collect();
    if certificates.is_empty() {
        return Err(invalid("user_ca has at least one certificate in PEM"));
    }
    Ok(Some(certificates))
}

fn count(input: Input<'_>, name: &str, usual: i64) -> Outcome<usize> {
    let given = input.number(name)?.unwrap_or(usual);
    usize::try_from(given).map_err(|_| invalid(format!("{name} is at least 0")))
}

fn mask(input: Input<'_>) -> Outcome<u32> {
    let Some(text) = input.filled("node_cidr_mask")? else { return Ok(USUAL_MASK) };
    let mask = text.parse().ok().filter(|mask| MASKS.contains(mask));
    mask.ok_or_else(|| invalid(format!("node_cidr_mask is {} to {}", MASKS.start(), MASKS.end())))
}

/// The container runtime by its name.
pub(super) fn runtime(runtime: Input<'_>) -> Outcome<String> {
    let name = runtime.one_of("name", &["containerd", "docker", "Sandboxed-Container.runv"])?;
    Ok(name.unwrap_or("docker").to_owned())
}

/// The components of a new cluster: those that it needs, the usual ones, and those that are named; without those
/// that the request excludes.
fn components(input: Input<'_>) -> Outcome<Vec<NewComponent>> {
    let mut wanted: Vec<NewComponent> = Vec::new();
    let mut unwanted = Vec::new();
    for addon in input.structures("addons")? {
        let name = addon.required("name")?;
        // Other members name its network.
        if matches!(name, "flannel" | "terway" | "terway-eniip") {
            continue;
        }
        if addon.flag("disabled")? {
            unwanted.push(name);
        } else {
            let config = addon.owned("config")?.unwrap_or_default();
            wanted.push(NewComponent { name: name.to_owned(), version: None, config });
        }
    }
    for component in &COMPONENTS {
        let named = wanted.iter().any(|known| known.name == component.name);
        if !named && (component.required || component.usual && !unwanted.contains(&component.name)) {
            wanted.push(NewComponent { name: component.name.to_owned(), ..NewComponent::default() });
        }
    }
    Ok(wanted)
}

/// What the pool of the first workers shows.
fn first_pool(input: Input<'_>, worker: &ServerKind, subnets: &[String]) -> Outcome<PoolParts> {
    let mut group = Map::new();
    let category = input.filled("worker_system_disk_category")?.unwrap_or(WORKER_DISKS[0]);
    group.insert("system_disk_category".to_owned(), json!(category));
    let size = input.number("worker_system_disk_size")?.unwrap_or(USUAL_DISK_SIZE);
    group.insert("system_disk_size".to_owned(), json!(size));
    let disks = input.0.get("worker_data_disks").cloned().unwrap_or_else(|| json!([]));
    group.insert("data_disks".to_owned(), disks);
    let types = input.texts("worker_instance_types")?;
    let types = if types.is_empty() { vec![worker.instance_type.clone()] } else { types };
    group.insert("instance_types".to_owned(), json!(types));
    group.insert("vswitch_ids".to_owned(), json!(subnets));
    let taints = input.0.get("taints").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    let kubernetes = Map::from_iter([
        ("cpu_policy".to_owned(), json!(input.filled("cpu_policy")?.unwrap_or("none"))),
        ("cms_enabled".to_owned(), json!(input.flag("cloud_monitor_flags")?)),
        ("runtime".to_owned(), json!(runtime(input.within("runtime")?)?)),
        ("taints".to_owned(), taints),
    ]);
    Ok(PoolParts { scaling_group: group, kubernetes, ..PoolParts::default() })
}
