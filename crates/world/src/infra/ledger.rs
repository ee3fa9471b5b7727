//! Who has which address of which subnet. The networks count the addresses that are taken; this is the other side.

use crate::infra::network::Network;
use crate::kernel::check::Report;
use crate::kernel::table::Table;
use std::collections::{BTreeMap, BTreeSet};

/// The addresses that things have, by network and subnet.
#[derive(Debug, Default)]
pub struct Ledger {
    holders: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Ledger {
    /// Adds the address of something at the place that is looked at. Reports one that something else has, and a subnet
    /// that is not there.
    pub fn add(&mut self, report: &mut Report, networks: &Table<Network>, network: &str, subnet: &str, address: &str) {
        if networks.get(network).and_then(|network| network.subnets.get(subnet)).is_none() {
            return report.wrong("", format!("the subnet `{subnet}` is not in the network `{network}`"));
        }
        let holders = self.holders.entry((network.to_owned(), subnet.to_owned())).or_default();
        let is_new = holders.insert(address.to_owned());
        report.expect(is_new, "", || format!("the address {address} of the subnet `{subnet}` is given twice"));
    }

    /// Compares the addresses that things have with those that are taken in the subnets.
    pub fn close(&self, report: &mut Report, networks: &Table<Network>) {
        report.rows("networks", networks, |report, id, network| {
            report.rows("row.subnets", &network.subnets, |report, subnet, row| {
                let held = self.holders.get(&(id.to_owned(), subnet.to_owned())).cloned().unwrap_or_default();
                let taken: BTreeSet<String> = row.taken().collect();
                for address in taken.difference(&held) {
                    report.wrong("row.taken", format!("{address} is taken and nothing has it"));
                }
                for address in held.difference(&taken) {
                    report.wrong("row.taken", format!("{address} is not taken and something has it"));
                }
            });
        });
    }
}
