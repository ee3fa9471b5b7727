//! Machine types of native nodes (002:7819-7847), and GPU drivers.

use crate::infra::machines::{Size, size_of};
use crate::kernel::violation::{Outcome, Reason};

/// Families without GPUs: standard, compute, memory, high IO, and the series BF.
const FAMILIES: [&str; 24] = [
    "S2", "S4", "S5", "SA2", "SA3", "S6", "SA5", "SA4", "S7", "S8", "C3", "C4", "C5", "C6", "MA2", "M3", "MA3", "M5",
    "M6", "M8", "IT5", "BF1", "BMS5", "BMIA2m",
];
/// Families with GPUs, bare metal too.
const GPU_FAMILIES: [&str; 17] = [
    "GN7",
    "GNV4",
    "PNV4",
    "GN10X",
    "GN10Xp",
    "GT4",
    "Pnv5i",
    "Pnv5b",
    "Pnv5",
    "Pnv6",
    "GC49d",
    "HCCPNV4sne",
    "HCCPNV4sn",
    "HCCPNV5",
    "HCCPNV5v",
    "HCCPNV4ane",
    "HCCPNV6",
];
/// The least memory of a machine in GB (002:7991).
const LEAST_MEMORY: u64 = 2;
/// Most machine types of a pool (002:9039).
const MOST_TYPES: usize = 10;
/// The GPU drivers that are offered (002:7879).
pub const GPU_DRIVERS: [&str; 5] = ["450", "470", "515", "525", "535"];

/// A GPU driver.
pub type Driver = &'static str;

/// The family of a machine type: `S5` of `S5.MEDIUM4`.
fn family(instance_type: &str) -> &str {
    instance_type.split_once('.').map_or(instance_type, |(family, _)| family)
}

/// Whether machines of that type have GPUs.
pub fn is_gpu(instance_type: &str) -> bool {
    GPU_FAMILIES.contains(&family(instance_type))
}

/// The drivers for machines of that type with that operating system; of any system if none is named.
pub fn drivers(instance_type: &str, os: &str) -> &'static [Driver] {
    // TencentOS is called `tlinux` in the official example.
    let fits = os.is_empty() || os.starts_with("tlinux");
    if is_gpu(instance_type) && fits { &GPU_DRIVERS } else { &[] }
}

/// Cores and memory of a machine type that native nodes can have.
pub(super) fn size(instance_type: &str) -> Outcome<Size> {
    let known = FAMILIES.contains(&family(instance_type)) || is_gpu(instance_type);
    let size = size_of(instance_type).filter(|_| known);
    let size = size.ok_or_else(|| Reason::Machine.because(format!("InstanceTypes: {instance_type} is not offered")))?;
    if size.memory < LEAST_MEMORY {
        let message = format!("InstanceTypes: a native node has at least {LEAST_MEMORY} GB, {instance_type} has less");
        return Err(Reason::Machine.because(message));
    }
    Ok(size)
}

/// Whether the machine types can be in one pool: the first is the main one, the others are like it.
pub(super) fn check_types(types: &[String]) -> Outcome<()> {
    if !(1..=MOST_TYPES).contains(&types.len()) {
        let message = format!("InstanceTypes has 1 to {MOST_TYPES} types, not {}", types.len());
        return Err(Reason::Invalid.because(message));
    }
    let Some(main) = types.first() else { return Ok(()) };
    for (place, other) in types.iter().enumerate() {
        if types.iter().take(place).any(|before| before == other) {
            return Err(Reason::Invalid.because(format!("InstanceTypes has {other} twice")));
        }
        if size(other)? != size(main)? || is_gpu(other) != is_gpu(main) {
            let message = format!("InstanceTypes: {other} has not the cores, memory and kind of {main}, the main type");
            return Err(Reason::Invalid.because(message));
        }
    }
    Ok(())
}
