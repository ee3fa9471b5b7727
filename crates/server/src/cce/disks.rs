//! Disks of servers: sizes, kinds, encryption, and how the first data disk is divided.

use super::input::{Input, invalid};
use std::collections::BTreeMap;
use wharf_world::kernel::violation::{Outcome, Reason};

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
pub(super) const DIVISION: &str = "DockerLVMConfigOverride";
/// The kind of disk that is divided by default.
pub(super) const USUAL_DISK: &str = "evs";
/// Ways to write to the disks of a group.
pub(super) const MODES: [&str; 2] = ["linear", "striped"];

/// Whether the text divides a disk.
pub(super) fn check_division(extended: Input<'_>) -> Outcome<()> {
    match extended.filled(DIVISION)? {
        Some(text) => division(&format!("extendParam.{DIVISION}"), text).map(drop),
        None => Ok(()),
    }
}

/// The parts of a text like `dockerThinpool=vgpaas/90%VG;kubernetesLV=vgpaas/10%VG;diskType=evs;lvType=linear`.
pub(super) fn division<'a>(field: &str, text: &'a str) -> Outcome<BTreeMap<&'a str, &'a str>> {
    let mut met = BTreeMap::new();
    for part in text.split(';') {
        let Some((name, value)) = part.split_once('=') else {
            return Err(invalid(format!("{field} is a list of <name>=<value> with ; between them")));
        };
        let due = match name {
            "dockerThinpool" | "kubernetesLV" | "userLV" if !is_share(value) => "a share such as vgpaas/20%VG",
            "userPath" if !is_path(value) => "a path such as /home/user",
            "diskType" if ![USUAL_DISK, "hdd", "ssd"].contains(&value) => "evs, hdd or ssd",
            "lvType" if !MODES.contains(&value) => "linear or striped",
            "dockerThinpool" | "kubernetesLV" | "userLV" | "userPath" | "diskType" | "lvType" => "",
            _ => return Err(invalid(format!("{field} has no part {name}"))),
        };
        if !due.is_empty() {
            return Err(invalid(format!("{field}: {name} is {due}, not {value}")));
        }
        if met.insert(name, value).is_some() {
            return Err(invalid(format!("{field} has {name} twice")));
        }
    }
    Ok(met)
}

/// Whether it is a share of a group of volumes: `vgpaas/20%VG`.
fn is_share(text: &str) -> bool {
    let share = text.split_once('/').and_then(|(group, share)| Some((group, share.strip_suffix("VG")?)));
    share.is_some_and(|(group, share)| !group.is_empty() && percent(share).is_some())
}

/// A whole percentage like `90%`.
pub(super) fn percent(text: &str) -> Option<u32> {
    let digits = text.strip_suffix('%').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?;
    digits.parse().ok().filter(|percent| (1..=100).contains(percent))
}

/// Whether it is an absolute path of the characters that the document allows.
pub(super) fn is_path(text: &str) -> bool {
    text.starts_with('/') && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_'))
}
