//! What a machine is bought with: disks, access to the Internet, agents, and the terms of its purchase.

use crate::infra::machines::Charge;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Size in GB of a system disk for which none is given.
const USUAL_SYSTEM_DISK: u64 = 50;
/// Sizes in GB of system disks.
const SYSTEM_DISK: std::ops::RangeInclusive<u64> = 20..=2_048;
/// The largest data disk, in GB.
const LARGEST_DISK: u64 = 32_000;
/// Sizes of data disks are multiples of it, in GB.
const DISK_STEP: u64 = 10;
/// Most data disks in the cloud, and in the host itself.
const MOST_CLOUD_DISKS: usize = 20;
const MOST_LOCAL_DISKS: usize = 1;
/// The earliest moment from now at which a machine can be set to be destroyed.
const EARLIEST_END: Millis = 5 * MINUTE;

/// What a machine has, in addition to its cores and its memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equipment {
    /// The system disk; that of its role if none is given.
    pub system_disk: Option<Disk>,
    pub data_disks: Vec<Disk>,
    /// Outgoing bandwidth in Mbps.
    pub bandwidth: u64,
    pub traffic: Option<Traffic>,
    /// What happens at the end of the term of a machine that is paid in advance.
    pub renewal: Renewal,
    /// Dedicated hosts of which it may run on any.
    pub hosts: Vec<String>,
    pub agents: Agents,
    pub project: i64,
    pub tags: Vec<(String, String)>,
    /// The role of the access management that programs on it may assume.
    pub access_role: Option<String>,
    pub placement_group: Option<String>,
    /// The highest price of a machine that another account may outbid.
    pub highest_price: Option<String>,
    /// When it is destroyed by itself.
    pub ends: Option<Millis>,
    /// What it reads at its first start.
    pub user_data: Option<UserData>,
}

/// Data for the first start of a machine, encoded in Base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserData(pub String);

/// Shows no content: it can hold what callers keep secret.
impl fmt::Debug for UserData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserData")
    }
}

/// A disk of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    pub kind: DiskKind,
    /// In GB.
    pub size: u64,
    /// Whether it outlives its machine.
    pub kept: bool,
    pub encrypted: bool,
    pub snapshot: Option<String>,
    /// Throughput that was bought in addition, in MB per second.
    pub throughput: u64,
}

/// The kinds of disks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DiskKind {
    LocalBasic,
    LocalSsd,
    Basic,
    #[default]
    Premium,
    Ssd,
    EnhancedSsd,
    TremendousSsd,
    BalancedSsd,
}

/// How access to the Internet is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Traffic {
    BandwidthAhead,
    BandwidthHourly,
    ByVolume,
}

/// What happens when the term of a machine ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Renewal {
    Automatic,
    #[default]
    Manual,
    ManualWithoutNotice,
}

/// The cloud's own programs on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agents {
    pub security: bool,
    pub monitoring: bool,
    pub automation: bool,
}

impl Default for Agents {
    fn default() -> Self {
        Self { security: true, monitoring: true, automation: false }
    }
}

impl DiskKind {
    /// Whether it is a disk of the host itself.
    pub fn is_local(self) -> bool {
        matches!(self, Self::LocalBasic | Self::LocalSsd)
    }

    /// Whether it is an SSD in the cloud.
    pub fn is_ssd(self) -> bool {
        matches!(self, Self::Ssd | Self::EnhancedSsd | Self::TremendousSsd | Self::BalancedSsd)
    }

    /// The smallest disk of the kind, in GB.
    fn smallest(self) -> u64 {
        if self.is_ssd() { 20 } else { 10 }
    }
}

impl Disk {
    /// A disk of that kind and size.
    pub fn new(kind: DiskKind, size: u64) -> Self {
        Self { kind, size, kept: false, encrypted: false, snapshot: None, throughput: 0 }
    }

    /// The system disk of masters or of workers, where none is given.
    pub fn usual(master: bool) -> Self {
        Self::new(if master { DiskKind::Ssd } else { DiskKind::Premium }, USUAL_SYSTEM_DISK)
    }

    fn check_data(&self) -> Outcome<()> {
        let refuse = |why: String| Err(Reason::Machine.because(why));
        let smallest = self.kind.smallest();
        if !(smallest..=LARGEST_DISK).contains(&self.size) || !self.size.is_multiple_of(DISK_STEP) {
            let range = format!("{smallest} to {LARGEST_DISK} GB in steps of {DISK_STEP}");
            return refuse(format!("DiskSize of a data disk of that DiskType is {range}, not {}", self.size));
        }
        if self.throughput > 0 && !matches!(self.kind, DiskKind::EnhancedSsd | DiskKind::TremendousSsd) {
            return refuse("ThroughputPerformance is for CLOUD_HSSD and CLOUD_TSSD".to_owned());
        }
        if (self.encrypted || self.snapshot.is_some()) && self.kind.is_local() {
            return refuse("Encrypt and SnapshotId are for disks in the cloud".to_owned());
        }
        Ok(())
    }
}

impl Equipment {
    /// Whether a machine that is paid like that can have all of it.
    pub fn check(&self, charge: Charge, now: Millis) -> Outcome<()> {
        let refuse = |why: &str| Err(Reason::Machine.because(why.to_owned()));
        if let Some(disk) = self.system_disk.as_ref().filter(|disk| !SYSTEM_DISK.contains(&disk.size)) {
            let range = format!("{} to {} GB", SYSTEM_DISK.start(), SYSTEM_DISK.end());
            return Err(Reason::Machine.because(format!("SystemDisk.DiskSize is {range}, not {}", disk.size)));
        }
        for disk in &self.data_disks {
            disk.check_data()?;
        }
        let local = self.data_disks.iter().filter(|disk| disk.kind.is_local()).count();
        if local > MOST_LOCAL_DISKS || self.data_disks.len() - local > MOST_CLOUD_DISKS {
            return refuse("DataDisks has at most 20 disks in the cloud and one local disk");
        }
        if self.traffic == Some(Traffic::BandwidthAhead) && charge != Charge::Prepaid {
            return refuse("InternetChargeType BANDWIDTH_PREPAID is for machines that are PREPAID");
        }
        if self.renewal != Renewal::Manual && charge != Charge::Prepaid {
            return refuse("RenewFlag is for machines that are PREPAID");
        }
        if !self.hosts.is_empty() && charge != Charge::Host {
            return refuse("Placement.HostIds is for machines that are CDHPAID");
        }
        if self.highest_price.is_some() && charge != Charge::Spot {
            return refuse("InstanceMarketOptions is for machines that are SPOTPAID");
        }
        if self.ends.is_some_and(|end| end < now.saturating_add(EARLIEST_END)) {
            return refuse("ActionTimer.ActionTime is at least five minutes ahead");
        }
        Ok(())
    }

    /// Whether a master can have these disks: they are SSDs.
    pub fn check_master(&self) -> Outcome<()> {
        let disks = self.system_disk.iter().chain(&self.data_disks);
        if disks.into_iter().all(|disk| disk.kind.is_ssd()) {
            return Ok(());
        }
        Err(Reason::Masters.because("the disks of a master are SSDs (CLOUD_SSD)"))
    }
}
