//! Cloud machines: what they are, what may be bought, and the buying.

use crate::infra::equipment::Equipment;
use crate::kernel::Millis;
use crate::kernel::check::Report;
use crate::kernel::ids::hash;
use crate::kernel::realm::RealmMut;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// The machine type when none is named.
const DEFAULT_TYPE: &str = "S5.MEDIUM4";
/// Most machines in one purchase.
const MOST_AT_ONCE: u64 = 500;
/// Most machines of one purchase whose private addresses are chosen.
const MOST_CHOSEN_ADDRESSES: u64 = 20;

/// Cores and memory of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    pub cores: u64,
    /// In GB.
    pub memory: u64,
}

/// A machine of the machine service, whether or not it is a node of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    pub id: String,
    pub name: String,
    pub host_name: Option<String>,
    pub network: String,
    pub subnet: String,
    pub zone: String,
    pub private_ip: String,
    pub public_ip: Option<String>,
    pub instance_type: String,
    pub size: Size,
    pub charge: Charge,
    pub os: String,
    pub security_groups: Vec<String>,
    pub created: Millis,
    pub running: bool,
    /// The cluster the machine is a node of.
    pub cluster: Option<String>,
    /// Whether it belongs to a container service, and the machine service does not list it.
    pub managed: bool,
    pub equipment: Equipment,
}

/// How a machine is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Charge {
    /// By the hour, after use.
    #[default]
    Hourly,
    /// For a term, in advance.
    Prepaid,
    /// By the hour, until another account bids more.
    Spot,
    /// With the dedicated host it runs on.
    Host,
}

/// Machines of one kind to buy.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purchase {
    pub count: u64,
    pub instance_type: Option<String>,
    pub zone: Option<String>,
    pub network: String,
    pub subnet: String,
    pub charge: Charge,
    /// Name, with `{R:x}` for a running number.
    pub name: Option<String>,
    pub host_name: Option<String>,
    pub security_groups: Vec<String>,
    pub public_address: bool,
    /// Private addresses, one for each machine, if they are chosen.
    pub addresses: Vec<String>,
    pub equipment: Equipment,
    /// Mark that makes the purchase safe to repeat.
    pub token: Option<String>,
    /// Whether the purchase is only checked.
    pub rehearsal: bool,
}

impl Size {
    /// The most cores, and the most GB of memory, that a machine can have.
    const MOST: u64 = 1 << 20;

    /// Whether a machine can have this size.
    pub fn is_possible(self) -> bool {
        [self.cores, self.memory].iter().all(|value| (1..=Self::MOST).contains(value))
    }

    /// Reports a size that no machine can have.
    pub(crate) fn check(self, report: &mut Report) {
        report.expect(self.is_possible(), "size", || format!("must be 1 to {} cores and as many GB", Self::MOST));
    }
}

/// Cores and memory of a machine type such as `S5.2XLARGE16`.
pub fn size_of(instance_type: &str) -> Option<Size> {
    let (family, rest) = instance_type.split_once('.')?;
    let digits = rest.len() - rest.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (step, memory) = rest.split_at(rest.len() - digits);
    let is_family = family.len() > 1
        && family.starts_with(|c: char| c.is_ascii_uppercase())
        && family.chars().all(|c| c.is_ascii_alphanumeric());
    if !is_family {
        return None;
    }
    let cores = match step {
        "SMALL" => 1,
        "MEDIUM" => 2,
        "LARGE" => 4,
        _ => step.strip_suffix("XLARGE")?.parse::<u64>().ok().filter(|n| (2..=128).contains(n))? * 4,
    };
    Some(Size { cores, memory: memory.parse().ok().filter(|gb| (1..=4096).contains(gb))? })
}

impl Purchase {
    /// The machine type: the one named or the default.
    pub fn machine_type(&self) -> &str {
        self.instance_type.as_deref().unwrap_or(DEFAULT_TYPE)
    }

    /// Whether so many machines may be bought at once.
    pub fn check_count(&self) -> Outcome<()> {
        if !(1..=MOST_AT_ONCE).contains(&self.count) {
            let message = format!("InstanceCount is 1 to {MOST_AT_ONCE}, not {}", self.count);
            return Err(Reason::Invalid.because(message));
        }
        Ok(())
    }

    /// Cores and memory of each machine.
    pub fn size(&self) -> Outcome<Size> {
        let name = self.machine_type();
        size_of(name).ok_or_else(|| Reason::Machine.because(format!("the machine type {name} is not offered")))
    }
}

/// The name at that place in a purchase: `{R:x}` counts from x, else equal names get a number.
pub fn numbered(name: &str, place: u64, count: u64) -> String {
    if let Some((before, rest)) = name.split_once("{R:")
        && let Some((number, after)) = rest.split_once('}')
        && let Ok(first) = number.parse::<u64>()
    {
        return format!("{before}{}{after}", first + place);
    }
    if count > 1 { format!("{name}{}", place + 1) } else { name.to_owned() }
}

/// How many machines an account may have.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotas {
    /// Machines paid by the hour, in a zone.
    pub per_zone: usize,
    /// How many machines of a type a zone has for an account, by zone and type. Of others there are enough.
    #[serde(with = "crate::kernel::save::forms::entries")]
    pub stock: BTreeMap<(String, String), usize>,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { per_zone: 30, stock: BTreeMap::new() }
    }
}

impl RealmMut<'_> {
    /// Whether all of the purchases together are possible.
    pub fn check_purchases(&self, purchases: &[&Purchase]) -> Outcome<()> {
        let mut per_zone: BTreeMap<&str, u64> = BTreeMap::new();
        let mut per_subnet: BTreeMap<&str, u64> = BTreeMap::new();
        for purchase in purchases {
            purchase.size()?;
            let subnet = self.realm.subnet(&purchase.network, &purchase.subnet)?;
            if let Some(zone) = purchase.zone.as_deref().filter(|zone| *zone != subnet.zone) {
                let message = format!("the subnet {} is in the zone {}, not in {zone}", subnet.id, subnet.zone);
                return Err(Reason::Machine.because(message));
            }
            let addresses = per_subnet.entry(&subnet.id).or_default();
            *addresses += purchase.count;
            if *addresses > subnet.free() {
                let message = format!("the subnet {} has only {} free addresses", subnet.id, subnet.free());
                return Err(Reason::Machine.because(message));
            }
            purchase.equipment.check(purchase.charge, self.now)?;
            self.check_addresses(purchase)?;
            if !self.in_stock(&subnet.zone, purchase.machine_type()) {
                let kind = purchase.machine_type();
                return Err(Reason::Machine.because(format!("{kind} is sold out in the zone {}", subnet.zone)));
            }
            if purchase.charge == Charge::Hourly {
                let wanted = per_zone.entry(&subnet.zone).or_default();
                *wanted += purchase.count;
                let limit = self.quotas.machines.per_zone;
                if self.hourly_machines(&subnet.zone) + *wanted as usize > limit {
                    let message =
                        format!("the zone {} allows {limit} machines paid by the hour to an account", subnet.zone);
                    return Err(Reason::Machine.because(message));
                }
            }
        }
        Ok(())
    }

    /// Whether the private addresses that were chosen can be given to the machines.
    fn check_addresses(&self, purchase: &Purchase) -> Outcome<()> {
        if purchase.addresses.is_empty() {
            return Ok(());
        }
        let chosen: BTreeSet<&String> = purchase.addresses.iter().collect();
        if purchase.count > MOST_CHOSEN_ADDRESSES || chosen.len() as u64 != purchase.count {
            let message =
                format!("PrivateIpAddresses has an address for each machine, and at most {MOST_CHOSEN_ADDRESSES}");
            return Err(Reason::Machine.because(message));
        }
        let subnet = self.realm.subnet(&purchase.network, &purchase.subnet)?;
        match chosen.into_iter().find(|address| !subnet.is_free(address)) {
            Some(address) => {
                Err(Reason::Machine.because(format!("the address {address} is not free in the subnet {}", subnet.id)))
            }
            None => Ok(()),
        }
    }

    /// Machines of that type cannot be bought in that zone until they are on sale again. An empty text means all types, or
    /// all zones.
    pub fn sell_out(&mut self, instance_type: &str, zone: &str) {
        self.realm.sold_out.insert((instance_type.to_owned(), zone.to_owned()));
    }

    /// Machines of that type can be bought in that zone again.
    pub fn restock(&mut self, instance_type: &str, zone: &str) {
        self.realm.sold_out.remove(&(instance_type.to_owned(), zone.to_owned()));
    }

    /// Machines paid by the hour in the zone.
    fn hourly_machines(&self, zone: &str) -> usize {
        self.realm.machines.iter().filter(|m| m.charge == Charge::Hourly && m.zone == zone && !m.managed).count()
    }

    /// Whether the zone has one more machine of that type.
    pub fn in_stock(&self, zone: &str, instance_type: &str) -> bool {
        let sold_out = |kind: &str, zone: &str| self.realm.sold_out.contains(&(kind.to_owned(), zone.to_owned()));
        if sold_out(instance_type, zone) || sold_out(instance_type, "") || sold_out("", zone) || sold_out("", "") {
            return false;
        }
        let most = self.quotas.machines.stock.get(&(zone.to_owned(), instance_type.to_owned()));
        let there = || self.realm.machines.iter().filter(|m| m.zone == zone && m.instance_type == instance_type);
        most.is_none_or(|most| there().count() < *most)
    }

    /// Buys machines that were checked before. Fewer come back when the subnet has no more addresses.
    pub fn buy(&mut self, purchase: &Purchase, os: &str, fallback_name: &str) -> Outcome<Vec<String>> {
        let named = if purchase.name.is_some() { purchase.count } else { 1 };
        let mut bought = Vec::new();
        for place in 0..purchase.count {
            let id = self.ids.next("ins");
            let name = numbered(purchase.name.as_deref().unwrap_or(fallback_name), place, named);
            let host_name = purchase.host_name.as_deref().map(|name| numbered(name, place, purchase.count));
            if !self.make_machine(&id, name, host_name, purchase, purchase.addresses.get(place as usize), os)? {
                break;
            }
            bought.push(id);
        }
        Ok(bought)
    }

    /// Makes one machine, with the address that was chosen; false if the subnet has no more addresses.
    pub fn make_machine(
        &mut self,
        id: &str,
        name: String,
        host_name: Option<String>,
        purchase: &Purchase,
        chosen: Option<&String>,
        os: &str,
    ) -> Outcome<bool> {
        let size = purchase.size()?;
        let zone = self.realm.subnet(&purchase.network, &purchase.subnet)?.zone.clone();
        let private_ip = self.take_address_or(&purchase.network, &purchase.subnet, chosen);
        let Some(private_ip) = private_ip else { return Ok(false) };
        let machine = Machine {
            id: id.to_owned(),
            name,
            host_name,
            network: purchase.network.clone(),
            subnet: purchase.subnet.clone(),
            zone,
            private_ip,
            public_ip: purchase.public_address.then(|| public_address(id)),
            instance_type: purchase.machine_type().to_owned(),
            size,
            charge: purchase.charge,
            os: os.to_owned(),
            security_groups: purchase.security_groups.clone(),
            created: self.now,
            running: true,
            cluster: None,
            managed: false,
            equipment: purchase.equipment.clone(),
        };
        self.realm.machines.insert(id, machine);
        Ok(true)
    }

    /// Destroys a machine and gives its address back.
    pub fn destroy_machine(&mut self, id: &str) {
        if let Some(machine) = self.realm.machines.remove(id) {
            self.release_address(&machine.network, &machine.subnet, &machine.private_ip);
        }
    }
}

/// A public address for what has that identifier, in a range that the Internet never uses.
pub fn public_address(id: &str) -> String {
    Ipv4Addr::from(0xc612_0000_u32 | (hash(id) as u32 & 0x0001_ffff)).to_string()
}

#[cfg(test)]
mod tests;
