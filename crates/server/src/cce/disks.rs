//! Disks of servers: sizes, kinds, encryption, and how the first data disk is divided.

use super::input::{Input, invalid};
use crate::world::fault::{Outcome, Reason};

/// Kinds of disks.
pub(super) const KINDS: [&str; 5] = ["SATA", "SAS", "SSD", "GPSSD", "ESSD"];

/// Whether a server can have the disks.
pub(super) fn check_disks(spec: Input<'_>) -> Outcome<()> {
    check_disk("rootVolume", spec.within("rootVolume")?, 40, 1_024)?;
    let disks = spec.structures("dataVolumes")?;
    if disks.is_empty() {
        return Err(Reason::Missing.because("dataVolumes needs at least one disk"));
    }
    let named = disks.into_iter().enumerate();
    named.into_iter().try_for_each(|(at, disk)| check_disk(&format!("dataVolumes.{at}"), disk, 100, 32_768))
}

fn check_disk(name: &str, disk: Input<'_>, smallest: i64, largest: i64) -> Outcome<()> {
    let size = disk.number("size")?.unwrap_or(0);
    if !(smallest..=largest).contains(&size) {
        return Err(invalid(format!("{name}.size is {smallest} to {largest} GB, not {size}")));
    }
    match disk.required("volumetype")? {
        kind if KINDS.contains(&kind) => {}
        kind => return Err(invalid(format!("{name}.volumetype is one of {}, not {kind}", KINDS.join(", ")))),
    }
    check_encryption(name, disk.within("metadata")?)
}

fn check_encryption(name: &str, metadata: Input<'_>) -> Outcome<()> {
    let encrypted = match metadata.text("__system__encrypted")? {
        None | Some("0") => false,
        Some("1") => true,
        Some(other) => return Err(invalid(format!("{name}.metadata.__system__encrypted is 0 or 1, not {other}"))),
    };
    if encrypted && metadata.filled("__system__cmkid")?.is_none() {
        let message = format!("{name}.metadata.__system__cmkid is needed for a disk that is encrypted");
        return Err(Reason::Missing.because(message));
    }
    Ok(())
}

/// The member that divides the first data disk.
const DIVISION: &str = "DockerLVMConfigOverride";

/// Whether the text divides a disk: `dockerThinpool=vgpaas/90%VG;kubernetesLV=vgpaas/10%VG;diskType=evs;lvType=linear`.
pub(super) fn check_division(extended: Input<'_>) -> Outcome<()> {
    let mut met = Vec::new();
    for part in extended.filled(DIVISION)?.into_iter().flat_map(|text| text.split(';')) {
        let Some((name, value)) = part.split_once('=') else {
            return Err(invalid(format!("extendParam.{DIVISION} is a list of <name>=<value> with ; between them")));
        };
        let due = match name {
            "dockerThinpool" | "kubernetesLV" | "userLV" if !is_share(value) => "a share such as vgpaas/20%VG",
            "userPath" if !value.starts_with('/') => "a path such as /home/user",
            "diskType" if !["evs", "hdd", "ssd"].contains(&value) => "evs, hdd or ssd",
            "lvType" if !["linear", "striped"].contains(&value) => "linear or striped",
            "dockerThinpool" | "kubernetesLV" | "userLV" | "userPath" | "diskType" | "lvType" => "",
            _ => return Err(invalid(format!("extendParam.{DIVISION} has no part {name}"))),
        };
        if !due.is_empty() {
            return Err(invalid(format!("extendParam.{DIVISION}: {name} is {due}, not {value}")));
        }
        if met.contains(&name) {
            return Err(invalid(format!("extendParam.{DIVISION} has {name} twice")));
        }
        met.push(name);
    }
    Ok(())
}

/// Whether it is a share of a group of volumes: `vgpaas/20%VG`.
fn is_share(text: &str) -> bool {
    let share = text.split_once('/').and_then(|(group, share)| Some((group, share.strip_suffix("%VG")?)));
    share.is_some_and(|(group, percent)| {
        !group.is_empty() && percent.parse::<u64>().is_ok_and(|percent| (1..=100).contains(&percent))
    })
}
