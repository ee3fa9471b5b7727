//! Disks, bandwidth, agents and terms of machines, as the machine service and the scaling service call them.

use super::node_settings::check_script;
use crate::input::{Input, invalid};
use serde_json::Value;
use wharf_world::Millis;
use wharf_world::infra::equipment::{Agents, Disk, DiskKind, Equipment, Renewal, Traffic, UserData};
use wharf_world::infra::machines::Charge;
use wharf_world::kernel::time::read_iso;
use wharf_world::kernel::violation::{Outcome, Reason, Violation};

/// Size in GB of a system disk where only its type is given.
const SYSTEM_DISK: u64 = 50;
/// Most bytes of the data for the first start of a machine.
const MOST_USER_DATA: usize = 16 << 10;
/// Most tags of the machines of a purchase.
pub(super) const MOST_TAGS: usize = 30;

fn machine(message: impl Into<String>) -> Violation {
    Reason::Machine.because(message.into())
}

/// Reads the name of a kind of disks.
pub(super) fn disk_kind(disk: Input<'_>, name: &str) -> Outcome<Option<DiskKind>> {
    let kind = match disk.filled(name)? {
        None => return Ok(None),
        Some("LOCAL_BASIC") => DiskKind::LocalBasic,
        Some("LOCAL_SSD") => DiskKind::LocalSsd,
        Some("CLOUD_BASIC") => DiskKind::Basic,
        Some("CLOUD_PREMIUM") => DiskKind::Premium,
        Some("CLOUD_SSD") => DiskKind::Ssd,
        Some("CLOUD_HSSD") => DiskKind::EnhancedSsd,
        Some("CLOUD_TSSD") => DiskKind::TremendousSsd,
        Some("CLOUD_BSSD") => DiskKind::BalancedSsd,
        Some(other @ ("LOCAL_NVME" | "LOCAL_PRO")) => {
            return Err(machine(format!("{name} {other} comes with the machine type and cannot be chosen")));
        }
        Some(other) => return Err(machine(format!("the {name} {other} is not offered"))),
    };
    Ok(Some(kind))
}

/// Whether disks can be formatted with it.
pub(super) fn check_file_system(name: Option<&str>) -> Outcome<()> {
    match name {
        None | Some("ext3" | "ext4" | "xfs") => Ok(()),
        Some(other) => Err(invalid(format!("FileSystem is ext3, ext4 or xfs, not {other}"))),
    }
}

fn system_disk(para: Input<'_>) -> Outcome<Option<Disk>> {
    let Some(disk) = para.structure("SystemDisk")? else { return Ok(None) };
    let kind = disk_kind(disk, "DiskType")?.unwrap_or_default();
    Ok(Some(Disk::new(kind, disk.count("DiskSize")?.unwrap_or(SYSTEM_DISK))))
}

/// The data disks; one of 0 GB is not bought.
fn data_disks(para: Input<'_>, usual: DiskKind) -> Outcome<Vec<Disk>> {
    let mut disks = Vec::new();
    for disk in para.structures("DataDisks")? {
        let kind = disk_kind(disk, "DiskType")?.unwrap_or(usual);
        let encrypted = disk.flag("Encrypt")?;
        if disk.filled("KmsKeyId")?.is_some() && !encrypted {
            return Err(machine("KmsKeyId is for a disk with Encrypt"));
        }
        let read = Disk {
            kept: disk.truth("DeleteWithInstance")? == Some(false),
            encrypted,
            snapshot: disk.owned("SnapshotId")?,
            throughput: disk.count("ThroughputPerformance")?.unwrap_or(0),
            ..Disk::new(kind, disk.count("DiskSize")?.unwrap_or(0))
        };
        if read.size > 0 {
            disks.push(read);
        }
    }
    Ok(disks)
}

fn traffic(access: Input<'_>) -> Outcome<Option<Traffic>> {
    if access.filled("BandwidthPackageId")?.is_some() {
        return Err(Reason::Unsupported.because("BandwidthPackageId: the account has no bandwidth packages"));
    }
    match access.filled("InternetChargeType")? {
        None => Ok(None),
        Some("BANDWIDTH_PREPAID") => Ok(Some(Traffic::BandwidthAhead)),
        Some("BANDWIDTH_POSTPAID_BY_HOUR") => Ok(Some(Traffic::BandwidthHourly)),
        Some("TRAFFIC_POSTPAID_BY_HOUR") => Ok(Some(Traffic::ByVolume)),
        Some("BANDWIDTH_PACKAGE") => {
            Err(Reason::Unsupported.because("InternetChargeType BANDWIDTH_PACKAGE: the account has no packages"))
        }
        Some(other) => Err(machine(format!("the InternetChargeType {other} is not offered"))),
    }
}

/// Reads a renewal at the end of a term.
pub(super) fn renewal(holder: Input<'_>) -> Outcome<Option<Renewal>> {
    match holder.filled("RenewFlag")? {
        None => Ok(None),
        Some("NOTIFY_AND_AUTO_RENEW") => Ok(Some(Renewal::Automatic)),
        Some("NOTIFY_AND_MANUAL_RENEW") => Ok(Some(Renewal::Manual)),
        Some("DISABLE_NOTIFY_AND_MANUAL_RENEW") => Ok(Some(Renewal::ManualWithoutNotice)),
        Some(other) => Err(machine(format!("the RenewFlag {other} is not offered"))),
    }
}

/// Reads `EnhancedService`.
pub(super) fn agents(service: Input<'_>) -> Outcome<Agents> {
    let usual = Agents::default();
    let enabled = |name: &str| service.within(name)?.truth("Enabled");
    let automation = enabled("AutomationService")?.or(enabled("AutomationToolsService")?);
    Ok(Agents {
        security: enabled("SecurityService")?.unwrap_or(usual.security),
        monitoring: enabled("MonitorService")?.unwrap_or(usual.monitoring),
        automation: automation.unwrap_or(usual.automation),
    })
}

/// Whether the login of the image is to be kept: `true`, or TRUE as text.
pub(super) fn keeps_image_login(login: Input<'_>) -> Outcome<bool> {
    match login.0.get("KeepImageLogin") {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(keeps)) => Ok(*keeps),
        Some(Value::String(text)) => match text.as_str() {
            "TRUE" | "true" | "True" => Ok(true),
            "" | "FALSE" | "false" | "False" => Ok(false),
            _ => Err(invalid("KeepImageLogin is TRUE or FALSE")),
        },
        Some(_) => Err(invalid("KeepImageLogin is TRUE or FALSE")),
    }
}

/// The bid for a machine that others may outbid.
fn highest_price(para: Input<'_>) -> Outcome<Option<String>> {
    let Some(options) = para.structure("InstanceMarketOptions")? else { return Ok(None) };
    if let Some(kind) = options.filled("MarketType")?.filter(|kind| *kind != "spot") {
        return Err(machine(format!("MarketType is spot, not {kind}")));
    }
    let bid = options.within("SpotOptions")?;
    if let Some(kind) = bid.filled("SpotInstanceType")?.filter(|kind| *kind != "one-time") {
        return Err(machine(format!("SpotInstanceType is one-time, not {kind}")));
    }
    let price = bid.filled("MaxPrice")?.unwrap_or_default();
    let is_price = price.is_empty() || price.parse::<f64>().is_ok_and(|price| price.is_finite() && price > 0.0);
    if !is_price {
        return Err(machine(format!("MaxPrice is a decimal number such as 1.05, not {price}")));
    }
    Ok(Some(price.to_owned()))
}

fn placement_group(para: Input<'_>) -> Outcome<Option<String>> {
    let groups = para.texts("DisasterRecoverGroupIds")?;
    if groups.len() > 1 {
        return Err(machine("DisasterRecoverGroupIds takes a single placement group"));
    }
    Ok(groups.into_iter().next())
}

/// When a machine is destroyed by itself.
fn end(para: Input<'_>) -> Outcome<Option<Millis>> {
    let Some(timer) = para.structure("ActionTimer")? else { return Ok(None) };
    if let Some(action) = timer.filled("TimerAction")?.filter(|action| *action != "TerminateInstances") {
        return Err(machine(format!("TimerAction is TerminateInstances, not {action}")));
    }
    let time = timer.required("ActionTime")?;
    read_iso(time)
        .map(Some)
        .ok_or_else(|| machine(format!("ActionTime is a time such as 2018-05-29T11:26:40Z, not {time}")))
}

/// What purchases of machines and launch configurations have alike.
fn common(para: Input<'_>, usual_disk: Option<DiskKind>) -> Outcome<Equipment> {
    if para.filled("HpcClusterId")?.is_some() {
        return Err(Reason::Unsupported.because("HpcClusterId is for types of high-performance computing only"));
    }
    let access = para.within("InternetAccessible")?;
    let system_disk = system_disk(para)?;
    let usual = usual_disk.or(system_disk.as_ref().map(|disk| disk.kind)).unwrap_or_default();
    Ok(Equipment {
        data_disks: data_disks(para, usual)?,
        system_disk,
        bandwidth: access.count("InternetMaxBandwidthOut")?.unwrap_or(0),
        traffic: traffic(access)?,
        renewal: renewal(para.within("InstanceChargePrepaid")?)?.unwrap_or_default(),
        agents: agents(para.within("EnhancedService")?)?,
        access_role: para.owned("CamRoleName")?,
        placement_group: placement_group(para)?,
        highest_price: highest_price(para)?,
        ..Equipment::default()
    })
}

/// What machines of a purchase have.
pub(super) fn equipment_of_purchase(para: Input<'_>, charge: Charge) -> Outcome<Equipment> {
    let place = para.within("VirtualPrivateCloud")?;
    if place.flag("AsVpcGateway")? {
        return Err(Reason::Unsupported.because("AsVpcGateway: a node cannot be a gateway to the Internet"));
    }
    if place.count("Ipv6AddressCount")?.unwrap_or(0) > 0 {
        return Err(Reason::Unsupported.because("Ipv6AddressCount: the subnets have no IPv6 addresses"));
    }
    let placement = para.within("Placement")?;
    let mut tags = Vec::new();
    for specification in para.structures("TagSpecification")? {
        tags.extend(specification.pairs("Tags", "Key", "Value")?);
    }
    let own = common(para, Some(DiskKind::LocalBasic))?;
    check_script(para, "UserData")?;
    let user_data = para.owned("UserData")?;
    if user_data.as_ref().is_some_and(|data| data.len() / 4 * 3 > MOST_USER_DATA) {
        return Err(invalid("UserData has at most 16 KB"));
    }
    let ends = end(para)?;
    if ends.is_some() && charge == Charge::Prepaid {
        return Err(machine("ActionTimer is not for machines that are PREPAID"));
    }
    Ok(Equipment {
        hosts: placement.texts("HostIds")?,
        project: placement.number("ProjectId")?.unwrap_or(0),
        tags,
        ends,
        user_data: user_data.map(UserData),
        ..own
    })
}

/// What machines of a launch configuration have.
pub(super) fn equipment_of_launch(launch: Input<'_>, charge: Charge) -> Outcome<Equipment> {
    let own = common(launch, None)?;
    if charge == Charge::Spot && own.highest_price.is_none() {
        return Err(Reason::Missing.because("InstanceMarketOptions is needed for SPOTPAID"));
    }
    launch.one_of("DiskTypePolicy", &["ORIGINAL", "AUTOMATIC"])?;
    let tags = launch.pairs("InstanceTags", "Key", "Value")?;
    if tags.len() > 10 || launch.structures("Tags")?.len() > MOST_TAGS {
        return Err(machine("InstanceTags has at most 10 tags, and Tags at most 30"));
    }
    Ok(Equipment { tags, ..own })
}
