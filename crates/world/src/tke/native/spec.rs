//! What the machines of a native node pool are to be, and the rules for it.

use super::{kernel_args, offers};
use crate::infra::machines::Charge;
use crate::kernel::violation::{Outcome, Reason, Violation};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// Most machines of a pool (002:9961).
pub(super) const MOST_REPLICAS: i64 = 500;
/// Sizes of disks in GB (002:8637, 002:7993), and the step between them.
const SYSTEM_DISK: std::ops::RangeInclusive<i64> = 50..=1_024;
const LEAST_DATA_DISK: i64 = 50;
const DISK_STEP: i64 = 10;
/// Characters of the first part of a host name (002:8736).
const HOST_NAME: std::ops::RangeInclusive<usize> = 2..=40;
/// Months that a machine can be paid ahead for.
const TERMS: [u64; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 24, 36, 48, 60];

/// How many machines a pool has, and where they are put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    pub min: i64,
    pub max: i64,
    /// Whether machines are spread over zones. Otherwise the first zone is preferred.
    pub spread: bool,
    /// Whether machines that are too many are stopped and kept, not deleted.
    pub shuts_down: bool,
}

/// Which machines go first when there are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RemovalPolicy {
    Random,
    #[default]
    Newest,
    Oldest,
}

/// What runs the machines of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum MachineKind {
    /// The container service itself.
    #[default]
    Native,
    /// The machine service.
    Cvm,
}

/// How long a machine is paid ahead for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    pub months: u64,
    pub renewal: Renewal,
}

/// What happens at the end of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Renewal {
    Auto,
    #[default]
    Manual,
    ManualWithoutNotice,
}

/// A kind of disk (002:7855-7858).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiskKind {
    Premium,
    Ssd,
    GeneralSsd,
    EnhancedSsd,
}

/// A disk of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    pub kind: DiskKind,
    /// In GB.
    pub size: i64,
    pub mounts: bool,
    pub file_system: String,
    pub target: String,
    pub partition: String,
    pub encrypted: bool,
    pub key: Option<String>,
    pub snapshot: Option<String>,
    /// Additional throughput in MB/s.
    pub throughput: Option<u64>,
}

/// How traffic of a public address is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InternetCharge {
    Traffic,
    Bandwidth,
    Package,
}

/// The public address of each machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Internet {
    /// In Mbps.
    pub bandwidth: i64,
    pub charge: InternetCharge,
    pub package: String,
}

/// What the system of a machine is set up with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    pub nameservers: Vec<String>,
    pub hosts: Vec<String>,
    pub kernel_args: Vec<String>,
    pub kubelet_args: Vec<String>,
}

/// What runs before and after a machine becomes a node.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scripts {
    pub before: String,
    pub after: String,
}

/// Leaves the scripts out: they can hold secrets.
impl fmt::Debug for Scripts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripts").finish_non_exhaustive()
    }
}

/// When the machines of a pool are upgraded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    pub automatic: bool,
    pub start: String,
    pub duration: String,
    pub days: Vec<String>,
    pub components: Vec<String>,
    pub most_unavailable: Amount,
}

/// A number, or a share in percent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amount {
    Number(i64),
    Text(String),
}

impl Default for Amount {
    fn default() -> Self {
        Self::Number(0)
    }
}

/// The software of a GPU.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gpu {
    pub driver: String,
    pub cuda: String,
    pub cudnn: String,
    pub mig: bool,
    pub fabric: bool,
    pub custom_driver: String,
}

/// What the machines of a native node pool are to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NativeSpec {
    pub kind: MachineKind,
    pub scaling: Scaling,
    pub autoscaling: bool,
    pub replicas: i64,
    pub removal: RemovalPolicy,
    pub subnets: Vec<String>,
    pub types: Vec<String>,
    pub security_groups: Vec<String>,
    pub charge: Charge,
    pub term: Option<Term>,
    pub system_disk: Disk,
    pub data_disks: Vec<Disk>,
    pub internet: Option<Internet>,
    pub setup: Setup,
    pub scripts: Scripts,
    pub upgrade: Upgrade,
    pub auto_repair: bool,
    pub health_policy: Option<String>,
    pub host_name: Option<String>,
    pub runtime_root: String,
    pub runtime_version: Option<String>,
    pub image: Option<String>,
    pub keys: Vec<String>,
    /// Whether a password was set.
    pub password: bool,
    pub gpus: Vec<(String, Gpu)>,
    pub qgpu: bool,
}

/// How a specification is to change. What is not set stays.
#[derive(Debug, Clone, Default)]
pub struct SpecChange {
    pub scaling: Option<Scaling>,
    pub autoscaling: Option<bool>,
    pub replicas: Option<i64>,
    pub removal: Option<RemovalPolicy>,
    pub subnets: Option<Vec<String>>,
    pub types: Option<Vec<String>>,
    pub security_groups: Option<Vec<String>>,
    pub charge: Option<(Charge, Option<Term>)>,
    pub system_disk: Option<Disk>,
    pub data_disks: Option<Vec<Disk>>,
    /// Nameservers, hosts and kernel parameters.
    pub management: Option<Setup>,
    pub kubelet_args: Option<Vec<String>>,
    pub scripts: Option<Scripts>,
    pub upgrade: Option<Upgrade>,
    pub auto_repair: Option<bool>,
    /// An empty name takes the policy away.
    pub health_policy: Option<String>,
    /// An empty text names machines by their addresses again.
    pub host_name: Option<String>,
    pub runtime_root: Option<String>,
    pub image: Option<String>,
    pub keys: Option<Vec<String>>,
    pub password: bool,
    pub gpus: Option<Vec<(String, Gpu)>>,
}

fn invalid(message: String) -> Violation {
    Reason::Invalid.because(message)
}

impl Term {
    /// Whether one can pay for so many months.
    pub fn check(self) -> Outcome<()> {
        if TERMS.contains(&self.months) {
            return Ok(());
        }
        Err(invalid(format!("InstanceChargePrepaid.Period is 1 to 12, 24, 36, 48 or 60, not {}", self.months)))
    }
}

impl Disk {
    fn check(&self, field: &str) -> Outcome<()> {
        if self.size % DISK_STEP != 0 {
            return Err(invalid(format!("{field}.DiskSize is a multiple of {DISK_STEP}, not {}", self.size)));
        }
        if !self.file_system.is_empty() && !["ext3", "ext4", "xfs"].contains(&self.file_system.as_str()) {
            return Err(invalid(format!("{field}.FileSystem is ext3, ext4 or xfs, not {}", self.file_system)));
        }
        if self.key.is_some() && !self.encrypted {
            return Err(invalid(format!("{field}.KmsKeyId needs Encrypt")));
        }
        Ok(())
    }

    /// Whether it can be the disk of the system.
    pub(super) fn check_system(&self) -> Outcome<()> {
        if !SYSTEM_DISK.contains(&self.size) {
            let (least, most) = (SYSTEM_DISK.start(), SYSTEM_DISK.end());
            return Err(invalid(format!("SystemDisk.DiskSize is {least} to {most} GB, not {}", self.size)));
        }
        self.check("SystemDisk")
    }

    fn check_data(&self) -> Outcome<()> {
        if self.size < LEAST_DATA_DISK {
            return Err(invalid(format!("DataDisks.DiskSize is at least {LEAST_DATA_DISK} GB, not {}", self.size)));
        }
        self.check("DataDisks")
    }
}

impl Scaling {
    fn check(self) -> Outcome<()> {
        let Self { min, max, .. } = self;
        if min < 0 || min > max || max > MOST_REPLICAS {
            let message = format!(
                "Scaling: MinReplicas {min} and MaxReplicas {max} must satisfy 0 <= MinReplicas <= MaxReplicas <= {MOST_REPLICAS}"
            );
            return Err(invalid(message));
        }
        Ok(())
    }
}

impl Setup {
    fn check(&self) -> Outcome<()> {
        for server in &self.nameservers {
            let address = server.strip_prefix("nameserver ").unwrap_or(server).trim();
            if address.parse::<IpAddr>().is_err() {
                return Err(invalid(format!("Management.Nameservers: {server} is not an address")));
            }
        }
        for host in &self.hosts {
            let mut words = host.split_whitespace();
            if words.next().is_none_or(|word| word.parse::<IpAddr>().is_err()) || words.next().is_none() {
                return Err(invalid(format!("Management.Hosts: {host} is not an address and a name")));
            }
        }
        for argument in &self.kernel_args {
            kernel_args::check(argument)?;
        }
        for argument in &self.kubelet_args {
            if argument.split_once('=').is_none_or(|(name, _)| name.trim().is_empty()) {
                return Err(invalid(format!("KubeletArgs: {argument} is not name=value")));
            }
        }
        Ok(())
    }
}

/// The first part of host names of that pattern: `work` of `work{R:2}`.
pub(super) fn host_prefix(pattern: &str) -> &str {
    pattern.split_once("{R:").map_or(pattern, |(prefix, _)| prefix)
}

fn check_host_name(pattern: &str) -> Outcome<()> {
    let prefix = host_prefix(pattern);
    let number = pattern.strip_prefix(prefix).and_then(|rest| rest.strip_prefix("{R:")?.strip_suffix('}'));
    let numbered = pattern == prefix || number.is_some_and(is_number);
    let symbol = |c: char| c == '-' || c == '.';
    let letters = prefix.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || symbol(c));
    let pairs = prefix.chars().zip(prefix.chars().skip(1));
    let adjacent = pairs.into_iter().any(|(one, next)| symbol(one) && symbol(next));
    if !numbered
        || !HOST_NAME.contains(&prefix.chars().count())
        || !letters
        || adjacent
        || prefix.starts_with(symbol)
        || prefix.ends_with(symbol)
    {
        let message = "HostNamePattern has 2 to 40 lower case letters, digits, `-` and `.`, which are neither at an end \
                       nor next to each other, and {R:number} at its end at most";
        return Err(Reason::Invalid.because(message));
    }
    Ok(())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

fn check_runtime(version: &str) -> Outcome<()> {
    let (number, build) = version.split_once("-tke.").unwrap_or((version, "1"));
    if number.split('.').count() != 3 || !number.split('.').all(is_number) || !is_number(build) {
        return Err(invalid(format!("RuntimeVersion is a version such as 1.7.28 or 1.7.28-tke.3, not {version}")));
    }
    Ok(())
}

impl NativeSpec {
    /// The rules that need to know nothing but the specification.
    pub(super) fn check(&self) -> Outcome<()> {
        self.scaling.check()?;
        offers::check_types(&self.types)?;
        if self.charge == Charge::Prepaid && self.term.is_none() {
            return Err(Reason::Missing.because("PREPAID needs InstanceChargePrepaid"));
        }
        self.term.map_or(Ok(()), Term::check)?;
        self.system_disk.check_system()?;
        self.data_disks.iter().try_for_each(Disk::check_data)?;
        self.setup.check()?;
        self.check_replicas(self.replicas)?;
        self.host_name.as_deref().map_or(Ok(()), check_host_name)?;
        self.runtime_version.as_deref().map_or(Ok(()), check_runtime)?;
        if let Some(internet) = &self.internet
            && (internet.bandwidth < 1 || (internet.charge == InternetCharge::Package && internet.package.is_empty()))
        {
            let message = "InternetAccessible needs MaxBandwidthOut above 0, and BandwidthPackageId to pay by package";
            return Err(Reason::Invalid.because(message));
        }
        self.check_gpus()
    }

    fn check_gpus(&self) -> Outcome<()> {
        let gpu = self.types.iter().any(|name| offers::is_gpu(name));
        if self.qgpu && !gpu {
            return Err(Reason::Invalid.because("QGPUEnable needs machine types with GPUs"));
        }
        for (name, parameters) in &self.gpus {
            if !self.types.contains(name) || !offers::is_gpu(name) {
                return Err(invalid(format!("GPUConfigs: {name} is not a type of the pool with GPUs")));
            }
            let major = parameters.driver.split('.').next().unwrap_or_default();
            if !parameters.driver.is_empty() && !offers::GPU_DRIVERS.contains(&major) {
                let known = offers::GPU_DRIVERS.join(", ");
                return Err(invalid(format!("GPUConfigs: the driver is of {known}, not {}", parameters.driver)));
            }
        }
        Ok(())
    }

    /// Whether the pool can have so many machines.
    pub(super) fn check_replicas(&self, replicas: i64) -> Outcome<()> {
        let (least, most) = if self.autoscaling { (self.scaling.min, self.scaling.max) } else { (0, MOST_REPLICAS) };
        if !(least..=most).contains(&replicas) {
            return Err(invalid(format!("Replicas is {least} to {most} for this pool, not {replicas}")));
        }
        Ok(())
    }

    /// The specification with a change.
    pub(super) fn changed(&self, change: &SpecChange) -> Self {
        let mut new = self.clone();
        macro_rules! set {
            ($($field:ident)*) => {$(
                if let Some(value) = &change.$field {
                    new.$field.clone_from(value);
                }
            )*};
        }
        set! { scaling autoscaling replicas removal subnets types security_groups system_disk data_disks scripts upgrade
        auto_repair runtime_root keys gpus }
        if let Some((charge, term)) = change.charge {
            (new.charge, new.term) = (charge, term);
        }
        if let Some(setup) = &change.management {
            new.setup = Setup { kubelet_args: new.setup.kubelet_args, ..setup.clone() };
        }
        if let Some(arguments) = &change.kubelet_args {
            new.setup.kubelet_args.clone_from(arguments);
        }
        let named = |name: &String| Some(name.clone()).filter(|name| !name.is_empty());
        if let Some(policy) = &change.health_policy {
            new.health_policy = named(policy);
        }
        if let Some(pattern) = &change.host_name {
            new.host_name = named(pattern);
        }
        if let Some(image) = &change.image {
            new.image = named(image);
        }
        new.password |= change.password;
        if change.replicas.is_none() && new.autoscaling {
            new.replicas = new.replicas.clamp(new.scaling.min, new.scaling.max.max(new.scaling.min));
        }
        new
    }
}
