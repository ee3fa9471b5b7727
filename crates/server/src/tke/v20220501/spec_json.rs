//! Native node pools and machines as the wire has them.

use crate::tke::machines::charge_name;
use serde_json::{Value, json};
use wharf_world::cluster::Cluster;
use wharf_world::cluster::nodes::Node;
use wharf_world::kernel::time::local;
use wharf_world::tke::Tke;
use wharf_world::tke::native::{
    Amount, Disk, DiskKind, Gpu, Internet, InternetCharge, MachineKind, MachineState, NAMESERVERS, NativeMachine,
    NativePool, Renewal, Scaling, Setup, Term, Upgrade, is_gpu,
};

/// The part of a pool that only native ones have.
pub(super) fn native_pool_json(cluster: &Cluster, pool: &NativePool) -> Value {
    let spec = &pool.spec;
    let (months, renewal) = spec.term.map_or((0, ""), |term| (term.months, renewal_name(term)));
    json!({
        "Scaling": scaling_json(spec.scaling), "SubnetIds": spec.subnets, "SecurityGroupIds": spec.security_groups,
        "UpgradeSettings": upgrade_json(&spec.upgrade), "AutoRepair": spec.auto_repair,
        "InstanceChargeType": charge_name(spec.charge),
        "InstanceChargePrepaid": {"Period": months, "RenewFlag": renewal}, "SystemDisk": disk_json(&spec.system_disk),
        "KeyIds": spec.keys, "Management": management_json(&spec.setup),
        "HealthCheckPolicyName": spec.health_policy.as_deref().unwrap_or(""),
        "HostNamePattern": spec.host_name, "KubeletArgs": spec.setup.kubelet_args,
        "Lifecycle": {"PreInit": spec.scripts.before, "PostInit": spec.scripts.after},
        "RuntimeRootDir": spec.runtime_root, "EnableAutoscaling": spec.autoscaling, "InstanceTypes": spec.types,
        "Replicas": spec.replicas, "ReadyReplicas": cluster.native_ready(&pool.id),
        "InternetAccessible": internet_json(spec.internet.as_ref()),
        "DataDisks": spec.data_disks.iter().map(data_disk_json).collect::<Vec<_>>(),
        "MachineType": kind_name(spec.kind), "CustomImage": spec.image,
    })
}

fn kind_name(kind: MachineKind) -> &'static str {
    match kind {
        MachineKind::Native => "Native",
        MachineKind::Cvm => "NativeCVM",
    }
}

fn scaling_json(scaling: Scaling) -> Value {
    json!({
        "MinReplicas": scaling.min, "MaxReplicas": scaling.max,
        "CreatePolicy": if scaling.spread { "ZoneEquality" } else { "ZonePriority" },
        "ScaleDownMode": if scaling.shuts_down { "Shutdown" } else { "ShutdownAndDelete" },
    })
}

fn upgrade_json(upgrade: &Upgrade) -> Value {
    let most = match &upgrade.most_unavailable {
        Amount::Number(number) => json!({"Type": 0, "IntVal": number, "StrVal": ""}),
        Amount::Text(text) => json!({"Type": 1, "IntVal": 0, "StrVal": text}),
    };
    json!({
        "AutoUpgrade": upgrade.automatic, "Components": upgrade.components, "MaxUnavailable": most,
        "UpgradeOptions": {
            "AutoUpgradeStartTime": upgrade.start, "Duration": upgrade.duration, "WeeklyPeriod": upgrade.days,
        },
    })
}

/// The settings of the system, with the nameservers that every node has.
fn management_json(setup: &Setup) -> Value {
    let mut nameservers = setup.nameservers.clone();
    let missing = |own: &&&str| !setup.nameservers.iter().any(|server| server.ends_with(**own));
    nameservers.extend(NAMESERVERS.iter().filter(missing).map(|server| (*server).to_owned()));
    json!({"Nameservers": nameservers, "Hosts": setup.hosts, "KernelArgs": setup.kernel_args})
}

fn disk_kind_name(kind: DiskKind) -> &'static str {
    match kind {
        DiskKind::Premium => "CLOUD_PREMIUM",
        DiskKind::Ssd => "CLOUD_SSD",
        DiskKind::GeneralSsd => "CLOUD_BSSD",
        DiskKind::EnhancedSsd => "CLOUD_HSSD",
    }
}

fn disk_json(disk: &Disk) -> Value {
    json!({
        "DiskType": disk_kind_name(disk.kind), "DiskSize": disk.size, "AutoFormatAndMount": disk.mounts,
        "FileSystem": disk.file_system, "MountTarget": disk.target,
        "Encrypt": if disk.encrypted { "ENCRYPT" } else { "" },
        "KmsKeyId": disk.key.as_deref().unwrap_or(""),
    })
}

fn data_disk_json(disk: &Disk) -> Value {
    let mut shown = disk_json(disk);
    shown["DiskPartition"] = json!(disk.partition);
    if let Some(snapshot) = &disk.snapshot {
        shown["SnapshotId"] = json!(snapshot);
    }
    if let Some(throughput) = disk.throughput {
        shown["ThroughputPerformance"] = json!(throughput);
    }
    shown
}

fn internet_json(internet: Option<&Internet>) -> Value {
    let Some(internet) = internet else {
        return json!({"MaxBandwidthOut": 0, "ChargeType": "", "BandwidthPackageId": ""});
    };
    let charge = match internet.charge {
        InternetCharge::Traffic => "TRAFFIC_POSTPAID_BY_HOUR",
        InternetCharge::Bandwidth => "BANDWIDTH_POSTPAID_BY_HOUR",
        InternetCharge::Package => "BANDWIDTH_PACKAGE",
    };
    json!({"MaxBandwidthOut": internet.bandwidth, "ChargeType": charge, "BandwidthPackageId": internet.package})
}

fn renewal_name(term: Term) -> &'static str {
    match term.renewal {
        Renewal::Auto => "NOTIFY_AND_AUTO_RENEW",
        Renewal::Manual => "NOTIFY_AND_MANUAL_RENEW",
        Renewal::ManualWithoutNotice => "DISABLE_NOTIFY_AND_MANUAL_RENEW",
    }
}

/// The state of a machine with that node.
fn machine_state(machine: &NativeMachine, node: Option<&Node>) -> MachineState {
    match (machine.state, node) {
        (_, Some(node)) if node.leaving.is_some() => MachineState::Deleting,
        (MachineState::Running, Some(node)) if !node.is_ready() => MachineState::Failed,
        (state, _) => state,
    }
}

/// The state of a machine: `Running` is of the official example, `Stopping` and `Stopped` are of the description of
/// StopMachines.
fn machine_state_name(machine: &NativeMachine, node: Option<&Node>) -> &'static str {
    match machine_state(machine, node) {
        MachineState::Creating => "Creating",
        MachineState::Running => "Running",
        MachineState::Failed => "Failed",
        MachineState::Stopping => "Stopping",
        MachineState::Stopped => "Stopped",
        MachineState::Starting => "Starting",
        MachineState::Rebooting => "Rebooting",
        MachineState::Deleting => "Deleting",
    }
}

/// The state of the node of a machine: the first three are documented, a stopped machine is of the description of
/// StopMachines.
pub(super) fn instance_state(machine: &NativeMachine, node: Option<&Node>) -> &'static str {
    match machine_state(machine, node) {
        MachineState::Creating => "initializing",
        MachineState::Running => "running",
        MachineState::Failed => "failed",
        MachineState::Stopping => "stopping",
        MachineState::Stopped if machine.idle => "stopped_without_charging",
        MachineState::Stopped => "stopped_with_charging",
        MachineState::Starting => "starting",
        MachineState::Rebooting => "rebooting",
        MachineState::Deleting => "deleting",
    }
}

/// A machine as lists of machines show it.
pub(super) fn machine_json(realm: &Tke<'_>, cluster: &Cluster, machine: &NativeMachine) -> Value {
    let node = cluster.nodes.get(&machine.name);
    let there = realm.realm.machines.get(&machine.name);
    let charge = there.map_or("", |there| charge_name(there.charge));
    let kind = there.map_or("", |there| there.instance_type.as_str());
    json!({
        "MachineName": machine.name, "MachineState": machine_state_name(machine, node),
        "Zone": there.map(|there| &there.zone), "InstanceChargeType": charge, "CreatedAt": local(machine.created),
        "LoginStatus": if machine.keys.is_empty() && !machine.password { "Closed" } else { "Opened" },
        "IsProtectedFromScaleIn": cluster.is_kept(&machine.name), "DisplayName": there.map(|there| &there.name),
        "CPU": there.map(|there| there.size.cores), "Memory": there.map(|there| there.size.memory),
        "GPU": if is_gpu(kind) { Value::Null } else { json!(0) },
        "RenewFlag": machine.term.map_or("", renewal_name), "PayMode": charge,
        "SystemDisk": disk_json(&machine.system_disk), "InternetAccessible": internet_json(machine.internet.as_ref()),
        "InstanceFamily": kind.split_once('.').map_or(kind, |(family, _)| family),
        "LanIP": there.map(|there| &there.private_ip), "InstanceType": kind,
        "ExpiredTime": machine.expires.map(local).unwrap_or_default(),
    })
}

/// A machine as the list of all nodes shows it.
pub(super) fn native_node_json(realm: &Tke<'_>, cluster: &Cluster, machine: &NativeMachine, tags: bool) -> Value {
    let there = realm.realm.machines.get(&machine.name);
    let pool = cluster.native_pool(&machine.pool).ok();
    let mut shown = machine_json(realm, cluster, machine);
    if let Some(members) = shown.as_object_mut() {
        let address = members.remove("LanIP").unwrap_or_default();
        members.insert("LanIp".to_owned(), address);
        let more = json!({
            "WanIp": there.and_then(|there| there.public_ip.as_deref()).unwrap_or(""), "KeyIds": machine.keys,
            "GPUParams": gpu_json(machine.gpu.as_ref()),
            "DataDisks": machine.data_disks.iter().map(data_disk_json).collect::<Vec<_>>(),
            "SecurityGroupIDs": there.map(|there| &there.security_groups), "VpcId": cluster.network,
            "SubnetId": there.map(|there| &there.subnet), "OsImage": there.map(|there| &there.os),
            "MachineType": pool.map_or("", |pool| kind_name(pool.spec.kind)), "InstanceId": machine.instance,
            "IsMigrated": false, "ResourceId": format!("{}_{}", cluster.id, machine.name),
        });
        members.extend(more.as_object().cloned().unwrap_or_default());
        if let Some(pool) = pool.filter(|_| tags) {
            let tags = cluster.native_tags(pool);
            let tags = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value}));
            members.insert("Tags".to_owned(), tags.collect());
        }
    }
    shown
}

fn gpu_json(gpu: Option<&Gpu>) -> Value {
    let none = Gpu::default();
    let gpu = gpu.unwrap_or(&none);
    json!({
        "Driver": gpu.driver, "CUDA": gpu.cuda, "CUDNN": gpu.cudnn, "MIGEnable": gpu.mig, "Fabric": gpu.fabric,
        "CustomGPUDriver": gpu.custom_driver,
    })
}
