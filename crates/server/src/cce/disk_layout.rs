//! How the data disks of a node are divided by selectors, groups and spaces.

use super::disks::{MODES, is_path, percent};
use super::input::{Input, invalid};
use std::collections::BTreeSet;
use wharf_world::cce::offers::minor_and_patch;
use wharf_world::kernel::violation::{Outcome, Reason};

/// Release of Kubernetes (1.15.11) from which on disks can be divided by selectors and groups.
const GROUPS_SINCE: (u32, u32) = (15, 11);
const LABELS: [&str; 5] = ["size", "volumeType", "metadataEncrypted", "metadataCmkid", "count"];
const KEY_LENGTH: usize = 36;

/// Whether selectors find disks, and groups and spaces divide them, by the rules. The release is that of the cluster.
pub(super) fn check_storage(storage: Input<'_>, release: &str) -> Outcome<()> {
    if minor_and_patch(release) < GROUPS_SINCE {
        return Err(invalid(format!("storage needs a cluster of version 1.15.11 or newer, not {release}")));
    }
    let selectors = storage.structures("storageSelectors")?;
    let groups = storage.structures("storageGroups")?;
    for (name, list) in [("storageSelectors", &selectors), ("storageGroups", &groups)] {
        if list.is_empty() {
            return Err(Reason::Missing.because(format!("storage.{name} must have at least one entry")));
        }
    }
    let mut free = check_selectors(&selectors)?;
    let mut names = BTreeSet::new();
    let mut managed = 0;
    for group in groups {
        let name = group.required("name")?;
        if !names.insert(name) {
            return Err(invalid(format!("storageGroups has two groups of the name {name}")));
        }
        let chosen = group.texts("selectorNames")?;
        if chosen.is_empty() {
            return Err(Reason::Missing.because(format!("selectorNames of the group {name} names no selector")));
        }
        for selector in &chosen {
            if !free.remove(selector.as_str()) {
                let message = "no selector has this name, or another group has chosen it";
                return Err(invalid(format!("selectorNames of the group {name} has {selector}: {message}")));
            }
        }
        let is_managed = group.flag("cceManaged")?;
        managed += usize::from(is_managed);
        check_spaces(name, is_managed, &group.structures("virtualSpaces")?)?;
    }
    if managed != 1 {
        return Err(invalid(format!("cceManaged is true for exactly one of storageGroups, not for {managed}")));
    }
    Ok(())
}

/// The names of the selectors.
fn check_selectors<'a>(selectors: &[Input<'a>]) -> Outcome<BTreeSet<&'a str>> {
    let mut names = BTreeSet::new();
    let mut local = 0;
    for selector in selectors {
        let name = selector.required("name")?;
        if !names.insert(name) {
            return Err(invalid(format!("storageSelectors has two selectors of the name {name}")));
        }
        selector.required("storageType")?;
        let is_local = selector.one_of("storageType", &["evs", "local"])? == Some("local");
        local += usize::from(is_local);
        match selector.structure("matchLabels")? {
            Some(labels) if is_local && !labels.0.is_empty() => {
                return Err(invalid(format!("matchLabels of {name}: local disks cannot be chosen")));
            }
            Some(labels) => check_match(name, labels)?,
            None => {}
        }
    }
    if local > 1 {
        return Err(invalid("storageSelectors has at most one selector with storageType local"));
    }
    Ok(names)
}

fn check_match(name: &str, labels: Input<'_>) -> Outcome<()> {
    if let Some(unknown) = labels.0.keys().find(|key| !LABELS.contains(&key.as_str())) {
        return Err(invalid(format!("matchLabels of {name} takes {}, not {unknown}", LABELS.join(", "))));
    }
    for label in ["size", "count"] {
        if labels.filled(label)?.is_some_and(|text| text.parse::<u32>().ok().is_none_or(|number| number == 0)) {
            return Err(invalid(format!("matchLabels.{label} of {name} is a number above 0")));
        }
    }
    labels.one_of("volumeType", &["SSD", "GPSSD", "SAS"])?;
    labels.one_of("metadataEncrypted", &["0", "1"])?;
    if labels.filled("metadataCmkid")?.is_some_and(|key| key.len() != KEY_LENGTH) {
        return Err(invalid(format!("matchLabels.metadataCmkid of {name} has {KEY_LENGTH} bytes")));
    }
    Ok(())
}

fn check_spaces(group: &str, is_managed: bool, spaces: &[Input<'_>]) -> Outcome<()> {
    if spaces.is_empty() {
        return Err(Reason::Missing.because(format!("virtualSpaces of the group {group} must have at least one entry")));
    }
    let mut sum = 0;
    for space in spaces {
        let name = space.required("name")?;
        space.one_of("name", &["kubernetes", "runtime", "user"])?;
        if name != "user" && !is_managed {
            return Err(invalid(format!("the space {name} belongs to the group with cceManaged, not to {group}")));
        }
        let size = space.required("size")?;
        sum += percent(size).ok_or_else(|| {
            invalid(format!("the size of the space {name} is a whole percentage like 90%, not {size}"))
        })?;
        check_config(name, *space)?;
    }
    if sum > 100 {
        return Err(invalid(format!("the sizes of virtualSpaces of the group {group} are {sum} %, more than 100 %")));
    }
    Ok(())
}

/// A space has the one configuration that belongs to it.
fn check_config(name: &str, space: Input<'_>) -> Outcome<()> {
    let (due, other) = match name {
        "runtime" => ("runtimeConfig", "lvmConfig"),
        _ => ("lvmConfig", "runtimeConfig"),
    };
    if space.structure(other)?.is_some() {
        return Err(invalid(format!("the space {name} takes {due}, not {other}")));
    }
    let config = space.structure(due)?;
    let config = config.ok_or_else(|| Reason::Missing.because(format!("the space {name} needs {due}")))?;
    config.required("lvType")?;
    config.one_of("lvType", &MODES)?;
    match config.filled("path")? {
        Some(_) if name != "user" => Err(invalid(format!("path is for the space user, not for {name}"))),
        Some(path) if !is_path(path) => {
            Err(invalid("path is an absolute path of letters, digits, dots, hyphens and underscores"))
        }
        _ => Ok(()),
    }
}
