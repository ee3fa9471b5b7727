//! `InstanceAdvancedSettings`: labels, taints, disks, scripts and parameters of nodes.

use super::equipment::{check_file_system, disk_kind};
use super::machines::labels_json;
use crate::input::{Input, invalid};
use base64::Engine;
use serde_json::{Value, json};
use wharf_world::cluster::nodes::NodeSettings;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::scheduler::Taint;

/// The directory of the container runtime where none is given.
const RUNTIME_DIRECTORY: &str = "/var/lib/docker";

/// Reads `InstanceAdvancedSettings`.
pub(super) fn settings(given: Input<'_>) -> Outcome<NodeSettings> {
    if given.number("DesiredPodNumber")?.is_some_and(|number| number > 0) {
        let message = "DesiredPodNumber is for clusters whose nodes have blocks of different sizes, which none has";
        return Err(Reason::Unsupported.because(message));
    }
    for name in ["UserScript", "PreStartUserScript"] {
        check_script(given, name)?;
    }
    for name in ["MountTarget", "DockerGraphPath"] {
        check_path(given, name)?;
    }
    for parameter in given.within("ExtraArgs")?.texts("Kubelet")? {
        if parameter.split_once('=').is_none_or(|(name, _)| name.is_empty()) {
            return Err(invalid(format!(
                "ExtraArgs.Kubelet has items such as root-dir=/var/lib/kubelet, not {parameter}"
            )));
        }
    }
    for disk in given.structures("DataDisks")? {
        disk_kind(disk, "DiskType")?;
        check_file_system(disk.filled("FileSystem")?)?;
        check_path(disk, "MountTarget")?;
        disk.truth("AutoFormatAndMount")?;
        if disk.number("DiskSize")?.is_some_and(|size| size < 0) {
            return Err(invalid("DiskSize of a data disk is at least 0"));
        }
    }
    Ok(NodeSettings {
        labels: given.pairs("Labels", "Name", "Value")?,
        taints: taints(given)?,
        cordoned: given.number("Unschedulable")?.unwrap_or(0) != 0,
        given: given.0.clone(),
        ..NodeSettings::default()
    })
}

/// A script is encoded in Base64. The message does not repeat it.
pub(super) fn check_script(given: Input<'_>, name: &str) -> Outcome<()> {
    let Some(script) = given.filled(name)? else { return Ok(()) };
    match base64::engine::general_purpose::STANDARD.decode(script) {
        Ok(_) => Ok(()),
        Err(_) => Err(invalid(format!("{name} is a text encoded in Base64"))),
    }
}

/// A path begins at the root.
pub(super) fn check_path(given: Input<'_>, name: &str) -> Outcome<()> {
    match given.filled(name)? {
        Some(path) if !path.starts_with('/') => Err(invalid(format!("{name} is a path from the root, not {path}"))),
        _ => Ok(()),
    }
}

/// Reads `Taints`.
pub(super) fn taints(input: Input<'_>) -> Outcome<Vec<Taint>> {
    let items = input.structures("Taints")?.into_iter().map(|taint| {
        let text = |name: &str| Ok(taint.text(name)?.unwrap_or("").to_owned());
        Ok(Taint { key: text("Key")?, value: text("Value")?, effect: text("Effect")? })
    });
    items.collect()
}

/// Taints as the wire has them.
pub(super) fn taints_json(taints: &[Taint]) -> Value {
    taints.iter().map(|t| json!({"Key": t.key, "Value": t.value, "Effect": t.effect})).collect()
}

/// `InstanceAdvancedSettings` with every field.
pub(super) fn settings_json(settings: &NodeSettings) -> Value {
    let mut all = json!({
        "MountTarget": "", "DockerGraphPath": RUNTIME_DIRECTORY, "UserScript": "", "Unschedulable": 0, "Labels": [],
        "DataDisks": [], "ExtraArgs": {"Kubelet": []}, "PreStartUserScript": "",
    });
    let Some(members) = all.as_object_mut() else { return all };
    let shows = |name: &str| members.contains_key(name) || name == "GPUArgs";
    let given = settings.given.iter().filter(|(name, value)| shows(name) && !value.is_null());
    let given: Vec<_> = given.map(|(name, value)| (name.clone(), value.clone())).collect();
    members.extend(given);
    members.insert("Labels".into(), labels_json(&settings.labels));
    if !settings.taints.is_empty() {
        members.insert("Taints".into(), taints_json(&settings.taints));
    }
    all
}

/// A text of the settings as they were given.
pub(super) fn given_text(settings: &NodeSettings, name: &str) -> String {
    let usual = if name == "DockerGraphPath" { RUNTIME_DIRECTORY } else { "" };
    let given = settings.given.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    given.unwrap_or(usual).to_owned()
}
