//! The place, tags and scripts of servers.

use super::disks::check_division;
use super::input::{Input, invalid, only_billed_by_use};
use base64::Engine;
use wharf_world::cce::clusters::is_uuid;
use wharf_world::kernel::violation::Outcome;

/// What servers are ordered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Nodes outside of pools.
    Nodes,
    /// A pool, which may be placed in a group of servers.
    Pool { grouped: bool },
}

/// Whether servers can be placed in that way.
pub(super) fn check_placement(spec: Input<'_>, purpose: Purpose) -> Outcome<()> {
    let group = spec.filled("ecsGroupId")?;
    let grouped = match purpose {
        Purpose::Nodes => group.is_some(),
        Purpose::Pool { grouped } => {
            let host = spec.filled("dedicatedHostId")?.map(|_| "dedicatedHostId");
            let offloaded = spec.truth("offloadNode")?.map(|_| "offloadNode");
            if let Some(name) = group.map(|_| "ecsGroupId").or(host).or(offloaded) {
                return Err(invalid(format!("nodeTemplate.{name} is for nodes outside of pools alone")));
            }
            grouped
        }
    };
    if group.is_some_and(|group| !is_uuid(group)) {
        return Err(invalid("ecsGroupId is the UUID of a group of servers"));
    }
    if spec.filled("faultDomain")?.is_some() && !grouped {
        return Err(invalid("faultDomain needs a group of servers: ecsGroupId, or serverGroupReference for a pool"));
    }
    Ok(())
}

/// Whether the tags of servers have their form.
pub(super) fn check_user_tags(spec: Input<'_>) -> Outcome<()> {
    const RESERVED: [&str; 2] = ["CCE-", "__type_baremetal"];
    let mut met = Vec::new();
    for tag in spec.structures("userTags")? {
        let (key, value) = (tag.required("key")?, tag.filled("value")?.unwrap_or_default());
        if !key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
            return Err(invalid(format!("userTags: the key {key} has more than letters, digits, - and _")));
        }
        if RESERVED.iter().any(|start| key.starts_with(start)) {
            return Err(invalid(format!("userTags: the key {key} does not begin with {}", RESERVED.join(" or "))));
        }
        if !value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@')) {
            return Err(invalid(format!("userTags: the value of {key} has more than letters, digits, -, _, . and @")));
        }
        if met.contains(&key) {
            return Err(invalid(format!("userTags has the key {key} twice")));
        }
        met.push(key);
    }
    Ok(())
}

/// Whether further settings have their form: scripts in base64, the division of the disk, the mode of payment.
pub(super) fn check_extended(extended: Input<'_>) -> Outcome<()> {
    only_billed_by_use("chargingMode", extended)?;
    check_scripts(extended, ["alpha.cce/preInstall", "alpha.cce/postInstall"])?;
    check_division(extended)
}

/// Whether scripts are in base64, lines of which may be broken.
pub(super) fn check_scripts(members: Input<'_>, names: [&str; 2]) -> Outcome<()> {
    for name in names {
        let script = members.filled(name)?.unwrap_or_default().replace(['\r', '\n'], "");
        if base64::engine::general_purpose::STANDARD.decode(script).is_err() {
            return Err(invalid(format!("{name} is not a script in base64")));
        }
    }
    Ok(())
}
