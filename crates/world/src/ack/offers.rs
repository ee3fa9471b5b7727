//! Servers of dedicated clusters: their types, and the making of them.

use crate::ack::Ack;
use crate::infra::equipment::Equipment;
use crate::infra::machines::{Charge, Machine, Size, public_address};
use crate::kernel::ids::hexadecimal;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};

/// Cores for each GB of memory, by the first letters of a family: the longest that fits counts.
const RATIOS: [(&str, u64); 12] = [
    ("c", 2),
    ("sn1", 2),
    ("n4", 2),
    ("g", 4),
    ("sn2", 4),
    ("mn4", 4),
    ("n1", 1),
    ("n2", 4),
    ("d", 4),
    ("r", 8),
    ("i", 4),
    ("s6", 2),
];

/// What servers are made of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerKind {
    pub instance_type: String,
    pub image: String,
    pub platform: String,
    pub charge: Charge,
    pub public: bool,
    pub security_group: String,
}

/// Cores and memory of a server type such as `ecs.c5.xlarge`.
pub fn server_size(name: &str) -> Outcome<Size> {
    let unknown = || Reason::Machine.because(format!("the instance type {name} is not offered"));
    let (family, step) = name.strip_prefix("ecs.").and_then(|rest| rest.split_once('.')).ok_or_else(unknown)?;
    let fits = RATIOS.iter().filter(|(start, _)| family.starts_with(start));
    let ratio = fits.max_by_key(|(start, _)| start.len()).map(|(_, ratio)| *ratio).ok_or_else(unknown)?;
    if !family.chars().any(|c| c.is_ascii_digit()) || !family.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(unknown());
    }
    let cores = match step {
        "small" => 1,
        "large" => 2,
        "xlarge" => 4,
        _ => {
            let times = step.strip_suffix("xlarge").and_then(|times| times.parse::<u64>().ok());
            4 * times.filter(|times| (2..=64).contains(times)).ok_or_else(unknown)?
        }
    };
    Ok(Size { cores, memory: cores * ratio })
}

/// The family of a server type: `ecs.c5` of `ecs.c5.xlarge`.
pub fn family(instance_type: &str) -> &str {
    instance_type.rsplit_once('.').map_or(instance_type, |(family, _)| family)
}

impl Ack<'_> {
    /// A new identifier: the prefix, a hyphen, and that many digits and small letters.
    pub fn id_of(&mut self, prefix: &str, length: usize) -> String {
        let digits = hexadecimal(&self.0.ids.uuid(), length.saturating_sub(3));
        format!("{prefix}-2ze{digits}")
    }

    /// A new identifier of 32 hexadecimal digits after a prefix.
    pub fn long_id(&mut self, prefix: &str) -> String {
        let digits = hexadecimal(&self.0.ids.uuid(), 32);
        format!("{prefix}{digits}")
    }

    /// A new identifier of a task.
    pub fn task_id(&mut self) -> String {
        let digits = hexadecimal(&self.0.ids.uuid(), 24);
        format!("T-{digits}")
    }

    /// Makes a server in that subnet; nothing when the subnet has no address left.
    pub fn make_server(&mut self, network: &str, subnet: &str, name: &str, kind: &ServerKind) -> Option<String> {
        let size = server_size(&kind.instance_type).ok()?;
        let zone = self.0.realm.networks.get(network)?.subnets.get(subnet)?.zone.clone();
        let private_ip = self.take_address(network, subnet)?;
        let id = self.id_of("i", 20);
        let machine = Machine {
            id: id.clone(),
            name: name.to_owned(),
            host_name: Some(node_name(&self.0.key.region, &private_ip)),
            network: network.to_owned(),
            subnet: subnet.to_owned(),
            zone,
            private_ip,
            public_ip: kind.public.then(|| public_address(&id)),
            instance_type: kind.instance_type.clone(),
            size,
            charge: kind.charge,
            os: kind.platform.clone(),
            security_groups: vec![kind.security_group.clone()],
            created: self.0.now,
            running: true,
            cluster: None,
            managed: false,
            equipment: Equipment::default(),
        };
        self.0.realm.machines.insert(id.clone(), machine);
        Some(id)
    }
}

/// What a node with that address is called in its cluster.
pub fn node_name(region: &str, address: &str) -> String {
    format!("{region}.{address}")
}

#[cfg(test)]
mod tests;
