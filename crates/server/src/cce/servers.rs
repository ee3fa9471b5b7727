//! What servers are ordered and installed with, read and checked.

use super::answer::masked;
use super::input::{Input, check_labels, check_name, check_taints, invalid};
use crate::world::fault::{Outcome, Reason};
use crate::world::members::NewMembers;
use base64::Engine;
use serde_json::{Value, json};

const SYSTEMS: [&str; 4] = ["EulerOS", "CentOS", "Ubuntu", "Huawei Cloud EulerOS"];
const DISKS: [&str; 5] = ["SATA", "SAS", "SSD", "GPSSD", "ESSD"];
/// Longest name of a node.
const LONGEST_NAME: usize = 56;

/// Servers of that specification.
pub(super) fn servers(spec: Input<'_>) -> Outcome<NewMembers> {
    let os = spec.filled("os")?;
    check_system(os)?;
    check_login(spec.within("login")?)?;
    check_disks(spec)?;
    check_taints(spec)?;
    let kube_labels = spec.pairs("k8sTags")?;
    check_labels(&kube_labels)?;
    let mut order = masked(spec.0);
    order.remove("count");
    Ok(NewMembers {
        flavor: spec.required("flavor")?.to_owned(),
        zone: spec.required("az")?.to_owned(),
        os: os.map(str::to_owned),
        subnet: spec.within("nodeNicSpec")?.within("primaryNic")?.owned("subnetId")?,
        public_address: has_public_address(spec.within("publicIP")?)?,
        kube_labels,
        order,
        ..NewMembers::default()
    })
}

/// Whether the text can name a node.
pub(super) fn check_node_name(name: &str) -> Outcome<()> {
    check_name("node", name, 1, LONGEST_NAME)
}

pub(super) fn check_system(os: Option<&str>) -> Outcome<()> {
    match os.filter(|os| !SYSTEMS.iter().any(|system| os.starts_with(system))) {
        Some(os) => Err(invalid(format!("the operating system {os} is not offered"))),
        None => Ok(()),
    }
}

/// The rules for logging in to nodes. No message repeats the password.
pub(super) fn check_login(login: Input<'_>) -> Outcome<()> {
    let key = login.filled("sshKey")?;
    let password = login.within("userPassword")?.filled("password")?;
    match (key, password) {
        (Some(_), Some(_)) => Err(invalid("login takes sshKey or userPassword, not both")),
        (None, None) => Err(Reason::Missing.because("login needs sshKey or userPassword")),
        (None, Some(password)) if !is_salted(password) => {
            Err(invalid("userPassword.password is not a salted password (crypt with $6$) in base64"))
        }
        _ => Ok(()),
    }
}

/// Whether it is a crypt(3) hash in base64, as the service asks for in the place of the password itself.
fn is_salted(password: &str) -> bool {
    let bytes = base64::engine::general_purpose::STANDARD.decode(password).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.is_some_and(|text| {
        let parts: Vec<&str> = text.split('$').collect();
        matches!(parts[..], ["", "1" | "5" | "6", salt, hash] if !salt.is_empty() && hash.len() >= 22)
    })
}

fn check_disks(spec: Input<'_>) -> Outcome<()> {
    check_disk("rootVolume", spec.within("rootVolume")?, 40, 1_024)?;
    let disks = spec.structures("dataVolumes")?;
    if disks.is_empty() {
        return Err(Reason::Missing.because("dataVolumes needs at least one disk"));
    }
    disks.into_iter().try_for_each(|disk| check_disk("dataVolumes", disk, 100, 32_768))
}

fn check_disk(name: &str, disk: Input<'_>, smallest: i64, largest: i64) -> Outcome<()> {
    let size = disk.number("size")?.unwrap_or(0);
    if !(smallest..=largest).contains(&size) {
        return Err(invalid(format!("the size of a disk of {name} is {smallest} to {largest} GB, not {size}")));
    }
    disk.one_of("volumetype", &DISKS)?;
    Ok(())
}

/// Whether nodes get a public address: existing ones by identifier, or new ones by number and kind.
fn has_public_address(public: Input<'_>) -> Outcome<bool> {
    let ids = public.texts("ids")?;
    let (count, kind) = (public.number("count")?.unwrap_or(0), public.within("eip")?.filled("iptype")?);
    if !ids.is_empty() && (count > 0 || kind.is_some()) {
        return Err(invalid("publicIP takes ids or count and eip, not both"));
    }
    if (count > 0) != kind.is_some() {
        return Err(invalid("publicIP takes count and eip together"));
    }
    Ok(!ids.is_empty() || count > 0)
}

/// The members of a task that name nodes.
pub(super) fn node_ids(spec: Input<'_>) -> Outcome<Vec<String>> {
    let nodes = spec.structures("nodes")?;
    if nodes.is_empty() {
        return Err(Reason::Missing.because("nodes must name at least one node"));
    }
    nodes.into_iter().map(|node| Ok(node.required("uid")?.to_owned())).collect()
}

/// A task as answers show it.
pub(super) fn task(kind: &str, spec: Input<'_>, job: &str) -> Value {
    json!({"apiVersion": "v3", "kind": kind, "spec": masked(spec.0), "status": {"jobID": job}})
}
