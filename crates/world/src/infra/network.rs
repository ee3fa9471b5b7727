//! Private networks and the rules for address ranges in them.

use crate::Realm;
use crate::infra::cidr::Cidr;
use crate::kernel::realm::RealmMut;
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The shortest prefix a cluster's range may have.
const SHORTEST_PREFIX: u8 = 10;
/// The longest prefix a cluster's range may have.
const LONGEST_PREFIX: u8 = 24;
/// Addresses at the start of a subnet that the network keeps for itself.
const RESERVED_ADDRESSES: u64 = 2;

/// A private network (VPC).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    pub id: String,
    pub range: Cidr,
    /// A range that was added to it later.
    pub extension: Option<Cidr>,
    pub subnets: Table<Subnet>,
    /// Ranges that the network routes to the outside: direct connect, peering.
    pub global_routes: Vec<Cidr>,
}

/// A part of a network in one zone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subnet {
    pub id: String,
    pub zone: String,
    pub range: Cidr,
    taken: BTreeSet<u64>,
}

impl Subnet {
    /// A subnet with all its addresses free.
    pub fn new(id: impl Into<String>, zone: impl Into<String>, range: Cidr) -> Self {
        Self { id: id.into(), zone: zone.into(), range, taken: BTreeSet::new() }
    }

    /// How many addresses can still be given out.
    pub fn free(&self) -> u64 {
        (self.range.size() - RESERVED_ADDRESSES - 1).saturating_sub(self.taken.len() as u64)
    }

    /// The addresses that are taken.
    pub fn taken(&self) -> impl Iterator<Item = String> {
        self.taken.iter().map(|place| self.range.address(*place).to_string())
    }

    /// Whether all taken addresses can be given out.
    pub fn takes_its_own(&self) -> bool {
        self.taken.iter().all(|place| (RESERVED_ADDRESSES..self.range.size() - 1).contains(place))
    }

    /// Takes the lowest free address.
    pub fn take(&mut self) -> Option<String> {
        let place = (RESERVED_ADDRESSES..self.range.size() - 1).find(|place| !self.taken.contains(place))?;
        self.taken.insert(place);
        Some(self.range.address(place).to_string())
    }

    /// The place of an address that can be given out, if it is one of the subnet's.
    fn place(&self, address: &str) -> Option<u64> {
        (RESERVED_ADDRESSES..self.range.size() - 1).find(|place| self.range.address(*place).to_string() == address)
    }

    /// Whether that address can still be given out.
    pub fn is_free(&self, address: &str) -> bool {
        self.place(address).is_some_and(|place| !self.taken.contains(&place))
    }

    /// Takes that address if it is free.
    pub fn take_exactly(&mut self, address: &str) -> Option<String> {
        let place = self.place(address).filter(|place| !self.taken.contains(place))?;
        self.taken.insert(place);
        Some(address.to_owned())
    }

    /// Gives an address back.
    pub fn release(&mut self, address: &str) {
        let range = self.range;
        self.taken.retain(|place| range.address(*place).to_string() != address);
    }
}

impl Realm {
    /// The network, or why not.
    pub fn network(&self, id: &str) -> Outcome<&Network> {
        self.networks
            .get(id)
            .ok_or_else(|| Reason::NoNetwork.because(format!("the private network {id} does not exist")))
    }

    /// The subnet, which must be of that network.
    pub fn subnet(&self, network: &str, subnet: &str) -> Outcome<&Subnet> {
        self.network(network)?.subnets.get(subnet).ok_or_else(|| {
            Reason::NoSubnet.because(format!("the subnet {subnet} does not exist in the private network {network}"))
        })
    }

    /// Reads a range for a cluster: private, and of a size that clusters can have.
    pub fn cluster_range(text: &str) -> Outcome<Cidr> {
        let range = Cidr::parse(text)?;
        if !range.is_private() {
            return Err(Reason::RangeNotPrivate.because(format!(
                "{range} is in none of the private ranges 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16"
            )));
        }
        if !(SHORTEST_PREFIX..=LONGEST_PREFIX).contains(&range.bits()) {
            return Err(Reason::RangeSize
                .because(format!("the prefix of {range} must be {SHORTEST_PREFIX} to {LONGEST_PREFIX} bits long")));
        }
        Ok(range)
    }

    /// Whether a cluster with that range fits into the network beside all that is there.
    pub fn check_overlap(&self, network: &str, range: Cidr) -> Outcome<()> {
        let place = self.network(network)?;
        if place.range.overlaps(range) {
            let message = format!("{range} overlaps {}, the range of the private network {network}", place.range);
            return Err(Reason::RangeOfNetwork.because(message));
        }
        if let Some(extension) = place.extension.filter(|extension| extension.overlaps(range)) {
            let message = format!("{range} overlaps {extension}, the extension of the private network {network}");
            return Err(Reason::RangeOfNetwork.because(message));
        }
        let neighbours = self.clusters.iter().filter(|cluster| cluster.network == network);
        for cluster in neighbours {
            for theirs in cluster.ranges() {
                if theirs.overlaps(range) {
                    let message = format!("{range} overlaps {theirs}, a range of the cluster {}", cluster.id);
                    return Err(Reason::RangeOfCluster.because(message));
                }
            }
        }
        if let Some(route) = place.global_routes.iter().find(|route| route.overlaps(range)) {
            let message = format!("{range} overlaps {route}, a route of the private network {network} to the outside");
            return Err(Reason::RangeOfGlobalRoute.because(message));
        }
        Ok(())
    }
}

impl RealmMut<'_> {
    /// Takes an address in the subnet.
    pub fn take_address(&mut self, network: &str, subnet: &str) -> Option<String> {
        self.realm.networks.get_mut(network)?.subnets.get_mut(subnet)?.take()
    }

    /// Takes that address in the subnet, or any if none is chosen.
    pub fn take_address_or(&mut self, network: &str, subnet: &str, chosen: Option<&String>) -> Option<String> {
        let Some(address) = chosen else { return self.take_address(network, subnet) };
        self.realm.networks.get_mut(network)?.subnets.get_mut(subnet)?.take_exactly(address)
    }

    /// Gives an address of the subnet back.
    pub fn release_address(&mut self, network: &str, subnet: &str, address: &str) {
        let network = self.realm.networks.get_mut(network);
        if let Some(subnet) = network.and_then(|network| network.subnets.get_mut(subnet)) {
            subnet.release(address);
        }
    }
}

#[cfg(test)]
mod tests;
