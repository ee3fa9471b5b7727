//! Whether networks and machines are consistent.

use crate::Realm;
use crate::infra::ledger::Ledger;
use crate::infra::network::Network;
use crate::kernel::check::Report;

/// The longest prefix of a subnet: smaller ones have no address to give.
const LONGEST_PREFIX: u8 = 29;

impl Network {
    fn check(&self, report: &mut Report) {
        report.rows("subnets", &self.subnets, |report, id, subnet| {
            report.id(id, &subnet.id);
            let inside = self.range.contains(subnet.range)
                || self.extension.is_some_and(|extension| extension.contains(subnet.range));
            report.expect(inside, "row.range", || format!("{} is not in the network", subnet.range));
            let fits = subnet.range.bits() <= LONGEST_PREFIX;
            report.expect(fits, "row.range", || format!("{} is smaller than /{LONGEST_PREFIX}", subnet.range));
            let others = self.subnets.iter().take_while(|other| other.id != subnet.id);
            for other in others.filter(|other| other.range.overlaps(subnet.range)) {
                report.wrong("row.range", format!("{} overlaps that of the subnet `{}`", subnet.range, other.id));
            }
            report.expect(subnet.takes_its_own(), "row.taken", || "has a place outside of the range".to_owned());
        });
    }
}

impl Realm {
    /// Checks networks and machines, and enters the addresses of the machines.
    pub(crate) fn check_infra(&self, report: &mut Report, ledger: &mut Ledger) {
        report.rows("networks", &self.networks, |report, id, network| {
            report.id(id, &network.id);
            report.at("row", |report| network.check(report));
        });
        report.rows("machines", &self.machines, |report, id, machine| {
            report.id(id, &machine.id);
            report.at("row", |report| {
                ledger.add(report, &self.networks, &machine.network, &machine.subnet, &machine.private_ip);
                machine.size.check(report);
                let Some(cluster) = &machine.cluster else { return };
                let node = self.clusters.get(cluster).and_then(|cluster| cluster.nodes.get(id));
                report.expect(node.is_some(), "cluster", || format!("`{cluster}` has no node on this machine"));
            });
        });
    }
}
