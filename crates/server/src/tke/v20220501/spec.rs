//! Reading what the machines of a native node pool are to be.

use crate::input::{Input, invalid, missing};
use crate::tke::machines::check_password;
use wharf_world::infra::machines::Charge;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::native::{
    Amount, Disk, DiskKind, Gpu, Internet, InternetCharge, MachineKind, NativeSpec, RemovalPolicy, Renewal, Scaling,
    Scripts, Setup, SpecChange, Term, Upgrade,
};

/// The directory of the runtime if none is named (002:8953).
const RUNTIME_ROOT: &str = "/var/lib/containerd";
/// Where the first data disk is mounted if the call names no directory (002:8692).
const FIRST_MOUNT: &str = "/var/lib/container";

/// Whether a field is given.
pub(super) fn given(input: Input<'_>, name: &str) -> bool {
    input.0.get(name).is_some_and(|value| !value.is_null())
}

/// The texts of a list, if it is given.
fn list(input: Input<'_>, name: &str) -> Outcome<Option<Vec<String>>> {
    given(input, name).then(|| input.texts(name)).transpose()
}

/// A text, if it is given; it can be empty.
fn text(input: Input<'_>, name: &str) -> Outcome<Option<String>> {
    Ok(input.text(name)?.map(str::to_owned))
}

/// A new specification.
pub(super) fn new_spec(input: Input<'_>) -> Outcome<NativeSpec> {
    refuse_unknown(input)?;
    let scaling = scaling(input.structure("Scaling")?.ok_or_else(|| missing("Native.Scaling"))?)?;
    let system = input.structure("SystemDisk")?.ok_or_else(|| missing("Native.SystemDisk"))?;
    let (charge, term) = charge(input)?.unwrap_or((Charge::Hourly, None));
    let autoscaling = input.flag("EnableAutoscaling")?;
    let least = if autoscaling { scaling.min } else { 0 };
    let kubelet_args = input.texts("KubeletArgs")?;
    let management = input.structure("Management")?.map(management).transpose()?;
    Ok(NativeSpec {
        kind: kind(input)?,
        scaling,
        autoscaling,
        replicas: input.number("Replicas")?.unwrap_or(least),
        removal: RemovalPolicy::default(),
        subnets: input.texts("SubnetIds")?,
        types: input.texts("InstanceTypes")?,
        security_groups: input.texts("SecurityGroupIds")?,
        charge,
        term,
        system_disk: disk(system, "SystemDisk")?,
        data_disks: data_disks(input)?,
        internet: internet(input)?,
        setup: Setup { kubelet_args, ..management.unwrap_or_default() },
        scripts: scripts(input)?.unwrap_or_default(),
        upgrade: upgrade(input)?.unwrap_or_default(),
        auto_repair: input.flag("AutoRepair")?,
        health_policy: input.owned("HealthCheckPolicyName")?,
        host_name: input.owned("HostNamePattern")?,
        runtime_root: input.owned("RuntimeRootDir")?.unwrap_or_else(|| RUNTIME_ROOT.to_owned()),
        runtime_version: input.owned("RuntimeVersion")?,
        image: image(input)?,
        keys: input.texts("KeyIds")?,
        password: password(input)?,
        gpus: gpus(input)?,
        qgpu: input.flag("QGPUEnable")?,
    })
}

/// A change of a specification.
pub(super) fn spec_change(input: Input<'_>) -> Outcome<SpecChange> {
    refuse_unknown(input)?;
    Ok(SpecChange {
        scaling: input.structure("Scaling")?.map(scaling).transpose()?,
        autoscaling: input.truth("EnableAutoscaling")?,
        replicas: input.number("Replicas")?,
        removal: removal(input)?,
        subnets: list(input, "SubnetIds")?,
        types: list(input, "InstanceTypes")?,
        security_groups: list(input, "SecurityGroupIds")?,
        charge: charge(input)?,
        system_disk: input.structure("SystemDisk")?.map(|given| disk(given, "SystemDisk")).transpose()?,
        data_disks: given(input, "DataDisks").then(|| data_disks(input)).transpose()?,
        management: input.structure("Management")?.map(management).transpose()?,
        kubelet_args: list(input, "KubeletArgs")?,
        scripts: scripts(input)?,
        upgrade: upgrade(input)?,
        auto_repair: input.truth("AutoRepair")?,
        health_policy: text(input, "HealthCheckPolicyName")?,
        host_name: text(input, "HostNamePattern")?,
        runtime_root: input.owned("RuntimeRootDir")?,
        image: text(input, "CustomImage")?,
        keys: list(input, "KeyIds")?,
        password: password(input)?,
        gpus: given(input, "GPUConfigs").then(|| gpus(input)).transpose()?,
    })
}

/// No operation shows the agent, so that nothing could come of it.
fn refuse_unknown(input: Input<'_>) -> Outcome<()> {
    if input.flag("AutomationService")? {
        return Err(Reason::Unsupported.because("AutomationService: the automation agent is not simulated"));
    }
    Ok(())
}

fn kind(input: Input<'_>) -> Outcome<MachineKind> {
    Ok(match input.one_of("MachineType", &["Native", "NativeCVM"])? {
        Some("NativeCVM") => MachineKind::Cvm,
        _ => MachineKind::Native,
    })
}

fn scaling(input: Input<'_>) -> Outcome<Scaling> {
    Ok(Scaling {
        min: input.required_number("MinReplicas")?,
        max: input.required_number("MaxReplicas")?,
        spread: input.one_of("CreatePolicy", &["ZonePriority", "ZoneEquality"])? == Some("ZoneEquality"),
        shuts_down: input.one_of("ScaleDownMode", &["ShutdownAndDelete", "Shutdown"])? == Some("Shutdown"),
    })
}

fn removal(input: Input<'_>) -> Outcome<Option<RemovalPolicy>> {
    let known = ["Random", "Newest", "Oldest"];
    Ok(input.one_of("DeletePolicy", &known)?.map(|name| match name {
        "Random" => RemovalPolicy::Random,
        "Oldest" => RemovalPolicy::Oldest,
        _ => RemovalPolicy::Newest,
    }))
}

/// How machines are paid, if it is given.
fn charge(input: Input<'_>) -> Outcome<Option<(Charge, Option<Term>)>> {
    let paid = input.structure("InstanceChargePrepaid")?;
    match input.filled("InstanceChargeType")? {
        None if paid.is_some() => Err(invalid("InstanceChargePrepaid needs InstanceChargeType PREPAID")),
        None => Ok(None),
        Some("PREPAID") => {
            let paid = paid.ok_or_else(|| missing("InstanceChargePrepaid"))?;
            Ok(Some((Charge::Prepaid, Some(term(paid)?))))
        }
        // A period of 0 is how pools that are billed by the hour show it.
        Some("POSTPAID_BY_HOUR") if paid.is_some_and(|paid| paid.number("Period").ok().flatten() != Some(0)) => {
            Err(invalid("InstanceChargePrepaid is for InstanceChargeType PREPAID"))
        }
        Some("POSTPAID_BY_HOUR") => Ok(Some((Charge::Hourly, None))),
        Some("UNDERWRITE") => Err(Reason::Unsupported.because("InstanceChargeType UNDERWRITE is not simulated")),
        Some(other) => Err(invalid(format!("InstanceChargeType is POSTPAID_BY_HOUR or PREPAID, not {other}"))),
    }
}

/// A term that is paid ahead.
pub(super) fn term(input: Input<'_>) -> Outcome<Term> {
    let months = input.count("Period")?.ok_or_else(|| missing("InstanceChargePrepaid.Period"))?;
    Ok(Term { months, renewal: input.filled("RenewFlag")?.map(renewal).transpose()?.unwrap_or_default() })
}

/// What happens at the end of a term.
pub(super) fn renewal(name: &str) -> Outcome<Renewal> {
    match name {
        "NOTIFY_AND_AUTO_RENEW" => Ok(Renewal::Auto),
        "NOTIFY_AND_MANUAL_RENEW" => Ok(Renewal::Manual),
        "DISABLE_NOTIFY_AND_MANUAL_RENEW" => Ok(Renewal::ManualWithoutNotice),
        other => Err(invalid(format!(
            "RenewFlag is NOTIFY_AND_AUTO_RENEW, NOTIFY_AND_MANUAL_RENEW or DISABLE_NOTIFY_AND_MANUAL_RENEW, not {other}"
        ))),
    }
}

/// A kind of disk. Requests also have the names of the declarative API (002:8528).
fn disk_kind(name: &str, field: &str) -> Outcome<DiskKind> {
    match name {
        "CLOUD_PREMIUM" | "CloudPremium" => Ok(DiskKind::Premium),
        "CLOUD_SSD" | "CloudSSD" => Ok(DiskKind::Ssd),
        "CLOUD_BSSD" | "CloudBSSD" => Ok(DiskKind::GeneralSsd),
        "CLOUD_HSSD" | "CloudHSSD" => Ok(DiskKind::EnhancedSsd),
        other => {
            let known = "CLOUD_PREMIUM, CLOUD_SSD, CLOUD_BSSD or CLOUD_HSSD";
            Err(invalid(format!("{field}.DiskType is {known}, not {other}")))
        }
    }
}

/// A disk.
pub(super) fn disk(input: Input<'_>, field: &str) -> Outcome<Disk> {
    if input.filled("DiskId")?.is_some() {
        let message = format!("{field}.DiskId: disks that are there already cannot be used");
        return Err(Reason::Unsupported.because(message));
    }
    let own = |name: &str| Ok(text(input, name)?.unwrap_or_default());
    Ok(Disk {
        kind: disk_kind(input.required("DiskType")?, field)?,
        size: input.required_number("DiskSize")?,
        mounts: input.flag("AutoFormatAndMount")?,
        file_system: own("FileSystem")?,
        target: own("MountTarget")?,
        partition: own("DiskPartition")?,
        encrypted: input.one_of("Encrypt", &["ENCRYPT"])?.is_some(),
        key: input.owned("KmsKeyId")?,
        snapshot: input.owned("SnapshotId")?,
        throughput: input.count("ThroughputPerformance")?,
    })
}

fn data_disks(input: Input<'_>) -> Outcome<Vec<Disk>> {
    let disks = input.structures("DataDisks")?.into_iter().map(|given| disk(given, "DataDisks"));
    let mut disks: Vec<Disk> = disks.collect::<Outcome<_>>()?;
    if let Some(first) = disks.first_mut().filter(|disk| disk.mounts && disk.target.is_empty()) {
        FIRST_MOUNT.clone_into(&mut first.target);
    }
    Ok(disks)
}

fn internet(input: Input<'_>) -> Outcome<Option<Internet>> {
    let Some(input) = input.structure("InternetAccessible")? else { return Ok(None) };
    let bandwidth = input.number("MaxBandwidthOut")?.unwrap_or(0);
    let charge = match input.filled("ChargeType")? {
        None if bandwidth == 0 => return Ok(None),
        None | Some("TRAFFIC_POSTPAID_BY_HOUR" | "TrafficPostpaidByHour") => InternetCharge::Traffic,
        Some("BANDWIDTH_POSTPAID_BY_HOUR" | "BandwidthPostpaidByHour") => InternetCharge::Bandwidth,
        Some("BANDWIDTH_PACKAGE" | "BandwidthPackage") => InternetCharge::Package,
        Some(other) => {
            let known = "TRAFFIC_POSTPAID_BY_HOUR, BANDWIDTH_POSTPAID_BY_HOUR or BANDWIDTH_PACKAGE";
            return Err(invalid(format!("InternetAccessible.ChargeType is {known}, not {other}")));
        }
    };
    let package = text(input, "BandwidthPackageId")?.unwrap_or_default();
    Ok(Some(Internet { bandwidth, charge, package }))
}

/// Nameservers, hosts and kernel parameters.
fn management(input: Input<'_>) -> Outcome<Setup> {
    Ok(Setup {
        nameservers: input.texts("Nameservers")?,
        hosts: input.texts("Hosts")?,
        kernel_args: input.texts("KernelArgs")?,
        kubelet_args: Vec::new(),
    })
}

fn scripts(input: Input<'_>) -> Outcome<Option<Scripts>> {
    let Some(input) = input.structure("Lifecycle")? else { return Ok(None) };
    let own = |name: &str| Ok(text(input, name)?.unwrap_or_default());
    Ok(Some(Scripts { before: own("PreInit")?, after: own("PostInit")? }))
}

fn upgrade(input: Input<'_>) -> Outcome<Option<Upgrade>> {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let Some(input) = input.structure("UpgradeSettings")? else { return Ok(None) };
    let (options, most) = (input.within("UpgradeOptions")?, input.within("MaxUnavailable")?);
    let days = options.texts("WeeklyPeriod")?;
    if let Some(day) = days.iter().find(|day| !DAYS.contains(&day.as_str())) {
        return Err(invalid(format!("UpgradeSettings.UpgradeOptions.WeeklyPeriod has days such as Monday, not {day}")));
    }
    let most_unavailable = match most.number("Type")?.unwrap_or(0) {
        0 => Amount::Number(most.number("IntVal")?.unwrap_or(0)),
        1 => Amount::Text(text(most, "StrVal")?.unwrap_or_default()),
        other => return Err(invalid(format!("UpgradeSettings.MaxUnavailable.Type is 0 or 1, not {other}"))),
    };
    Ok(Some(Upgrade {
        automatic: input.flag("AutoUpgrade")?,
        start: text(options, "AutoUpgradeStartTime")?.unwrap_or_default(),
        duration: text(options, "Duration")?.unwrap_or_default(),
        days,
        components: input.texts("Components")?,
        most_unavailable,
    }))
}

fn image(input: Input<'_>) -> Outcome<Option<String>> {
    match input.owned("CustomImage")? {
        Some(image) if !image.starts_with("img-") => {
            Err(invalid(format!("CustomImage is an image such as img-j9tbqlc2, not {image}")))
        }
        image => Ok(image),
    }
}

fn password(input: Input<'_>) -> Outcome<bool> {
    let password = input.filled("Password")?;
    password.map_or(Ok(()), check_password)?;
    Ok(password.is_some())
}

fn gpus(input: Input<'_>) -> Outcome<Vec<(String, Gpu)>> {
    let gpus = input.structures("GPUConfigs")?.into_iter().map(|config| {
        let parameters = config.within("GPUParams")?;
        let own = |name: &str| Ok(text(parameters, name)?.unwrap_or_default());
        let gpu = Gpu {
            driver: own("Driver")?,
            cuda: own("CUDA")?,
            cudnn: own("CUDNN")?,
            mig: parameters.flag("MIGEnable")?,
            fabric: parameters.flag("Fabric")?,
            custom_driver: own("CustomGPUDriver")?,
        };
        Ok((config.required("InstanceType")?.to_owned(), gpu))
    });
    gpus.collect()
}

/// The tags of specifications of that kind of resources.
pub(super) fn tags(input: Input<'_>) -> Outcome<Vec<(String, String)>> {
    let mut tags: Vec<(String, String)> = Vec::new();
    for specification in input.structures("Tags")? {
        specification.one_of("ResourceType", &["machine"])?;
        for (key, value) in specification.pairs("Tags", "Key", "Value")? {
            if tags.iter().any(|(before, _)| *before == key) {
                return Err(invalid(format!("Tags has the key {key} twice")));
            }
            if !key.is_empty() {
                tags.push((key, value));
            }
        }
    }
    Ok(tags)
}
