//! What servers are ordered and installed with, read and checked.

use super::answer::masked;
use super::disks::check_disks;
use super::input::{Input, check_labels, check_name, check_taints, invalid, only_billed_by_use};
use super::placement::{Purpose, check_extended, check_placement, check_user_tags};
use base64::Engine;
use serde_json::{Value, json};
use wharf_world::cce::nodes::NewCceNodes;
use wharf_world::kernel::violation::{Outcome, Reason};

const SYSTEMS: [&str; 4] = ["EulerOS", "CentOS", "Ubuntu", "Huawei Cloud EulerOS"];
/// Longest name of a node.
const LONGEST_NAME: usize = 56;
/// Fewest and most characters of the name of a node that is created.
const NEW_NAME: (usize, usize) = (4, 32);

/// Servers of that specification.
pub(super) fn servers(spec: Input<'_>, purpose: Purpose) -> Outcome<NewCceNodes> {
    let os = spec.filled("os")?;
    check_system(os)?;
    check_login(spec.within("login")?)?;
    check_disks(spec)?;
    check_taints(spec)?;
    check_placement(spec, purpose)?;
    check_user_tags(spec)?;
    only_billed_by_use("billingMode", spec)?;
    check_extended(spec.within("extendParam")?)?;
    let kube_labels = spec.map("k8sTags")?;
    check_labels(&kube_labels)?;
    let mut order = masked(spec.0);
    order.remove("count");
    Ok(NewCceNodes {
        flavor: spec.required("flavor")?.to_owned(),
        zone: spec.required("az")?.to_owned(),
        os: os.map(str::to_owned),
        subnet: spec.within("nodeNicSpec")?.within("primaryNic")?.owned("subnetId")?,
        public_address: has_public_address(spec.within("publicIP")?)?,
        kube_labels,
        order,
        ..NewCceNodes::default()
    })
}

/// Whether the text can name a node.
pub(super) fn check_node_name(name: &str) -> Outcome<()> {
    check_name("node", name, 1, LONGEST_NAME)
}

/// The name of a node that is created: its table is stricter than those of nodes that are there.
pub(super) fn check_new_node_name(name: &str) -> Outcome<()> {
    check_name("node", name, NEW_NAME.0, NEW_NAME.1)
}

pub(super) fn check_system(os: Option<&str>) -> Outcome<()> {
    let offered = |os: &&str| SYSTEMS.iter().filter_map(|system| os.strip_prefix(system)).any(is_version);
    match os.filter(|os| !offered(os)) {
        Some(os) => Err(invalid(format!("os: the operating system {os} is not offered"))),
        None => Ok(()),
    }
}

/// Whether it is what follows the name of a system: nothing, or a version such as ` 7.6`, with more words behind.
fn is_version(text: &str) -> bool {
    let version = text.strip_prefix(' ').and_then(|text| text.split(' ').next()).unwrap_or_default();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.is_empty() || version.split('.').all(is_number)
}

/// The rules for logging in to nodes. No message repeats the password.
pub(super) fn check_login(login: Input<'_>) -> Outcome<()> {
    let key = login.filled("sshKey")?;
    if key.is_some_and(|key| !is_key_name(key)) {
        return Err(invalid("login.sshKey has at most 64 letters, digits, - and _"));
    }
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

fn is_key_name(name: &str) -> bool {
    name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Whether it is a crypt(3) hash in base64, which the service requires instead of the password.
fn is_salted(password: &str) -> bool {
    let bytes = base64::engine::general_purpose::STANDARD.decode(password).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.is_some_and(|text| {
        let parts: Vec<&str> = text.split('$').collect();
        matches!(parts[..], ["", "1" | "5" | "6", salt, hash] if !salt.is_empty() && hash.len() >= 22)
    })
}

/// Whether nodes get a public address: existing ones by identifier, or new ones by number and kind.
fn has_public_address(public: Input<'_>) -> Outcome<bool> {
    let ids = public.texts("ids")?;
    let (count, eip) = (public.number("count")?.unwrap_or(0), public.structure("eip")?);
    let kind = eip.map(|eip| eip.filled("iptype")).transpose()?.flatten();
    if count < 0 || ids.iter().any(String::is_empty) {
        return Err(invalid("publicIP.count is at least 0, and publicIP.ids names addresses"));
    }
    if !ids.is_empty() && (count > 0 || kind.is_some()) {
        return Err(invalid("publicIP takes ids or count and eip, not both"));
    }
    if (count > 0) != kind.is_some() {
        return Err(invalid("publicIP takes count and eip together"));
    }
    if let Some(eip) = eip.filter(|_| kind.is_some()) {
        check_bandwidth(eip.within("bandwidth")?)?;
    }
    Ok(!ids.is_empty() || count > 0)
}

fn check_bandwidth(bandwidth: Input<'_>) -> Outcome<()> {
    let size = bandwidth.number("size")?.unwrap_or(0);
    if size < 1 {
        return Err(invalid(format!("publicIP.eip.bandwidth.size is at least 1 Mbit/s, not {size}")));
    }
    bandwidth.required("sharetype")?;
    bandwidth.one_of("sharetype", &["PER"])?;
    bandwidth.one_of("chargemode", &["bandwidth", "traffic"])?;
    Ok(())
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
